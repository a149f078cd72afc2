"""Streams of 3.13: no `loop=`, tuples of separators, TLS on an open connection, and writers that notice being
dropped.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from asyncio_compat.v34 import arguments
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.flow_control import wake
from asyncio_compat.v37 import streams
from asyncio_compat.v37.stream_errors import IncompleteReadError, LimitOverrunError
from asyncio_compat.v313 import coroutines, events
from asyncio_compat.v313.base_events import Server, serve

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

    Source: 3.13 documentation, StreamReader.
    """

    # Up to 3.12 a tuple was no separator.
    _takes_tuples = True

    def __init__(self, limit: int | None = _DEFAULT_LIMIT, loop: Any = None) -> None:
        super().__init__(limit, events.get_event_loop() if loop is None else loop)

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
        # The first question is the quickest to answer, and mostly the last.
        if type(separator) is not bytes and isinstance(separator, tuple) and self._takes_tuples:
            return await self._read_until_any(separator)
        # As in 3.7, and not by it: that would be one more coroutine for each message.
        if len(separator) == 0:
            raise ValueError("Separator should be at least one-byte string")
        received = self._received
        while True:
            if self._exception is not None:
                raise self._exception
            taken = received.take_until(separator, self._limit, self._eof)  # type: ignore[arg-type]
            if taken is not None:
                if self._paused:
                    self._maybe_resume_transport()
                return taken
            await self._wait_for_data("readuntil")

    async def _read_until_any(self, separator: tuple[Separator, ...]) -> bytes:
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

    # What write() calls the things it takes when it is given something else, since 3.14.
    _takes = "a bytes, bytearray, or memoryview object"
    # Since 3.12 the object that waits to be sent is the caller's own, before it was a copy.
    _queues_a_copy = False
    # Since 3.12 writelines() speaks for itself when it comes after write_eof(); before, write() did.
    _writelines_has_own_words = True
    # Since 3.11 a writer that is dropped closes its connection.
    _closes_when_dropped = True

    def write(self, data: Any) -> Any:
        """Write *data*: at once as far as that goes, the rest as the peer takes it.

        Args:
            data: bytes, a bytearray, or a C-contiguous one-dimensional memoryview.

        Raises:
            TypeError: *data* is something else; nothing is written, the connection goes on.
        """
        if type(data) is not bytes:
            data = self._writable(data)
        return self._transport.write(data)

    def writelines(self, data: Iterable[Any]) -> Any:
        """Write every item of *data*, an iterable of what `write()` takes.

        Raises:
            TypeError: an item is something else; nothing is written, the connection goes on.
        """
        lines = [item if type(item) is bytes else self._writable(item) for item in data]
        transport = self._transport
        if not host_python.lets_writelines_run_ahead(transport):
            return transport.writelines(lines)
        if self._writelines_has_own_words and host_python.has_written_eof(transport):
            raise RuntimeError("Cannot call writelines() after write_eof()")
        return transport.write(b"".join(lines))

    def _writable(self, data: Any) -> Any:
        if isinstance(data, memoryview):
            if not data.c_contiguous or data.ndim != 1:
                raise TypeError("data argument must be a C-contiguous one-dimensional memoryview")
        elif not isinstance(data, (bytes, bytearray)):
            raise TypeError(f"data argument must be {self._takes}, not {type(data).__name__!r}")
        return bytes(data) if self._queues_a_copy and host_python.keeps_what_it_queues(self._transport) else data

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
        loop, plain = self._loop, self._transport
        await self.drain()
        options = host_python.known_to(loop.start_tls, {"ssl_shutdown_timeout": ssl_shutdown_timeout})
        if server_side:
            # The client need not wait for us: its first words of TLS may have been read already.
            loop.call_soon(self._protocol._hand_over_what_is_unread, plain)
        transport = await loop.start_tls(
            plain,
            self._protocol,
            sslcontext,
            server_side=server_side,
            server_hostname=server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout,
            **options,
        )
        self._transport = transport
        self._protocol._replace_transport(transport)

    def __del__(self, warnings: Any = warnings) -> None:
        transport = getattr(self, "_transport", None)
        if transport is None or not self._closes_when_dropped or transport.is_closing():
            return
        if self._loop.is_closed():
            warnings.warn("loop is closed", ResourceWarning, stacklevel=2)
        else:
            self.close()
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2)


