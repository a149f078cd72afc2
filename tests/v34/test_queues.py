"""Queues of 3.4 to 3.6: a loop of their own."""

from __future__ import annotations

import asyncio as host_asyncio

import pytest

from asyncio_compat import load
from asyncio_compat.v34 import coroutines, events, queues, tasks

coroutine = coroutines.coroutine


@pytest.fixture
def loop():
    made = events.new_event_loop()
    events.set_event_loop(None)
    yield made
    made.close()


def settle(loop):
    for _ in range(4):
        loop.run_until_complete(tasks.sleep(0))


@pytest.mark.parametrize(
    ("kind", "order"),
    [(queues.Queue, [2, 1, 3]), (queues.LifoQueue, [3, 1, 2]), (queues.PriorityQueue, [1, 2, 3])],
)
def test_each_kind_has_its_order(loop, kind, order):
    queue = kind(loop=loop)
    for item in (2, 1, 3):
        queue.put_nowait(item)
    assert [queue.get_nowait() for _ in range(3)] == order


def test_who_puts_waits_for_room(loop):
    queue = queues.Queue(1, loop=loop)
    queue.put_nowait("first")
    putting = loop.create_task(queue.put("second"))
    settle(loop)
    assert (putting.done(), queue.full()) == (False, True)
    assert loop.run_until_complete(queue.get()) == "first"
    loop.run_until_complete(putting)
    assert queue.get_nowait() == "second"


def test_who_gets_waits_for_an_item(loop):
    queue = queues.Queue(loop=loop)
    getting = loop.create_task(queue.get())
    settle(loop)
    queue.put_nowait("item")
    assert loop.run_until_complete(getting) == "item"


def test_a_cancelled_get_loses_no_item(loop):
    queue = queues.Queue(loop=loop)
    first, second = (loop.create_task(queue.get()) for _ in range(2))
    settle(loop)
    queue.put_nowait("item")
    first.cancel()
    assert loop.run_until_complete(second) == "item"


def test_a_cancelled_put_leaves_its_place_to_the_next(loop):
    queue = queues.Queue(1, loop=loop)
    queue.put_nowait("first")
    given_up, patient = (loop.create_task(queue.put(item)) for item in ("never", "second"))
    settle(loop)
    queue.get_nowait()
    given_up.cancel()
    loop.run_until_complete(patient)
    assert queue.get_nowait() == "second"


def test_empty_and_full_queues_raise_the_hosts_exceptions(loop):
    queue = queues.Queue(1, loop=loop)
    with pytest.raises(host_asyncio.QueueEmpty):
        queue.get_nowait()
    queue.put_nowait(1)
    with pytest.raises(host_asyncio.QueueFull):
        queue.put_nowait(2)


@pytest.mark.parametrize("kind", [queues.Queue, queues.JoinableQueue])
def test_join_waits_until_all_work_is_done(loop, kind):
    queue = kind(loop=loop)
    queue.put_nowait("work")
    joining = loop.create_task(queue.join())
    settle(loop)
    queue.get_nowait()
    assert not joining.done()
    queue.task_done()
    loop.run_until_complete(joining)


def test_no_more_work_can_be_done_than_there_was(loop):
    with pytest.raises(ValueError) as raised:
        queues.Queue(loop=loop).task_done()
    assert str(raised.value) == "task_done() called too many times"


def test_only_joinable_queues_could_be_joined_at_first():
    first = load("3.4.0")
    assert not hasattr(first.Queue, "join")
    assert hasattr(first.JoinableQueue, "join")


def test_a_queue_says_what_is_in_it(loop):
    queue = queues.Queue(3, loop=loop)
    queue.put_nowait("item")
    assert str(queue) == "<Queue maxsize=3 _queue=['item'] tasks=1>"


def test_a_subclass_may_store_items_in_its_own_way(loop):
    class Unique(queues.Queue):
        def _init(self, maxsize):
            self._queue = set()

        def _put(self, item):
            self._queue.add(item)

        def _get(self):
            return self._queue.pop()

    queue = Unique(loop=loop)
    queue.put_nowait(1)
    queue.put_nowait(1)
    assert (queue.qsize(), queue.get_nowait(), queue.empty()) == (1, 1, True)
