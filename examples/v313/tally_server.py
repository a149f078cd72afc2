"""Count the words that a client sends, whatever it puts between them. In the words of 3.13's asyncio.

asyncio-compat run --api 3.13 tally_server.py [PORT]
"""

import asyncio
import collections
import sys

SEPARATORS = (b" ", b"\r\n", b"\n", b", ")


async def tally(reader, writer):
    words = collections.Counter()
    try:
        while True:
            chunk = await reader.readuntil(SEPARATORS)
            words[chunk.rstrip(b" ,\r\n").decode()] += 1
    except asyncio.IncompleteReadError as end:
        if end.partial:
            words[end.partial.decode()] += 1
    for word, count in words.most_common():
        writer.write(f"{count} {word}\n".encode())
    writer.close()
    await writer.wait_closed()


async def main(port):
    server = await asyncio.start_server(tally, "127.0.0.1", port, keep_alive=True)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8971))
except KeyboardInterrupt:
    print("goodbye")
