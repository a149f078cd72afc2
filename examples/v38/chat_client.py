"""Take part in a chat: lines from standard input are said, what others say is printed.

asyncio-compat run --api 3.8 chat_client.py NAME [PORT]
"""

import asyncio
import sys


async def listen(stream):
    async for line in stream:
        print(line.decode().rstrip(), flush=True)


async def main(name, port):
    async with asyncio.connect("127.0.0.1", port) as stream, asyncio.connect_read_pipe(sys.stdin) as keyboard:
        await stream.write(f"{name}\n".encode())
        listening = asyncio.create_task(listen(stream))
        async for line in keyboard:
            await stream.write(line)
        # There is nothing more to say; the others may still have something to answer.
        stream.write_eof()
        await listening


asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8980))
