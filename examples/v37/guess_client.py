"""Find the server's number by halving what is left. In the words of 3.7's asyncio.

asyncio-compat run --api 3.7 guess_client.py [PORT]
"""

import asyncio
import sys


async def main(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    low, high = 1, 100
    while True:
        guess = (low + high) // 2
        writer.write(b"%d\n" % guess)
        await writer.drain()
        answer = (await reader.readline()).decode().strip()
        print(guess, answer)
        if answer == "found":
            break
        if answer == "higher":
            low = guess + 1
        else:
            high = guess - 1
    writer.close()
    await writer.wait_closed()


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8970))
