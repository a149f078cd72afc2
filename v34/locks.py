"""Locks that belong to a loop, and that are taken by `with (yield from lock):` as well as by `async with lock:`."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any

from asyncio_compat.v34 import events, futures, host
from asyncio_compat.v34.coroutines import method_coroutine

__all__ = ("BoundedSemaphore", "Condition", "Event", "Lock", "Semaphore")


class _ContextManager:
    """What `yield from lock` gives: it releases the lock at the end of a `with`, once."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exc: object) -> None:
        lock, self._lock = self._lock, None
        lock.release()


class _ContextManagerMixin:
    """For what has `acquire()` and `release()`: all ways to hold it for a block."""

    acquire: Callable[[], Any]
    release: Callable[[], None]

    def __enter__(self) -> None:
        raise RuntimeError('"yield from" should be used as context manager expression')

    def __exit__(self, *exc: object) -> None:
        """Do nothing: `with` finds out that it cannot enter only if it could leave."""

    def __iter__(self) -> Generator[Any, Any, _ContextManager]:
        yield from self.acquire()
        return _ContextManager(self)

    __await__ = __iter__

    @method_coroutine
    def __aenter__(self) -> Generator[Any, Any, None]:
        yield from self.acquire()

    @method_coroutine
    def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> Generator[Any, Any, None]:
        self.release()
        return
        yield  # type: ignore[unreachable]


class _Waiting:
    """For what tasks wait for: the loop, and one future for each task that waits."""

    _said: str

    def __init__(self, loop: Any) -> None:
        self._loop = events.get_event_loop() if loop is None else loop
        self._waiters: collections.deque[Any] = collections.deque()

    def __repr__(self) -> str:
        waiting = f",waiters:{len(self._waiters)}" if self._waiters else ""
        return f"<{super().__repr__()[1:-1]} [{self._state()}{waiting}]>"

    def _state(self) -> str:
        raise NotImplementedError

    def _wait_in_line(self) -> Generator[Any, Any, Any]:
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        try:
            return (yield from waiter)
        finally:
            self._waiters.remove(waiter)


class Lock(_ContextManagerMixin, _Waiting):
    """A lock that one task at a time holds.

    Args:
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, Lock.
    """

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__(loop)
        self._locked = False

    def _state(self) -> str:
        return "locked" if self._locked else "unlocked"

    def locked(self) -> bool:
        """Return True while the lock is held."""
        return self._locked

    @method_coroutine
    def acquire(self) -> Generator[Any, Any, bool]:
        """Wait until nobody holds the lock, and take it; return True."""
        if self._locked or not all(waiter.cancelled() for waiter in self._waiters):
            try:
                yield from self._wait_in_line()
            except asyncio.CancelledError:
                # It may have been this one's turn already.
                if not self._locked:
                    self._wake_up_first()
                raise
        self._locked = True
        return True

    def release(self) -> None:
        """Let the lock go; the first task that waits for it takes it.

        Raises:
            RuntimeError: nobody holds it.
        """
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._wake_up_first()

    def _wake_up_first(self) -> None:
        if self._waiters:
            futures.set_result_unless_done(self._waiters[0], True)


class Event(_Waiting):
    """A flag that tasks wait for.

    Args:
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, Event.
    """

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__(loop)
        self._value = False

    def _state(self) -> str:
        return "set" if self._value else "unset"

    def is_set(self) -> bool:
        """Return True if the flag is set."""
        return self._value

    def set(self) -> None:
        """Set the flag; all tasks that wait for it go on."""
        if not self._value:
            self._value = True
            for waiter in self._waiters:
                futures.set_result_unless_done(waiter, True)

    def clear(self) -> None:
        """Reset the flag, to be waited for again."""
        self._value = False

    @method_coroutine
    def wait(self) -> Generator[Any, Any, bool]:
        """Wait until the flag is set; return True."""
        if not self._value:
            yield from self._wait_in_line()
        return True


