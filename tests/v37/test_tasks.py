"""Tasks, locks and queues of 3.7 to 3.9, with and without the argument *loop*."""

from __future__ import annotations

import asyncio as host_asyncio

import pytest

from asyncio_compat.v37 import coroutines, locks, queues, runners, tasks

LOOP_WARNING = "^The loop argument is deprecated since Python 3.8, and scheduled for removal in Python 3.10.$"


async def value(result):
    await tasks.sleep(0)
    return result


def test_gather_takes_the_loop_and_warns():
    async def main():
        with pytest.warns(DeprecationWarning, match=LOOP_WARNING):
            gathered = tasks.gather(value(1), value(2), loop=host_asyncio.get_running_loop())
        return await gathered, await tasks.gather()

    assert runners.run(main()) == ([1, 2], [])


def test_gather_runs_a_coroutine_once_that_is_passed_twice():
    async def main():
        one = value(1)
        return await tasks.gather(one, one)

    assert runners.run(main()) == [1, 1]


def test_wait_takes_coroutines_and_warns():
    async def main():
        with pytest.warns(DeprecationWarning, match="explicit passing of coroutine objects"):
            done, pending = await tasks.wait([value(1)])
        return [task.result() for task in done], pending

    assert runners.run(main()) == ([1], set())


def test_wait_for_gives_up():
    async def main():
        with pytest.raises(host_asyncio.TimeoutError):
            await tasks.wait_for(host_asyncio.get_running_loop().create_future(), 0)
        return await tasks.wait_for(value(1), None)

    assert runners.run(main()) == 1


def test_sleep_takes_the_loop_and_warns():
    async def main():
        with pytest.warns(DeprecationWarning, match=LOOP_WARNING):
            return await tasks.sleep(0.001, "slept", loop=host_asyncio.get_running_loop())

    assert runners.run(main()) == "slept"


def test_shield_and_as_completed_take_coroutines():
    async def main():
        first = await tasks.shield(value(1))
        return first, sorted([await one for one in tasks.as_completed([value(2), value(3)])])

    assert runners.run(main()) == (1, [2, 3])


def test_the_methods_of_task_are_discouraged():
    async def main():
        with pytest.warns(
            DeprecationWarning, match=r"^Task.current_task\(\) is deprecated since Python 3.7, use asyncio"
        ):
            current = tasks.Task.current_task()
        with pytest.warns(DeprecationWarning, match=r"^Task.all_tasks\(\) is deprecated since Python 3.7, use asyncio"):
            return current in tasks.Task.all_tasks()

    assert runners.run(main())


def test_tasks_of_the_loop_are_tasks_of_the_generation():
    async def main():
        task = tasks.create_task(value(1), name="named")
        await task
        return isinstance(task, tasks.Task), task.get_name()

    assert runners.run(main()) == (True, "named")


def test_a_lock_can_still_be_awaited_for_a_with_statement():
    async def main():
        lock = locks.Lock()
        with pytest.warns(DeprecationWarning, match="'with await lock' is deprecated use 'async with lock' instead"):
            context = await lock
        with context:
            held = lock.locked()
        return held, lock.locked()

    assert runners.run(main()) == (True, False)


@pytest.mark.parametrize("made", [locks.Lock, locks.Event, locks.Condition, locks.Semaphore, queues.Queue])
def test_the_loop_argument_is_taken_with_a_warning(made):
    async def main():
        loop = host_asyncio.get_running_loop()
        with pytest.warns(DeprecationWarning, match=LOOP_WARNING):
            return made(loop=loop)._loop is loop

    assert runners.run(main())


def test_a_condition_refuses_the_lock_of_another_loop():
    other = host_asyncio.new_event_loop()
    other.close()

    async def main():
        lock = locks.Lock()
        lock._loop = other
        with pytest.raises(ValueError, match="loop argument must agree with lock"):
            locks.Condition(lock)

    runners.run(main())


def test_a_queue_hands_over_what_it_is_given():
    async def main():
        queue = queues.Queue(1)
        put = tasks.create_task(queue.put("a"))
        got = await queue.get()
        await put
        queue.task_done()
        await queue.join()
        return got

    assert runners.run(main()) == "a"


def test_the_decorator_is_discouraged_and_works():
    with pytest.warns(
        DeprecationWarning, match="^.@coroutine. decorator is deprecated since Python 3.8, use .async def"
    ):

        @coroutines.coroutine
        def old_style():
            return (yield from value(1))

    async def main():
        return await old_style()

    assert runners.run(main()) == 1
