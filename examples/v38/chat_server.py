"""A chat: what one person says, all others hear. In the words of 3.8's pre-release asyncio.

asyncio-compat run --api 3.8 chat_server.py [PORT]

Talk to it with chat_client.py, or with netcat. The first line that one sends is one's name.
"""

import asyncio
import sys

people = {}


async def tell_everybody(text, but=None):
    print(text, flush=True)
    for stream in [stream for stream in people if stream is not but]:
        try:
            await stream.write(f"{text}\n".encode())
        except ConnectionError:
            # Whoever talks to that one will notice.
            pass


async def chat(stream):
    async with stream:
        name = (await stream.readline()).decode().strip()
        if not name:
            return
        await tell_everybody(f"{name} comes in")
        people[stream] = name
        try:
            async for line in stream:
                await tell_everybody(f"{name}: {line.decode().strip()}", but=stream)
        except ConnectionError:
            pass
        finally:
            del people[stream]
        await tell_everybody(f"{name} leaves")


async def main(port):
    async with asyncio.StreamServer(chat, "127.0.0.1", port, shutdown_timeout=5) as server:
        print("listening on", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


try:
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8980))
except KeyboardInterrupt:
    print("goodbye")
