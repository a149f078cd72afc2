"""Streams of 3.7: native coroutines, and writers that can be waited for until they are closed."""

from __future__ import annotations

import asyncio
from asyncio import IncompleteReadError, LimitOverrunError
from collections.abc import Awaitable, Callable
from typing import Any

from asyncio_compat.v34 import flow_control, streams
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.buffer import Separator
from asyncio_compat.v37 import events
from asyncio_compat.v37.base_events import Server

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

    Source: 3.7 documentation, StreamReader.
    """

    _repr_labels = ("limit", "waiter", "exception", "transport")
    _errors = (IncompleteReadError, LimitOverrunError)

    async def readline(self) -> bytes:
        r"""Read a line, up to and including `b"\n"`.

        Returns:
            The line; what is left of one if the stream ends before its end; `b""` when there is nothing left.

        Raises:
            ValueError: the line is longer than the limit, newline not counted; it is removed.
        """
        received = self._received
        while True:
            if self._exception is not None:
                raise self._exception
            try:
                line = received.take_line(self._limit, self._eof)
            except ValueError:
                self._maybe_resume_transport()
                raise
            if line is not None:
                if self._paused:
                    self._maybe_resume_transport()
                return line
            await self._wait_for_data("readuntil")

    async def readuntil(self, separator: Separator = b"\n") -> bytes:
        r"""Read up to and including *separator*.

        Args:
            separator: at least one byte.

        Returns:
            What stands before the separator, and the separator.

        Raises:
            ValueError: *separator* is empty.
            LimitOverrunError: more bytes than the limit stand before the separator; they stay, to be read in
                another way.
            IncompleteReadError: the stream ended before the separator; `partial` has what there was.
        """
        if len(separator) == 0:
            raise ValueError("Separator should be at least one-byte string")
        received = self._received
        while True:
            if self._exception is not None:
                raise self._exception
            taken = received.take_until(separator, self._limit, self._eof)
            if taken is not None:
                if self._paused:
                    self._maybe_resume_transport()
                return taken
            await self._wait_for_data("readuntil")

    async def read(self, n: int = -1) -> bytes:
        """Read up to *n* bytes: as soon as there are any, what is there.

        Args:
            n: the most bytes to return; negative to read until the stream ends, whatever the limit.

        Returns:
            The bytes; `b""` if the stream ended before any came, or if *n* is 0.
        """
        if self._exception is not None:
            raise self._exception
        if n == 0:
            return b""
        received = self._received
        if n > 0:
            data = received.take(n)
            if not data and not self._eof:
                await self._wait_for_data("read")
                data = received.take(n)
            if self._paused:
                self._maybe_resume_transport()
            return data
        blocks = []
        while block := await self.read(self._limit):
            blocks.append(block)
        return b"".join(blocks)

    async def readexactly(self, n: int) -> bytes:
        """Read exactly *n* bytes.

        Args:
            n: how many bytes; zero or more.

        Raises:
            ValueError: *n* is negative.
            IncompleteReadError: the stream ended before; `partial` has what there was.
        """
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        received = self._received
        while True:
            if self._exception is not None:
                raise self._exception
            taken = received.take_exactly(n, self._eof)
            if taken is not None:
                if self._paused:
                    self._maybe_resume_transport()
                return taken
            await self._wait_for_data("readexactly")

    async def __anext__(self) -> bytes:
        line = await self.readline()
        if line == b"":
            raise StopAsyncIteration
        return line


class StreamWriter(streams.StreamWriter):
    """The writing side of a stream: a transport, and `drain()` and `wait_closed()` to wait for it.

    Args:
        transport: the transport to write to.
        protocol: what that transport tells when to pause and to resume writing, and when it is closed.
        reader: the `StreamReader` whose errors `drain()` raises too, or None.
        loop: the event loop.

    Source: 3.7 documentation, StreamWriter.
    """

    async def drain(self) -> None:
        """Wait until it is sensible to write on: while more bytes are buffered than the high-water mark, until the low
        one.

        Raises:
            ConnectionResetError: the connection is lost; or the exception that the reader was given.
        """
        if self._reader is not None:
            exception = self._reader.exception()
            if exception is not None:
                raise exception
        if self._transport.is_closing():
            # One turn of the loop, in which a lost connection is told to the protocol.
            await asyncio.sleep(0)
        await self._protocol._drain_helper()

    def is_closing(self) -> bool:
        """Return True if the stream is closed or being closed."""
        closing: bool = self._transport.is_closing()
        return closing

    async def wait_closed(self) -> None:
        """Wait until the stream is closed, which `close()` begins.

        Raises:
            OSError: the connection failed.
        """
        closed = self._protocol._get_close_waiter(self)
        if not closed.done():
            # Not awaited itself: who is cancelled here must not cancel it for all others.
            await asyncio.wait([closed])
        closed.result()


class FlowControlMixin(flow_control.FlowControlMixin):
    """What `drain()` and `wait_closed()` wait for.

    Args:
        loop: the event loop to use; by default the current one.
    """

    def _get_close_waiter(self, stream: Any) -> Any:
        raise NotImplementedError


class StreamReaderProtocol(streams.StreamReaderProtocol, FlowControlMixin):
    """A protocol that feeds a `StreamReader`.

    Args:
        stream_reader: the reader to feed.
        client_connected_cb: called with the reader and a new writer when a connection is made; if that gives a
            coroutine, it becomes a task.
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, Streams.
    """

    _reader_type = StreamReader
    _writer_type = StreamWriter

    def __init__(self, stream_reader: Any, client_connected_cb: Any = None, loop: Any = None) -> None:
        super().__init__(stream_reader, client_connected_cb, loop=loop)
        self._closed = self._loop.create_future()

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the reader, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        super().connection_lost(exc)
        if not self._closed.done():
            if exc is None:
                self._closed.set_result(None)
            else:
                self._closed.set_exception(exc)
                # Nobody needs to wait for it: then the failure is no news either.
                self._closed.exception()

    def _get_close_waiter(self, stream: Any) -> Any:
        return self._closed


async def open_connection(
    host: Any = None, port: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to a TCP server.

    Args:
        host: its name or address.
        port: its port.
        loop: the event loop to use; by default the running one.
        limit: the reader's limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_connection()`.

    Returns:
        A reader and a writer.

    Source: 3.7 documentation, open_connection().
    """
    loop = events.get_event_loop() if loop is None else loop
    return await connected(StreamReaderProtocol, loop, limit, loop.create_connection, (host, port), kwds)


