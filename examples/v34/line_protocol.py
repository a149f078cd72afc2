"""A protocol of callbacks on the server's side, streams on the client's; a bound on what waits to be sent.

python line_protocol.py
"""

import asyncio


class Reverser(asyncio.Protocol):
    def __init__(self, ended):
        self.ended = ended

    def connection_made(self, transport):
        self.transport = transport
        self.rest = b""
        transport.set_write_buffer_limits(high=4096)

    def data_received(self, data):
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        self.transport.writelines(line[::-1] + b"\n" for line in lines)

    def eof_received(self):
        self.transport.write(self.rest[::-1])
        return False

    def connection_lost(self, exc):
        self.ended.set_result(exc)


@asyncio.coroutine
def main(loop):
    ended = asyncio.Future(loop=loop)
    server = yield from loop.create_server(lambda: Reverser(ended), "127.0.0.1", 0)
    reader, writer = yield from asyncio.open_connection(*server.sockets[0].getsockname(), loop=loop)
    writer.write(b"stressed\ndesserts\nstar")
    writer.write_eof()
    print((yield from reader.readuntil(b"\n")))
    print((yield from reader.readexactly(9)))
    print((yield from reader.read()))
    writer.close()
    server.close()
    yield from server.wait_closed()
    print("the server saw it end:", (yield from ended))


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main(loop))
    loop.close()
