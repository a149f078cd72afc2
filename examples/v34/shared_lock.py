"""Tasks that count together, one at a time, under a lock; a condition tells when they are done.

python shared_lock.py
"""

import asyncio


class Counter:
    def __init__(self, loop):
        self.count = 0
        self.lock = asyncio.Lock(loop=loop)
        self.changed = asyncio.Condition(self.lock, loop=loop)

    @asyncio.coroutine
    def up(self):
        with (yield from self.lock):
            before = self.count
            yield from asyncio.sleep(0)
            self.count = before + 1
            self.changed.notify_all()

    @asyncio.coroutine
    def reaches(self, count):
        with (yield from self.changed):
            yield from self.changed.wait_for(lambda: self.count >= count)


@asyncio.coroutine
def main(loop):
    counter = Counter(loop)
    tasks = [loop.create_task(counter.up()) for _ in range(10)]
    yield from counter.reaches(10)
    yield from asyncio.gather(*tasks, loop=loop)
    print(counter.count, counter.lock.locked())


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main(loop))
    loop.close()
