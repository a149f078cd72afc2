"""Event loops and servers as they were: generators are coroutines, and a closed server does not wait for its
connections.
"""

from __future__ import annotations

import asyncio
import functools
import socket
from asyncio import base_events
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import binding, host, tasks
from asyncio_compat.v34.adapting import adapt, callback_at
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


class BaseEventLoop(base_events.BaseEventLoop):
    """The host's event loop, with what its coroutines and servers were in this generation.

    Generators are coroutines to it, and what it hands out to wait for can be waited for by `yield from` in a plain
    generator.

    Attributes:
        _server_type: the class of the servers it makes.
        _task_type: the class of the tasks it makes; None for the host's.

    Source: 3.4 documentation, "Base Event Loop".
    """

    _server_type: type[Any] = Server
    _task_type: type[Any] | None = tasks.Task
    if TYPE_CHECKING:
        # The host's, without a public name.
        _task_factory: Any
        _check_closed: Any
        _make_datagram_transport: Any

    # Up to 3.5.2 a Unix socket's file that nobody listens on was in the way of a new one.
    _replaces_unix_sockets = True
    # Up to 3.4.3, and in 3.5.0, all datagram sockets could be bound to the address of others; up to 3.6.9 those that
    # were not told otherwise (bpo-37228).
    _shares_datagram_addresses = False

    def __init_subclass__(cls, **kwds: Any) -> None:
        super().__init_subclass__(**kwds)
        adapt(cls, dict.fromkeys(("call_soon", "call_soon_threadsafe"), callback_at(0)))
        adapt(cls, dict.fromkeys(("call_at", "call_later"), callback_at(1)))

    def create_task(self, coro: Any, **kwargs: Any) -> Any:
        """Schedule *coro*, a coroutine or a generator, and return its `Task`."""
        if self._task_type is None or self._task_factory is not None:
            return super().create_task(as_coroutine(coro), **kwargs)
        self._check_closed()
        task = self._task_type(coro, loop=self)
        if task._source_traceback:
            del task._source_traceback[-1]
        return task

    def run_until_complete(self, future: Any) -> Any:
        """Run until *future* is done, a future, a coroutine or a generator; return its result or raise its
        exception.
        """
        try:
            return super().run_until_complete(as_coroutine(future))
        except asyncio.CancelledError as cancelled:
            raise host.as_exception(cancelled) from None

    def set_default_executor(self, executor: Any) -> None:
        """Set the executor that `run_in_executor()` uses by default: any `concurrent.futures.Executor`."""
        self._default_executor = executor

    def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> Any:
        """Return a future of what `socket.getaddrinfo()` returns."""
        return self.run_in_executor(None, socket.getaddrinfo, host, port, family, type, proto, flags)

    def getnameinfo(self, sockaddr: Any, flags: int = 0) -> Any:
        """Return a future of what `socket.getnameinfo()` returns."""
        return self.run_in_executor(None, socket.getnameinfo, sockaddr, flags)

    @method_coroutine
    def create_server(
        self,
        protocol_factory: Callable[[], Any],
        host: Any = None,
        port: Any = None,
        *,
        family: int = socket.AF_UNSPEC,
        flags: int = socket.AI_PASSIVE,
        sock: Any = None,
        backlog: int = 100,
        ssl: Any = None,
        reuse_address: bool | None = None,
        reuse_port: bool | None = None,
        **kwds: Any,
    ) -> Generator[Any, Any, Any]:
        """Start a TCP server.

        Args:
            protocol_factory: makes a protocol for every connection.
            host: the address to listen on, or several of them; None or "" for all.
            port: the port to listen on; 0 for a free one.
            family: `socket.AF_INET` or `socket.AF_INET6`, to listen on addresses of that family only.
            flags: of `getaddrinfo()`.
            sock: a bound socket to listen on, instead of *host* and *port*.
            backlog: the most connections that may wait to be accepted.
            ssl: an `ssl.SSLContext`; None for no TLS.
            reuse_address: whether an address in the state TIME_WAIT may be used; by default so on POSIX systems.
            reuse_port: whether other servers that say so too may use the same port.
            kwds: for the host's `Server`.

        Returns:
            A `Server`.

        Source: 3.4 documentation, "Creating listening connections".
        """
        if isinstance(ssl, bool):
            raise TypeError("ssl argument must be an SSLContext or None")
        if host is not None or port is not None:
            if sock is not None:
                raise ValueError("host/port and sock can not be specified at the same time")
            sockets = yield from iterable(
                binding.listening_sockets(
                    self,
                    host,
                    port,
                    family=family,
                    flags=flags,
                    reuse_address=reuse_address,
                    reuse_port=reuse_port,
                )
            )
        elif sock is None:
            raise ValueError("Neither host/port nor sock were specified")
        elif sock.type != socket.SOCK_STREAM:
            raise ValueError(f"A Stream Socket was expected, got {sock!r}")
        else:
            sockets = [sock]
        return (yield from self._server_on(sockets, protocol_factory, ssl, backlog, kwds))

    def _server_on(
        self, sockets: list[Any], protocol_factory: Any, ssl: Any, backlog: int, kwds: dict[str, Any]
    ) -> Generator[Any, Any, Any]:
        start_serving = kwds.pop("start_serving", True)
        try:
            server = host.make_server(self, sockets, protocol_factory, ssl, backlog, **kwds)
            if start_serving:
                server._start_serving()
        except BaseException:
            for sock in sockets:
                sock.close()
            raise
        if start_serving:
            # One turn of the loop, after which it listens.
            yield
        return self._server_type(self, server)

    @method_coroutine
    def create_unix_server(
        self, protocol_factory: Callable[[], Any], path: Any = None, *, sock: Any = None, **kwds: Any
    ) -> Generator[Any, Any, Any]:
        """Start a server on a Unix socket.

        Args:
            protocol_factory: makes a protocol for every connection.
            path: the path of the socket, which is made; a name that begins with a null byte is an abstract one.
            sock: a bound socket to listen on, instead of *path*.
            kwds: `backlog` and `ssl` as for `create_server()`.

        Returns:
            A `Server`.

        Source: 3.4 documentation, "Creating listening connections".
        """
        if path is not None and sock is None and not self._replaces_unix_sockets:
            sock, path = binding.unix_socket(path), None
        kwds = host.leaving_the_socket_file(self) | kwds
        creating = super().create_unix_server(protocol_factory, path, sock=sock, **kwds)
        return self._server_type(self, (yield from iterable(creating)))

    @method_coroutine
    def create_datagram_endpoint(
        self,
        protocol_factory: Callable[[], Any],
        local_addr: Any = None,
        remote_addr: Any = None,
        *,
        family: int = 0,
        proto: int = 0,
        flags: int = 0,
        reuse_address: Any = binding.NOT_GIVEN,
        reuse_port: bool | None = None,
        allow_broadcast: bool | None = None,
        sock: Any = None,
    ) -> Generator[Any, Any, Any]:
        """Make a datagram transport.

        Args:
            protocol_factory: makes the protocol.
            local_addr: the host and the port to bind to, as a tuple.
            remote_addr: the host and the port to connect to, as a tuple.
            family: `socket.AF_INET` or `socket.AF_INET6`.
            proto: of `getaddrinfo()`.
            flags: of `getaddrinfo()`.
            reuse_address: False; True is refused, for others could then take the datagrams.
            reuse_port: whether other sockets that say so too may use the same port.
            allow_broadcast: whether the socket may send to broadcast addresses.
            sock: a socket to use, instead of all that.

        Returns:
            The transport and the protocol.

        Source: 3.4 documentation, "Creating connections".
        """
        sock, remote = yield from iterable(
            binding.datagram_socket(
                self,
                local_addr,
                remote_addr,
                family=family,
                proto=proto,
                flags=flags,
                reuse_address=reuse_address,
                reuse_port=reuse_port,
                allow_broadcast=allow_broadcast,
                sock=sock,
                shared=self._shares_datagram_addresses,
            )
        )
        protocol = protocol_factory()
        connected = self.create_future()
        transport = self._make_datagram_transport(sock, protocol, remote, connected)
        try:
            yield from connected
        except BaseException:
            transport.close()
            raise
        return transport, protocol

    connect_accepted_socket = _iterable_result("connect_accepted_socket")
    connect_read_pipe = _iterable_result("connect_read_pipe")
    connect_write_pipe = _iterable_result("connect_write_pipe")
    create_connection = _iterable_result("create_connection")
    create_unix_connection = _iterable_result("create_unix_connection")
    shutdown_asyncgens = _iterable_result("shutdown_asyncgens")
    sock_accept = _iterable_result("sock_accept")
    sock_connect = _iterable_result("sock_connect")
    sock_recv = _iterable_result("sock_recv")
    sock_sendall = _iterable_result("sock_sendall")
    subprocess_exec = _iterable_result("subprocess_exec")
    subprocess_shell = _iterable_result("subprocess_shell")
