"""The stream of 3.8: one object for both directions, whose `write()` and `close()` can be awaited."""

from __future__ import annotations

import asyncio
import enum
import sys
from asyncio.format_helpers import extract_stack
from collections.abc import Awaitable, Iterable, Iterator
from types import TracebackType
from typing import Any, BinaryIO

from asyncio_compat.v34 import host
from asyncio_compat.v34.flow_control import can_write_on, wait_until_done
from asyncio_compat.v37 import streams
from asyncio_compat.v38.awaiting import OptionalAwait
from asyncio_compat.v38.flow_control import discourage, known_as

__all__ = ("Stream", "StreamMode", "as_bytes", "check_limit", "ensure_can_read", "ensure_can_write")

_DEFAULT_LIMIT = 2**16


class _AllMembers(enum.EnumMeta):
    """Combinations with a name are members like all others, as they were when this was written (Python 3.11 on, enum
    leaves them out).
    """

    def __iter__(cls) -> Iterator[Any]:
        return iter(cls.__members__.values())

    def __reversed__(cls) -> Iterator[Any]:
        return reversed(list(cls.__members__.values()))

    def __len__(cls) -> int:
        return len(cls.__members__)

    def __dir__(cls) -> list[str]:
        return sorted({*super().__dir__(), *cls.__members__})


class StreamMode(enum.Flag, metaclass=_AllMembers):
    """What a `Stream` can do.

    Attributes:
        READ: it is readable, and has the API of `StreamReader`.
        WRITE: it is writable, and has the API of `StreamWriter`.
        READWRITE: it is both.

    Source: 3.8 documentation, StreamMode.
    """

    READ = 1
    WRITE = 2
    READWRITE = READ | WRITE

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self._name_ or self._value_}"

    def __repr__(self) -> str:
        return f"<{self}: {self._value_}>"


# It takes longer to combine flags than to find one.
_READABLE = (StreamMode.READ, StreamMode.READWRITE)
_WRITABLE = (StreamMode.WRITE, StreamMode.READWRITE)


def ensure_can_read(mode: StreamMode) -> None:
    """Raise RuntimeError unless streams of *mode* are readable."""
    if mode not in _READABLE:
        raise RuntimeError("The stream is write-only")


def ensure_can_write(mode: StreamMode) -> None:
    """Raise RuntimeError unless streams of *mode* are writable."""
    if mode not in _WRITABLE:
        raise RuntimeError("The stream is read-only")


def check_limit(limit: int | None) -> int:
    """Return *limit*, or 64 KiB if it is None; raise ValueError if it is zero or negative."""
    if limit is None:
        return _DEFAULT_LIMIT
    if limit <= 0:
        raise ValueError("Limit cannot be <= 0")
    return limit


