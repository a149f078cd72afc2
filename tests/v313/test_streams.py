"""Streams of 3.13: tuples of separators, writers that notice being dropped, TLS on an open connection."""

from __future__ import annotations

import asyncio as host_asyncio
import pathlib
import socket
import ssl

import pytest

from asyncio_compat.v313 import runners, streams


async def pair(**kwds):
    """Return a reader, a writer, and the socket at their other end."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    reader, writer = await streams.open_connection(sock=ours, **kwds)
    return reader, writer, theirs


async def close(writer, *peers):
    writer.close()
    for peer in peers:
        peer.close()
    await writer.wait_closed()


async def connect(server, **kwds):
    return await streams.open_connection(*server.sockets[0].getsockname()[:2], **kwds)


@pytest.mark.parametrize("run", [runners.run, host_asyncio.run])
def test_readuntil_takes_the_separator_that_makes_the_result_shortest(run):
    async def main():
        reader, writer, peer = await pair()
        peer.send(b"one;two\nthree--four")
        peer.close()
        read = [await reader.readuntil((b";", b"\n", b"--")) for _ in range(3)]
        with pytest.raises(ValueError, match=r"^Separator should contain at least one element$"):
            await reader.readuntil(())
        rest = await reader.read()
        await close(writer)
        return read, rest

    assert run(main()) == ([b"one;", b"two\n", b"three--"], b"four")


@pytest.mark.parametrize("wrong", ["text", 1, None, memoryview(b"abcd")[::2]])
def test_what_cannot_be_written_is_refused_at_the_call_and_the_connection_goes_on(wrong):
    async def main():
        _, writer, peer = await pair()
        with pytest.raises(TypeError):
            writer.write(wrong)
        with pytest.raises(TypeError):
            writer.writelines([b"good", wrong])
        writer.write(b"fine")
        sent = await host_asyncio.get_running_loop().sock_recv(peer, 100)
        await close(writer, peer)
        return sent

    assert runners.run(main()) == b"fine"


@pytest.mark.parametrize("run", [runners.run, host_asyncio.run])
def test_writelines_counts_for_flow_control(run):
    async def main():
        _, writer, peer = await pair()
        writer.writelines([b"x" * 1_000_000] * 4)
        waits = host_asyncio.ensure_future(writer.drain())
        for _ in range(5):
            await host_asyncio.sleep(0)
        blocked = not waits.done()
        writer.transport.abort()
        await waits
        peer.close()
        return blocked

    assert run(main())


def test_what_waits_to_be_sent_is_sent_in_order_and_whole():
    data = [bytes([n % 256]) * n for n in (10, 300_000, 5, 70_000)] * 5

    async def main():
        _, writer, peer = await pair()
        for block in data:
            writer.write(bytearray(block))
        writer.writelines(data)
        writer.write_eof()
        received = bytearray()
        while block := await host_asyncio.get_running_loop().sock_recv(peer, 100_000):
            received += block
        await close(writer, peer)
        return received

    assert runners.run(main()) == b"".join(data) * 2


def test_a_bytearray_that_waits_to_be_sent_cannot_be_resized():
    async def main():
        _, writer, peer = await pair()
        data = bytearray(4_000_000)
        writer.write(data)
        with pytest.raises(BufferError):
            data.clear()
        writer.transport.abort()
        peer.close()

    runners.run(main())


def test_any_number_of_tasks_may_drain():
    async def main():
        _, writer, peer = await pair()
        writer.write(b"x" * 4_000_000)
        waiting = [host_asyncio.ensure_future(writer.drain()) for _ in range(3)]
        while not all(task.done() for task in waiting):
            await host_asyncio.get_running_loop().sock_recv(peer, 1_000_000)
        await close(writer, peer)

    runners.run(main())


def test_a_dropped_writer_closes_its_connection_and_says_so():
    async def main():
        reader, writer, peer = await pair()
        with pytest.warns(ResourceWarning, match=r"^unclosed <StreamWriter "):
            del writer
        received = await host_asyncio.get_running_loop().sock_recv(peer, 1)
        peer.close()
        return received, await reader.read()

    assert runners.run(main()) == (b"", b"")


@pytest.mark.parametrize("kind", ["plain", "coroutine"])
def test_a_failing_callback_is_reported_at_once_and_its_connection_closed(kind):
    seen = []

    def fail(reader, writer):
        raise ValueError(kind)

    async def fail_later(reader, writer):
        raise ValueError(kind)

    async def main():
        loop = host_asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: seen.append(context))
        async with await streams.start_server(fail if kind == "plain" else fail_later, "127.0.0.1", 0) as server:
            reader, writer = await connect(server)
            assert await reader.read() == b""
            await close(writer)

    runners.run(main())
    (context,) = seen
    assert context["message"] == "Unhandled exception in client_connected_cb"
    assert context["exception"].args == (kind,)


def test_a_cancelled_callback_closes_its_connection_in_silence():
    seen = []

    async def cancelled(reader, writer):
        raise host_asyncio.CancelledError

    async def main():
        host_asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))
        async with await streams.start_server(cancelled, "127.0.0.1", 0) as server:
            reader, writer = await connect(server)
            assert await reader.read() == b""
            await close(writer)

    runners.run(main())
    assert seen == []


@pytest.mark.parametrize("run", [runners.run, host_asyncio.run])
@pytest.mark.parametrize("waits", [True, False], ids=["client waits", "client goes ahead"])
def test_a_connection_goes_on_with_tls(tls, waits, run):
    upgraded = []

    async def handle(reader, writer):
        assert await reader.readline() == b"STARTTLS\n"
        if waits:
            writer.write(b"go ahead\n")
        else:
            while not len(reader._received):
                await host_asyncio.sleep(0)
        await writer.start_tls(tls.server)
        upgraded.append(writer.get_extra_info("sslcontext") is tls.server)
        writer.write(b"secret " + await reader.readline())
        await writer.drain()
        writer.close()

    async def main():
        async with await streams.start_server(handle, "127.0.0.1", 0) as server:
            reader, writer = await connect(server)
            writer.write(b"STARTTLS\n")
            if waits:
                assert await reader.readline() == b"go ahead\n"
            await writer.start_tls(tls.client, server_hostname="localhost")
            writer.write(b"message\n")
            answer = await reader.readline()
            assert reader._transport is writer.transport
            assert await reader.read() == b""
            await close(writer)
            return answer

    assert run(main()) == b"secret message\n"
    assert upgraded == [True]


def test_start_tls_with_a_wrong_name_fails(tls):
    async def handle(reader, writer):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await writer.start_tls(tls.server)
        writer.close()

    async def main():
        async with await streams.start_server(handle, "127.0.0.1", 0) as server:
            _, writer = await connect(server)
            with pytest.raises(ssl.SSLCertVerificationError):
                await writer.start_tls(tls.client, server_hostname="example.org")
            writer.close()

    runners.run(main())


@pytest.mark.parametrize("run", [runners.run, host_asyncio.run])
def test_the_file_of_a_unix_socket_is_removed_unless_it_is_to_stay(run, unix_path):
    async def main(**kwds):
        server = await streams.start_unix_server(lambda reader, writer: writer.close(), unix_path, **kwds)
        assert pathlib.Path(unix_path).exists()
        server.close()
        await server.wait_closed()
        return pathlib.Path(unix_path).exists()

    assert run(main()) is False
    assert run(main(cleanup_socket=False)) is True


@pytest.mark.parametrize("run", [runners.run, host_asyncio.run])
def test_keep_alive_reaches_the_connections_of_a_server(run):
    options = []

    def handle(reader, writer):
        sock = writer.get_extra_info("socket")
        options.append(bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)))
        writer.close()

    async def main():
        for kwds in ({}, {"keep_alive": True}):
            async with await streams.start_server(handle, "127.0.0.1", 0, **kwds) as server:
                reader, writer = await connect(server)
                await reader.read()
                await close(writer)

    run(main())
    assert options == [False, True]


def test_happy_eyeballs_finds_the_server():
    async def main():
        async with await streams.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0) as server:
            reader, writer = await connect(server, happy_eyeballs_delay=0.25, interleave=1)
            read = await reader.read()
            await close(writer)
            return read

    assert runners.run(main()) == b""


def test_a_timeout_for_the_end_of_tls_needs_tls():
    async def main():
        ours, theirs = socket.socketpair()
        with ours, theirs, pytest.raises(ValueError, match=r"^ssl_shutdown_timeout is only meaningful with ssl$"):
            await streams.open_connection(sock=ours, ssl_shutdown_timeout=1)

    runners.run(main())


def test_cancelling_one_wait_closed_leaves_the_others_alone():
    async def main():
        _, writer, peer = await pair()
        waiting = [host_asyncio.ensure_future(writer.wait_closed()) for _ in range(2)]
        await host_asyncio.sleep(0)
        waiting[0].cancel()
        await host_asyncio.sleep(0)
        assert not waiting[1].done()
        await close(writer, peer)
        await waiting[1]
        return waiting[0].cancelled()

    assert runners.run(main())
