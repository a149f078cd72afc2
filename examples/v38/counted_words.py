"""Count the words of a file: `sort` and `uniq` do the work, and streams connect them.

asyncio-compat run --api 3.8 counted_words.py FILE
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path


async def feed(path, stream):
    async with stream:
        with path.open() as file:
            for line in file:
                await stream.writelines(f"{word.lower()}\n".encode() for word in line.split())


async def pump(source, sink):
    async with sink:
        async for line in source:
            await sink.write(line)


async def main(path):
    sort = await asyncio.create_subprocess_exec("sort", stdin=PIPE, stdout=PIPE)
    uniq = await asyncio.create_subprocess_exec("uniq", "-c", stdin=PIPE, stdout=PIPE)
    work = asyncio.gather(feed(path, sort.stdin), pump(sort.stdout, uniq.stdin))
    async for line in uniq.stdout:
        count, word = line.decode().split()
        print(f"{word}: {count}")
    await work
    for process in (sort, uniq):
        await process.wait()


asyncio.run(main(Path(sys.argv[1])))
