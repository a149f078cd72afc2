"""Queues that take the event loop as an argument, as they did up to 3.9."""

from __future__ import annotations

import asyncio
from asyncio import QueueEmpty, QueueFull
from typing import Any

from asyncio_compat.v37 import loop_argument

__all__ = ("LifoQueue", "PriorityQueue", "Queue", "QueueEmpty", "QueueFull")


class Queue(asyncio.Queue[Any]):
    """What some tasks put in, others get in the same order.

    Args:
        maxsize: how many items there is room for; zero or less for no such end.
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, Queue.
    """

    def __init__(self, maxsize: int = 0, *, loop: Any = None) -> None:
        super().__init__(maxsize)
        self._loop = self._finished._loop = loop_argument.chosen(loop)  # type: ignore[attr-defined]


class PriorityQueue(Queue, asyncio.PriorityQueue[Any]):
    """A queue whose lowest item is got first.

    Source: 3.7 documentation, PriorityQueue.
    """


class LifoQueue(Queue, asyncio.LifoQueue[Any]):
    """A queue whose newest item is got first.

    Source: 3.7 documentation, LifoQueue.
    """
