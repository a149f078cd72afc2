"""Streams: reading, writing, closing, and what is refused."""

from __future__ import annotations

import gc
import inspect
import socket
import tempfile

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")

MORE_THAN_IS_BUFFERED = 8_000_000


class Pair:
    """A stream, and the blocking socket at its other end, in `async with`."""

    def __init__(self, **options):
        self.options = options

    async def __aenter__(self):
        ours, self.peer = socket.socketpair()
        self.peer.setblocking(False)
        self.stream = await asyncio.connect(sock=ours, **self.options)
        return self.stream, self.peer

    async def __aexit__(self, *exc):
        self.stream.transport.abort()
        self.peer.close()
        await asyncio.sleep(0)


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


async def received(peer):
    """All that comes until the stream ends."""
    loop = asyncio.get_running_loop()
    data = bytearray()
    while chunk := await loop.sock_recv(peer, 1_000_000):
        data += chunk
    return bytes(data)


def test_what_is_written_arrives_awaited_or_not():
    async def main():
        async with Pair() as (stream, peer):
            stream.write(b"one ")
            stream.writelines([b"two ", b"three "])
            await stream.write(b"four ")
            await stream.writelines(word for word in (b"five ", b"six"))
            stream.write_eof()
            return await received(peer)

    assert asyncio.run(main()) == b"one two three four five six"


def test_a_write_that_nobody_awaits_leaves_no_coroutine():
    async def main():
        async with Pair() as (stream, _):
            written = stream.write(b"x")
            assert inspect.isawaitable(written)
            assert not inspect.iscoroutine(written)
            stream.transport.set_write_buffer_limits(0)
            held_back = stream.write(b"x" * MORE_THAN_IS_BUFFERED)
            assert inspect.isawaitable(held_back)
            assert not inspect.iscoroutine(held_back)
            assert not inspect.iscoroutine(stream.close())

    # What was never awaited would warn, and a warning fails the test.
    asyncio.run(main())


def test_an_awaited_write_holds_the_writer_back_while_the_peer_does_not_read():
    async def main():
        async with Pair() as (stream, peer):
            writing = asyncio.ensure_future(stream.write(b"x" * MORE_THAN_IS_BUFFERED))
            await turns()
            assert not writing.done()
            reading = asyncio.create_task(received(peer))
            await writing
            await stream.close()
            return await reading

    assert len(asyncio.run(main())) == MORE_THAN_IS_BUFFERED


def test_drain_holds_back_after_a_write_that_was_not_awaited():
    async def main():
        async with Pair() as (stream, peer):
            stream.write(b"x" * MORE_THAN_IS_BUFFERED)
            draining = asyncio.create_task(stream.drain())
            await turns()
            assert not draining.done()
            reading = asyncio.create_task(received(peer))
            await draining
            await stream.close()
            await reading

    asyncio.run(main())


def test_an_awaited_write_gives_no_turn_to_others_while_nothing_is_held_back():
    async def main():
        async with Pair() as (stream, _):
            others = []
            asyncio.get_running_loop().call_soon(others.append, "ran")
            await stream.write(b"x")
            await stream.writelines([b"x"])
            await stream.drain()
            return list(others)

    assert asyncio.run(main()) == []


def test_a_failed_connection_shows_at_the_awaited_write_and_not_at_the_call():
    async def main():
        async with Pair() as (stream, _):
            stream.set_exception(OSError("broken"))
            written = stream.write(b"x")
            with pytest.raises(OSError, match="broken"):
                await written
            with pytest.raises(OSError, match="broken"):
                await stream.drain()

    asyncio.run(main())


def test_a_failure_that_nobody_awaits_is_not_reported(caplog):
    async def main():
        async with Pair() as (stream, _):
            stream.set_exception(OSError("broken"))
            stream.write(b"x")
            gc.collect()

    asyncio.run(main())
    assert caplog.messages == []


def test_writing_to_a_closed_stream_fails_when_awaited():
    async def main():
        async with Pair() as (stream, _):
            stream.close()
            stream.write(b"not awaited")
            with pytest.raises(ConnectionResetError, match="Connection lost"):
                await stream.write(b"x")
            with pytest.raises(ConnectionResetError, match="Connection lost"):
                await stream.writelines([b"x"])

    asyncio.run(main())


def test_what_waits_to_be_sent_is_a_copy():
    async def main():
        async with Pair() as (stream, peer):
            data = bytearray(b"x" * MORE_THAN_IS_BUFFERED)
            stream.write(data)
            data[:] = b"y" * len(data)
            closing = asyncio.ensure_future(stream.close())
            arrived = await received(peer)
            await closing
            return arrived

    assert set(asyncio.run(main())) == {ord("x")}


@pytest.mark.parametrize("data", ["text", None, 5])
def test_only_bytes_can_be_written(data):
    async def main():
        async with Pair() as (stream, peer):
            with pytest.raises(TypeError) as caught:
                stream.write(data)
            await stream.write(b"still open")
            await stream.close()
            assert await received(peer) == b"still open"
            return str(caught.value)

    assert asyncio.run(main()) == f"data argument must be a bytes-like object, not {type(data).__name__!r}"


