"""What 3.8's documentation promises and its betas got wrong: one test for each disagreement that was found."""

from __future__ import annotations

import gc
import os
import socket
import warnings

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8.0b4")


async def port_of(server):
    await server.start_serving()
    return server.sockets[0].getsockname()[1]


async def ask(port):
    """All that the server on *port* says."""
    async with asyncio.connect("127.0.0.1", port) as stream:
        return await stream.read()


def test_what_a_writer_returns_can_be_awaited():
    async def main():
        ours, peer = socket.socketpair()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            _, writer = await asyncio.open_connection(sock=ours)
        await writer.write(b"one ")
        await writer.writelines([b"two ", b"three"])
        await writer.close()
        assert writer.transport.is_closing()
        with peer:
            return peer.recv(100)

    assert asyncio.run(main()) == b"one two three"


def test_an_awaited_write_of_a_writer_waits_for_the_peer_to_read():
    async def main():
        ours, peer = socket.socketpair()
        peer.setblocking(False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            _, writer = await asyncio.open_connection(sock=ours)
        writing = asyncio.ensure_future(writer.write(b"x" * 5_000_000))
        await asyncio.sleep(0)
        assert not writing.done()
        left = 5_000_000
        while left:
            left -= len(await asyncio.get_running_loop().sock_recv(peer, 1_000_000))
        await writing
        await writer.close()
        peer.close()

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_the_callback_of_a_server_may_be_a_plain_function(kind, unix_path):
    def greet(stream):
        stream.write(b"hello")
        stream.close()

    async def main():
        if kind == "tcp":
            async with asyncio.StreamServer(greet, "127.0.0.1", 0) as server:
                return await ask(await port_of(server))
        async with asyncio.UnixStreamServer(greet, unix_path) as server:
            await server.start_serving()
            async with asyncio.connect_unix(unix_path) as stream:
                return await stream.read()

    assert asyncio.run(main()) == b"hello"


def test_can_write_eof_says_whether_it_can():
    async def main():
        reading, writing = os.pipe()
        ours, peer = socket.socketpair()
        async with (
            asyncio.connect(sock=ours) as both,
            asyncio.connect_read_pipe(os.fdopen(reading, "rb", 0)) as reader,
            asyncio.connect_write_pipe(os.fdopen(writing, "wb", 0)) as writer,
        ):
            peer.close()
            return both.can_write_eof(), reader.can_write_eof(), writer.can_write_eof()

    assert asyncio.run(main()) == (True, False, True)


def test_connect_takes_a_delay_for_happy_eyeballs():
    async def greet(stream):
        await stream.write(b"hello")
        await stream.close()

    async def main():
        async with asyncio.StreamServer(greet, "127.0.0.1", 0) as server:
            port = await port_of(server)
            async with asyncio.connect("127.0.0.1", port, happy_eyeballs_delay=0.25, interleave=1) as stream:
                return await stream.read()

    assert asyncio.run(main()) == b"hello"


def test_abort_of_a_server_cancels_its_tasks_at_once():
    async def main():
        events = []

        async def hang(stream):
            events.append("started")
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                events.append("cancelled")
                raise

        # A server that waited for the timeout first would hang here.
        server = asyncio.StreamServer(hang, "127.0.0.1", 0, shutdown_timeout=3600)
        stream = await asyncio.connect("127.0.0.1", await port_of(server))
        while not events:
            await asyncio.sleep(0)
        await server.abort()
        assert await stream.read() == b""
        await stream.close()
        return events

    assert asyncio.run(main()) == ["started", "cancelled"]


def test_a_cancelled_serve_forever_closes_the_server():
    async def main():
        async def greet(stream):
            await stream.write(b"hello")
            await stream.close()

        server = asyncio.StreamServer(greet, "127.0.0.1", 0)
        port = await port_of(server)
        serving = asyncio.create_task(server.serve_forever())
        assert await ask(port) == b"hello"
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert not server.is_serving()
        assert not server.is_bound()
        assert server.sockets == ()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.connect("127.0.0.1", port)

    asyncio.run(main())


def test_no_limit_means_64_kib():
    async def main():
        ours, peer = socket.socketpair()
        with peer:
            async with asyncio.connect(sock=ours, limit=None) as stream:
                stream.feed_data(b"a" * 2**16 + b"\n" + b"a" * (2**16 + 1) + b"\n")
                assert len(await stream.readline()) == 2**16 + 1
                with pytest.raises(ValueError, match="chunk is longer than limit"):
                    await stream.readline()
        async with asyncio.StreamServer(lambda stream: None, "127.0.0.1", 0, limit=None) as server:
            assert server.is_bound()
        asyncio.streams.StreamReader(limit=None)

    asyncio.run(main())


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_not_positive_is_refused_at_the_call(limit):
    async def main():
        for refused in (
            lambda: asyncio.connect("127.0.0.1", 1, limit=limit),
            lambda: asyncio.connect_unix("nowhere", limit=limit),
            lambda: asyncio.connect_read_pipe(None, limit=limit),
            lambda: asyncio.connect_write_pipe(None, limit=limit),
            lambda: asyncio.StreamServer(print, limit=limit),
            lambda: asyncio.UnixStreamServer(print, limit=limit),
            lambda: asyncio.streams.StreamReader(limit=limit),
        ):
            with pytest.raises(ValueError, match=r"^Limit cannot be <= 0$"):
                refused()

    asyncio.run(main())


def test_a_stream_that_was_closed_without_await_can_be_dropped():
    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
        ours, peer = socket.socketpair()
        peer.setblocking(False)
        stream = await asyncio.connect(sock=ours)
        stream.write(b"x" * 5_000_000)
        stream.close()
        del stream
        gc.collect()
        arrived = 0
        while chunk := await asyncio.get_running_loop().sock_recv(peer, 1_000_000):
            arrived += len(chunk)
        peer.close()
        # It was silent, and nothing that was written is lost.
        return reports, arrived

    assert asyncio.run(main()) == ([], 5_000_000)


@pytest.mark.parametrize("plain", [True, False])
def test_a_failing_callback_is_reported_at_once_and_its_connection_closed(plain):
    def fail(stream):
        raise LookupError("in the callback")

    async def fail_later(stream):
        raise LookupError("in the callback")

    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
        async with asyncio.StreamServer(fail if plain else fail_later, "127.0.0.1", 0) as server:
            assert await ask(await port_of(server)) == b""
            (report,) = reports
            return report["message"], repr(report["exception"])

    assert asyncio.run(main()) == ("Unhandled exception in client_connected_cb", "LookupError('in the callback')")


def test_a_unix_server_serves_for_ever_as_well(unix_path):
    async def greet(stream):
        await stream.write(b"hello")
        await stream.close()

    async def main():
        server = asyncio.UnixStreamServer(greet, unix_path)
        await server.start_serving()
        serving = asyncio.create_task(server.serve_forever())
        async with asyncio.connect_unix(unix_path) as stream:
            answer = await stream.read()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert not server.is_bound()
        return answer

    assert asyncio.run(main()) == b"hello"