class Condition(_ContextManagerMixin, _Waiting):
    """Something that a task waits for, which other tasks notify it of, under a lock.

    Args:
        lock: the lock; by default a new one.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *lock* belongs to another loop.

    Source: 3.4 documentation, Condition.
    """

    def __init__(self, lock: Any = None, *, loop: Any = None) -> None:
        super().__init__(loop)
        if lock is None:
            lock = Lock(loop=self._loop)
        elif lock._loop is not self._loop:
            raise ValueError("loop argument must agree with lock")
        self._lock = lock
        self.locked = lock.locked
        self.acquire = lock.acquire
        self.release = lock.release

    def _state(self) -> str:
        return "locked" if self.locked() else "unlocked"

    @method_coroutine
    def wait(self) -> Generator[Any, Any, bool]:
        """Let the lock go until notified, then take it again; return True.

        Raises:
            RuntimeError: the lock is not held.
        """
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        self.release()
        try:
            yield from self._wait_in_line()
        finally:
            yield from self._acquire_in_any_case()
        return True

    def _acquire_in_any_case(self) -> Generator[Any, Any, None]:
        cancelled = False
        while True:
            try:
                yield from self.acquire()
                break
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise host.as_exception(asyncio.CancelledError())

    @method_coroutine
    def wait_for(self, predicate: Callable[[], Any]) -> Generator[Any, Any, Any]:
        """Wait until *predicate*, called at every notification, returns something true; return that."""
        while not (result := predicate()):
            yield from self.wait()  # type: ignore[misc]
        return result

    def notify(self, n: int = 1) -> None:
        """Wake up to *n* of the tasks that wait.

        Raises:
            RuntimeError: the lock is not held.
        """
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        asleep = [waiter for waiter in self._waiters if not waiter.done()]
        for waiter in asleep[: max(n, 0)]:
            waiter.set_result(False)

    def notify_all(self) -> None:
        """Wake all tasks that wait.

        Raises:
            RuntimeError: the lock is not held.
        """
        self.notify(len(self._waiters))


class Semaphore(_ContextManagerMixin, _Waiting):
    """A counter that tasks take from, waiting while there is nothing to take.

    Args:
        value: what there is at first; not negative.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: *value* is negative.

    Source: 3.4 documentation, Semaphore.
    """

    def __init__(self, value: int = 1, *, loop: Any = None) -> None:
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        super().__init__(loop)
        self._value = value

    def _state(self) -> str:
        return "locked" if self.locked() else f"unlocked,value:{self._value}"

    def locked(self) -> bool:
        """Return True if nothing can be taken at once."""
        return self._value == 0

    @method_coroutine
    def acquire(self) -> Generator[Any, Any, bool]:
        """Wait until there is something to take, and take one; return True."""
        while self._value <= 0:
            waiter = self._loop.create_future()
            self._waiters.append(waiter)
            try:
                yield from waiter
            except BaseException:
                waiter.cancel()
                if self._value > 0 and not waiter.cancelled():
                    self._wake_up_next()
                raise
        self._value -= 1
        return True

    def release(self) -> None:
        """Put one back; the first task that waits may take it."""
        self._value += 1
        self._wake_up_next()

    def _wake_up_next(self) -> None:
        wake_next(self._waiters)


class BoundedSemaphore(Semaphore):
    """A semaphore to which no more can be put back than there was at first.

    Args:
        value: what there is at first; not negative.
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, BoundedSemaphore.
    """

    def __init__(self, value: int = 1, *, loop: Any = None) -> None:
        super().__init__(value, loop=loop)
        self._bound_value = value

    def release(self) -> None:
        """Put one back; the first task that waits may take it.

        Raises:
            ValueError: there is as much as at first.
        """
        if self._value >= self._bound_value:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


def wake_next(waiters: collections.deque[Any]) -> bool:
    """Take futures out of *waiters* up to the first that still waits, and let that one go on; tell if there was one."""
    while waiters:
        waiter = waiters.popleft()
        if not waiter.done():
            waiter.set_result(None)
            return True
    return False
