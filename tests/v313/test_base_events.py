"""Servers of 3.13: they know their connections."""

from __future__ import annotations

import asyncio as host_asyncio

import pytest

from asyncio_compat.v313 import base_events, runners, streams

RUNS = pytest.mark.parametrize("run", [runners.run, host_asyncio.run])


async def served(**kwds):
    """Return a server, the writer of a connection that it accepted, and the client's reader and writer."""
    accepted = host_asyncio.get_running_loop().create_future()
    server = await streams.start_server(lambda reader, writer: accepted.set_result(writer), "127.0.0.1", 0, **kwds)
    reader, writer = await streams.open_connection(*server.sockets[0].getsockname())
    return server, await accepted, reader, writer


async def close(*writers):
    for writer in writers:
        writer.close()
        await writer.wait_closed()


@RUNS
def test_wait_closed_waits_for_the_connections(run):
    async def main():
        server, theirs, _, writer = await served()
        server.close()
        waiting = host_asyncio.ensure_future(server.wait_closed())
        for _ in range(5):
            await host_asyncio.sleep(0)
        waits = not waiting.done()
        await close(theirs, writer)
        await waiting
        return waits

    assert run(main())


@RUNS
def test_close_clients_closes_the_connections(run):
    async def main():
        server, theirs, reader, writer = await served()
        theirs.write(b"last words")
        server.close()
        server.close_clients()
        await server.wait_closed()
        read = await reader.read()
        await close(writer)
        return read, theirs.is_closing()

    assert run(main()) == (b"last words", True)


@RUNS
def test_abort_clients_ends_the_connections_at_once(run):
    async def main():
        server, theirs, _, writer = await served()
        theirs.write(b"x" * 4_000_000)
        server.close()
        server.abort_clients()
        await server.wait_closed()
        writer.transport.abort()
        return theirs.transport.get_write_buffer_size()

    assert run(main()) == 0


def test_the_loops_own_servers_know_connections_of_any_protocol():
    async def main():
        loop = host_asyncio.get_running_loop()
        server = await loop.create_server(host_asyncio.Protocol, "127.0.0.1", 0)
        reader, writer = await streams.open_connection(*server.sockets[0].getsockname())
        while not server._transports():
            await host_asyncio.sleep(0)
        server.close()
        server.close_clients()
        read = await reader.read()
        await close(writer)
        await server.wait_closed()
        return type(server), read

    assert runners.run(main()) == (base_events.Server, b"")


@RUNS
def test_cancelling_serve_forever_closes_the_connections(run):
    async def main():
        server, theirs, reader, writer = await served()
        task = host_asyncio.ensure_future(server.serve_forever())
        await host_asyncio.sleep(0)
        task.cancel()
        with pytest.raises(host_asyncio.CancelledError):
            await task
        read = await reader.read()
        await close(writer)
        return read, theirs.is_closing()

    assert run(main()) == (b"", True)
