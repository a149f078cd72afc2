"""Streams of 3.4 to 3.6: readers and writers whose coroutines are generators.

What every generation's streams share stands here: how a reader keeps its transport from running ahead, how a protocol
fills it, how writers learn to wait. Later generations change how one waits, and add.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from asyncio_compat.v34 import coroutines, events
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.base_events import Server
from asyncio_compat.v34.coroutines import iterable, method_coroutine
from asyncio_compat.v34.filled import fastest_type
from asyncio_compat.v34.flow_control import FlowControlMixin, can_write_on
from asyncio_compat.v34.stream_errors import IncompleteReadError, LimitOverrunError
from asyncio_compat.v34.stream_reader import _DEFAULT_LIMIT as _DEFAULT_LIMIT  # noqa: PLC0414 - for mypy, an export
from asyncio_compat.v34.stream_reader import StreamReader

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

ClientConnected = Callable[["StreamReader", "StreamWriter"], Any]


class StreamWriter:
    """The writing side of a stream: a transport, and `drain()` to wait for it.

    Args:
        transport: the transport to write to.
        protocol: what that transport tells when to pause and to resume writing.
        reader: the `StreamReader` whose errors `drain()` raises too, or None.
        loop: the event loop.

    Source: 3.4 documentation, StreamWriter.
    """

    # Up to 3.4.1 anything could be in the place of the reader.
    _checks_reader = True
    # Up to 3.4.1 drain() was a function that returned a future, or an empty tuple when there was nothing to wait for.
    _drain_is_a_coroutine = True
    # Up to 3.4.3, and in 3.5.0, it did not wait for what a transport that is closing has to say.
    _drain_waits_for_bad_news = True

    def __init__(self, transport: Any, protocol: Any, reader: StreamReader | None, loop: Any) -> None:
        if self._checks_reader and not (reader is None or isinstance(reader, StreamReader)):
            raise AssertionError
        self._transport = transport
        self._protocol = protocol
        self._reader = reader
        self._loop = loop
        if not self._drain_is_a_coroutine:
            self.drain = self._future_of_drain  # type: ignore[method-assign]

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
        if self._transport is not None and self._transport.is_closing() and self._drain_waits_for_bad_news:
            # One turn of the loop, in which a lost connection is told to the protocol.
            yield
        if not can_write_on(self._protocol):
            yield from self._protocol._drain_helper()

    def _future_of_drain(self) -> Any:
        exception = None if self._reader is None else self._reader.exception()
        if exception is not None:
            raise exception
        waiting = self._protocol._drain_helper()
        try:
            future = next(waiting)
        except StopIteration:
            return ()
        # It is to be waited for from here on, as `yield from` would.
        future._asyncio_future_blocking = False
        return future


class StreamReaderProtocol(FlowControlMixin):
    """A protocol that feeds a `StreamReader`.

    Args:
        stream_reader: the reader to feed.
        client_connected_cb: called with the reader and a new writer when a connection is made; if that gives a
            coroutine, it becomes a task.
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, StreamReaderProtocol.
    """

    # Up to 3.4.3 the connection was closed when the peer sent no more.
    _stays_half_open = True
    # Up to 3.4.10, and up to 3.5.1, TLS was not told apart there, and streams were still fed after the end.
    _knows_when_to_end = True

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
        if self._knows_when_to_end:
            self._stream_reader = None
            self._stream_writer = None

    def data_received(self, data: bytes) -> None:
        """Feed *data* to the reader."""
        self._stream_reader.feed_data(data)

    def eof_received(self) -> bool:
        """End the reader; return True, so that the other direction stays open, where the transport can do that."""
        self._stream_reader.feed_eof()
        # TLS cannot be half-closed, and says so in the log if asked to.
        return self._stays_half_open and not (self._over_ssl and self._knows_when_to_end)


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
