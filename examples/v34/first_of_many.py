"""Asks several servers at once: takes the first answer, the order of all, and what became of the one that is late.

python first_of_many.py
"""

import asyncio


@asyncio.coroutine
def ask(name, turns):
    for _ in range(turns):
        yield from asyncio.sleep(0)
    if name == "broken":
        raise ValueError("broken")
    return name


@asyncio.coroutine
def main(loop):
    done, pending = yield from asyncio.wait([ask("slow", 50), ask("quick", 2)], return_when=asyncio.FIRST_COMPLETED)
    print([task.result() for task in done], len(pending))
    yield from asyncio.wait(pending)
    order = []
    for answer in asyncio.as_completed([ask("third", 30), ask("first", 1), ask("second", 15)]):
        order.append((yield from answer))
    print(order)
    print((yield from asyncio.gather(ask("fine", 1), ask("broken", 2), return_exceptions=True)))
    never = asyncio.Future()
    try:
        yield from asyncio.wait_for(asyncio.shield(never), 0.01)
    except asyncio.TimeoutError:
        print("too late", never.cancelled())
    print((yield from loop.run_in_executor(None, sum, range(5))))
    print(asyncio.Task.current_task() in asyncio.Task.all_tasks())


if __name__ == "__main__":
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main(loop))
    loop.close()
