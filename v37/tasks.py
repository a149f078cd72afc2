"""Tasks, and functions that take the event loop as an argument, as they did up to 3.9."""

from __future__ import annotations

import asyncio
import functools
import warnings
from asyncio import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, all_tasks, current_task
from collections.abc import Iterable, Iterator
from typing import Any

from asyncio_compat.v34 import tasks
from asyncio_compat.v34.coroutines import as_coroutine, iscoroutine
from asyncio_compat.v34.tasks import run_coroutine_threadsafe
from asyncio_compat.v37 import events, futures, loop_argument

__all__ = (
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "Task",
    "all_tasks",
    "as_completed",
    "create_task",
    "current_task",
    "ensure_future",
    "gather",
    "run_coroutine_threadsafe",
    "shield",
    "sleep",
    "wait",
    "wait_for",
    "wrap_future",
)

wrap_future = futures.wrap_future

# 3.8 promoted the warning of Task.current_task() and Task.all_tasks(), which 3.9 removed.
_TASK_METHODS_ARE_DEPRECATED_SINCE_3_7 = True
# Up to 3.8 gather() minded its loop= only when there was nothing to gather.
_GATHER_ALWAYS_WARNS = True
# Since 3.9 wait() would rather be given tasks.
_WAITING_FOR_COROUTINES_WARNS = True


class Task(tasks.Task):
    """A coroutine that an event loop runs. Every task of the host is an instance too.

    Args:
        coro: a coroutine.
        loop: the event loop to run on; by default the current one.
        name: the name of the task; None for a numbered one.

    Source: 3.7 documentation, Task Object.
    """

    __slots__ = ()

    def __init__(self, coro: Any, *, loop: Any = None, name: str | None = None) -> None:
        super().__init__(coro, loop=events.get_event_loop() if loop is None else loop)
        if name is not None:
            self.set_name(name)

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return True if cls is Task and issubclass(other, asyncio.Task) else NotImplemented

    def __repr__(self) -> str:
        return asyncio.Task.__repr__(self)

    @classmethod
    def current_task(cls, loop: Any = None) -> Any:
        """Return the task that runs right now on *loop*, by default the current event loop; None outside of tasks."""
        _warn_of_method("current_task")
        return asyncio.current_task(events.get_event_loop() if loop is None else loop)

    @classmethod
    def all_tasks(cls, loop: Any = None) -> set[Any]:
        """Return all tasks of *loop*, by default the current event loop, that are not done."""
        _warn_of_method("all_tasks")
        return set(asyncio.all_tasks(events.get_event_loop() if loop is None else loop))


def _warn_of_method(name: str) -> None:
    since = " since Python 3.7" if _TASK_METHODS_ARE_DEPRECATED_SINCE_3_7 else ""
    category = DeprecationWarning if _TASK_METHODS_ARE_DEPRECATED_SINCE_3_7 else PendingDeprecationWarning
    message = f"Task.{name}() is deprecated{since}, use asyncio.{name}() instead"
    warnings.warn(message, category, stacklevel=3)


def create_task(coro: Any, *, name: str | None = None) -> Any:
    """Schedule the coroutine *coro* on the running event loop, and return its task.

    Args:
        coro: a coroutine.
        name: the name of the task; None for a numbered one.

    Raises:
        RuntimeError: no event loop is running.

    Source: 3.7 documentation, create_task().
    """
    task = asyncio.get_running_loop().create_task(as_coroutine(coro))
    if name is not None:
        task.set_name(name)
    return task


def ensure_future(coro_or_future: Any, *, loop: Any = None) -> Any:
    """Return a `Task` for a coroutine or another awaitable, and a future as it is.

    Args:
        coro_or_future: what to schedule.
        loop: the event loop to use; by default the current one.

    Raises:
        ValueError: the future belongs to another loop than *loop*.
        TypeError: *coro_or_future* cannot be waited for.

    Source: 3.7 documentation, ensure_future().
    """
    if loop is None and not asyncio.isfuture(coro_or_future):
        loop = events.get_event_loop()
    return tasks.ensure_future(coro_or_future, loop=loop)