def as_bytes(data: Any) -> bytes:
    """Return a copy of *data*, so that its owner may go on to change it while it waits to be sent.

    Raises:
        TypeError: *data* is not a bytes-like object.
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
    return bytes(data)


async def _refuse_to_read(*_args: Any, **_kwargs: Any) -> bytes:
    raise RuntimeError("The stream is write-only")


def _refuse_to_be_fed(_data: Any) -> None:
    raise RuntimeError("The stream is write-only")


_OF_WRITE_ONLY_STREAMS = {
    "feed_data": _refuse_to_be_fed,
    "read": _refuse_to_read,
    "readexactly": _refuse_to_read,
    "readline": _refuse_to_read,
    "readuntil": _refuse_to_read,
}


class Stream(streams.StreamReader):
    """A connection or a pipe, with the whole API of `StreamReader` and of `StreamWriter`.

    Programs get streams from `connect()`, `StreamServer` and the like, and do not make them.

    Args:
        mode: in which directions it can be used.
        transport: its transport, if there is one already.
        protocol: what that transport tells when to pause and to resume writing, and when it is closed.
        loop: the event loop; by default the current one.
        limit: bytes that `readline()` and `readuntil()` look through for their end; the transport is paused while
            twice as many wait to be read. None means 64 KiB.
        is_server_side: whether a server accepted the connection.

    Raises:
        RuntimeError: a program makes one.
        ValueError: *limit* is zero or negative.

    Source: 3.8 documentation, Stream.
    """

    # Whether programs are kept from making streams; 3.8.0b1 only warned them.
    _refuses_construction = True
    _discouraged = True

    _source_traceback: Any = None

    def __init__(
        self,
        mode: StreamMode,
        *,
        transport: Any = None,
        protocol: Any = None,
        loop: Any = None,
        limit: int | None = _DEFAULT_LIMIT,
        is_server_side: bool = False,
        _asyncio_internal: bool = False,
    ) -> None:
        if self._refuses_construction and not _asyncio_internal:
            raise RuntimeError(f"{known_as(type(self))} should be instantiated by asyncio internals only")
        discourage(self, _asyncio_internal)
        super().__init__(limit, loop)
        self._mode = mode
        self._writable = mode in _WRITABLE
        self._transport = transport
        self._protocol = protocol
        self._is_server_side = is_server_side
        self._complete_fut = self._loop.create_future()
        self._complete_fut.set_result(None)
        if mode not in _READABLE:
            # Once and for all, rather than a look at the mode in every read of every stream.
            self.__dict__.update(_OF_WRITE_ONLY_STREAMS)
        if self._loop.get_debug():
            self._source_traceback = extract_stack(sys._getframe(1))

    def __repr__(self) -> str:
        named = f"<{type(self).__name__}"
        return f"{named} mode={self._mode}{super().__repr__().removeprefix(named)}"

    @property
    def mode(self) -> StreamMode:
        """In which directions the stream can be used."""
        return self._mode

    @property
    def transport(self) -> Any:
        """The transport."""
        return self._transport

    def is_server_side(self) -> bool:
        """Return True if a server accepted the connection."""
        return self._is_server_side

    def set_transport(self, transport: Any) -> None:
        """Set the transport; once.

        Raises:
            AssertionError: there is another one already.
        """
        if transport is not self._transport:
            super().set_transport(transport)

    def __aiter__(self) -> Stream:
        ensure_can_read(self._mode)
        super().__aiter__()
        return self

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        await self.close()

    def write(self, data: Any) -> Awaitable[None]:
        """Write *data*, a bytes-like object: at once as far as that goes, the rest as the peer takes it.

        Returns:
            What may be awaited, to wait until it is sensible to write on, as `drain()` does, and to learn of errors.

        Raises:
            RuntimeError: the stream is read-only, or `write_eof()` was called.
            TypeError: *data* is not a bytes-like object.
        """
        if not self._writable:
            raise RuntimeError("The stream is read-only")
        transport = self._transport
        transport.write(data if type(data) is bytes else as_bytes(data))
        protocol = self._protocol
        if protocol._paused or protocol._connection_lost or self._exception is not None or transport.is_closing():
            return OptionalAwait(self.drain)
        return self._complete_fut  # type: ignore[no-any-return]

    def writelines(self, data: Iterable[Any]) -> Awaitable[None]:
        """Write every bytes-like object of *data*, an iterable, as `write()` does."""
        if not self._writable:
            raise RuntimeError("The stream is read-only")
        return self.write(b"".join(data))

    def write_eof(self) -> None:
        """Close the writing side once everything is written; the other side can still be read.

        Raises:
            RuntimeError: the stream is read-only.
            NotImplementedError: the transport cannot do it; see `can_write_eof()`.
        """
        if not self._writable:
            raise RuntimeError("The stream is read-only")
        self._transport.write_eof()

    def can_write_eof(self) -> bool:
        """Return True if the stream is writable and its transport supports `write_eof()`."""
        return self._writable and bool(self._transport.can_write_eof())

    async def drain(self) -> None:
        """Wait until it is sensible to write on: while more bytes are buffered than the high-water mark, until the low
        one.

        Raises:
            ConnectionResetError: the connection is lost; or the exception that the stream was given.
            RuntimeError: the stream is read-only.
        """
        if not self._writable:
            raise RuntimeError("The stream is read-only")
        if self._exception is not None:
            raise self._exception
        if self._transport.is_closing():
            # One turn of the loop, in which a lost connection is told to the protocol.
            await asyncio.sleep(0)
        if not can_write_on(self._protocol):
            await self._protocol._drain_helper()

    def close(self) -> Awaitable[None]:
        """Close the stream once everything is written.

        Returns:
            What may be awaited, to wait until the stream is closed, as `wait_closed()` does.
        """
        self._transport.close()
        return OptionalAwait(self.wait_closed)

    def is_closing(self) -> bool:
        """Return True if the stream is closed or being closed."""
        return bool(self._transport.is_closing())

    async def abort(self) -> None:
        """Close the stream at once, without what is not yet written, and wait until it is closed."""
        self._transport.abort()
        await self.wait_closed()

    async def wait_closed(self) -> None:
        """Wait until the stream is closed, which `close()` begins.

        Raises:
            OSError: the connection failed.
        """
        closed = self._protocol._get_close_waiter(self)
        if not closed.done():
            await wait_until_done(closed)
        closed.result()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the transport knows under *name* ("peername", "socket", "ssl_object"...), else *default*."""
        return self._transport.get_extra_info(name, default)

    async def sendfile(
        self, file: BinaryIO, offset: int = 0, count: int | None = None, *, fallback: bool = True
    ) -> int:
        """Send a file, by the operating system's own means where it has them.

        Args:
            file: a regular file, opened in binary mode.
            offset: the byte to begin at.
            count: how many bytes to send at most; None means all.
            fallback: read and send it piecemeal where the operating system has no such means.

        Returns:
            How many bytes were sent.

        Raises:
            SendfileNotAvailableError: there are no such means, and *fallback* is false.
            RuntimeError: the stream is read-only.
        """
        await self.drain()
        sent: int = await self._loop.sendfile(self._transport, file, offset, count, fallback=fallback)
        return sent

    async def start_tls(
        self, sslcontext: Any, *, server_hostname: str | None = None, ssl_handshake_timeout: float | None = None
    ) -> None:
        """Go on with TLS on this connection.

        What was received and not read yet is taken for the beginning of TLS.

        Args:
            sslcontext: an `ssl.SSLContext`.
            server_hostname: the name that the server's certificate is matched against.
            ssl_handshake_timeout: seconds that the handshake may take; None means 60.

        Raises:
            OSError: the handshake failed; `ssl.SSLError` among them.
            RuntimeError: the stream is read-only.
        """
        await self.drain()
        received = self._received.take(len(self._received))
        if received:
            # By then TLS has taken over the old transport, and is ready for bytes.
            self._loop.call_soon(self._loop.call_soon, _deliver, self._transport, received)
        transport = await self._loop.start_tls(
            self._transport,
            self._protocol,
            sslcontext,
            server_side=self._is_server_side,
            server_hostname=server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout,
        )
        self._transport = transport
        self._paused = False
        self._protocol._replace_transport(transport)


def _deliver(transport: Any, received: bytes) -> None:
    """Give *received* to the protocol of *transport* as if it came just now."""
    if not transport.is_closing():
        host.receive(transport.get_protocol(), received)
