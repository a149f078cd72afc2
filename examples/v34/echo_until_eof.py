"""Plain functions as coroutines, undecorated generators, and a subclass of the streams' protocol: as libraries did it.

python echo_until_eof.py
"""

import asyncio


class CountingProtocol(asyncio.StreamReaderProtocol):
    """Knows how many bytes went by."""

    def __init__(self, reader, loop):
        super().__init__(reader, loop=loop)
        self.count = 0

    def data_received(self, data):
        self.count += len(data)
        super().data_received(data)


class Connection:
    def __init__(self, host, port, loop):
        self.host, self.port, self.loop = host, port, loop

    def __iter__(self):
        reader = asyncio.StreamReader(limit=100, loop=self.loop)
        transport, self.protocol = yield from self.loop.create_connection(
            lambda: CountingProtocol(reader, self.loop), self.host, self.port
        )
        self.reader = reader
        self.writer = asyncio.StreamWriter(transport, self.protocol, reader, self.loop)
        return self


@asyncio.coroutine
def echo(reader, writer):
    writer.write((yield from reader.read()))
    writer.close()


answer_is = asyncio.coroutine(lambda future: future)


def main(loop):
    server = yield from asyncio.start_server(echo, "127.0.0.1", 0, loop=loop)
    connection = yield from Connection(*server.sockets[0].getsockname(), loop=loop)
    connection.writer.write(b"x" * 1000 + b"\n")
    connection.writer.write_eof()
    try:
        yield from connection.reader.readline()
    except ValueError as error:
        print(error)
    print(len((yield from connection.reader.read())), connection.protocol.count)
    connection.writer.close()
    server.close()
    future = asyncio.Future(loop=loop)
    loop.call_later(0.01, future.set_result, 42)
    print((yield from answer_is(future)))
    yield from server.wait_closed()


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(None)
    loop.run_until_complete(main(loop))
    loop.close()
