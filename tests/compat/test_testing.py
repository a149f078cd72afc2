"""The contract for streams, against streams that break it."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from asyncio_compat import load
from asyncio_compat.testing import CHECKS, check_streams
from asyncio_compat.testing_checks import (
    a_cancelled_read_loses_no_bytes,
    drain_waits_for_a_peer_that_does_not_read,
    iterating_gives_the_lines,
    read_of_no_bytes_waits_for_nothing,
    read_returns_what_is_there_and_no_more_than_was_asked_for,
    readexactly_says_what_there_was_when_the_stream_ends,
    readline_returns_a_line_with_its_newline,
    the_end_stays_the_end,
    what_is_written_arrives_whole_and_in_order,
)


async def pair(reader_class: type[asyncio.StreamReader] = asyncio.StreamReader) -> list[tuple[Any, Any]]:
    """Return the ends of a connection of the host's streams, with readers of a class."""
    ends = []
    for sock in socket.socketpair():
        loop = asyncio.get_running_loop()
        reader = reader_class(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.create_connection(lambda protocol=protocol: protocol, sock=sock)  # type: ignore[misc]
        ends.append((reader, asyncio.StreamWriter(transport, protocol, reader, loop)))
    return ends


def test_the_hosts_streams_keep_the_contract() -> None:
    asyncio.run(check_streams(pair))


def test_one_object_may_be_both_reader_and_writer() -> None:
    api = load("3.8")

    async def main() -> None:
        done = asyncio.get_running_loop().create_future()
        accepted: asyncio.Queue[Any] = asyncio.Queue()

        async def accept(stream: Any) -> None:
            accepted.put_nowait(stream)
            await asyncio.shield(done)

        async with api.StreamServer(accept, "127.0.0.1", 0) as server:
            await server.start_serving()

            async def make_pair() -> tuple[Any, Any]:
                return await api.connect(*server.sockets[0].getsockname()), await accepted.get()

            await check_streams(make_pair)
            done.set_result(None)

    asyncio.run(main())


class Forgetful(asyncio.StreamReader):
    async def readexactly(self, n: int) -> bytes:
        data = b""
        while len(data) < n:
            data += await self.read(n - len(data))
        return data


class Stripping(asyncio.StreamReader):
    async def readline(self) -> bytes:
        return (await super().readline()).rstrip()


class Greedy(asyncio.StreamReader):
    async def read(self, n: int = -1) -> bytes:
        return await super().read(-1 if n < 0 else 100)


class Waiting(asyncio.StreamReader):
    async def read(self, n: int = -1) -> bytes:
        return await super().read(n or 1)


class Endless(asyncio.StreamReader):
    def at_eof(self) -> bool:
        return False


class Silent(asyncio.StreamReader):
    async def readexactly(self, n: int) -> bytes:
        try:
            return await super().readexactly(n)
        except asyncio.IncompleteReadError as error:
            return error.partial


class Iterating(asyncio.StreamReader):
    async def __anext__(self) -> bytes:
        return (await super().__anext__()).rstrip()


class Wrong(asyncio.StreamReader):
    async def read(self, n: int = -1) -> bytes:
        return (await super().read(n)).replace(b"\x02\x02", b"\x02")


@pytest.mark.parametrize(
    ("reader_class", "check", "complaint"),
    [
        (Forgetful, a_cancelled_read_loses_no_bytes, "this did not end within 0.2 seconds"),
        (Stripping, readline_returns_a_line_with_its_newline, r"readline() gave b'one', not b'one\n'"),
        (
            Greedy,
            read_returns_what_is_there_and_no_more_than_was_asked_for,
            "read(4) of b'abcdef' gave b'abcdef'",
        ),
        (Waiting, read_of_no_bytes_waits_for_nothing, "this did not end within 0.2 seconds"),
        (Endless, the_end_stays_the_end, "at_eof() is false at the end"),
        (
            Silent,
            readexactly_says_what_there_was_when_the_stream_ends,
            "readexactly(5) of b'abc' gave b'abc' instead of raising EOFError",
        ),
        (
            Iterating,
            iterating_gives_the_lines,
            r"iterating gave [b'one', b'two', b'rest'], not [b'one\n', b'two\n', b'rest']",
        ),
        (
            Wrong,
            what_is_written_arrives_whole_and_in_order,
            "71010 bytes arrived that are not the 71011 written",
        ),
    ],
)
def test_a_broken_promise_is_named(reader_class: type[asyncio.StreamReader], check: Any, complaint: str) -> None:
    with pytest.raises(AssertionError) as caught:
        asyncio.run(check_streams(lambda: pair(reader_class), checks=[check], timeout=0.2))

    assert str(caught.value) == f"{check.__name__.replace('_', ' ')}: {complaint}"


def test_writers_that_do_not_wait_are_found_out() -> None:
    async def unlimited() -> list[tuple[Any, Any]]:
        ends = await pair()
        for _, writer in ends:
            writer.transport.set_write_buffer_limits(high=1 << 30)
        return ends

    with pytest.raises(AssertionError, match=r"drain\(\) let 33554432 bytes through, of which the peer had read one"):
        asyncio.run(check_streams(unlimited, checks=[drain_waits_for_a_peer_that_does_not_read]))


def test_what_streams_raise_that_they_should_not_is_named() -> None:
    class Failing(asyncio.StreamReader):
        async def read(self, n: int = -1) -> bytes:
            raise KeyError(n)

    with pytest.raises(AssertionError) as caught:
        asyncio.run(check_streams(lambda: pair(Failing), checks=[read_of_no_bytes_waits_for_nothing]))

    assert str(caught.value) == "read of no bytes waits for nothing: KeyError: 0"
    assert isinstance(caught.value.__cause__, KeyError)


def test_what_makes_pairs_may_be_a_plain_function() -> None:
    async def main() -> None:
        ready = [await pair() for _ in range(2)]
        await check_streams(ready.pop, checks=CHECKS[:2])

    asyncio.run(main())


@pytest.mark.parametrize("number", [1, 3])
def test_a_connection_has_two_ends(number: int) -> None:
    async def some_ends() -> Any:
        return [(None, None)] * number

    with pytest.raises(TypeError, match=f"make_pair must return the two ends of a connection, not {number}"):
        asyncio.run(check_streams(some_ends))
