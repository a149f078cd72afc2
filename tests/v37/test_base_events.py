"""Servers of 3.7."""

from __future__ import annotations

import asyncio as host_asyncio

import pytest

from asyncio_compat.v37 import base_events, runners, streams


async def serve(callback=lambda reader, writer: writer.close(), **kwds):
    return await streams.start_server(callback, "127.0.0.1", 0, **kwds)


def test_a_loops_servers_are_of_this_generation():
    async def main():
        server = await host_asyncio.get_running_loop().create_server(host_asyncio.Protocol, "127.0.0.1", 0)
        server.close()
        return server

    assert type(runners.run(main())) is base_events.Server


def test_a_closed_server_has_no_sockets_and_does_not_serve():
    async def main():
        server = await serve()
        before = server.is_serving(), len(server.sockets)
        server.close()
        await server.wait_closed()
        return before, server.is_serving(), server.sockets

    assert runners.run(main()) == ((True, 1), False, ())


def test_wait_closed_of_a_closed_server_does_not_wait_for_connections():
    async def main():
        accepted = host_asyncio.get_running_loop().create_future()
        server = await serve(lambda reader, writer: accepted.set_result(writer))
        _, writer = await streams.open_connection(*server.sockets[0].getsockname())
        theirs = await accepted
        server.close()
        await server.wait_closed()
        is_open = not theirs.is_closing()
        for one in (theirs, writer):
            one.close()
            await one.wait_closed()
        return is_open

    assert runners.run(main())
    assert host_asyncio.run(main())


def test_cancelling_serve_forever_closes_the_server():
    async def main():
        server = await serve(start_serving=False)
        task = host_asyncio.ensure_future(server.serve_forever())
        await host_asyncio.sleep(0)
        with pytest.raises(
            RuntimeError, match=r"^server <Server sockets=.*> is already being awaited on serve_forever"
        ):
            await server.serve_forever()
        task.cancel()
        with pytest.raises(host_asyncio.CancelledError):
            await task
        with pytest.raises(RuntimeError, match=r"^server <Server sockets=\(\)> is closed$"):
            await server.serve_forever()

    runners.run(main())


def test_a_server_knows_its_loop_and_is_entered_as_itself():
    async def main():
        server = await serve()
        async with server as entered:
            return entered is server, server.get_loop() is host_asyncio.get_running_loop()

    assert runners.run(main()) == (True, True)
