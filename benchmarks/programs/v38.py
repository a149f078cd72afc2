"""The workloads in the words that 3.8's documentation introduced: one `Stream` for both directions.

    asyncio-compat run --api 3.8 v38.py HANDLER [--size N] ...

It serves the handler on a port that it prints. Nothing is measured here.
"""

import asyncio

from common import LINE, SEPARATOR, arguments, listening, server_context

ARGUMENTS = arguments()


async def echo(stream):
    while True:
        data = await stream.read(65536)
        if not data:
            break
        await stream.write(data)


async def acknowledge(stream):
    await stream.write(b".")
    await stream.close()


async def readline(stream):
    while await stream.readline():
        pass
    await acknowledge(stream)


async def async_for(stream):
    async for _ in stream:
        pass
    await acknowledge(stream)


async def readuntil(stream):
    try:
        while True:
            await stream.readuntil(SEPARATOR)
    except asyncio.IncompleteReadError:
        await acknowledge(stream)


async def readuntil_backlog(stream, waiting=[]):  # noqa: B006 - the connections share it
    """Leave the first connection's bytes in its buffer until a second one sends a line."""
    if not waiting:
        waiting.append(asyncio.Event())
        await waiting[0].wait()
        await readuntil(stream)
    else:
        await stream.readline()
        waiting.pop().set()
        await stream.close()


async def readexactly(stream):
    size = ARGUMENTS.size
    try:
        while True:
            await stream.readexactly(size)
    except asyncio.IncompleteReadError:
        await acknowledge(stream)


async def read(stream):
    size = ARGUMENTS.size
    left = ARGUMENTS.total
    while left:
        left -= len(await stream.read(size))
    await acknowledge(stream)


async def read_all(stream):
    await stream.read(-1)
    await acknowledge(stream)


async def write(stream):
    await stream.readexactly(1)
    chunk = bytes(ARGUMENTS.size)
    every = ARGUMENTS.drain_every
    for _ in range(ARGUMENTS.total // (ARGUMENTS.size * every)):
        for _ in range(every - 1):
            stream.write(chunk)
        await stream.write(chunk)
    await stream.close()


async def churn(stream):
    await stream.write(await stream.read(65536))
    await stream.close()


async def dial(stream):
    """Make the connections that are asked for, one after the other."""
    port, count = map(int, (await stream.readline()).split())
    for _ in range(count):
        async with asyncio.connect("127.0.0.1", port) as own:
            await own.write(LINE)
            await own.readline()
    await acknowledge(stream)


async def idle(stream):
    await stream.write(b".")
    await stream.read()


async def serve(handler):
    context = server_context(ARGUMENTS.tls)
    server = asyncio.StreamServer(handler, "127.0.0.1", 0, limit=ARGUMENTS.limit, ssl=context, backlog=1000)
    async with server:
        await server.start_serving()
        listening(server.sockets[0].getsockname()[1])
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(globals()[ARGUMENTS.handler]))
