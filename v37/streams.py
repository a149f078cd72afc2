"""Streams of 3.7: native coroutines, and writers that can be waited for until they are closed."""

from __future__ import annotations

import asyncio
import io
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import arguments, coroutines, flow_control, streams
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.filled import fastest_type
from asyncio_compat.v37 import events, loop_argument
from asyncio_compat.v37.base_events import Server
from asyncio_compat.v37.filled import Filled
from asyncio_compat.v37.stream_errors import IncompleteReadError, LimitOverrunError

if TYPE_CHECKING:
    from asyncio_compat.v34.buffer import Separator

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

    def __init__(self, limit: int | None = _DEFAULT_LIMIT, loop: Any = None) -> None:
        super().__init__(limit, events.get_event_loop() if loop is None else loop)

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
        # It grows in place, and hands out what it holds: nothing is there twice.
        everything = io.BytesIO()
        while block := await self.read(self._limit):
            everything.write(block)
        return everything.getvalue()

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

    _own_readline = staticmethod(readline)

    async def __anext__(self) -> bytes:
        line = None
        if self._iterates_by_itself and self._exception is None and not self._paused:
            line = self._received.take_line(self._limit, False)
        if line is None:
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

    # What write() calls the things it takes when it is given something else.
    _takes = "a bytes-like object"
    # Since 3.12 the object that waits to be sent is the caller's own, before it was a copy.
    _queues_a_copy = True
    # What waits to be closed was an attribute of the protocol, and is since 3.8.0b1 asked of it.
    _asks_for_the_close_waiter = True

    def write(self, data: Any) -> Any:
        """Write *data*, a bytes-like object: at once as far as that goes, the rest as the peer takes it."""
        if type(data) is not bytes:
            data = self._writable(data)
        return self._transport.write(data)

    def _writable(self, data: Any) -> Any:
        transport = self._transport
        if not host_python.is_socket_transport(transport):
            return data
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be {self._takes}, not {type(data).__name__!r}")
        return bytes(data) if self._queues_a_copy and host_python.keeps_what_it_queues(transport) else data

    def writelines(self, data: Any) -> Any:
        """Write every bytes-like object of *data*, an iterable, as `write()` does."""
        if host_python.lets_writelines_run_ahead(self._transport):
            return self._transport.write(b"".join(data))
        return self._transport.writelines(data)

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
        if not flow_control.can_write_on(self._protocol):
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
        protocol = self._protocol
        closed = protocol._get_close_waiter(self) if self._asks_for_the_close_waiter else protocol._closed
        if not closed.done():
            await flow_control.wait_until_done(closed)
        closed.result()


class FlowControlMixin(flow_control.FlowControlMixin):
    """What `drain()` and `wait_closed()` wait for.

    Args:
        loop: the event loop to use; by default the current one.
    """

    def __init__(self, loop: Any = None) -> None:
        super().__init__(loop=events.get_event_loop() if loop is None else loop)

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
    _filled_by = Filled
    # Since 3.8 a reader that nobody else keeps is gone, and what comes for it is dropped; before, the protocol kept it,
    # and failed when it was fed after the end of the connection.
    _reader_is_held_weakly = True

    def __init__(self, stream_reader: Any, client_connected_cb: Any = None, loop: Any = None) -> None:
        self._stream_reader_wr: Callable[[], Any] = _nothing
        super().__init__(stream_reader, client_connected_cb, loop=loop)
        # A server's reader has nobody else before it is handed over.
        self._strong_reader = None if client_connected_cb is None else stream_reader
        self._closed = flow_control.Closed(loop=self._loop)

    @property
    def _stream_reader(self) -> Any:
        return self._stream_reader_wr()

    @_stream_reader.setter
    def _stream_reader(self, reader: Any) -> None:
        if reader is None:
            self._stream_reader_wr = _nothing
        elif self._reader_is_held_weakly:
            self._stream_reader_wr = weakref.ref(reader)
        else:
            self._stream_reader_wr = lambda: reader

    @classmethod
    def _maker(cls, loop: Any) -> Callable[..., StreamReaderProtocol]:
        """Return what makes protocols, of the type that transports of *loop* fill the fastest."""
        return fastest_type(cls, loop)

    @classmethod
    def _factory(cls, limit: int | None, loop: Any, client_connected_cb: Any) -> Callable[[], StreamReaderProtocol]:
        make = cls._maker(loop)
        return lambda: make(cls._reader_type(limit=limit, loop=loop), client_connected_cb, loop=loop)

    def _connect_reader(self, transport: Any) -> Any:
        """Set the reader's transport; return the reader, None if it is gone already."""
        reader = self._stream_reader
        if reader is not None:
            reader.set_transport(transport)
        self._over_ssl = transport.get_extra_info("sslcontext") is not None
        self._strong_reader = None
        return reader

    def connection_made(self, transport: Any) -> None:
        """Connect the reader to *transport*, and call back if this is a server's side."""
        reader = self._connect_reader(transport)
        if self._client_connected_cb is not None:
            self._stream_writer = self._writer_type(transport, self, reader, self._loop)
            result = self._client_connected_cb(reader, self._stream_writer)
            if coroutines.iscoroutine(result):
                self._loop.create_task(coroutines.as_coroutine(result))

    def data_received(self, data: bytes) -> None:
        """Feed *data* to the reader."""
        reader = self._stream_reader
        if reader is not None or not self._reader_is_held_weakly:
            reader.feed_data(data)

    def eof_received(self) -> bool:
        """End the reader; return True, so that the other direction stays open, where the transport can do that."""
        reader = self._stream_reader
        if reader is not None or not self._reader_is_held_weakly:
            reader.feed_eof()
        return not self._over_ssl

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the reader, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        super().connection_lost(exc)
        self._closed.end(exc)

    def __del__(self) -> None:
        # Subclasses may call it. What was to be done here, Closed.end() has done.
        pass

    def _get_close_waiter(self, stream: Any) -> Any:
        return self._closed


def _nothing() -> None:
    return None


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
    loop = loop_argument.chosen(loop, stacklevel=3)
    arguments.check("create_connection", kwds)
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
    loop = loop_argument.chosen(loop, stacklevel=3)
    arguments.check("create_server", kwds)
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    return as_server(loop, await loop.create_server(factory, host, port, **kwds))


async def open_unix_connection(
    path: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the Unix socket at *path*, a string, bytes or a path-like object; else as `open_connection()`.

    Source: 3.7 documentation, open_unix_connection().
    """
    loop = loop_argument.chosen(loop, stacklevel=3)
    arguments.check("create_unix_connection", kwds)
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
    loop = loop_argument.chosen(loop, stacklevel=3)
    arguments.check("create_unix_server", kwds)
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    kwds = host_python.leaving_the_socket_file(loop) | kwds
    return as_server(loop, await loop.create_unix_server(factory, path, **kwds))


async def connected(
    protocol_type: type[StreamReaderProtocol],
    loop: Any,
    limit: int | None,
    connect: Callable[..., Awaitable[Any]],
    address: tuple[Any, ...],
    kwds: dict[str, Any],
) -> tuple[Any, Any]:
    """Connect a new protocol of *protocol_type*, and return its reader and writer."""
    reader = protocol_type._reader_type(limit=limit, loop=loop)
    protocol = protocol_type._maker(loop)(reader, loop=loop)
    transport, _ = await connect(lambda: protocol, *address, **kwds)
    return reader, protocol_type._writer_type(transport, protocol, reader, loop)


def as_server(loop: Any, server: Any) -> Server:
    """Return *server*, which *loop* made, as one of this generation."""
    return server if isinstance(server, Server) else Server(loop, server)