async def start_server(
    client_connected_cb: Callable[[StreamReader, StreamWriter], Any],
    host: Any = None,
    port: Any = None,
    *,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Server:
    """Start a TCP server.

    Args:
        client_connected_cb: called with a reader and a writer for every connection; if that gives a coroutine, it
            becomes a task.
        host: the address to listen on, or several of them; None for all.
        port: the port to listen on; 0 for a free one.
        loop: the event loop to use; by default the running one.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_server()`.

    Source: 3.7 documentation, start_server().
    """
    loop = events.get_event_loop() if loop is None else loop
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    return _as_server(loop, await loop.create_server(factory, host, port, **kwds))


async def open_unix_connection(
    path: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the Unix socket at *path*, a string, bytes or a path-like object; else as `open_connection()`.

    Source: 3.7 documentation, open_unix_connection().
    """
    loop = events.get_event_loop() if loop is None else loop
    return await connected(StreamReaderProtocol, loop, limit, loop.create_unix_connection, (path,), kwds)


async def start_unix_server(
    client_connected_cb: Callable[[StreamReader, StreamWriter], Any],
    path: Any = None,
    *,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Server:
    """Start a server on a Unix socket at *path*, a string, bytes or a path-like object; else as `start_server()`.

    Source: 3.7 documentation, start_unix_server().
    """
    loop = events.get_event_loop() if loop is None else loop
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    kwds = host_python.leaving_the_socket_file(loop) | kwds
    return _as_server(loop, await loop.create_unix_server(factory, path, **kwds))


async def connected(
    protocol_type: type[streams.StreamReaderProtocol],
    loop: Any,
    limit: int | None,
    connect: Callable[..., Awaitable[Any]],
    address: tuple[Any, ...],
    kwds: dict[str, Any],
) -> tuple[Any, Any]:
    """Connect a new protocol of *protocol_type*, and return its reader and writer."""
    protocol = protocol_type._with_reader(limit, loop)
    transport, _ = await connect(lambda: protocol, *address, **kwds)
    return protocol._streams(transport)


def _as_server(loop: Any, server: Any) -> Server:
    return server if isinstance(server, Server) else Server(loop, server)
