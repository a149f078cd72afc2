"""Locks of 3.4 to 3.6: a loop of their own, and `with (yield from lock):`."""

from __future__ import annotations

import pytest

from asyncio_compat.v34 import coroutines, events, futures, locks, tasks

coroutine = coroutines.coroutine
KINDS = [locks.Lock, locks.Condition, locks.Semaphore, locks.BoundedSemaphore]


@pytest.fixture
def loop():
    made = events.new_event_loop()
    events.set_event_loop(None)
    yield made
    made.close()


def settle(loop):
    for _ in range(4):
        loop.run_until_complete(tasks.sleep(0))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_held_for_a_with_block(loop, kind):
    lock = kind(loop=loop)

    @coroutine
    def main():
        with (yield from lock):
            assert lock.locked()
        assert not lock.locked()

    loop.run_until_complete(main())


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_held_for_an_async_with_block(loop, kind):
    lock = kind(loop=loop)

    async def main():
        async with lock as nothing:
            assert lock.locked()
            assert nothing is None
        assert not lock.locked()

    loop.run_until_complete(main())


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_awaited_for_a_with_block(loop, kind):
    lock = kind(loop=loop)

    async def main():
        with await lock:
            assert lock.locked()
        assert not lock.locked()

    loop.run_until_complete(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_with_says_what_is_missing(loop, kind):
    with pytest.raises(RuntimeError) as raised, kind(loop=loop):
        pass
    assert str(raised.value) == '"yield from" should be used as context manager expression'


@pytest.mark.parametrize("kind", [*KINDS, locks.Event])
def test_without_a_loop_it_takes_the_current_one(loop, kind):
    events.set_event_loop(loop)
    assert kind()._loop is loop
    events.set_event_loop(None)


def test_waiters_take_a_lock_in_the_order_in_which_they_came(loop):
    lock = locks.Lock(loop=loop)
    order = []

    @coroutine
    def take(name):
        with (yield from lock):
            order.append(name)
            yield from tasks.sleep(0)

    loop.run_until_complete(tasks.wait([loop.create_task(take(name)) for name in "abc"], loop=loop))
    assert order == ["a", "b", "c"]


def test_a_waiter_cancelled_at_its_turn_lets_the_next_have_it(loop):
    lock = locks.Lock(loop=loop)
    loop.run_until_complete(lock.acquire())
    first, second = (loop.create_task(lock.acquire()) for _ in range(2))
    settle(loop)
    lock.release()
    first.cancel()
    assert loop.run_until_complete(second) is True
    assert first.cancelled()


def test_a_lock_that_nobody_holds_cannot_be_released(loop):
    with pytest.raises(RuntimeError) as raised:
        locks.Lock(loop=loop).release()
    assert str(raised.value) == "Lock is not acquired."


def test_locks_say_how_they_are(loop):
    lock = locks.Lock(loop=loop)
    assert repr(lock).endswith(" [unlocked]>")
    loop.run_until_complete(lock.acquire())
    waiter = loop.create_task(lock.acquire())
    settle(loop)
    assert repr(lock).endswith(" [locked,waiters:1]>")
    lock.release()
    loop.run_until_complete(waiter)
    assert repr(locks.Event(loop=loop)).endswith(" [unset]>")
    assert repr(locks.Semaphore(3, loop=loop)).endswith(" [unlocked,value:3]>")


def test_an_event_lets_all_go_on(loop):
    event = locks.Event(loop=loop)
    waiters = [loop.create_task(event.wait()) for _ in range(3)]
    settle(loop)
    event.set()
    assert loop.run_until_complete(tasks.gather(*waiters, loop=loop)) == [True, True, True]
    assert loop.run_until_complete(event.wait()) is True
    event.clear()
    assert not event.is_set()


def test_a_condition_wakes_as_many_as_it_is_told(loop):
    condition = locks.Condition(loop=loop)
    woken = []

    @coroutine
    def wait(name):
        with (yield from condition):
            yield from condition.wait()
            woken.append(name)

    waiters = [loop.create_task(wait(name)) for name in "abc"]
    settle(loop)

    @coroutine
    def notify(n):
        with (yield from condition):
            condition.notify(n)

    loop.run_until_complete(notify(2))
    settle(loop)
    assert woken == ["a", "b"]
    loop.run_until_complete(notify(1))
    loop.run_until_complete(tasks.wait(waiters, loop=loop))
    assert woken == ["a", "b", "c"]


def test_a_condition_holds_its_lock_again_when_its_wait_is_cancelled(loop):
    condition = locks.Condition(loop=loop)

    @coroutine
    def wait():
        yield from condition.acquire()
        try:
            yield from condition.wait()
        except futures.CancelledError:
            return condition.locked()

    waiter = loop.create_task(wait())
    settle(loop)
    assert not condition.locked()
    waiter.cancel()
    assert loop.run_until_complete(waiter) is True


def test_a_condition_refuses_a_lock_of_another_loop(loop):
    other = events.new_event_loop()
    with pytest.raises(ValueError) as raised:
        locks.Condition(locks.Lock(loop=other), loop=loop)
    assert str(raised.value) == "loop argument must agree with lock"
    other.close()


@pytest.mark.parametrize(
    ("call", "text"),
    [("wait", "cannot wait on un-acquired lock"), ("notify", "cannot notify on un-acquired lock")],
)
def test_a_condition_wants_its_lock_to_be_held(loop, call, text):
    condition = locks.Condition(loop=loop)

    @coroutine
    def main():
        result = getattr(condition, call)()
        if result is not None:
            yield from result

    with pytest.raises(RuntimeError) as raised:
        loop.run_until_complete(main())
    assert str(raised.value) == text


def test_a_semaphore_counts(loop):
    semaphore = locks.Semaphore(2, loop=loop)
    loop.run_until_complete(semaphore.acquire())
    loop.run_until_complete(semaphore.acquire())
    assert semaphore.locked()
    waiter = loop.create_task(semaphore.acquire())
    settle(loop)
    assert not waiter.done()
    semaphore.release()
    assert loop.run_until_complete(waiter) is True


def test_a_bounded_semaphore_is_not_released_more_often_than_taken(loop):
    with pytest.raises(ValueError) as raised:
        locks.BoundedSemaphore(1, loop=loop).release()
    assert str(raised.value) == "BoundedSemaphore released too many times"


def test_a_semaphore_cannot_begin_below_zero(loop):
    with pytest.raises(ValueError) as raised:
        locks.Semaphore(-1, loop=loop)
    assert str(raised.value) == "Semaphore initial value must be >= 0"
