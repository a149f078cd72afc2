"""Locks that take the event loop as an argument, as they did up to 3.9."""

from __future__ import annotations

import asyncio
import collections
import types
import warnings
from collections.abc import Callable, Generator
from typing import Any, Literal

from asyncio_compat.v34.locks import _ContextManager, wake_next
from asyncio_compat.v37 import loop_argument

__all__ = ("BoundedSemaphore", "Condition", "Event", "Lock", "Semaphore")


class _ContextManagerMixin:
    """For what has `acquire()` and `release()`: the ways to hold it for a block that 3.7 deprecated and 3.9 removed."""

    acquire: Callable[[], Any]

    def __enter__(self) -> None:
        raise RuntimeError('"yield from" should be used as context manager expression')

    def __exit__(self, *exc: object) -> None:
        """Do nothing: `with` finds out that it cannot enter only if it could leave."""

    @types.coroutine
    def __iter__(self) -> Generator[Any, Any, _ContextManager]:
        warnings.warn(
            "'with (yield from lock)' is deprecated use 'async with lock' instead", DeprecationWarning, stacklevel=2
        )
        yield from self.acquire()
        return _ContextManager(self)

    def __await__(self) -> Generator[Any, Any, _ContextManager]:
        warnings.warn("'with await lock' is deprecated use 'async with lock' instead", DeprecationWarning, stacklevel=2)
        yield from self.acquire().__await__()
        return _ContextManager(self)


class Lock(_ContextManagerMixin, asyncio.Lock):
    """A lock that one task at a time holds.

    Args:
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, Lock.
    """

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__()
        self._loop = loop_argument.chosen(loop)


class Event(asyncio.Event):
    """A flag that tasks wait for.

    Args:
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, Event.
    """

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__()
        self._loop = loop_argument.chosen(loop)


class Condition(_ContextManagerMixin, asyncio.Condition):
    """Something that a task waits for, which other tasks notify it of, under a lock.

    Args:
        lock: the lock; by default a new one.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *lock* belongs to another loop.

    Source: 3.7 documentation, Condition.
    """

    def __init__(self, lock: Any = None, *, loop: Any = None) -> None:
        given, loop = loop, loop_argument.chosen(loop)
        if lock is None:
            lock = Lock(loop=given)
        elif lock._loop is not loop:
            raise ValueError("loop argument must agree with lock")
        super().__init__(lock)
        self._loop = loop


class Semaphore(_ContextManagerMixin, asyncio.Semaphore):
    """A counter that tasks take from, waiting while there is nothing to take.

    Args:
        value: what there is at first; not negative.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *value* is negative.

    Source: 3.7 documentation, Semaphore.
    """

    # Up to 3.9.10 a newcomer could take what a woken task was about to take (bpo-45997).
    _keeps_the_order = True

    def __init__(self, value: int = 1, *, loop: Any = None) -> None:
        super().__init__(value)
        self._waiters: collections.deque[Any] = collections.deque()
        self._is_promised = False
        self._loop = loop_argument.chosen(loop)

    def locked(self) -> bool:
        """Return True if nothing can be taken at once."""
        return self._value == 0

    async def acquire(self) -> Literal[True]:
        """Wait until there is something to take, and take one; return True."""
        while self._value <= 0 or self._is_promised:
            waiter = self._loop.create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except BaseException:
                waiter.cancel()
                if not waiter.cancelled():
                    self._hand_on()
                raise
            self._is_promised = False
        self._value -= 1
        return True

    def release(self) -> None:
        """Put one back; the first task that waits may take it."""
        self._value += 1
        self._hand_on()

    def _hand_on(self) -> None:
        self._is_promised = self._value > 0 and wake_next(self._waiters) and self._keeps_the_order


class BoundedSemaphore(Semaphore, asyncio.BoundedSemaphore):
    """A semaphore to which no more can be put back than there was at first.

    Args:
        value: what there is at first; not negative.
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, BoundedSemaphore.
    """

    _bound_value: int

    def release(self) -> None:
        """Put one back; the first task that waits may take it.

        Raises:
            ValueError: there is as much as at first.
        """
        if self._value >= self._bound_value:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()
