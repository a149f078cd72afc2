"""The workloads in the words of 3.4's asyncio: `@asyncio.coroutine`, `yield from`, `loop=`.

    python3.6 v34.py HANDLER [--size N] ...

It serves the handler on a port that it prints. Nothing is measured here, but for the handlers without a socket.
"""

import asyncio

from common import LINE, OPERATIONS_A_BLOCK, SEPARATOR, Stopwatch, arguments, listening, server_context

ARGUMENTS = arguments()


@asyncio.coroutine
def echo(reader, writer):
    while True:
        data = yield from reader.read(65536)
        if not data:
            break
        writer.write(data)
        yield from writer.drain()
    writer.close()


@asyncio.coroutine
def acknowledge(writer):
    writer.write(b".")
    yield from writer.drain()
    writer.close()


@asyncio.coroutine
def readline(reader, writer):
    while (yield from reader.readline()):
        pass
    yield from acknowledge(writer)


async def async_for(reader, writer):
    """As of 3.5, which brought the statement."""
    async for _ in reader:
        pass
    await acknowledge(writer)


@asyncio.coroutine
def readuntil(reader, writer):
    """As of 3.5.2, which brought the method."""
    try:
        while True:
            yield from reader.readuntil(SEPARATOR)
    except asyncio.IncompleteReadError:
        yield from acknowledge(writer)


@asyncio.coroutine
def readuntil_backlog(reader, writer, waiting=[]):  # noqa: B006 - the connections share it
    """Leave the first connection's bytes in its buffer until a second one sends a line."""
    if not waiting:
        waiting.append(asyncio.Event())
        yield from waiting[0].wait()
        yield from readuntil(reader, writer)
    else:
        yield from reader.readline()
        waiting.pop().set()
        writer.close()


@asyncio.coroutine
def readexactly(reader, writer):
    size = ARGUMENTS.size
    try:
        while True:
            yield from reader.readexactly(size)
    except asyncio.IncompleteReadError:
        yield from acknowledge(writer)


@asyncio.coroutine
def read(reader, writer):
    size = ARGUMENTS.size
    left = ARGUMENTS.total
    while left:
        left -= len((yield from reader.read(size)))
    yield from acknowledge(writer)


@asyncio.coroutine
def read_all(reader, writer):
    yield from reader.read(-1)
    yield from acknowledge(writer)


@asyncio.coroutine
def write(reader, writer):
    yield from reader.readexactly(1)
    chunk = bytes(ARGUMENTS.size)
    every = ARGUMENTS.drain_every
    for _ in range(ARGUMENTS.total // (ARGUMENTS.size * every)):
        for _ in range(every):
            writer.write(chunk)
        yield from writer.drain()
    writer.close()


@asyncio.coroutine
def churn(reader, writer):
    writer.write((yield from reader.read(65536)))
    yield from writer.drain()
    writer.close()


@asyncio.coroutine
def dial(reader, writer):
    """Make the connections that are asked for, one after the other."""
    port, count = map(int, (yield from reader.readline()).split())
    for _ in range(count):
        own_reader, own_writer = yield from asyncio.open_connection("127.0.0.1", port)
        own_writer.write(LINE)
        yield from own_writer.drain()
        yield from own_reader.readline()
        own_writer.close()
    yield from acknowledge(writer)


@asyncio.coroutine
def idle(reader, writer):
    writer.write(b".")
    yield from reader.read()
    writer.close()


@asyncio.coroutine
def without_socket(block, read_one):
    reader = asyncio.StreamReader(loop=loop)
    stopwatch = Stopwatch()
    for _ in range(ARGUMENTS.total):
        reader.feed_data(block)
        for _ in range(OPERATIONS_A_BLOCK):
            yield from read_one(reader)
    stopwatch.stop(ARGUMENTS.total * OPERATIONS_A_BLOCK)


@asyncio.coroutine
def buffer_readline():
    yield from without_socket(LINE * OPERATIONS_A_BLOCK, lambda reader: reader.readline())


@asyncio.coroutine
def buffer_readuntil():
    block = (LINE[:-4] + SEPARATOR) * OPERATIONS_A_BLOCK
    yield from without_socket(block, lambda reader: reader.readuntil(SEPARATOR))


@asyncio.coroutine
def buffer_readexactly():
    size = ARGUMENTS.size
    yield from without_socket(bytes(size) * OPERATIONS_A_BLOCK, lambda reader: reader.readexactly(size))


@asyncio.coroutine
def serve(handler):
    server = yield from asyncio.start_server(
        handler,
        "127.0.0.1",
        0,
        loop=loop,
        limit=ARGUMENTS.limit,
        ssl=server_context(ARGUMENTS.tls),
        backlog=1000,
    )
    listening(server.sockets[0].getsockname()[1])


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    handler = globals()[ARGUMENTS.handler]
    if ARGUMENTS.handler.startswith("buffer_"):
        loop.run_until_complete(handler())
    else:
        loop.run_until_complete(serve(handler))
        loop.run_forever()
