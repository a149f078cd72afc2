"""Streams of 3.4 to 3.6: readers and writers whose coroutines are generators.

What every generation's streams share stands here: how a reader keeps its transport from running ahead, how a protocol
fills it, how writers learn to wait. Later generations change how one waits, and add.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Generator, Iterable
from typing import Any

from asyncio_compat.v34 import coroutines, events
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.base_events import Server
from asyncio_compat.v34.buffer import Buffer, Separator
from asyncio_compat.v34.coroutines import iterable, method_coroutine
from asyncio_compat.v34.filled import fastest_type
from asyncio_compat.v34.flow_control import FlowControlMixin
from asyncio_compat.v34.stream_errors import IncompleteReadError, LimitOverrunError

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

ClientConnected = Callable[["StreamReader", "StreamWriter"], Any]


class StreamReader:
    """Bytes that a transport delivers, to be read by count, by line or by separator.

    Args:
        limit: bytes that `readline()` and `readuntil()` look through for their end; the transport is paused while
            twice as many wait to be read. None means 64 KiB.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *limit* is zero or negative.

    Source: 3.4 documentation, StreamReader.
    """

    # What the parts of the repr are called; 3.7 spelt them out.
    _repr_labels = ("l", "w", "e", "t")
    # What is raised when the stream ends too early, and when the limit is passed.
    _errors: tuple[type[Any], type[Any]] = (IncompleteReadError, LimitOverrunError)

    def __init__(self, limit: int | None = None, loop: Any = None) -> None:
        if limit is None:
            limit = _DEFAULT_LIMIT
        if limit <= 0:
            raise ValueError("Limit cannot be <= 0")
        self._limit = limit
        self._loop = events.get_event_loop() if loop is None else loop
        self._received = Buffer(*self._errors)
        self._eof = False
        self._waiter: Any = None
        self._exception: BaseException | None = None
        self._transport: Any = None
        self._paused = False

    def __repr__(self) -> str:
        limit, waiter, exception, transport = self._repr_labels
        said = [type(self).__name__]
        if len(self._received):
            said.append(f"{len(self._received)} bytes")
        if self._eof:
            said.append("eof")
        if self._limit != _DEFAULT_LIMIT:
            said.append(f"{limit}={self._limit}")
        if self._waiter is not None:
            said.append(f"{waiter}={self._waiter!r}")
        if self._exception is not None:
            said.append(f"{exception}={self._exception!r}")
        if self._transport is not None:
            said.append(f"{transport}={self._transport!r}")
        if self._paused:
            said.append("paused")
        return f"<{' '.join(said)}>"

    @property
    def _buffer(self) -> bytearray:
        """The unread bytes; what changes them there changes what is read."""
        return self._received.expose()

    @_buffer.setter
    def _buffer(self, unread: bytearray) -> None:
        self._received.replace(unread)

    def exception(self) -> BaseException | None:
        """Return the exception that was set, or None."""
        return self._exception

    def set_exception(self, exc: BaseException) -> None:
        """Make every read raise *exc*, the one that waits now as well."""
        self._exception = exc
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.cancelled():
                waiter.set_exception(exc)

    def _wakeup_waiter(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.cancelled():
                waiter.set_result(None)

    def set_transport(self, transport: Any) -> None:
        """Set the transport that is paused while too much waits to be read; once.

        Raises:
            AssertionError: there is one already.
        """
        if self._transport is not None:
            raise AssertionError("Transport already set")
        self._transport = transport

    def _maybe_resume_transport(self) -> None:
        if self._paused and len(self._received) <= self._limit:
            self._paused = False
            self._transport.resume_reading()

    def feed_eof(self) -> None:
        """Say that no more bytes will come."""
        self._eof = True
        self._wakeup_waiter()

    def at_eof(self) -> bool:
        """Return True if all bytes were read and `feed_eof()` was called."""
        return self._eof and not len(self._received)

    def feed_data(self, data: bytes | bytearray | memoryview) -> None:
        """Append *data* to what can be read, and resume whoever waits for it.

        Raises:
            AssertionError: `feed_eof()` was called before.
            TypeError: *data* is not a bytes-like object.
        """
        if self._eof:
            raise AssertionError("feed_data after feed_eof")
        if not isinstance(data, (bytes, bytearray, memoryview)):
            data = memoryview(data)  # type: ignore[unreachable]
        if not data:
            return
        received = self._received
        received.feed(data)
        if self._waiter is not None:
            self._wakeup_waiter()
        if self._transport is not None and not self._paused and len(received) > 2 * self._limit:
            self._pause_transport()

    def _pause_transport(self) -> None:
        try:
            self._transport.pause_reading()
        except NotImplementedError:
            # A transport that cannot be paused is not asked again; all it delivers is kept.
            self._transport = None
        else:
            self._paused = True

    @types.coroutine
    def _wait_for_data(self, func_name: str) -> Generator[Any, Any, None]:
        if self._waiter is not None:
            raise RuntimeError(f"{func_name}() called while another coroutine is already waiting for incoming data")
        if self._eof:
            raise AssertionError("_wait_for_data after EOF")
        if self._paused:
            # What is waited for may be longer than what pauses the transport.
            self._paused = False
            self._transport.resume_reading()
        waiter = self._waiter = self._loop.create_future()
        try:
            yield from waiter
        finally:
            if self._waiter is waiter:
                self._waiter = None

    @method_coroutine
    def readline(self) -> Generator[Any, Any, bytes]:
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
            yield from self._wait_for_data("readuntil")

    @method_coroutine
    def readuntil(self, separator: Separator = b"\n") -> Generator[Any, Any, bytes]:
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
            yield from self._wait_for_data("readuntil")

    @method_coroutine
    def read(self, n: int = -1) -> Generator[Any, Any, bytes]:
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
                yield from self._wait_for_data("read")
                data = received.take(n)
            if self._paused:
                self._maybe_resume_transport()
            return data
        blocks = []
        while block := (yield from self.read(self._limit)):  # type: ignore[misc]
            blocks.append(block)
        return b"".join(blocks)

    @method_coroutine
    def readexactly(self, n: int) -> Generator[Any, Any, bytes]:
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
            yield from self._wait_for_data("readexactly")

    def __aiter__(self) -> StreamReader:
        return self

    @method_coroutine
    def __anext__(self) -> Generator[Any, Any, bytes]:
        line: bytes = yield from self.readline()  # type: ignore[misc]
        if line == b"":
            raise StopAsyncIteration
        return line


class StreamWriter:
    """The writing side of a stream: a transport, and `drain()` to wait for it.

    Args:
        transport: the transport to write to.
        protocol: what that transport tells when to pause and to resume writing.
        reader: the `StreamReader` whose errors `drain()` raises too, or None.
        loop: the event loop.

    Source: 3.4 documentation, StreamWriter.
    """

    def __init__(self, transport: Any, protocol: Any, reader: StreamReader | None, loop: Any) -> None:
        if not (reader is None or isinstance(reader, StreamReader)):
            raise AssertionError
        self._transport = transport
        self._protocol = protocol
        self._reader = reader
        self._loop = loop

    def __repr__(self) -> str:
        said = [type(self).__name__, f"transport={self._transport!r}"]
        if self._reader is not None:
            said.append(f"reader={self._reader!r}")
        return f"<{' '.join(said)}>"

    @property
    def transport(self) -> Any:
        """The transport."""
        return self._transport

    def write(self, data: Any) -> Any:
        """Write *data*, a bytes-like object: at once as far as that goes, the rest as the peer takes it."""
        return self._transport.write(data)

    def writelines(self, data: Iterable[Any]) -> Any:
        """Write every bytes-like object of *data*, an iterable, as `write()` does."""
        return self._transport.writelines(data)

    def write_eof(self) -> Any:
        """Close the writing side once everything is written; the other side can still be read."""
        return self._transport.write_eof()

    def can_write_eof(self) -> bool:
        """Return True if the transport supports `write_eof()`."""
        can: bool = self._transport.can_write_eof()
        return can

    def close(self) -> Any:
        """Close the transport once everything is written."""
        return self._transport.close()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the transport knows under *name* ("peername", "socket", "ssl_object"...), else *default*."""
        return self._transport.get_extra_info(name, default)

    @method_coroutine
    def drain(self) -> Generator[Any, Any, None]:
        """Wait until it is sensible to write on: while more bytes are buffered than the high-water mark, until the low
        one.

        Raises:
            ConnectionResetError: the connection is lost; or the exception that the reader was given.
        """
        if self._reader is not None:
            exception = self._reader.exception()
            if exception is not None:
                raise exception
        if self._transport is not None and self._transport.is_closing():
            # One turn of the loop, in which a lost connection is told to the protocol.
            yield
        yield from self._protocol._drain_helper()


