"""Streams of 3.13: no `loop=`, tuples of separators, TLS on an open connection, and writers that notice being
dropped.
"""

from __future__ import annotations

import os
import socket
import stat
import warnings
from asyncio import IncompleteReadError, LimitOverrunError
from collections import deque
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34 import coroutines
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.buffer import Separator
from asyncio_compat.v34.flow_control import wake
from asyncio_compat.v37 import events, streams
from asyncio_compat.v313.base_events import Server

__all__ = (
    "IncompleteReadError",
    "LimitOverrunError",
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "open_connection",
    "open_unix_connection",
    "start_server",
    "start_unix_server",
)

_DEFAULT_LIMIT = 2**16


class StreamReader(streams.StreamReader):
    """Bytes that a transport delivers, to be read by count, by line or by separator.

    Args:
        limit: bytes that `readline()` and `readuntil()` look through for their end; the transport is paused while
            twice as many wait to be read. None means 64 KiB.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *limit* is zero or negative.

    Source: 3.13 documentation, StreamReader.
    """

    async def readuntil(self, separator: Separator | tuple[Separator, ...] = b"\n") -> bytes:
        r"""Read up to and including *separator*.

        Args:
            separator: at least one byte; or a tuple of such, of which the one counts that makes the result the
                shortest.

        Returns:
            What stands before the separator, and the separator.

        Raises:
            ValueError: *separator* is empty, or one of the tuple is.
            LimitOverrunError: more bytes than the limit stand before the separator; they stay, to be read in
                another way.
            IncompleteReadError: the stream ended before the separator; `partial` has what there was.
        """
        if not isinstance(separator, tuple):
            return await super().readuntil(separator)
        if not separator:
            raise ValueError("Separator should contain at least one element")
        separators = tuple(sorted(separator, key=len))
        if len(separators[0]) == 0:
            raise ValueError("Separator should be at least one-byte string")
        received = self._received
        while True:
            if self._exception is not None:
                raise self._exception
            taken = received.take_until_any(separators, self._limit, self._eof)
            if taken is not None:
                if self._paused:
                    self._maybe_resume_transport()
                return taken
            await self._wait_for_data("readuntil")

    def _follow(self, transport: Any) -> None:
        """Go over to *transport*, which took the place of the old one."""
        self._transport = transport


class StreamWriter(streams.StreamWriter):
    """The writing side of a stream: a transport, and `drain()` and `wait_closed()` to wait for it.

    One that is dropped before it was closed closes its connection, with a ResourceWarning.

    Args:
        transport: the transport to write to.
        protocol: what that transport tells when to pause and to resume writing, and when it is closed.
        reader: the `StreamReader` whose errors `drain()` raises too, or None.
        loop: the event loop.

    Source: 3.13 documentation, StreamWriter.
    """

    def write(self, data: Any) -> Any:
        """Write *data*: at once as far as that goes, the rest as the peer takes it.

        Args:
            data: bytes, a bytearray, or a C-contiguous one-dimensional memoryview.

        Raises:
            TypeError: *data* is something else; nothing is written, the connection goes on.
        """
        return self._transport.write(_writable(data))

    def writelines(self, data: Any) -> Any:
        """Write every item of *data*, an iterable of what `write()` takes.

        Raises:
            TypeError: an item is something else; nothing is written, the connection goes on.
        """
        return self._transport.write(b"".join([_writable(item) for item in data]))

    async def start_tls(
        self,
        sslcontext: Any,
        *,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None:
        """Go on with TLS on this connection.

        Args:
            sslcontext: an `ssl.SSLContext`.
            server_hostname: the name that the server's certificate is matched against.
            ssl_handshake_timeout: seconds that the handshake may take; None means 60.
            ssl_shutdown_timeout: seconds that the end of TLS may take; None means 30.

        Raises:
            OSError: the handshake failed; `ssl.SSLError` among them.
        """
        server_side = self._protocol._client_connected_cb is not None
        await self.drain()
        options = {
            "server_side": server_side,
            "server_hostname": server_hostname,
            "ssl_handshake_timeout": ssl_handshake_timeout,
        }
        if host_python.accepts(self._loop.start_tls, "ssl_shutdown_timeout"):
            options["ssl_shutdown_timeout"] = ssl_shutdown_timeout
        transport = await self._loop.start_tls(self._transport, self._protocol, sslcontext, **options)
        self._transport = transport
        self._protocol._replace_transport(transport)

    def __del__(self) -> None:
        transport = getattr(self, "_transport", None)
        if transport is None or transport.is_closing():
            return
        if self._loop.is_closed():
            warnings.warn("loop is closed", ResourceWarning, stacklevel=2)
        else:
            self.close()
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2)


def _writable(data: Any) -> Any:
    if isinstance(data, (bytes, bytearray)):
        return data
    if not isinstance(data, memoryview):
        raise TypeError(f"data argument must be a bytes, bytearray, or memoryview object, not {type(data).__name__!r}")
    if not data.c_contiguous or data.ndim != 1:
        raise TypeError("data argument must be a C-contiguous one-dimensional memoryview")
    return data


class FlowControlMixin(streams.FlowControlMixin):
    """What `drain()` and `wait_closed()` wait for; any number of tasks may.

    Args:
        loop: the event loop to use; by default the current one.
    """

    def __init__(self, loop: Any = None) -> None:
        super().__init__(loop=loop)
        self._drain_waiters: deque[Any] = deque()

    def _wake_drainers(self, exc: BaseException | None) -> None:
        for waiter in self._drain_waiters:
            wake(waiter, exc)

    async def _drain_helper(self) -> None:  # type: ignore[override]
        if self._connection_lost:
            raise ConnectionResetError("Connection lost")
        if not self._paused:
            return
        waiter = self._loop.create_future()
        self._drain_waiters.append(waiter)
        try:
            await waiter
        finally:
            self._drain_waiters.remove(waiter)


