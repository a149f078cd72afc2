"""Small web servers for tests, each in a thread of its own."""

from __future__ import annotations

import contextlib
import io
import socketserver
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import HTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

__all__ = (
    "SSLWSGIServer",
    "SSLWSGIServerMixin",
    "SilentUnixWSGIServer",
    "SilentWSGIRequestHandler",
    "SilentWSGIServer",
    "UnixHTTPServer",
    "UnixSSLWSGIServer",
    "UnixWSGIServer",
    "gen_unix_socket_path",
    "run_test_server",
    "run_test_unix_server",
    "unix_socket_path",
)


class SilentWSGIRequestHandler(WSGIRequestHandler):
    """Answers without a word in the log."""

    def get_stderr(self) -> Any:
        """Return a file that nobody reads."""
        return io.StringIO()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class SilentWSGIServer(WSGIServer):
    """Serves for at most two seconds each, and says nothing of what fails."""

    request_timeout = 2

    def get_request(self) -> Any:
        """Accept a connection."""
        request, address = super().get_request()
        request.settimeout(self.request_timeout)
        return request, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


class UnixHTTPServer(socketserver.UnixStreamServer, HTTPServer):
    """A web server on a Unix socket."""

    def server_bind(self) -> None:
        """Bind the socket, and go by a name that has no use there."""
        socketserver.UnixStreamServer.server_bind(self)
        self.server_name = "127.0.0.1"
        self.server_port = 80


class UnixWSGIServer(UnixHTTPServer, WSGIServer):
    """A WSGI server on a Unix socket."""

    request_timeout = 2

    def server_bind(self) -> None:
        """Bind the socket, and set up the environment of the application."""
        super().server_bind()
        self.setup_environ()

    def get_request(self) -> Any:
        """Accept a connection, whose other side shows an address as TCP has it."""
        request, _ = super().get_request()
        request.settimeout(self.request_timeout)
        return request, ("127.0.0.1", "")


class SilentUnixWSGIServer(UnixWSGIServer):
    """A WSGI server on a Unix socket that says nothing of what fails."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


def gen_unix_socket_path() -> str:
    """Return a path at which there is no file."""
    with tempfile.NamedTemporaryFile() as file:
        return file.name


class SSLWSGIServerMixin:
    """Mixed into a web server: it speaks TLS, with a certificate that is for tests alone."""

    RequestHandlerClass: Any

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer a request over TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with resources.as_file(resources.files("asyncio_compat") / "demo_only.pem") as certificate:
            context.load_cert_chain(certificate)
        # Tests break off the handshake, or leave without the end of TLS.
        with contextlib.suppress(OSError), context.wrap_socket(request, server_side=True) as encrypted:
            self.RequestHandlerClass(encrypted, client_address, self)
            encrypted.unwrap()


class SSLWSGIServer(SSLWSGIServerMixin, SilentWSGIServer):
    """A web server that speaks TLS."""


class UnixSSLWSGIServer(SSLWSGIServerMixin, SilentUnixWSGIServer):
    """A web server that speaks TLS, on a Unix socket."""


@contextlib.contextmanager
def unix_socket_path() -> Iterator[str]:
    """Give a path for a Unix socket, and remove the file afterwards."""
    path = gen_unix_socket_path()
    try:
        yield path
    finally:
        Path(path).unlink(missing_ok=True)


def _application(_: Any, start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-type", "text/plain")])
    return [b"Test message"]


@contextlib.contextmanager
def _serving(server: Any) -> Iterator[Any]:
    server.set_app(_application)
    server.address = server.server_address
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def run_test_unix_server(*, use_ssl: bool = False) -> Iterator[Any]:
    """Run a web server that answers "Test message" on a Unix socket; its path is the server's `address`."""
    server_type = UnixSSLWSGIServer if use_ssl else SilentUnixWSGIServer
    with unix_socket_path() as path, _serving(server_type(path, SilentWSGIRequestHandler)) as server:
        yield server


@contextlib.contextmanager
def run_test_server(*, host: str = "127.0.0.1", port: int = 0, use_ssl: bool = False) -> Iterator[Any]:
    """Run a web server that answers "Test message"; its host and port are the server's `address`."""
    server_type = SSLWSGIServer if use_ssl else SilentWSGIServer
    with _serving(server_type((host, port), SilentWSGIRequestHandler)) as server:
        yield server
