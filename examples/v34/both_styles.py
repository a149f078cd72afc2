"""The coroutines of 3.4 and those of 3.5 in one program: each waits for the other.

python both_styles.py
"""

import asyncio


class Countdown:
    def __init__(self, start):
        self.left = start

    def __aiter__(self):
        return self

    @asyncio.coroutine
    def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        yield from asyncio.sleep(0)
        self.left -= 1
        return self.left + 1


@asyncio.coroutine
def old(n):
    return (yield from new(n - 1)) + 1 if n else 0


async def new(n):
    return await old(n - 1) + 1 if n else 0


async def main():
    numbers = [n async for n in Countdown(3)]
    print(numbers)
    print(await old(7), await asyncio.wait_for(new(8), 5))
    lock = asyncio.Lock()
    async with lock:
        print(lock.locked())
    with await lock:
        print(lock.locked())
    print(await asyncio.gather(old(1), new(2), asyncio.sleep(0, "slept")))


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main())
    loop.close()
