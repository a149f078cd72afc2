"""Locks of 3.7 to 3.9, by the version asked for."""

from __future__ import annotations

import pytest

import asyncio_compat


@pytest.fixture
def new_loop():
    """Makes event loops of a version's asyncio, none of them the current one, and closes them."""
    made = []

    def make(asyncio):
        made.append(asyncio.new_event_loop())
        asyncio.set_event_loop(None)
        return made[-1]

    yield make
    for loop in made:
        loop.close()


def test_a_condition_makes_its_lock_for_the_loop_that_it_is_given(new_loop):
    asyncio = asyncio_compat.load("3.7")
    loop = new_loop(asyncio)

    condition = asyncio.Condition(loop=loop)

    assert condition._lock._loop is loop


@pytest.mark.parametrize("name", ["Lock", "Condition", "Semaphore", "BoundedSemaphore"])
@pytest.mark.parametrize(("version", "there"), [("3.8.18", True), ("3.9", False)])
def test_holding_a_lock_by_await_or_with_was_there_until_3_8(version, there, name):
    locks = getattr(asyncio_compat.load(version), name)

    assert [hasattr(locks, special) for special in ("__await__", "__enter__", "__exit__", "__iter__")] == [there] * 4
    assert hasattr(locks, "__aenter__")


@pytest.mark.parametrize(("version", "overtakes"), [("3.7", True), ("3.9.10", True), ("3.9", False)])
def test_a_newcomer_overtakes_a_woken_task_until_3_9_10(version, overtakes):
    asyncio = asyncio_compat.load(version)
    order = []

    async def take(semaphore, name):
        async with semaphore:
            order.append(name)

    async def main():
        semaphore = asyncio.Semaphore(1)
        await semaphore.acquire()
        woken = asyncio.create_task(take(semaphore, "woken"))
        await asyncio.sleep(0)
        semaphore.release()
        await take(semaphore, "newcomer")
        await woken

    asyncio.run(main())
    assert order == (["newcomer", "woken"] if overtakes else ["woken", "newcomer"])


@pytest.mark.parametrize("version", ["3.7", "3.9"])
def test_a_cancelled_task_hands_on_what_it_was_woken_for(version):
    asyncio = asyncio_compat.load(version)

    async def main():
        semaphore = asyncio.Semaphore(0)
        first = asyncio.create_task(semaphore.acquire())
        second = asyncio.create_task(semaphore.acquire())
        await asyncio.sleep(0)
        semaphore.release()
        first.cancel()
        return await second, first.cancelled(), semaphore.locked()

    assert asyncio.run(main()) == (True, True, True)


def test_a_bounded_semaphore_is_not_released_too_often():
    asyncio = asyncio_compat.load("3.9")

    async def main():
        semaphore = asyncio.BoundedSemaphore(1)
        await semaphore.acquire()
        semaphore.release()
        with pytest.raises(ValueError, match=r"^BoundedSemaphore released too many times$"):
            semaphore.release()

    asyncio.run(main())
