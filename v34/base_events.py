"""Event loops and servers as they were: generators are coroutines, and a closed server does not wait for its
connections.
"""

from __future__ import annotations

import asyncio
import functools
from asyncio import base_events
from collections.abc import Callable, Generator
from typing import Any

from asyncio_compat.v34.coroutines import as_coroutine, iterable, method_coroutine

__all__ = ("BaseEventLoop", "Server")


class Server(asyncio.AbstractServer):
    """A server that listens on sockets: what `create_server()` and `start_server()` return.

    Args:
        loop: the event loop that it belongs to.
        server: the host's own server, which does the listening.

    Source: 3.4 documentation, "Server".
    """

    def __init__(self, loop: Any, server: Any) -> None:
        self._loop = loop
        self._server = server
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} sockets={self.sockets!r}>"

    @property
    def sockets(self) -> Any:
        """The list of sockets that the server listens on, None once it is closed."""
        if self._closed:
            return None
        # The host hands out restricted wrappers, this generation handed out the sockets.
        return [getattr(sock, "_sock", sock) for sock in self._server.sockets]

    def close(self) -> None:
        """Stop listening; connections that were accepted go on."""
        self._closed = True
        self._server.close()

    @method_coroutine
    def wait_closed(self) -> Generator[Any, Any, None]:
        """Wait for `close()` and the end of all connections; return at once if the server is closed already."""
        if not self._closed:
            yield from iterable(self._server.wait_closed())


def _iterable_result(name: str) -> Callable[..., Any]:
    @functools.wraps(getattr(asyncio.SelectorEventLoop, name))
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return iterable(getattr(super(BaseEventLoop, self), name)(*args, **kwargs))

    return method


def _server_result(name: str) -> Callable[..., Any]:
    @functools.wraps(getattr(asyncio.SelectorEventLoop, name))
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self._wrap_server(getattr(super(BaseEventLoop, self), name)(*args, **kwargs))

    return method


class BaseEventLoop(base_events.BaseEventLoop):
    """The host's event loop, with what its coroutines and servers were in this generation.

    Generators are coroutines to it, and what it hands out to wait for can be waited for by `yield from` in a plain
    generator.

    Attributes:
        _server_type: the class of the servers it makes.

    Source: 3.4 documentation, "Base Event Loop".
    """

    _server_type: type[Any] = Server

    def create_task(self, coro: Any, **kwargs: Any) -> Any:
        """Schedule *coro*, a coroutine or a generator, and return its `Task`."""
        return super().create_task(as_coroutine(coro), **kwargs)

    def run_until_complete(self, future: Any) -> Any:
        """Run until *future* is done, a future, a coroutine or a generator; return its result or raise its
        exception.
        """
        return super().run_until_complete(as_coroutine(future))

    @method_coroutine
    def _wrap_server(self, creating: Any) -> Generator[Any, Any, Any]:
        server = yield from iterable(creating)
        return self._server_type(self, server)

    create_server = _server_result("create_server")
    create_unix_server = _server_result("create_unix_server")

    connect_accepted_socket = _iterable_result("connect_accepted_socket")
    connect_read_pipe = _iterable_result("connect_read_pipe")
    connect_write_pipe = _iterable_result("connect_write_pipe")
    create_connection = _iterable_result("create_connection")
    create_datagram_endpoint = _iterable_result("create_datagram_endpoint")
    create_unix_connection = _iterable_result("create_unix_connection")
    getaddrinfo = _iterable_result("getaddrinfo")
    getnameinfo = _iterable_result("getnameinfo")
    shutdown_asyncgens = _iterable_result("shutdown_asyncgens")
    sock_accept = _iterable_result("sock_accept")
    sock_connect = _iterable_result("sock_connect")
    sock_recv = _iterable_result("sock_recv")
    sock_sendall = _iterable_result("sock_sendall")
    subprocess_exec = _iterable_result("subprocess_exec")
    subprocess_shell = _iterable_result("subprocess_shell")
