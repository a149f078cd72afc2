"""The reading side of streams: bytes that a transport delivers, and coroutines that wait for them."""

from __future__ import annotations

import io
import types
from collections.abc import Generator
from typing import Any

from asyncio_compat.v34 import events
from asyncio_compat.v34.buffer import Buffer, Separator
from asyncio_compat.v34.coroutines import method_coroutine
from asyncio_compat.v34.early_buffer import EarlyBuffer
from asyncio_compat.v34.stream_errors import IncompleteReadError, LimitOverrunError

__all__ = ("StreamReader",)

_DEFAULT_LIMIT = 2**16


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
    # Before 3.4.5 and 3.5.2 there was no readuntil(): lines were found in another way, and sizes were not looked at.
    _finds_lines_by_readuntil = True
    _checks_sizes = True
    # Whether `async for` may take lines without readline(): where that is our own.
    _iterates_by_itself = False
    # Up to 3.5.2 a readexactly() that did not come to its end had taken all the same what it had seen.
    _readexactly_takes_all_at_once = True

    def __init__(self, limit: int | None = None, loop: Any = None) -> None:
        if limit is None:
            limit = _DEFAULT_LIMIT
        if limit <= 0 and self._checks_sizes:
            raise ValueError("Limit cannot be <= 0")
        self._limit = limit
        self._loop = events.get_event_loop() if loop is None else loop
        self._received = (Buffer if self._finds_lines_by_readuntil else EarlyBuffer)(*self._errors)
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
            yield from self._wait_for_data("readuntil" if self._finds_lines_by_readuntil else "readline")

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
        # It grows in place, and hands out what it holds: nothing is there twice.
        everything = io.BytesIO()
        while block := (yield from self.read(self._limit)):  # type: ignore[misc]
            everything.write(block)
        return everything.getvalue()

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
            if not self._checks_sizes:
                return b""
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
            seen = len(received)
            try:
                yield from self._wait_for_data("readexactly")
            except BaseException:
                if not self._readexactly_takes_all_at_once:
                    received.take(seen)
                raise

    _own_readline: Any = staticmethod(readline)

    def __aiter__(self) -> StreamReader:
        # Iteration is over what readline() gives. As long as nobody put another in its place, that need not be called
        # for a line that is there.
        self._iterates_by_itself = getattr(self.readline, "__func__", None) is self._own_readline
        return self

    @method_coroutine
    def __anext__(self) -> Generator[Any, Any, bytes]:
        line: bytes | None = None
        if self._iterates_by_itself and self._exception is None and not self._paused:
            line = self._received.take_line(self._limit, False)
        if line is None:
            line = yield from self.readline()  # type: ignore[misc]
            if line == b"":
                raise StopAsyncIteration
        return line
