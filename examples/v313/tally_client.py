"""Have the server count the words of a text. In the words of 3.13's asyncio.

asyncio-compat run --api 3.13 tally_client.py PORT WORD [WORD ...]
"""

import asyncio
import sys


async def main(port, text):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode())
    writer.write_eof()
    async for line in reader:
        print(line.decode(), end="")
    writer.close()
    await writer.wait_closed()


asyncio.run(main(int(sys.argv[1]), " ".join(sys.argv[2:])))