class StreamReaderProtocol(streams.StreamReaderProtocol, FlowControlMixin):
    """A protocol that feeds a `StreamReader`.

    Args:
        stream_reader: the reader to feed.
        client_connected_cb: called with the reader and a new writer when a connection is made; if that gives a
            coroutine, it becomes a task. If it fails, the loop's exception handler is told, and the connection is
            closed.
        loop: the event loop to use; by default the current one.

    Source: 3.13 documentation, Streams.
    """

    _reader_type = StreamReader
    _writer_type = StreamWriter

    def __init__(self, stream_reader: Any, client_connected_cb: Any = None, loop: Any = None) -> None:
        super().__init__(stream_reader, client_connected_cb, loop=loop)
        self._task: Any = None
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Connect the reader to *transport*, and call back if this is a server's side."""
        self._transport = transport
        self._stream_reader.set_transport(transport)
        self._over_ssl = transport.get_extra_info("sslcontext") is not None
        if self._client_connected_cb is None:
            return
        try:
            result = self._client_connected_cb(*self._streams(transport))
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is reported, and the connection closed
            self._callback_failed(transport, exc)
            return
        if coroutines.iscoroutine(result):
            self._task = self._loop.create_task(coroutines.as_coroutine(result))
            self._task.add_done_callback(self._callback_done)

    def _callback_done(self, task: Any) -> None:
        transport = self._transport
        if task.cancelled():
            if transport is not None:
                transport.close()
        elif task.exception() is not None:
            self._callback_failed(transport, task.exception())

    def _callback_failed(self, transport: Any, exc: BaseException) -> None:
        context = {
            "message": "Unhandled exception in client_connected_cb",
            "exception": exc,
            "transport": transport,
        }
        self._loop.call_exception_handler(context)
        if transport is not None:
            transport.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the reader, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        super().connection_lost(exc)
        self._task = None
        self._transport = None

    def _replace_transport(self, transport: Any) -> None:
        self._transport = transport
        self._over_ssl = transport.get_extra_info("sslcontext") is not None
        if self._stream_reader is not None:
            self._stream_reader._follow(transport)


async def open_connection(
    host: Any = None, port: Any = None, *, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to a TCP server.

    Args:
        host: its name or address.
        port: its port.
        limit: the reader's limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_connection()`.

    Returns:
        A reader and a writer.

    Source: 3.13 documentation, open_connection().
    """
    loop = events.get_running_loop()
    return await streams.connected(StreamReaderProtocol, loop, limit, loop.create_connection, (host, port), kwds)


async def start_server(
    client_connected_cb: Callable[[StreamReader, StreamWriter], Any],
    host: Any = None,
    port: Any = None,
    *,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Server:
    """Start a TCP server.

    Args:
        client_connected_cb: called with a reader and a writer for every connection; if that gives a coroutine, it
            becomes a task.
        host: the address to listen on, or several of them; None for all.
        port: the port to listen on; 0 for a free one.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_server()`; *keep_alive* works on every host.

    Source: 3.13 documentation, start_server().
    """
    loop = events.get_running_loop()
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    keep_alive = kwds.pop("keep_alive", None)
    server = _as_server(loop, await loop.create_server(factory, host, port, **kwds))
    if keep_alive:
        for listening in server._server.sockets:
            # What a listening socket is set to, the connections that it accepts inherit.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    return server


async def open_unix_connection(
    path: Any = None, *, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the Unix socket at *path*, a string, bytes or a path-like object; else as `open_connection()`.

    Source: 3.13 documentation, open_unix_connection().
    """
    loop = events.get_running_loop()
    return await streams.connected(StreamReaderProtocol, loop, limit, loop.create_unix_connection, (path,), kwds)


async def start_unix_server(
    client_connected_cb: Callable[[StreamReader, StreamWriter], Any],
    path: Any = None,
    *,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Server:
    """Start a server on a Unix socket at *path*, a string, bytes or a path-like object; else as `start_server()`.

    The socket's file is removed when the server closes, unless another has taken its place or *cleanup_socket* is
    false.

    Source: 3.13 documentation, start_unix_server().
    """
    loop = events.get_running_loop()
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    cleanup = kwds.pop("cleanup_socket", True)
    kwds = host_python.leaving_the_socket_file(loop) | kwds
    server = _as_server(loop, await loop.create_unix_server(factory, path, **kwds))
    if cleanup:
        server._on_close = _remover(server._server.sockets)
    return server


def _as_server(loop: Any, server: Any) -> Server:
    return server if isinstance(server, Server) else Server(loop, getattr(server, "_server", server))


def _remover(sockets: Any) -> Callable[[], None]:
    """Return what removes the files of Unix *sockets*, as far as they are still the same files."""
    files = [
        (path, _inode(path)) for path in (sock.getsockname() for sock in sockets) if path and path[0] not in (0, "\0")
    ]

    def remove() -> None:
        for path, inode in files:
            if inode is not None and _inode(path) == inode:
                os.unlink(path)  # noqa: PTH108 - the path may be bytes

    return remove


def _inode(path: Any) -> int | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - the path may be bytes
    except FileNotFoundError:
        return None
    return status.st_ino if stat.S_ISSOCK(status.st_mode) else None
