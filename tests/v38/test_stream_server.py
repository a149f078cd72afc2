"""Servers of streams: binding, serving, and what is refused."""

from __future__ import annotations

import asyncio as host_asyncio
import gc
import socket

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")


async def nothing(stream):
    pass


async def echo(stream):
    async for line in stream:
        await stream.write(line)
    await stream.close()


async def started(callback, **options):
    """A server that serves, and its port."""
    server = asyncio.StreamServer(callback, "127.0.0.1", 0, **options)
    await server.start_serving()
    return server, server.sockets[0].getsockname()[1]


def test_a_server_is_bound_first_and_serves_then():
    async def main():
        server = asyncio.StreamServer(nothing, "127.0.0.1", 0)
        assert repr(server) == "<StreamServer>"
        assert (server.is_bound(), server.is_serving(), server.sockets) == (False, False, ())
        await server.bind()
        assert (server.is_bound(), server.is_serving(), len(server.sockets)) == (True, False, 1)
        assert repr(server).startswith("<StreamServer sockets=(")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.connect(*server.sockets[0].getsockname())
        await server.start_serving()
        assert (server.is_bound(), server.is_serving()) == (True, True)
        assert repr(server).startswith("<StreamServer serving sockets=(")
        await server.close()
        assert (server.is_bound(), server.is_serving(), server.sockets) == (False, False, ())

    asyncio.run(main())


def test_binding_twice_at_once_binds_once():
    async def main():
        server = asyncio.StreamServer(nothing, "127.0.0.1", 0)
        await asyncio.gather(server.bind(), server.bind(), server.start_serving())
        assert len(server.sockets) == 1
        await server.close()

    asyncio.run(main())


def test_async_with_binds_and_closes():
    async def main():
        try:
            async with asyncio.StreamServer(nothing, "127.0.0.1", 0) as server:
                assert (server.is_bound(), server.is_serving()) == (True, False)
                raise LookupError
        except LookupError:
            pass
        assert not server.is_bound()

    asyncio.run(main())


def test_closing_again_or_before_binding_is_nothing():
    async def main():
        server = asyncio.StreamServer(nothing, "127.0.0.1", 0)
        assert await server.close() is None
        assert await server.abort() is None
        await server.bind()
        await server.close()
        assert await server.close() is None
        assert await server.abort() is None

    asyncio.run(main())


def test_a_closed_server_can_be_used_again():
    async def main():
        server, _ = await started(echo)
        await server.close()
        await server.start_serving()
        async with asyncio.connect(*server.sockets[0].getsockname()) as stream:
            await stream.write(b"again\n")
            answer = await stream.readline()
        await server.close()
        return answer

    assert asyncio.run(main()) == b"again\n"


def test_the_callback_gets_a_stream_of_the_servers_side():
    async def main():
        seen = []

        async def look(stream):
            seen.append((type(stream), stream.mode, stream.is_server_side()))
            await stream.close()

        server, port = await started(look)
        async with asyncio.connect("127.0.0.1", port) as stream:
            await stream.read()
            assert not stream.is_server_side()
        await server.close()
        return seen

    assert asyncio.run(main()) == [(asyncio.Stream, asyncio.StreamMode.READWRITE, True)]


def test_a_callback_may_return_a_task_which_then_counts_as_the_callback():
    async def main():
        began, ended = asyncio.Event(), []

        async def hang(stream):
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("ended")

        server, port = await started(lambda stream: asyncio.create_task(hang(stream)), shutdown_timeout=0.01)
        stream = await asyncio.connect("127.0.0.1", port)
        await began.wait()
        await server.close()
        await stream.close()
        return ended

    assert asyncio.run(main()) == ["ended"]


def test_serve_forever_is_for_one_task():
    async def main():
        server, _ = await started(nothing)
        serving = asyncio.create_task(server.serve_forever())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="already being awaited on serve_forever"):
            await server.serve_forever()
        assert server.is_serving()
        serving.cancel()
        await asyncio.wait([serving])

    asyncio.run(main())


