"""Hands on to another server what its clients say, and back what that answers; here, to a server that shouts.

python proxy.py
"""

import asyncio


@asyncio.coroutine
def shout(reader, writer):
    while True:
        data = yield from reader.read(1000)
        if not data:
            break
        writer.write(data.upper())
        yield from writer.drain()
    writer.close()


@asyncio.coroutine
def pump(reader, writer):
    """Copy until the one side ends, then end the other."""
    while True:
        data = yield from reader.read(2**14)
        if not data:
            break
        writer.write(data)
        yield from writer.drain()
    writer.write_eof()


class Proxy:
    def __init__(self, port, loop):
        self.port = port
        self.loop = loop

    @asyncio.coroutine
    def __call__(self, reader, writer):
        far_reader, far_writer = yield from asyncio.open_connection("127.0.0.1", self.port, loop=self.loop)
        yield from asyncio.wait([pump(reader, far_writer), pump(far_reader, writer)], loop=self.loop)
        far_writer.close()
        writer.close()


@asyncio.coroutine
def main(loop):
    server = yield from asyncio.start_server(shout, "127.0.0.1", 0, loop=loop)
    proxy = yield from asyncio.start_server(Proxy(server.sockets[0].getsockname()[1], loop), "127.0.0.1", 0, loop=loop)
    reader, writer = yield from asyncio.open_connection("127.0.0.1", proxy.sockets[0].getsockname()[1], loop=loop)
    writer.writelines([b"through ", b"the ", b"proxy\n"])
    writer.write_eof()
    print((yield from reader.read()).decode(), end="")
    writer.close()
    for one in (proxy, server):
        one.close()
        yield from one.wait_closed()


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(None)
    loop.run_until_complete(main(loop))
    loop.close()
