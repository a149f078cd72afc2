"""connect() and its kin: awaited and in `async with`, over TCP, Unix sockets and pipes."""

from __future__ import annotations

import gc
import os
import socket
from pathlib import Path

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")


async def greet(stream):
    await stream.write(b"hello\n")
    await stream.close()


def test_a_connection_is_awaited_or_entered():
    async def main():
        async with asyncio.StreamServer(greet, "127.0.0.1", 0) as server:
            await server.start_serving()
            address = server.sockets[0].getsockname()
            stream = await asyncio.connect(*address)
            lines = [await stream.readline()]
            await stream.close()
            async with asyncio.connect(*address) as stream:
                lines.append(await stream.readline())
            assert stream.is_closing()
            lines.append(await asyncio.wait_for(read_from(*address), 10))
            return lines

    async def read_from(*address):
        stream = await asyncio.wait_for(asyncio.connect(*address), 10)
        async with stream:
            return await stream.read()

    assert asyncio.run(main()) == [b"hello\n"] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: asyncio.connect("127.0.0.1", 1, nonsense=1),
        lambda: asyncio.connect("127.0.0.1", 1, loop=None),
        lambda: asyncio.connect("127.0.0.1", 1, 2),
        lambda: asyncio.connect_unix("x", nonsense=1),
        asyncio.connect_read_pipe,
        lambda: asyncio.connect_read_pipe(1, 2),
        lambda: asyncio.connect_write_pipe(1, nonsense=1),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(wrong):
    with pytest.raises(TypeError):
        wrong()


def test_a_connection_that_is_never_awaited_warns_by_the_name_that_was_called():
    connecting = asyncio.connect_unix("nowhere")
    with pytest.warns(RuntimeWarning, match=r"^coroutine 'connect_unix' was never awaited$"):
        del connecting


def test_a_refused_connection_raises_from_both_forms():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = unused.getsockname()

        async def main():
            with pytest.raises(ConnectionRefusedError):
                await asyncio.connect(*address)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.connect(*address).__aenter__()

        asyncio.run(main())


def test_a_connection_cancelled_in_the_making_leaves_nothing():
    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
        async with asyncio.StreamServer(greet, "127.0.0.1", 0) as server:
            await server.start_serving()
            for turns in range(1, 8):
                connecting = asyncio.ensure_future(asyncio.connect(*server.sockets[0].getsockname()))
                for _ in range(turns):
                    await asyncio.sleep(0)
                if connecting.cancel():
                    await asyncio.wait([connecting])
                else:
                    await connecting.result().abort()
                del connecting
                gc.collect()
        return reports

    assert asyncio.run(main()) == []


def test_the_options_reach_the_connection():
    async def main():
        peers = []

        async def look(stream):
            peers.append(stream.get_extra_info("peername")[0])
            await stream.write(b"12345\n")
            await stream.close()

        async with asyncio.StreamServer(look, "127.0.0.1", 0) as server:
            await server.start_serving()
            address = server.sockets[0].getsockname()
            async with asyncio.connect(*address, limit=4, local_addr=("127.0.0.5", 0)) as stream:
                with pytest.raises(ValueError, match="chunk is longer than limit"):
                    await stream.readline()
        return peers

    assert asyncio.run(main()) == ["127.0.0.5"]


@pytest.mark.parametrize("kind", [str, os.fsencode, Path])
def test_a_unix_socket_is_found_by_any_kind_of_path(kind, unix_path):
    async def main():
        async with asyncio.UnixStreamServer(greet, kind(unix_path)) as server:
            await server.start_serving()
            async with asyncio.connect_unix(kind(unix_path)) as stream:
                return str(stream.mode), await stream.read()

    assert asyncio.run(main()) == ("StreamMode.READWRITE", b"hello\n")


def test_a_unix_socket_carries_tls(tls, unix_path):
    async def main():
        async with asyncio.UnixStreamServer(greet, unix_path, ssl=tls.server) as server:
            await server.start_serving()
            async with asyncio.connect_unix(unix_path, ssl=tls.client, server_hostname="localhost") as stream:
                return await stream.read()

    assert asyncio.run(main()) == b"hello\n"


def test_pipes_are_read_and_written():
    async def main():
        reading, writing = os.pipe()
        source, sink = os.fdopen(reading, "rb", 0), os.fdopen(writing, "wb", 0)
        async with asyncio.connect_read_pipe(source) as reader:
            async with asyncio.connect_write_pipe(sink) as writer:
                modes = str(reader.mode), str(writer.mode)
                await writer.write(b"one\ntwo")
            lines = [line async for line in reader]
        assert source.closed
        assert sink.closed
        return modes, lines

    assert asyncio.run(main()) == (("StreamMode.READ", "StreamMode.WRITE"), [b"one\n", b"two"])


def test_a_pipe_whose_reader_is_gone_breaks():
    async def main():
        reading, writing = os.pipe()
        stream = await asyncio.connect_write_pipe(os.fdopen(writing, "wb", 0))
        stream.write(b"x" * 1_000_000)
        draining = asyncio.create_task(stream.drain())
        await asyncio.sleep(0)
        os.close(reading)
        for broken in (draining, stream.wait_closed(), stream.write(b"x"), stream.close()):
            with pytest.raises(BrokenPipeError):
                await broken

    asyncio.run(main())


@pytest.mark.parametrize(("connect", "mode"), [("connect_read_pipe", "rb"), ("connect_write_pipe", "wb")])
def test_a_regular_file_is_no_pipe(connect, mode, tmp_path):
    path = tmp_path / "file"
    path.touch()

    async def main():
        with path.open(mode, 0) as file, pytest.raises(ValueError, match=r"^Pipe transport is "):
            await getattr(asyncio, connect)(file)

    asyncio.run(main())
