"""The workloads with trio, as far as its streams have them: it leaves lines and separators to others.

python on_trio.py HANDLER [--size N] ...
"""

import trio
from common import arguments, listening

ARGUMENTS = arguments()


async def echo(stream):
    async with stream:
        async for data in stream:
            await stream.send_all(data)


async def read(stream):
    async with stream:
        left = ARGUMENTS.total
        while left:
            left -= len(await stream.receive_some(ARGUMENTS.size))
        await stream.send_all(b".")


async def write(stream):
    async with stream:
        await stream.receive_some(1)
        chunk = bytes(ARGUMENTS.size)
        for _ in range(ARGUMENTS.total // ARGUMENTS.size):
            await stream.send_all(chunk)


async def churn(stream):
    async with stream:
        await stream.send_all(await stream.receive_some())


async def idle(stream):
    async with stream:
        await stream.send_all(b".")
        await trio.sleep_forever()


async def serve(handler):
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=1000)
    listening(listeners[0].socket.getsockname()[1])
    await trio.serve_listeners(handler, listeners)


trio.run(serve, globals()[ARGUMENTS.handler])
