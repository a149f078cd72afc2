"""Streams that go over to TLS."""

from __future__ import annotations

import asyncio_compat

asyncio = asyncio_compat.load("3.8")


def test_a_stream_goes_over_to_tls(tls):
    async def serve(stream):
        assert await stream.readline() == b"STARTTLS\n"
        await stream.write(b"go ahead\n")
        await stream.start_tls(tls.server)
        await stream.write((await stream.readline()).upper())
        await stream.close()

    async def main():
        async with asyncio.StreamServer(serve, "127.0.0.1", 0) as server:
            await server.start_serving()
            stream = await asyncio.connect(*server.sockets[0].getsockname())
            await stream.write(b"STARTTLS\n")
            assert await stream.readline() == b"go ahead\n"
            await stream.start_tls(tls.client, server_hostname="localhost")
            assert stream.get_extra_info("sslcontext") is tls.client
            assert not stream.can_write_eof()
            await stream.write(b"secret\n")
            answer = await stream.readline()
            await stream.close()
            return answer

    assert asyncio.run(main()) == b"SECRET\n"


def test_tls_that_begins_before_it_was_waited_for_is_not_lost(tls):
    async def serve(stream):
        await stream.readline()
        # The client says its first words of TLS without waiting; all of them are here, unread, when TLS begins.
        while len(stream._buffer) < 100:
            await asyncio.sleep(0)
        await stream.start_tls(tls.server)
        await stream.write(await stream.readline())
        await stream.close()

    async def main():
        async with asyncio.StreamServer(serve, "127.0.0.1", 0) as server:
            await server.start_serving()
            stream = await asyncio.connect(*server.sockets[0].getsockname())
            await stream.write(b"STARTTLS\n")
            await stream.start_tls(tls.client, server_hostname="localhost")
            await stream.write(b"secret\n")
            answer = await stream.readline()
            await stream.close()
            return answer

    assert asyncio.run(main()) == b"secret\n"
