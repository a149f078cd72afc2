"""The workloads with anyio, on the host's asyncio. It has no reader of lines; what it has for that is measured.

python on_anyio.py HANDLER [--size N] ...
"""

import anyio
from anyio.abc import SocketAttribute
from anyio.streams.buffered import BufferedByteReceiveStream
from common import SEPARATOR, arguments, listening

ARGUMENTS = arguments()


async def echo(stream):
    async with stream:
        async for data in stream:
            await stream.send(data)


async def read_until(stream, separator):
    async with stream:
        reader = BufferedByteReceiveStream(stream)
        try:
            while True:
                await reader.receive_until(separator, ARGUMENTS.limit)
        except anyio.IncompleteRead:
            await stream.send(b".")


async def readline(stream):
    await read_until(stream, b"\n")


async def readuntil(stream):
    await read_until(stream, SEPARATOR)


async def readexactly(stream):
    async with stream:
        reader = BufferedByteReceiveStream(stream)
        try:
            while True:
                await reader.receive_exactly(ARGUMENTS.size)
        except anyio.IncompleteRead:
            await stream.send(b".")


async def read(stream):
    async with stream:
        left = ARGUMENTS.total
        while left:
            left -= len(await stream.receive(ARGUMENTS.size))
        await stream.send(b".")


async def write(stream):
    async with stream:
        await stream.receive(1)
        chunk = bytes(ARGUMENTS.size)
        for _ in range(ARGUMENTS.total // ARGUMENTS.size):
            await stream.send(chunk)


async def churn(stream):
    async with stream:
        await stream.send(await stream.receive())


async def idle(stream):
    async with stream:
        await stream.send(b".")
        await anyio.sleep_forever()


async def serve(handler):
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", backlog=1000)
    listening(listener.extra(SocketAttribute.local_port))
    await listener.serve(handler)


anyio.run(serve, globals()[ARGUMENTS.handler])