def test_serving_goes_on_when_a_peer_resets_its_connection():
    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))
        server, port = await started(echo)
        with socket.create_connection(("127.0.0.1", port)) as rude:
            while not server._tasks:
                await asyncio.sleep(0)
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        async with asyncio.connect("127.0.0.1", port) as stream:
            await stream.write(b"still there\n")
            answer = await stream.readline()
        await server.close()
        return answer, [type(exc) for exc in reports]

    assert asyncio.run(main()) == (b"still there\n", [ConnectionResetError])


def test_a_server_that_is_dropped_while_bound_warns_and_closes():
    async def main():
        server = asyncio.StreamServer(nothing, "127.0.0.1", 0)
        await server.bind()
        sock = server.sockets[0]
        del server
        with pytest.warns(ResourceWarning, match=r"^unclosed stream server <StreamServer sockets="):
            gc.collect()
        return sock.fileno()

    assert asyncio.run(main()) == -1


def test_a_server_that_was_never_bound_is_dropped_in_silence():
    async def main():
        asyncio.StreamServer(nothing, "127.0.0.1", 0)
        gc.collect()

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["StreamServer", "UnixStreamServer"])
def test_servers_cannot_be_subclassed(kind):
    with pytest.raises(TypeError, match=r"^asyncio.Mine class cannot be inherited from$"):
        type("Mine", (getattr(asyncio, kind),), {})


@pytest.mark.parametrize("kind", ["StreamServer", "UnixStreamServer"])
def test_the_callback_is_positional_only(kind):
    async def main():
        with pytest.raises(TypeError):
            getattr(asyncio, kind)(client_connected_cb=nothing)

    asyncio.run(main())


def test_a_server_needs_a_running_loop():
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.StreamServer(nothing, "127.0.0.1", 0)


def test_a_server_that_cannot_bind_says_why_and_stays_unbound(unix_path):
    async def main():
        with socket.socket() as tcp:
            for refused, message in (
                (asyncio.UnixStreamServer(nothing), "path was not specified, and no sock specified"),
                (asyncio.UnixStreamServer(nothing, unix_path, sock=tcp), "path and sock can not be specified"),
                (asyncio.StreamServer(nothing), "Neither host/port nor sock were specified"),
            ):
                with pytest.raises(ValueError, match=message):
                    await refused.bind()
                assert not refused.is_bound()

    asyncio.run(main())


def test_a_server_takes_over_a_socket():
    async def main():
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        async with asyncio.StreamServer(echo, sock=sock) as server:
            await server.start_serving()
            async with asyncio.connect(*sock.getsockname()) as stream:
                await stream.write(b"line\n")
                assert await stream.readline() == b"line\n"
        return sock.fileno()

    assert asyncio.run(main()) == -1


def test_a_server_serves_tls(tls):
    async def main():
        server, port = await started(echo, ssl=tls.server, ssl_handshake_timeout=30)
        stream = await asyncio.connect("127.0.0.1", port, ssl=tls.client, server_hostname="localhost")
        await stream.write(b"secret\n")
        answer = await stream.readline()
        await stream.close()
        await server.close()
        return answer

    assert asyncio.run(main()) == b"secret\n"


def test_the_file_of_a_unix_socket_stays(unix_path):
    async def main():
        async with asyncio.UnixStreamServer(echo, unix_path) as server:
            await server.start_serving()
            async with asyncio.connect_unix(unix_path) as stream:
                await stream.write(b"line\n")
                assert await stream.readline() == b"line\n"
        with socket.socket(socket.AF_UNIX) as sock, pytest.raises(ConnectionRefusedError):
            sock.connect(unix_path)

    asyncio.run(main())


def test_servers_and_streams_work_on_the_hosts_own_loop():
    async def main():
        server, port = await started(echo)
        serving = host_asyncio.create_task(server.serve_forever())
        stream = await asyncio.connect("127.0.0.1", port)
        await stream.write(b"line\n")
        answer = await stream.readline()
        # Some hosts wait here for all connections, which only the server can end.
        serving.cancel()
        await host_asyncio.wait([serving])
        assert await stream.read() == b""
        await stream.close()
        return answer

    assert host_asyncio.run(main()) == b"line\n"