class StreamReaderProtocol(FlowControlMixin):
    """A protocol that feeds a `StreamReader`.

    Args:
        stream_reader: the reader to feed.
        client_connected_cb: called with the reader and a new writer when a connection is made; if that gives a
            coroutine, it becomes a task.
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, StreamReaderProtocol.
    """

    _reader_type: type[StreamReader] = StreamReader
    _writer_type: type[StreamWriter] = StreamWriter

    def __init__(
        self, stream_reader: Any, client_connected_cb: ClientConnected | None = None, loop: Any = None
    ) -> None:
        super().__init__(loop=loop)
        self._stream_reader = stream_reader
        self._stream_writer: Any = None
        self._client_connected_cb = client_connected_cb
        self._over_ssl = False

    @classmethod
    def _with_reader(cls, limit: int | None, loop: Any, client_connected_cb: Any = None) -> StreamReaderProtocol:
        """Return a protocol with a new reader, one that *loop*'s transports can fill as fast as they are able to."""
        return fastest_type(cls, loop)(cls._reader_type(limit=limit, loop=loop), client_connected_cb, loop=loop)

    @classmethod
    def _factory(cls, limit: int | None, loop: Any, client_connected_cb: Any) -> Callable[[], StreamReaderProtocol]:
        """Return what makes a server's protocols."""
        return lambda: cls._with_reader(limit, loop, client_connected_cb)

    def _streams(self, transport: Any) -> tuple[Any, Any]:
        """Return the reader, and a writer for *transport*."""
        reader = self._stream_reader
        return reader, self._writer_type(transport, self, reader, self._loop)

    def connection_made(self, transport: Any) -> None:
        """Connect the reader to *transport*, and call back if this is a server's side."""
        self._stream_reader.set_transport(transport)
        self._over_ssl = transport.get_extra_info("sslcontext") is not None
        if self._client_connected_cb is not None:
            reader, writer = self._streams(transport)
            self._stream_writer = writer
            result = self._client_connected_cb(reader, writer)
            if coroutines.iscoroutine(result):
                self._loop.create_task(coroutines.as_coroutine(result))

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the reader, with *exc* if the connection failed."""
        reader = self._stream_reader
        if reader is not None:
            if exc is None:
                reader.feed_eof()
            else:
                reader.set_exception(exc)
        super().connection_lost(exc)
        self._stream_reader = None
        self._stream_writer = None

    def data_received(self, data: bytes) -> None:
        """Feed *data* to the reader."""
        self._stream_reader.feed_data(data)

    def eof_received(self) -> bool:
        """End the reader; return True, so that the other direction stays open, where the transport can do that."""
        self._stream_reader.feed_eof()
        # TLS cannot be half-closed, and says so in the log if asked to.
        return not self._over_ssl


@method_coroutine
def open_connection(
    host: Any = None, port: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> Generator[Any, Any, tuple[StreamReader, StreamWriter]]:
    """Connect to a TCP server.

    Args:
        host: its name or address.
        port: its port.
        loop: the event loop to use; by default the current one.
        limit: the reader's limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_connection()`.

    Returns:
        A reader and a writer.

    Source: 3.4 documentation, open_connection().
    """
    loop = events.get_event_loop() if loop is None else loop
    protocol = StreamReaderProtocol._with_reader(limit, loop)
    transport, _ = yield from iterable(loop.create_connection(lambda: protocol, host, port, **kwds))
    return protocol._streams(transport)


@method_coroutine
def start_server(
    client_connected_cb: ClientConnected,
    host: Any = None,
    port: Any = None,
    *,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Generator[Any, Any, Any]:
    """Start a TCP server.

    Args:
        client_connected_cb: called with a reader and a writer for every connection; if that gives a coroutine, it
            becomes a task.
        host: the address to listen on, or several of them; None for all.
        port: the port to listen on; 0 for a free one.
        loop: the event loop to use; by default the current one.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_server()`.

    Returns:
        A `Server`.

    Source: 3.4 documentation, start_server().
    """
    loop = events.get_event_loop() if loop is None else loop
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    return _as_server(loop, (yield from iterable(loop.create_server(factory, host, port, **kwds))))


@method_coroutine
def open_unix_connection(
    path: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> Generator[Any, Any, tuple[StreamReader, StreamWriter]]:
    """Connect to the Unix socket at *path*; else as `open_connection()`.

    Source: 3.4 documentation, open_unix_connection().
    """
    loop = events.get_event_loop() if loop is None else loop
    protocol = StreamReaderProtocol._with_reader(limit, loop)
    transport, _ = yield from iterable(loop.create_unix_connection(lambda: protocol, path, **kwds))
    return protocol._streams(transport)


@method_coroutine
def start_unix_server(
    client_connected_cb: ClientConnected,
    path: Any = None,
    *,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Generator[Any, Any, Any]:
    """Start a server on a Unix socket at *path*; else as `start_server()`.

    Source: 3.4 documentation, start_unix_server().
    """
    loop = events.get_event_loop() if loop is None else loop
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    kwds = host_python.leaving_the_socket_file(loop) | kwds
    return _as_server(loop, (yield from iterable(loop.create_unix_server(factory, path, **kwds))))


def _as_server(loop: Any, server: Any) -> Server:
    return server if isinstance(server, Server) else Server(loop, server)  # type: ignore[abstract]
