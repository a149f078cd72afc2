"""Readers and writers in 3.8's pre-releases: deprecated in favour of `Stream`, with writers that can be awaited."""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import host as host_python
from asyncio_compat.v37 import events, loop_argument, streams
from asyncio_compat.v38.awaiting import NOTHING_TO_WAIT_FOR, OptionalAwait
from asyncio_compat.v38.dropped import EndsWhenDropped
from asyncio_compat.v38.flow_control import FlowControlMixin, discourage
from asyncio_compat.v38.stream import as_bytes

if TYPE_CHECKING:
    from asyncio_compat.v37.base_events import Server

__all__ = (
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "open_connection",
    "open_unix_connection",
    "start_server",
    "start_unix_server",
)

_DEFAULT_LIMIT = 2**16

# Whether the functions below are deprecated: since 3.8.0b1.
_DEPRECATED = True


def _warn(loop: Any, name: str, successor: str) -> None:
    """Warn the caller of the function *name* of its deprecation, and of that of the loop argument if that was given."""
    if _DEPRECATED:
        warnings.warn(
            f"{name}() is deprecated since Python 3.8 in favor of {successor}(), "
            "and scheduled for removal in Python 3.10",
            DeprecationWarning,
            stacklevel=3,
        )
    if loop is not None:
        loop_argument.warn(stacklevel=4)


class StreamReader(streams.StreamReader):
    """Bytes that a transport delivers, to be read by count, by line or by separator.

    Args:
        limit: bytes that `readline()` and `readuntil()` look through for their end; the transport is paused while
            twice as many wait to be read. None means 64 KiB.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *limit* is zero or negative.

    Source: 3.8 documentation, StreamReader.
    """


class StreamWriter(streams.StreamWriter):
    """The writing side of a stream: a transport, and `drain()` and `wait_closed()` to wait for it.

    Args:
        transport: the transport to write to.
        protocol: what that transport tells when to pause and to resume writing, and when it is closed.
        reader: the `StreamReader` whose errors `drain()` raises too, or None.
        loop: the event loop.

    Source: 3.8 documentation, StreamWriter.
    """

    # Whether what write(), writelines() and close() return can be awaited, as 3.8's documentation has it.
    _can_be_awaited = True

    def write(self, data: Any) -> Awaitable[None] | None:
        """Write *data*, a bytes-like object: at once as far as that goes, the rest as the peer takes it.

        Returns:
            What may be awaited, to wait until it is sensible to write on, as `drain()` does, and to learn of errors.

        Raises:
            TypeError: *data* is not a bytes-like object.
        """
        self._transport.write(data if type(data) is bytes else as_bytes(data))
        return self._written()

    def writelines(self, data: Iterable[Any]) -> Awaitable[None] | None:
        """Write every bytes-like object of *data*, an iterable, as `write()` does."""
        self._transport.write(b"".join(data))
        return self._written()

    def _written(self) -> Awaitable[None] | None:
        if not self._can_be_awaited:
            return None
        protocol = self._protocol
        if (
            isinstance(protocol, FlowControlMixin)
            and not (protocol._paused or protocol._connection_lost or self._transport.is_closing())
            and (self._reader is None or self._reader.exception() is None)
        ):
            return NOTHING_TO_WAIT_FOR
        return OptionalAwait(self.drain)

    def close(self) -> Awaitable[None] | None:
        """Close the stream once everything is written.

        Returns:
            What may be awaited, to wait until the stream is closed, as `wait_closed()` does.
        """
        self._transport.close()
        return OptionalAwait(self.wait_closed) if self._can_be_awaited else None

    async def awrite(self, data: Any) -> None:
        """Write *data*, and wait until it is sensible to write on. In 3.8.0's alphas only.

        Source: 3.8.0a1.
        """
        self.write(data)
        await self.drain()

    async def aclose(self) -> None:
        """Close the stream, and wait until it is closed. In 3.8.0's alphas only.

        Source: 3.8.0a1.
        """
        self.close()
        await self.wait_closed()