class FlowControlMixin(streams.FlowControlMixin):
    """What `drain()` and `wait_closed()` wait for; any number of tasks may.

    Args:
        loop: the event loop to use; by default the current one.
    """

    def __init__(self, loop: Any = None) -> None:
        super().__init__(loop=events.get_event_loop() if loop is None else loop)
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

    # Up to 3.12 a server's protocol kept the writer, so that a connection stayed open when nobody else did.
    _keeps_the_writer = False
    # Up to 3.13 the failure of a plain callback was the event loop's to report, and the connection stayed open.
    _reports_plain_callbacks = True
    # Since 3.11 the failure of a coroutine is reported at once, and the connection closed.
    _watches_the_callback = True
    # Since 3.13 a cancelled callback closes the connection in silence; before, the cancellation was reported.
    _closes_when_the_callback_is_cancelled = True

    def __init__(self, stream_reader: Any, client_connected_cb: Any = None, loop: Any = None) -> None:
        super().__init__(stream_reader, client_connected_cb, loop=loop)
        self._task: Any = None
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Connect the reader to *transport*, and call back if this is a server's side."""
        self._transport = transport
        reader = self._connect_reader(transport)
        if self._client_connected_cb is None:
            return
        writer = self._writer_type(transport, self, reader, self._loop)
        if self._keeps_the_writer:
            self._stream_writer = writer
        try:
            result = self._client_connected_cb(reader, writer)
        except Exception as exc:
            if not self._reports_plain_callbacks:
                raise
            self._callback_failed(transport, exc)
            return
        if coroutines.iscoroutine(result):
            self._task = self._loop.create_task(coroutines.as_coroutine(result))
            if self._watches_the_callback:
                self._task.add_done_callback(self._callback_done)

    def _callback_done(self, task: Any) -> None:
        transport = self._transport
        if self._closes_when_the_callback_is_cancelled and task.cancelled():
            if transport is not None:
                transport.close()
        elif (exc := task.exception()) is not None:
            self._callback_failed(transport, exc)

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

    def _hand_over_what_is_unread(self, plain: Any) -> None:
        """Give what the reader holds to the protocol that has taken this one's place at the transport *plain*."""
        reader = self._stream_reader
        above = plain.get_protocol()
        if reader is not None and above is not self and not reader.at_eof():
            unread = reader._received.take(len(reader._received))
            if unread:
                # It learns of its transport before that.
                self._loop.call_soon(host_python.receive, above, unread)

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
    arguments.check("create_connection", kwds)
    kwds = host_python.known_to(loop.create_connection, kwds)
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
    arguments.check("create_server", kwds)
    server: Server = await _serve(loop, loop.create_server, client_connected_cb, limit, (host, port), kwds)
    return server


async def open_unix_connection(
    path: Any = None, *, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the Unix socket at *path*, a string, bytes or a path-like object; else as `open_connection()`.

    Source: 3.13 documentation, open_unix_connection().
    """
    loop = events.get_running_loop()
    arguments.check("create_unix_connection", kwds)
    kwds = host_python.known_to(loop.create_unix_connection, kwds)
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
    arguments.check("create_unix_server", kwds)
    server: Server = await _serve(loop, loop.create_unix_server, client_connected_cb, limit, (path,), kwds)
    return server


async def _serve(
    loop: Any, create: Any, client_connected_cb: Any, limit: int | None, address: tuple[Any, ...], kwds: dict[str, Any]
) -> Any:
    make = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    protocols: WeakSet[Any] = WeakSet()

    def factory() -> streams.StreamReaderProtocol:
        protocol = make()
        protocols.add(protocol)
        return protocol

    def clients() -> list[Any]:
        return [protocol._transport for protocol in protocols if protocol._transport is not None]

    # Only where neither the event loop nor its servers know the connections, they are remembered here.
    knows_connections = hasattr(loop, "_accepted") or host_python.servers_know_their_clients(loop)
    return await serve(Server, loop, create, (make if knows_connections else factory, *address), kwds, clients)
