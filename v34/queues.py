"""Queues between tasks, which belong to a loop."""

from __future__ import annotations

import collections
import heapq
from asyncio import QueueEmpty, QueueFull
from collections.abc import Generator
from typing import Any

from asyncio_compat.v34 import events, locks
from asyncio_compat.v34.coroutines import method_coroutine

__all__ = ("JoinableQueue", "LifoQueue", "PriorityQueue", "Queue", "QueueEmpty", "QueueFull")


class Queue:
    """What some tasks put in, others get in the same order.

    Args:
        maxsize: how many items there is room for; zero or less for no such end.
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, Queue.
    """

    # Subclasses may put into `_queue` what they like, and say how by _init(), _put() and _get().
    _queue: Any

    def __init__(self, maxsize: int = 0, *, loop: Any = None) -> None:
        self._loop = events.get_event_loop() if loop is None else loop
        self._maxsize = maxsize
        self._getters: collections.deque[Any] = collections.deque()
        self._putters: collections.deque[Any] = collections.deque()
        self._unfinished_tasks = 0
        self._finished = locks.Event(loop=self._loop)
        self._finished.set()
        self._init(maxsize)

    def _init(self, maxsize: int) -> None:
        self._queue = collections.deque()

    def _get(self) -> Any:
        return self._queue.popleft()

    def _put(self, item: Any) -> None:
        self._queue.append(item)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x} {self._format()}>"

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self._format()}>"

    def _format(self) -> str:
        said = [f"maxsize={self._maxsize!r}"]
        if getattr(self, "_queue", None):
            said.append(f"_queue={list(self._queue)!r}")
        if self._getters:
            said.append(f"_getters[{len(self._getters)}]")
        if self._putters:
            said.append(f"_putters[{len(self._putters)}]")
        if self._unfinished_tasks:
            said.append(f"tasks={self._unfinished_tasks}")
        return " ".join(said)

    @property
    def maxsize(self) -> int:
        """How many items there is room for."""
        return self._maxsize

    def qsize(self) -> int:
        """Return how many items there are."""
        return len(self._queue)

    def empty(self) -> bool:
        """Return True if there are no items."""
        return not self._queue

    def full(self) -> bool:
        """Return True if there is no room for another item."""
        return 0 < self._maxsize <= self.qsize()

    @method_coroutine
    def put(self, item: Any) -> Generator[Any, Any, None]:
        """Wait until there is room, and put *item* in."""
        while self.full():
            putter = self._loop.create_future()
            self._putters.append(putter)
            try:
                yield from putter
            except BaseException:
                putter.cancel()
                # It was this one's turn: let another have it.
                if not self.full() and not putter.cancelled():
                    locks.wake_next(self._putters)
                raise
        return self.put_nowait(item)

    def put_nowait(self, item: Any) -> None:
        """Put *item* in.

        Raises:
            QueueFull: there is no room.
        """
        if self.full():
            raise QueueFull
        self._put(item)
        self._unfinished_tasks += 1
        self._finished.clear()
        locks.wake_next(self._getters)

    @method_coroutine
    def get(self) -> Generator[Any, Any, Any]:
        """Wait until there is an item, and take it out."""
        while self.empty():
            getter = self._loop.create_future()
            self._getters.append(getter)
            try:
                yield from getter
            except BaseException:
                getter.cancel()
                if getter in self._getters:
                    self._getters.remove(getter)
                if not self.empty() and not getter.cancelled():
                    locks.wake_next(self._getters)
                raise
        return self.get_nowait()

    def get_nowait(self) -> Any:
        """Take an item out.

        Raises:
            QueueEmpty: there is none.
        """
        if self.empty():
            raise QueueEmpty
        item = self._get()
        locks.wake_next(self._putters)
        return item

    def task_done(self) -> None:
        """Say that the work on an item that was taken out is done.

        Raises:
            ValueError: it was said as often as items were put in.
        """
        if self._unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished_tasks -= 1
        if self._unfinished_tasks == 0:
            self._finished.set()

    @method_coroutine
    def join(self) -> Generator[Any, Any, None]:
        """Wait until the work on every item that was put in is done."""
        if self._unfinished_tasks > 0:
            yield from self._finished.wait()  # type: ignore[misc]


class PriorityQueue(Queue):
    """A queue that gives the lowest item first; items are often tuples of a number and more.

    Source: 3.4 documentation, PriorityQueue.
    """

    def _init(self, maxsize: int) -> None:
        self._queue = []

    def _put(self, item: Any) -> None:
        heapq.heappush(self._queue, item)

    def _get(self) -> Any:
        return heapq.heappop(self._queue)


class LifoQueue(Queue):
    """A queue that gives the newest item first.

    Source: 3.4 documentation, LifoQueue.
    """

    def _init(self, maxsize: int) -> None:
        self._queue = []

    def _get(self) -> Any:
        return self._queue.pop()


class JoinableQueue(Queue):
    """A queue with `join()` and `task_done()`, when not all queues had them.

    Source: 3.4 documentation, JoinableQueue.
    """

    # What Queue has is taken out of it for 3.4.0 to 3.4.3.
    task_done = Queue.task_done
    join = Queue.join