class StreamReaderProtocol(EndsWhenDropped, streams.StreamReaderProtocol, FlowControlMixin):
    """A protocol that feeds a `StreamReader`. That programs make one is deprecated.

    Args:
        stream_reader: the reader to feed.
        client_connected_cb: called with the reader and a new writer when a connection is made; if that gives a
            coroutine, it becomes a task.
        loop: the event loop to use; by default the current one.

    Source: 3.8 documentation, Streams.
    """

    _reader_type = StreamReader
    _writer_type = StreamWriter

    # Whether a reader that the program drops is gone, and its connection ended: in 3.8.0's alphas.
    _reader_is_held_weakly = False

    def __init__(
        self, stream_reader: Any, client_connected_cb: Any = None, loop: Any = None, *, _asyncio_internal: bool = False
    ) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(stream_reader, client_connected_cb, loop)
        if self._reader_is_held_weakly and stream_reader is not None:
            self._source_traceback = getattr(stream_reader, "_source_traceback", None)
            self._stream_reader_wr = weakref.ref(stream_reader, self._on_gc)

    @classmethod
    def _maker(cls, loop: Any) -> Callable[..., Any]:
        """Return what makes protocols without a warning."""
        return functools.partial(super()._maker(loop), _asyncio_internal=True)

    def connection_made(self, transport: Any) -> None:
        """Connect the reader to *transport*, and call back if this is a server's side."""
        if not self._ends_before_it_begins(transport):
            self._transport = transport
            super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the reader, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        super().connection_lost(exc)
        self._transport = None


async def open_connection(
    host: Any = None, port: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to a TCP server. Deprecated in favour of `connect()`.

    Args:
        host: its name or address.
        port: its port.
        loop: the event loop to use; by default the running one.
        limit: the reader's limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_connection()`.

    Returns:
        A reader and a writer.

    Source: 3.8 documentation, open_connection().
    """
    _warn(loop, "open_connection", "connect")
    loop = events.get_event_loop() if loop is None else loop
    return await streams.connected(StreamReaderProtocol, loop, limit, loop.create_connection, (host, port), kwds)


async def start_server(
    client_connected_cb: Callable[[StreamReader, StreamWriter], Any],
    host: Any = None,
    port: Any = None,
    *,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Server:
    """Start a TCP server. Deprecated in favour of `StreamServer`.

    Args:
        client_connected_cb: called with a reader and a writer for every connection; if that gives a coroutine, it
            becomes a task.
        host: the address to listen on, or several of them; None for all.
        port: the port to listen on; 0 for a free one.
        loop: the event loop to use; by default the running one.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: passed to `loop.create_server()`.

    Source: 3.8 documentation, start_server().
    """
    _warn(loop, "start_server", "StreamServer")
    loop = events.get_event_loop() if loop is None else loop
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    return streams.as_server(loop, await loop.create_server(factory, host, port, **kwds))


async def open_unix_connection(
    path: Any = None, *, loop: Any = None, limit: int | None = _DEFAULT_LIMIT, **kwds: Any
) -> tuple[StreamReader, StreamWriter]:
    """Connect to the Unix socket at *path*; else as `open_connection()`. Deprecated in favour of `connect_unix()`.

    Source: 3.8 documentation, open_unix_connection().
    """
    _warn(loop, "open_unix_connection", "connect_unix")
    loop = events.get_event_loop() if loop is None else loop
    return await streams.connected(StreamReaderProtocol, loop, limit, loop.create_unix_connection, (path,), kwds)


async def start_unix_server(
    client_connected_cb: Callable[[StreamReader, StreamWriter], Any],
    path: Any = None,
    *,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Server:
    """Start a server on a Unix socket at *path*; else as `start_server()`. Deprecated in favour of `UnixStreamServer`.

    Source: 3.8 documentation, start_unix_server().
    """
    _warn(loop, "start_unix_server", "UnixStreamServer")
    loop = events.get_event_loop() if loop is None else loop
    factory = StreamReaderProtocol._factory(limit, loop, client_connected_cb)
    kwds = host_python.leaving_the_socket_file(loop) | kwds
    return streams.as_server(loop, await loop.create_unix_server(factory, path, **kwds))