def test_write_eof_closes_one_direction_only():
    async def main():
        async with Pair() as (stream, peer):
            assert stream.can_write_eof() is True
            await stream.write(b"request")
            stream.write_eof()
            assert await received(peer) == b"request"
            peer.send(b"answer\n")
            assert await stream.readline() == b"answer\n"
            with pytest.raises(RuntimeError, match="write_eof"):
                stream.write(b"x")
            with pytest.raises(RuntimeError, match="write_eof"):
                stream.writelines([b"x"])

    asyncio.run(main())


def test_an_awaited_close_has_sent_everything():
    async def main():
        async with Pair() as (stream, peer):
            stream.write(b"x" * MORE_THAN_IS_BUFFERED)
            closing = asyncio.ensure_future(stream.close())
            await turns()
            assert stream.is_closing()
            assert not closing.done()
            arrived = await received(peer)
            await closing
            await stream.close()
            return len(arrived)

    assert asyncio.run(main()) == MORE_THAN_IS_BUFFERED


def test_abort_sends_nothing_more():
    async def main():
        async with Pair() as (stream, peer):
            stream.write(b"x" * MORE_THAN_IS_BUFFERED)
            await stream.abort()
            assert stream.is_closing()
            assert await stream.read() == b""
            return len(await received(peer))

    assert asyncio.run(main()) < MORE_THAN_IS_BUFFERED


def test_async_with_closes_the_stream_whatever_happens_inside():
    async def main():
        async with Pair() as (stream, peer):
            try:
                async with stream as entered:
                    assert entered is stream
                    stream.write(b"inside")
                    raise LookupError
            except LookupError:
                pass
            assert stream.is_closing()
            return await received(peer)

    assert asyncio.run(main()) == b"inside"


def test_whoever_is_cancelled_in_wait_closed_leaves_the_others_alone():
    async def main():
        async with Pair() as (stream, _):
            first = asyncio.create_task(stream.wait_closed())
            second = asyncio.create_task(stream.wait_closed())
            await turns()
            first.cancel()
            await turns()
            stream.close()
            await second
            assert first.cancelled()

    asyncio.run(main())


def test_a_cancelled_read_loses_no_bytes():
    async def main():
        async with Pair() as (stream, peer):
            reading = asyncio.create_task(stream.readexactly(8))
            peer.send(b"half")
            await turns()
            reading.cancel()
            await turns()
            peer.send(b"rest")
            return await stream.readexactly(8)

    assert asyncio.run(main()) == b"halfrest"


def test_a_second_reader_is_refused():
    async def main():
        async with Pair() as (stream, peer):
            first = asyncio.create_task(stream.readline())
            await turns()
            with pytest.raises(RuntimeError, match="already waiting for incoming data"):
                await stream.read(1)
            peer.send(b"line\n")
            return await first

    assert asyncio.run(main()) == b"line\n"


def test_async_for_yields_lines():
    async def main():
        async with Pair() as (stream, peer):
            peer.send(b"one\ntwo\nthree")
            peer.shutdown(socket.SHUT_WR)
            lines = [line async for line in stream]
            assert stream.at_eof()
            return lines

    assert asyncio.run(main()) == [b"one\n", b"two\n", b"three"]


def test_a_peer_that_sends_too_much_is_held_back():
    async def main():
        async with Pair(limit=10) as (stream, peer):
            peer.send(b"x" * 21)
            while stream.transport.is_reading():
                await asyncio.sleep(0)
            assert repr(stream).endswith(" paused>")
            assert await stream.readexactly(21) == b"x" * 21
            assert stream.transport.is_reading()

    asyncio.run(main())


def test_sendfile_sends_a_part_of_a_file():
    async def main():
        async with Pair() as (stream, peer):
            with tempfile.TemporaryFile() as file:
                file.write(b"0123456789")
                file.flush()
                assert await stream.sendfile(file, 2, 5) == 5
            await stream.close()
            return await received(peer)

    assert asyncio.run(main()) == b"23456"


def test_a_stream_that_is_dropped_open_is_reported_and_its_connection_ended():
    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context["message"]))
        ours, peer = socket.socketpair()
        peer.setblocking(False)
        stream = await asyncio.connect(sock=ours)
        del stream
        gc.collect()
        assert await received(peer) == b""
        peer.close()
        return reports

    assert asyncio.run(main()) == [
        'An open stream object is being garbage collected; call "stream.close()" explicitly.'
    ]


def test_the_report_says_in_debug_mode_where_the_stream_was_made():
    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
        ours, peer = socket.socketpair()
        stream = await asyncio.connect(sock=ours)
        del stream
        gc.collect()
        peer.close()
        await turns()
        return reports[0]["source_traceback"]

    assert __file__ in {frame.filename for frame in asyncio.run(main(), debug=True)}


def test_a_stream_that_outlives_its_loop_is_dropped_in_silence():
    async def main():
        async with Pair() as (stream, _):
            return stream

    stream = asyncio.run(main())
    del stream
    gc.collect()


def test_the_transport_is_set_once():
    async def main():
        async with Pair() as (stream, _):
            stream.set_transport(stream.transport)
            with pytest.raises(AssertionError, match="Transport already set"):
                stream.set_transport(object())

    asyncio.run(main())
