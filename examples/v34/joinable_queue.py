"""A producer and some consumers, with a queue that knows when all work is done.

python joinable_queue.py
"""

import asyncio


@asyncio.coroutine
def produce(queue):
    for n in range(20):
        yield from queue.put(n)


@asyncio.coroutine
def consume(queue, done):
    while True:
        n = yield from queue.get()
        yield from asyncio.sleep(0)
        done.append(n * n)
        queue.task_done()


@asyncio.coroutine
def main():
    queue = asyncio.JoinableQueue(maxsize=3)
    done = []
    consumers = [asyncio.Task(consume(queue, done)) for _ in range(4)]
    yield from produce(queue)
    yield from queue.join()
    for consumer in consumers:
        consumer.cancel()
    yield from asyncio.wait(consumers)
    print(sum(done), all(consumer.cancelled() for consumer in consumers))


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main())
    loop.close()
