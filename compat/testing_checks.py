"""What streams promise, one function for each promise. Its name is the sentence; see `asyncio_compat.testing`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

__all__ = ("CHECKS", "Check", "End")

Check = Callable[["End", "End"], Coroutine[Any, Any, None]]

# More than systems keep of what nobody reads.
_MUCH = 32 * 1024 * 1024
_CHUNK = 256 * 1024


class End:
    """One end of a connection.

    Args:
        end: a pair of reader and writer, or one object that is both.
    """

    def __init__(self, end: Any) -> None:
        self.reader, self.writer = end if isinstance(end, tuple | list) else (end, end)
        self._started: list[asyncio.Future[Any]] = []

    def start(self, awaitable: Awaitable[Any]) -> asyncio.Future[Any]:
        """Begin with what is waited for later; it ends with the check."""
        self._started.append(asyncio.ensure_future(awaitable))
        return self._started[-1]

    async def write(self, data: bytes) -> None:
        """Write, and wait until more may be written."""
        await _completed(self.writer.write(data))
        await _completed(self.writer.drain())

    async def close(self) -> None:
        """Close, and wait until that is done where it can be waited for."""
        await _completed(self.writer.close())
        if hasattr(self.writer, "wait_closed"):
            await _completed(self.writer.wait_closed())

    async def stop(self) -> None:
        """End what was begun, and the connection if that is still open; what is not yet sent is lost."""
        for started in self._started:
            started.cancel()
        await asyncio.gather(*self._started, return_exceptions=True)
        transport: Any = getattr(self.writer, "transport", None)
        if hasattr(transport, "is_closing") and not transport.is_closing():
            transport.abort()

    def can(self, *names: str) -> bool:
        """Tell whether the reader or the writer has all these methods."""
        return all(hasattr(self.reader, name) or hasattr(self.writer, name) for name in names)


async def _completed(value: Any) -> Any:
    return await value if isinstance(value, Awaitable) or inspect.isawaitable(value) else value


def _equal(actual: object, expected: object, what: str) -> None:
    if actual != expected:
        raise AssertionError(f"{what} gave {actual!r}, not {expected!r}")


def _true(condition: object, complaint: str) -> None:
    if not condition:
        raise AssertionError(complaint)


async def _raised(awaitable: Any, kind: type[BaseException], what: str) -> Any:
    """Wait for what must fail, and return the exception."""
    try:
        result = await _completed(awaitable)
    except kind as error:
        return error
    raise AssertionError(f"{what} gave {result!r} instead of raising {kind.__name__}")


async def _some_turns() -> None:
    """Let the loop run what is ready."""
    for _ in range(10):
        await asyncio.sleep(0)


async def what_is_written_arrives_whole_and_in_order(one: End, other: End) -> None:
    pieces = [bytes([number % 256]) * number for number in (1, 0, 2, 1000, 3, 70_000, 5)]
    sending = one.start(_send(one, pieces))
    received = await other.reader.read(-1)
    await sending
    _true(isinstance(received, bytes), f"read() gave {type(received).__name__}, not bytes")
    _true(
        received == b"".join(pieces), f"{len(received)} bytes arrived that are not the {sum(map(len, pieces))} written"
    )


async def _send(end: End, pieces: list[bytes]) -> None:
    for piece in pieces:
        await end.write(piece)
    await end.close()


async def read_returns_what_is_there_and_no_more_than_was_asked_for(one: End, other: End) -> None:
    await one.write(b"abcdef")
    received = await other.reader.read(4)
    _true(received and b"abcd".startswith(received), f"read(4) of b'abcdef' gave {received!r}")
    received += await other.reader.readexactly(6 - len(received))
    _equal(received, b"abcdef", "reading the rest")


async def read_of_no_bytes_waits_for_nothing(one: End, other: End) -> None:
    _equal(await other.reader.read(0), b"", "read(0)")
    _equal(await other.reader.readexactly(0), b"", "readexactly(0)")


async def readline_returns_a_line_with_its_newline(one: End, other: End) -> None:
    await one.write(b"one\n\nthr")
    _equal(await other.reader.readline(), b"one\n", "readline()")
    _equal(await other.reader.readline(), b"\n", "readline() of an empty line")
    await one.write(b"ee\nrest")
    _equal(await other.reader.readline(), b"three\n", "readline() of a line that came in two pieces")


async def readline_returns_what_is_left_when_the_stream_ends(one: End, other: End) -> None:
    await one.write(b"no newline")
    await one.close()
    _equal(await other.reader.readline(), b"no newline", "readline() of a line without newline")
    _equal(await other.reader.readline(), b"", "readline() at the end")


async def readexactly_waits_for_all_of_it(one: End, other: End) -> None:
    reading = other.start(other.reader.readexactly(6))
    for piece in (b"ab", b"c", b"def+"):
        await one.write(piece)
        await _some_turns()
    _equal(await reading, b"abcdef", "readexactly(6)")
    _equal(await other.reader.read(1), b"+", "read(1) after it")


async def readexactly_says_what_there_was_when_the_stream_ends(one: End, other: End) -> None:
    await one.write(b"abc")
    await one.close()
    error = await _raised(other.reader.readexactly(5), EOFError, "readexactly(5) of b'abc'")
    _equal(getattr(error, "partial", None), b"abc", "the error's partial")
    _equal(getattr(error, "expected", None), 5, "the error's expected")


async def readuntil_returns_what_there_is_up_to_the_separator(one: End, other: End) -> None:
    if not other.can("readuntil"):
        return
    await one.write(b"a-b--c")
    _equal(await other.reader.readuntil(b"--"), b"a-b--", "readuntil(b'--')")
    await one.close()
    error = await _raised(other.reader.readuntil(b"--"), EOFError, "readuntil(b'--') of b'c'")
    _equal(getattr(error, "partial", None), b"c", "the error's partial")


async def iterating_gives_the_lines(one: End, other: End) -> None:
    if not other.can("__aiter__"):
        return
    await one.write(b"one\ntwo\nrest")
    await one.close()
    _equal([line async for line in other.reader], [b"one\n", b"two\n", b"rest"], "iterating")


async def a_cancelled_read_loses_no_bytes(one: End, other: End) -> None:
    for read in (lambda: other.reader.readexactly(4), other.reader.readline):
        reading = other.start(read())
        await _some_turns()
        await one.write(b"ab")
        await _some_turns()
        reading.cancel()
        await _raised(reading, asyncio.CancelledError, "a read that was cancelled")
        await one.write(b"c\n")
        _equal(await read(), b"abc\n", "the read after one that was cancelled")


async def only_one_may_wait_for_bytes_at_a_time(one: End, other: End) -> None:
    reading = other.start(other.reader.read(1))
    await _some_turns()
    await _raised(other.reader.read(1), RuntimeError, "a second read() while one waits")
    await one.write(b"x")
    _equal(await reading, b"x", "the first of the two")


async def the_end_stays_the_end(one: End, other: End) -> None:
    await one.close()
    for _ in range(2):
        _equal(await other.reader.read(10), b"", "read(10) at the end")
        _equal(await other.reader.read(-1), b"", "read() at the end")
    _true(other.reader.at_eof(), "at_eof() is false at the end")


async def what_was_received_before_the_end_can_still_be_read(one: End, other: End) -> None:
    await one.write(b"last words")
    await one.close()
    await _some_turns()
    _true(not other.reader.at_eof(), "at_eof() is true while there is something to read")
    _equal(await other.reader.read(-1), b"last words", "read()")


async def one_side_may_end_and_go_on_reading(one: End, other: End) -> None:
    if not one.can("can_write_eof") or not one.writer.can_write_eof():
        return
    await one.write(b"question")
    await _completed(one.writer.write_eof())
    _equal(await other.reader.read(-1), b"question", "read() up to the end")
    await other.write(b"answer")
    await other.close()
    _equal(await one.reader.read(-1), b"answer", "read() on the side that has written its end")


async def drain_waits_for_a_peer_that_does_not_read(one: End, other: End) -> None:
    sent = 0

    async def send() -> None:
        nonlocal sent
        while sent < _MUCH:
            await one.write(bytes(_CHUNK))
            sent += _CHUNK
        await one.close()

    sending = one.start(send())
    received = len(await other.reader.readexactly(1))
    _true(sent < _MUCH, f"drain() let {_MUCH} bytes through, of which the peer had read one")
    while True:
        data = await other.reader.read(_CHUNK)
        if not data:
            break
        received += len(data)
    await sending
    _equal(received, _MUCH, "counting what arrived")


async def writelines_writes_all_of_them(one: End, other: End) -> None:
    if not one.can("writelines"):
        return
    await _completed(one.writer.writelines([b"one ", b"", b"two "]))
    await _completed(one.writer.writelines(iter([bytearray(b"three")])))
    await one.close()
    _equal(await other.reader.read(-1), b"one two three", "what writelines() wrote")


async def only_bytes_can_be_written(one: End, other: End) -> None:
    async def write() -> None:
        await _completed(one.writer.write("text"))

    await _raised(write(), TypeError, "write('text')")
    await one.write(b"bytes")
    _equal(await other.reader.readexactly(5), b"bytes", "what was written after it")


async def what_was_written_is_sent_before_it_is_closed(one: End, other: End) -> None:
    one.writer.write(bytes(100_000))
    closing = one.start(one.close())
    _equal(len(await other.reader.read(-1)), 100_000, "counting what arrived")
    await closing


async def who_is_closed_says_so(one: End, other: End) -> None:
    if not one.can("is_closing"):
        return
    _true(not one.writer.is_closing(), "is_closing() is true before close()")
    await one.close()
    _true(one.writer.is_closing(), "is_closing() is false after close()")
    await one.close()


async def what_nobody_knows_of_a_connection_is_the_default(one: End, other: End) -> None:
    if not one.can("get_extra_info"):
        return
    _equal(one.writer.get_extra_info("no such thing"), None, "get_extra_info()")
    _equal(one.writer.get_extra_info("no such thing", "default"), "default", "get_extra_info() with a default")


CHECKS: tuple[Check, ...] = (
    what_is_written_arrives_whole_and_in_order,
    read_returns_what_is_there_and_no_more_than_was_asked_for,
    read_of_no_bytes_waits_for_nothing,
    readline_returns_a_line_with_its_newline,
    readline_returns_what_is_left_when_the_stream_ends,
    readexactly_waits_for_all_of_it,
    readexactly_says_what_there_was_when_the_stream_ends,
    readuntil_returns_what_there_is_up_to_the_separator,
    iterating_gives_the_lines,
    a_cancelled_read_loses_no_bytes,
    only_one_may_wait_for_bytes_at_a_time,
    the_end_stays_the_end,
    what_was_received_before_the_end_can_still_be_read,
    one_side_may_end_and_go_on_reading,
    drain_waits_for_a_peer_that_does_not_read,
    writelines_writes_all_of_them,
    only_bytes_can_be_written,
    what_was_written_is_sent_before_it_is_closed,
    who_is_closed_says_so,
    what_nobody_knows_of_a_connection_is_the_default,
)
