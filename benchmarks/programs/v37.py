"""The workloads in the words of 3.7's asyncio, which the host's own asyncio and 3.13's understand too.

    python v37.py HANDLER [--size N] ...

It serves the handler on a port that it prints. Nothing is measured here, but for the handlers without a socket.
"""

import asyncio

from common import LINE, OPERATIONS_A_BLOCK, SEPARATOR, SEPARATORS, Stopwatch, arguments, listening, server_context

ARGUMENTS = arguments()


async def echo(reader, writer):
    while True:
        data = await reader.read(65536)
        if not data:
            break
        writer.write(data)
        await writer.drain()
    writer.close()


async def acknowledge(writer):
    writer.write(b".")
    await writer.drain()
    writer.close()


async def readline(reader, writer):
    while await reader.readline():
        pass
    await acknowledge(writer)


async def async_for(reader, writer):
    async for _ in reader:
        pass
    await acknowledge(writer)


async def read_until(reader, writer, separator):
    try:
        while True:
            await reader.readuntil(separator)
    except asyncio.IncompleteReadError:
        await acknowledge(writer)


async def readuntil(reader, writer):
    await read_until(reader, writer, SEPARATOR)


async def readuntil_tuple(reader, writer):
    await read_until(reader, writer, SEPARATORS)


async def after_backlog(reader, writer, separator, waiting=[]):  # noqa: B006 - the connections share it
    """Leave the first connection's bytes in its buffer until a second one sends a line."""
    if not waiting:
        waiting.append(asyncio.Event())
        await waiting[0].wait()
        await read_until(reader, writer, separator)
    else:
        await reader.readline()
        waiting.pop().set()
        writer.close()


async def readuntil_backlog(reader, writer):
    await after_backlog(reader, writer, SEPARATOR)


async def readuntil_tuple_backlog(reader, writer):
    await after_backlog(reader, writer, SEPARATORS)


async def readexactly(reader, writer):
    size = ARGUMENTS.size
    try:
        while True:
            await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        await acknowledge(writer)


async def read(reader, writer):
    size = ARGUMENTS.size
    left = ARGUMENTS.total
    while left:
        left -= len(await reader.read(size))
    await acknowledge(writer)


async def read_all(reader, writer):
    await reader.read(-1)
    await acknowledge(writer)


async def write(reader, writer):
    await reader.readexactly(1)
    chunk = bytes(ARGUMENTS.size)
    every = ARGUMENTS.drain_every
    for _ in range(ARGUMENTS.total // (ARGUMENTS.size * every)):
        for _ in range(every):
            writer.write(chunk)
        await writer.drain()
    writer.close()


async def churn(reader, writer):
    writer.write(await reader.read(65536))
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def dial(reader, writer):
    """Make the connections that are asked for, one after the other."""
    port, count = map(int, (await reader.readline()).split())
    for _ in range(count):
        own_reader, own_writer = await asyncio.open_connection("127.0.0.1", port)
        own_writer.write(LINE)
        await own_writer.drain()
        await own_reader.readline()
        own_writer.close()
        await own_writer.wait_closed()
    await acknowledge(writer)


async def idle(reader, writer):
    writer.write(b".")
    await reader.read()
    writer.close()


async def without_socket(block, read_one):
    reader = asyncio.StreamReader(loop=asyncio.get_event_loop())
    stopwatch = Stopwatch()
    for _ in range(ARGUMENTS.total):
        reader.feed_data(block)
        for _ in range(OPERATIONS_A_BLOCK):
            await read_one(reader)
    stopwatch.stop(ARGUMENTS.total * OPERATIONS_A_BLOCK)


async def buffer_readline():
    await without_socket(LINE * OPERATIONS_A_BLOCK, lambda reader: reader.readline())


async def buffer_readuntil():
    block = (LINE[:-4] + SEPARATOR) * OPERATIONS_A_BLOCK
    await without_socket(block, lambda reader: reader.readuntil(SEPARATOR))


async def buffer_readexactly():
    size = ARGUMENTS.size
    await without_socket(bytes(size) * OPERATIONS_A_BLOCK, lambda reader: reader.readexactly(size))


async def serve(handler):
    server = await asyncio.start_server(
        handler, "127.0.0.1", 0, limit=ARGUMENTS.limit, ssl=server_context(ARGUMENTS.tls), backlog=1000
    )
    listening(server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    handler = globals()[ARGUMENTS.handler]
    asyncio.run(handler() if ARGUMENTS.handler.startswith("buffer_") else serve(handler))
