"""Think of a number, and say of every guess whether it is too low or too high. In the words of 3.7's asyncio.

asyncio-compat run --api 3.7 guess_server.py [PORT [NUMBER]]
"""

import asyncio
import random
import sys


async def play(reader, writer, number):
    while True:
        line = await reader.readline()
        if not line:
            break
        guess = int(line)
        if guess == number:
            writer.write(b"found\n")
            break
        writer.write(b"higher\n" if guess < number else b"lower\n")
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def main(port, number):
    server = await asyncio.start_server(lambda r, w: play(r, w, number), "127.0.0.1", port)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8970
number = int(sys.argv[2]) if len(sys.argv) > 2 else random.randint(1, 100)
try:
    asyncio.run(main(port, number))
except KeyboardInterrupt:
    print("goodbye")
