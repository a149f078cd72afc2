"""What becomes of callbacks and connections when their server is closed or aborted."""

from __future__ import annotations

import socket

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")


async def nothing(stream):
    pass


async def started(callback, **options):
    """A server that serves, and its port."""
    server = asyncio.StreamServer(callback, "127.0.0.1", 0, **options)
    await server.start_serving()
    return server, server.sockets[0].getsockname()[1]


def test_close_ends_the_streams_and_waits_for_the_callbacks():
    async def main():
        order = []

        async def handle(stream):
            order.append("started")
            order.append(await stream.read())
            for _ in range(10):
                await asyncio.sleep(0)
            order.append("finished")

        server, port = await started(handle)
        stream = await asyncio.connect("127.0.0.1", port)
        while not order:
            await asyncio.sleep(0)
        await server.close()
        order.append("closed")
        assert await stream.read() == b""
        await stream.close()
        return order

    assert asyncio.run(main()) == ["started", b"", "finished", "closed"]


def test_close_waits_for_a_callback_whose_connection_is_gone():
    async def main():
        order = []

        async def handle(stream):
            await stream.close()
            order.append("connection closed")
            for _ in range(20):
                await asyncio.sleep(0)
            order.append("finished")

        server, port = await started(handle)
        async with asyncio.connect("127.0.0.1", port) as stream:
            await stream.read()
        await server.close()
        return order

    assert asyncio.run(main()) == ["connection closed", "finished"]


def test_close_cancels_what_hangs_after_the_shutdown_timeout():
    async def main():
        order = []

        async def hang(stream):
            order.append("started")
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                order.append("cancelled")
                raise

        server, port = await started(hang, shutdown_timeout=0.01)
        async with asyncio.connect("127.0.0.1", port):
            while not order:
                await asyncio.sleep(0)
            await server.close()
        return order

    assert asyncio.run(main()) == ["started", "cancelled"]


def test_close_cuts_off_a_peer_that_does_not_read():
    async def main():
        outcome = []

        async def flood(stream):
            try:
                await stream.write(b"x" * 8_000_000)
            finally:
                outcome.append("ended")

        server, port = await started(flood, shutdown_timeout=0.01)
        with socket.create_connection(("127.0.0.1", port)):
            while not server._tasks:
                await asyncio.sleep(0)
            await server.close()
        return outcome

    assert asyncio.run(main()) == ["ended"]


def test_a_callback_that_ignores_cancellation_is_reported():
    async def main():
        reports = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context))
        stop = asyncio.Event()

        async def stubborn(stream):
            while not stop.is_set():
                try:
                    await stop.wait()
                except asyncio.CancelledError:
                    pass

        server, port = await started(stubborn, shutdown_timeout=0.01)
        async with asyncio.connect("127.0.0.1", port):
            while not server._tasks:
                await asyncio.sleep(0)
            await server.close()
            stop.set()
            await asyncio.gather(*server._tasks)
        (report,) = reports
        assert report["stream_server"] is server
        return report["message"]

    message = asyncio.run(main())
    assert message.startswith("<Task pending")
    assert message.endswith("ignored cancellation request from a closing <StreamServer>")


def test_a_callback_may_close_the_server():
    async def main():
        server = None

        async def last_order(stream):
            await server.close()
            order.append("closed")

        order = []
        server, port = await started(last_order)
        async with asyncio.connect("127.0.0.1", port) as stream:
            assert await stream.read() == b""
        while not order:
            await asyncio.sleep(0)
        assert not server.is_bound()

    asyncio.run(main())


def test_abort_drops_what_is_buffered():
    async def main():
        order = []

        async def flood(stream):
            stream.write(b"x" * 8_000_000)
            order.append("written")
            await stream.drain()
            order.append("drained")

        server, port = await started(flood)
        with socket.create_connection(("127.0.0.1", port)):
            while not order:
                await asyncio.sleep(0)
            await server.abort()
        return order

    assert asyncio.run(main()) == ["written", "drained"]


def test_abort_cuts_a_close_short():
    async def main():
        server, port = await started(lambda stream: asyncio.Event().wait(), shutdown_timeout=3600)
        async with asyncio.connect("127.0.0.1", port):
            while not server._tasks:
                await asyncio.sleep(0)
            closing = asyncio.create_task(server.close())
            await asyncio.sleep(0)
            await server.abort()
            await closing

    asyncio.run(main())


def test_a_cancelled_close_leaves_nothing_running():
    async def main():
        server, port = await started(lambda stream: asyncio.Event().wait(), shutdown_timeout=3600)
        stream = await asyncio.connect("127.0.0.1", port)
        while not server._tasks:
            await asyncio.sleep(0)
        (callback,) = server._tasks
        closing = asyncio.create_task(server.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await asyncio.wait([callback])
        assert callback.cancelled()
        assert await stream.read() == b""
        await stream.close()

    asyncio.run(main())


@pytest.mark.parametrize("end", ["close", "abort"])
def test_serve_forever_ends_when_the_server_does(end):
    async def main():
        server, _ = await started(nothing)
        serving = asyncio.create_task(server.serve_forever())
        for _ in range(5):
            await asyncio.sleep(0)
        await getattr(server, end)()
        with pytest.raises(asyncio.CancelledError):
            await serving

    asyncio.run(main())


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.parametrize("end", ["close", "abort"])
def test_connections_accepted_as_the_server_ends_are_ended_with_it(end, turns):
    async def main():
        server, port = await started(lambda stream: asyncio.Event().wait(), shutdown_timeout=0.01)
        clients = [socket.socket() for _ in range(5)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        for _ in range(turns):
            await asyncio.sleep(0)
        await getattr(server, end)()
        # Their tasks, that is; what they leave open would fail the test as a warning.
        assert asyncio.all_tasks() == {asyncio.current_task()}
        for client in clients:
            client.close()

    asyncio.run(main())
