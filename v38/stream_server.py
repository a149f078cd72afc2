"""Servers of 3.8, which know their connections and what handles them, and end both when they are closed."""

from __future__ import annotations

import asyncio
import socket
import warnings
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.filled import fastest_type
from asyncio_compat.v37.base_events import Server
from asyncio_compat.v38.stream import Stream, check_limit
from asyncio_compat.v38.stream_protocols import ServerStreamProtocol

__all__ = ("BaseStreamServer", "StreamServer", "UnixStreamServer")

_DEFAULT_LIMIT = 2**16

# After so many turns of the loop a connection without TLS that was accepted is made.
_TURNS_TO_ARRIVE = 10

ClientConnected = Callable[[Stream], Any]


class BaseStreamServer:
    """What servers of streams share.

    Args:
        client_connected_cb: called with a `Stream` for every connection.
        limit: the streams' limit in bytes.
        shutdown_timeout: seconds that `close()` gives connections and callbacks to end, and cancelled callbacks to
            obey; None for ever.
    """

    # The server that listens, while this one is bound.
    _server_impl: Server | None = None

    def __init__(
        self,
        client_connected_cb: ClientConnected,
        /,
        limit: int | None = _DEFAULT_LIMIT,
        shutdown_timeout: float | None = 60,
        _asyncio_internal: bool = False,
    ) -> None:
        if not _asyncio_internal:
            raise RuntimeError("_ServerStream is a private asyncio class")
        self._client_connected_cb = client_connected_cb
        self._limit = check_limit(limit)
        self._loop = asyncio.get_running_loop()
        self._shutdown_timeout = shutdown_timeout
        # Connections that are accepted and not made yet, and those that are made and not lost yet.
        self._arriving: weakref.WeakSet[ServerStreamProtocol] = weakref.WeakSet()
        self._connected: set[ServerStreamProtocol] = set()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._binding = asyncio.Lock()

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:
            raise TypeError(f"asyncio.{cls.__name__} class cannot be inherited from")

    def __repr__(self) -> str:
        said = [type(self).__name__]
        if self.is_serving():
            said.append("serving")
        if self.sockets:
            said.append(f"sockets={self.sockets!r}")
        return f"<{' '.join(said)}>"

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        if self._server_impl is not None:
            try:
                _warn(f"unclosed stream server {self!r}", ResourceWarning, source=self)
            finally:
                self._server_impl.close()

    async def __aenter__(self) -> Any:
        await self.bind()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        await self.close()

    async def bind(self) -> None:
        """Bind the server to its address, unless it is bound.

        Raises:
            OSError: the address cannot be had.
        """
        async with self._binding:
            if self._server_impl is None:
                server = await self._bind()
                self._server_impl = server if isinstance(server, Server) else Server(self._loop, server)

    async def _bind(self) -> Any:
        raise NotImplementedError

    def _protocol_factory(self) -> Callable[[], ServerStreamProtocol]:
        loop, limit, client_connected_cb = self._loop, self._limit, self._client_connected_cb
        protocol_type = fastest_type(ServerStreamProtocol, loop)

        def factory() -> ServerStreamProtocol:
            protocol = protocol_type(self, limit, client_connected_cb, loop=loop, _asyncio_internal=True)
            self._arriving.add(protocol)
            return protocol

        return factory

    def is_bound(self) -> bool:
        """Return True if the server is bound to its address."""
        return self._server_impl is not None

    @property
    def sockets(self) -> tuple[Any, ...]:
        """The sockets that the server is bound to."""
        return () if self._server_impl is None else tuple(self._server_impl.sockets)

    def is_serving(self) -> bool:
        """Return True if the server is bound and accepts connections."""
        return self._server_impl is not None and self._server_impl.is_serving()

    async def start_serving(self) -> None:
        """Bind the server, unless it is bound, and start to accept connections.

        Raises:
            OSError: the address cannot be had.
        """
        await self._serving()

    async def _serving(self) -> Server:
        await self.bind()
        server = self._server_impl
        if server is None:
            raise RuntimeError(f"server {self!r} is closed")
        await server.start_serving()
        return server

    async def serve_forever(self) -> NoReturn:  # type: ignore[misc]
        """Accept connections until cancelled, which closes the server.

        Raises:
            RuntimeError: the server is being served for ever already.
            CancelledError: the task was cancelled, or the server was closed.
        """
        server = await self._serving()
        try:
            await server.serve_forever()
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop listening, close all connections, and wait for the callbacks to end.

        What has not ended within the shutdown timeout is cut off: connections whose peers do not take what was written
        are aborted, and callbacks cancelled. If those do not end within the shutdown timeout either, the loop's
        exception handler is told. Does nothing if the server is not bound.
        """
        if self._server_impl is None:
            return
        self._stop_listening()
        try:
            await self._late_arrivals()
            for protocol in self._connected:
                protocol.close()
            await self._wait([*self._connections(), *self._callbacks()])
            await self._cut_off()
        except asyncio.CancelledError:
            self._abort_connections()
            self._cancel_callbacks()
            raise

    async def abort(self) -> None:
        """Stop listening, abort all connections, and cancel the callbacks.

        Callbacks to which the end of their connection is enough come to know of it first. If the cancelled ones do not
        end within the shutdown timeout, the loop's exception handler is told.
        """
        self._stop_listening()
        await self._cut_off()

    def _stop_listening(self) -> None:
        server, self._server_impl = self._server_impl, None
        if server is not None:
            server.close()

    async def _cut_off(self) -> None:
        self._abort_connections()
        try:
            await self._late_arrivals()
            await self._wait(self._connections())
            # Callbacks that waited for their connection see that it is gone.
            await asyncio.sleep(0)
        finally:
            self._cancel_callbacks()
        for task in await self._wait(self._callbacks()):
            pending = host_python.pending_task_repr(task)
            context = {
                "message": f"{pending} ignored cancellation request from a closing {self!r}",
                "stream_server": self,
            }
            self._loop.call_exception_handler(context)

    async def _late_arrivals(self) -> None:
        """Wait for the connections that were accepted before the server stopped listening, which then are aborted.

        Those that are at their TLS handshake are not waited for.
        """
        for _ in range(_TURNS_TO_ARRIVE):
            await asyncio.sleep(0)
            if not self._arriving:
                break

    def _connections(self) -> list[Any]:
        """Return a future for each connection, done when it is lost."""
        return [protocol._closed for protocol in self._connected]

    def _callbacks(self) -> list[asyncio.Future[Any]]:
        """Return the callbacks that run, save the one that asks."""
        return list(self._tasks - {asyncio.current_task()})

    async def _wait(self, futures: list[Any]) -> set[Any]:
        """Wait until all *futures* are done or the shutdown timeout is over, and return those that are not done."""
        if not futures:
            return set()
        waited: tuple[set[Any], set[Any]] = await asyncio.wait(futures, timeout=self._shutdown_timeout)
        return waited[1]

    def _abort_connections(self) -> None:
        for protocol in self._connected:
            protocol.abort()

    def _cancel_callbacks(self) -> None:
        for task in self._callbacks():
            task.cancel()

    def _attach(self, protocol: ServerStreamProtocol) -> bool:
        """Take note of a connection that is made; tell whether it is still wanted."""
        self._arriving.discard(protocol)
        self._connected.add(protocol)
        return self._server_impl is not None

    def _detach(self, protocol: ServerStreamProtocol) -> None:
        self._connected.discard(protocol)

    def _attach_task(self, task: asyncio.Future[Any]) -> None:
        self._tasks.add(task)

    def _detach_task(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)


class StreamServer(BaseStreamServer):
    """A TCP server of streams. It is not bound before `bind()`, `start_serving()` or `async with`.

    Args:
        client_connected_cb: called with a `Stream` of mode READWRITE for every connection; if that gives a coroutine,
            it becomes a task. If it fails, the loop's exception handler is told, and the connection closed.
        host: the address to listen on, or several of them; None for all.
        port: the port to listen on; 0 for a free one.
        limit: the streams' limit in bytes; None means 64 KiB.
        family: `socket.AF_INET` or `AF_INET6`, to have just that.
        flags: flags for `getaddrinfo()`.
        sock: a bound socket to use instead of *host* and *port*.
        backlog: how many connections may wait to be accepted.
        ssl: an `ssl.SSLContext`, for TLS.
        reuse_address: whether to take over an address that is still in TIME_WAIT; None means yes on Unix.
        reuse_port: whether other servers may be bound to the same port.
        ssl_handshake_timeout: seconds that a TLS handshake may take; None means 60.
        shutdown_timeout: seconds that `close()` gives connections and callbacks to end.

    Raises:
        RuntimeError: no event loop is running.
        ValueError: *limit* is zero or negative.
        TypeError: it is subclassed.

    Source: 3.8 documentation, StreamServer.
    """

    def __init__(
        self,
        client_connected_cb: ClientConnected,
        /,
        host: Any = None,
        port: Any = None,
        *,
        limit: int | None = _DEFAULT_LIMIT,
        family: int = socket.AF_UNSPEC,
        flags: int = socket.AI_PASSIVE,
        sock: socket.socket | None = None,
        backlog: int = 100,
        ssl: Any = None,
        reuse_address: bool | None = None,
        reuse_port: bool | None = None,
        ssl_handshake_timeout: float | None = None,
        shutdown_timeout: float | None = 60,
    ) -> None:
        super().__init__(client_connected_cb, limit, shutdown_timeout, _asyncio_internal=True)
        self._address = (host, port)
        self._options: dict[str, Any] = {
            "family": family,
            "flags": flags,
            "sock": sock,
            "backlog": backlog,
            "ssl": ssl,
            "reuse_address": reuse_address,
            "reuse_port": reuse_port,
            "ssl_handshake_timeout": ssl_handshake_timeout,
            "start_serving": False,
        }

    async def _bind(self) -> Any:
        return await self._loop.create_server(self._protocol_factory(), *self._address, **self._options)


class UnixStreamServer(BaseStreamServer):
    """A server of streams on a Unix socket. It is not bound before `bind()`, `start_serving()` or `async with`.

    Args:
        client_connected_cb: called with a `Stream` of mode READWRITE for every connection; if that gives a coroutine,
            it becomes a task. If it fails, the loop's exception handler is told, and the connection closed.
        path: where the socket's file is to be, a string, bytes or a path-like object. It stays when the server closes.
        limit: the streams' limit in bytes; None means 64 KiB.
        sock: a bound socket to use instead of *path*.
        backlog: how many connections may wait to be accepted.
        ssl: an `ssl.SSLContext`, for TLS.
        ssl_handshake_timeout: seconds that a TLS handshake may take; None means 60.
        shutdown_timeout: seconds that `close()` gives connections and callbacks to end.

    Raises:
        RuntimeError: no event loop is running.
        ValueError: *limit* is zero or negative.
        TypeError: it is subclassed.

    Source: 3.8 documentation, UnixStreamServer.
    """

    def __init__(
        self,
        client_connected_cb: ClientConnected,
        /,
        path: Any = None,
        *,
        limit: int | None = _DEFAULT_LIMIT,
        sock: socket.socket | None = None,
        backlog: int = 100,
        ssl: Any = None,
        ssl_handshake_timeout: float | None = None,
        shutdown_timeout: float | None = 60,
    ) -> None:
        super().__init__(client_connected_cb, limit, shutdown_timeout, _asyncio_internal=True)
        self._path = path
        self._options: dict[str, Any] = {
            "sock": sock,
            "backlog": backlog,
            "ssl": ssl,
            "ssl_handshake_timeout": ssl_handshake_timeout,
            "start_serving": False,
        }

    async def _bind(self) -> Any:
        options = host_python.leaving_the_socket_file(self._loop) | self._options
        return await self._loop.create_unix_server(self._protocol_factory(), self._path, **options)
