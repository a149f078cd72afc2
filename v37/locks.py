"""Locks that take the event loop as an argument, as they did up to 3.9."""

from __future__ import annotations

import asyncio
import types
import warnings
from collections.abc import Callable, Generator
from typing import Any

from asyncio_compat.v34.locks import _ContextManager
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
        loop = loop_argument.chosen(loop)
        if lock is None:
            lock = Lock()
            lock._loop = loop
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

    def __init__(self, value: int = 1, *, loop: Any = None) -> None:
        super().__init__(value)
        self._loop = loop_argument.chosen(loop)


class BoundedSemaphore(_ContextManagerMixin, asyncio.BoundedSemaphore):
    """A semaphore to which no more can be put back than there was at first.

    Args:
        value: what there is at first; not negative.
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, BoundedSemaphore.
    """

    def __init__(self, value: int = 1, *, loop: Any = None) -> None:
        super().__init__(value)
        self._loop = loop_argument.chosen(loop)