async def sleep(delay: float, result: Any = None, *, loop: Any = None) -> Any:
    """Wait *delay* seconds, then return *result*.

    Args:
        delay: seconds; 0 or less gives the event loop one turn.
        result: what to return.
        loop: the event loop to use; by default the running one.

    Source: 3.7 documentation, sleep().
    """
    if loop is None:
        return await asyncio.sleep(delay, result)
    loop_argument.warn()
    if delay <= 0:
        return await asyncio.sleep(0, result)
    return await tasks.sleep(delay, result, loop=loop)


async def wait(
    fs: Iterable[Any], *, loop: Any = None, timeout: float | None = None, return_when: str = ALL_COMPLETED
) -> Any:
    """Wait for futures and coroutines.

    Args:
        fs: at least one future or coroutine; coroutines become tasks.
        loop: the event loop to use; by default the running one.
        timeout: the most seconds to wait; None to wait as long as it takes.
        return_when: `ALL_COMPLETED`, `FIRST_COMPLETED`, or `FIRST_EXCEPTION` for the first that fails, if one does.

    Returns:
        The set of futures that are done, and the set of those that are not.

    Source: 3.7 documentation, wait().
    """
    if asyncio.isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    if not fs:
        raise ValueError("Set of coroutines/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return_when value: {return_when}")
    loop = loop_argument.chosen(loop, stacklevel=3)
    fs = set(fs)
    if _WAITING_FOR_COROUTINES_WARNS and any(iscoroutine(one) for one in fs):
        warnings.warn(
            "The explicit passing of coroutine objects to asyncio.wait() is deprecated since Python 3.8, and "
            "scheduled for removal in Python 3.11.",
            DeprecationWarning,
            stacklevel=2,
        )
    scheduled = {ensure_future(one, loop=loop) for one in fs}
    return await asyncio.wait(scheduled, timeout=timeout, return_when=return_when)


async def wait_for(fut: Any, timeout: float | None, *, loop: Any = None) -> Any:
    """Wait for one future or coroutine, for a limited time; when that is over, cancel it and wait until it has ended.

    Args:
        fut: a future or a coroutine, which becomes a task.
        timeout: seconds; None to wait as long as it takes.
        loop: the event loop to use; by default the running one.

    Raises:
        TimeoutError: the time is over.

    Source: 3.7 documentation, wait_for().
    """
    loop = loop_argument.chosen(loop, stacklevel=3)
    if timeout is None:
        return await fut
    return await asyncio.wait_for(ensure_future(fut, loop=loop), timeout)


def as_completed(fs: Iterable[Any], *, loop: Any = None, timeout: float | None = None) -> Iterator[Any]:
    """Return an iterator of coroutines; to wait for the next one is to wait for the next of *fs* that is done.

    Args:
        fs: futures and coroutines; coroutines become tasks.
        loop: the event loop to use; by default the current one.
        timeout: seconds, after which the coroutines that are left raise TimeoutError; None for no such end.

    Source: 3.7 documentation, as_completed().
    """
    yield from tasks.as_completed(fs, loop=loop_argument.chosen(loop, stacklevel=3), timeout=timeout)


def gather(*coros_or_futures: Any, loop: Any = None, return_exceptions: bool = False) -> Any:
    """Return a future of the list of all results, in the order of the arguments.

    Args:
        coros_or_futures: futures and coroutines; coroutines become tasks.
        loop: the event loop to use; by default that of the futures, else the current one.
        return_exceptions: whether exceptions are results like others.

    Raises:
        ValueError: the futures belong to several event loops.

    Source: 3.7 documentation, gather().
    """
    if loop is not None and (_GATHER_ALWAYS_WARNS or not coros_or_futures):
        loop_argument.warn()
    if not coros_or_futures:
        nothing = (events.get_event_loop() if loop is None else loop).create_future()
        nothing.set_result([])
        return nothing
    schedule = functools.cache(functools.partial(ensure_future, loop=loop))
    return asyncio.gather(*[schedule(one) for one in coros_or_futures], return_exceptions=return_exceptions)


def shield(arg: Any, *, loop: Any = None) -> Any:
    """Return a future for *arg* which can be cancelled without cancelling *arg*.

    Args:
        arg: a future, or a coroutine, which becomes a task.
        loop: the event loop to use; by default the current one.

    Source: 3.7 documentation, shield().
    """
    if loop is not None:
        loop_argument.warn()
    return asyncio.shield(ensure_future(arg, loop=loop))
