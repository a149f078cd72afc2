"""Tasks, with generators as coroutines and a loop to choose."""

from __future__ import annotations

import asyncio
import functools
import inspect
import warnings
from asyncio import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import events, futures, host
from asyncio_compat.v34.coroutines import TaskBody, as_coroutine, iscoroutine, iterable, method_coroutine

if TYPE_CHECKING:
    import concurrent.futures

__all__ = (
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "Task",
    "as_completed",
    "async",  # noqa: F822
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


class Task(futures.Future, asyncio.Task[Any]):
    """A coroutine that an event loop runs. Every task of the host is an instance too.

    Args:
        coro: a coroutine or a generator.
        loop: the event loop to run on; by default the current one.

    Source: 3.4 documentation, Task.
    """

    __slots__ = ()

    # Set to False where nobody needs to hear that a pending task was dropped.
    _log_destroy_pending: bool

    def __init__(self, coro: Any, *, loop: Any = None) -> None:
        loop = events.get_event_loop() if loop is None else loop
        asyncio.Task.__init__(self, TaskBody(as_coroutine(coro)), loop=loop)
        if self._source_traceback:
            # This function was not there.
            del self._source_traceback[-1]
        host.remember_task(self)

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return True if cls is Task and issubclass(other, asyncio.Task) else NotImplemented

    def __repr__(self) -> str:
        # Tasks have had names since 3.8.
        return asyncio.Task.__repr__(self).replace(f" name={self.get_name()!r}", "", 1)

    # Tasks have refused to be given a result since 3.8.
    set_result = asyncio.Future.set_result
    set_exception = asyncio.Future.set_exception  # type: ignore[assignment]

    @classmethod
    def current_task(cls, loop: Any = None) -> Any:
        """Return the task that runs right now on *loop*, by default the current event loop; None outside of tasks."""
        return asyncio.current_task(events.get_event_loop() if loop is None else loop)

    @classmethod
    def all_tasks(cls, loop: Any = None) -> set[Any]:
        """Return all tasks of *loop*, by default the current event loop: those that are done, too, while they last."""
        return host.all_tasks(events.get_event_loop() if loop is None else loop)


# Names of the two ways in which it was once written.
_PyTask = _CTask = Task


def ensure_future(coro_or_future: Any, *, loop: Any = None) -> Any:
    """Return a `Task` for a coroutine, a generator or another awaitable, and a future as it is.

    Args:
        coro_or_future: what to schedule.
        loop: the event loop to use; by default the running one, else the thread's.

    Raises:
        ValueError: the future belongs to another loop than *loop*.
        TypeError: *coro_or_future* cannot be waited for.

    Source: 3.4 documentation, "Task functions".
    """
    if futures.isfuture(coro_or_future):
        if loop is not None and loop is not futures.loop_of(coro_or_future):
            raise ValueError("loop argument must agree with Future")
        return coro_or_future
    if not iscoroutine(coro_or_future):
        if not inspect.isawaitable(coro_or_future):
            raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")
        coro_or_future = _await(coro_or_future)
    if loop is None:
        loop = events.get_event_loop()
    return loop.create_task(as_coroutine(coro_or_future))


@method_coroutine
def _await(awaitable: Any) -> Generator[Any, Any, Any]:
    return (yield from awaitable.__await__())


def _deprecated_ensure_future(coro_or_future: Any, *, loop: Any = None) -> Any:
    """Do what `ensure_future()` does, under the name that it had before 3.4.4.

    Source: 3.4 documentation, "Task functions".
    """
    if _async_is_deprecated:
        warnings.warn("asyncio.async() function is deprecated, use ensure_future()", DeprecationWarning, stacklevel=2)
    return ensure_future(coro_or_future, loop=loop)


# 3.4.0 to 3.4.3 had no other name for it.
_async_is_deprecated = True
# A keyword since 3.7: only getattr() and the syntax of before reach it.
_deprecated_ensure_future.__name__ = _deprecated_ensure_future.__qualname__ = "async"
globals()["async"] = _deprecated_ensure_future


@method_coroutine
def sleep(delay: float, result: Any = None, *, loop: Any = None) -> Generator[Any, Any, Any]:
    """Wait *delay* seconds, then return *result*.

    Args:
        delay: seconds; 0 gives the event loop one turn.
        result: what to return.
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, "Task functions".
    """
    if delay == 0:
        yield
        return result
    if loop is None:
        loop = events.get_event_loop()
    future = loop.create_future()
    handle = loop.call_later(delay, futures.set_result_unless_done, future, result)
    try:
        return (yield from future)
    finally:
        handle.cancel()


def _scheduled(fs: Any, loop: Any) -> set[Any]:
    """Return the futures of *fs*, a collection of futures and coroutines, which are scheduled on *loop*."""
    return {ensure_future(one, loop=loop) for one in set(fs)}


def _refuse_single(fs: Any) -> None:
    if futures.isfuture(fs) or iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")


@method_coroutine
def wait(
    fs: Iterable[Any], *, loop: Any = None, timeout: float | None = None, return_when: str = ALL_COMPLETED
) -> Generator[Any, Any, tuple[set[Any], set[Any]]]:
    """Wait for futures and coroutines.

    Args:
        fs: at least one future or coroutine; coroutines become tasks.
        loop: the event loop to use; by default the current one.
        timeout: the most seconds to wait; None to wait as long as it takes.
        return_when: `ALL_COMPLETED`, `FIRST_COMPLETED`, or `FIRST_EXCEPTION` for the first that fails, if one does.

    Returns:
        The set of futures that are done, and the set of those that are not.

    Raises:
        TypeError: *fs* is a single future or coroutine.
        ValueError: *fs* is empty, or *return_when* none of the three.

    Source: 3.4 documentation, "Task functions".
    """
    _refuse_single(fs)
    if not fs:
        raise ValueError("Set of coroutines/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return_when value: {return_when}")
    if loop is None:
        loop = events.get_event_loop()
    waited_for = _scheduled(fs, loop)
    yield from _wait_for_some(waited_for, timeout, return_when, loop)
    done = {future for future in waited_for if future.done()}
    return done, waited_for - done


def _wait_for_some(
    waited_for: set[Any], timeout: float | None, return_when: str, loop: Any
) -> Generator[Any, Any, None]:
    enough = loop.create_future()
    missing = len(waited_for)

    def one_is_done(future: Any) -> None:
        nonlocal missing
        missing -= 1
        if (
            not missing
            or return_when == FIRST_COMPLETED
            or (return_when == FIRST_EXCEPTION and not future.cancelled() and future.exception() is not None)
        ):
            futures.set_result_unless_done(enough)

    for future in waited_for:
        future.add_done_callback(one_is_done)
    timer = None if timeout is None else loop.call_later(timeout, futures.set_result_unless_done, enough)
    try:
        yield from enough
    finally:
        if timer is not None:
            timer.cancel()
        for future in waited_for:
            future.remove_done_callback(one_is_done)


@method_coroutine
def wait_for(fut: Any, timeout: float | None, *, loop: Any = None) -> Generator[Any, Any, Any]:
    """Wait for one future or coroutine, for a limited time.

    When the time is over it is cancelled; that it then ends is not waited for.

    Args:
        fut: a future or a coroutine, which becomes a task.
        timeout: seconds; None to wait as long as it takes.
        loop: the event loop to use; by default the current one.

    Returns:
        What *fut* returns.

    Raises:
        TimeoutError: the time is over.

    Source: 3.4 documentation, "Task functions".
    """
    if loop is None:
        loop = events.get_event_loop()
    if timeout is None:
        return (yield from iterable(fut))
    enough = loop.create_future()

    def is_done(_: Any) -> None:
        futures.set_result_unless_done(enough)

    timer = loop.call_later(timeout, futures.set_result_unless_done, enough)
    fut = ensure_future(fut, loop=loop)
    fut.add_done_callback(is_done)
    try:
        yield from enough
    except asyncio.CancelledError:
        fut.remove_done_callback(is_done)
        fut.cancel()
        raise
    finally:
        timer.cancel()
    if fut.done():
        return fut.result()
    fut.remove_done_callback(is_done)
    fut.cancel()
    raise futures.timed_out


def as_completed(fs: Iterable[Any], *, loop: Any = None, timeout: float | None = None) -> Iterator[Any]:
    """Return an iterator of coroutines; to wait for the next one is to wait for the next of *fs* that is done.

    Args:
        fs: futures and coroutines; coroutines become tasks.
        loop: the event loop to use; by default the current one.
        timeout: seconds, after which the coroutines that are left raise TimeoutError; None for no such end.

    Raises:
        TypeError: *fs* is a single future or coroutine.

    Source: 3.4 documentation, "Task functions".
    """
    from asyncio_compat.v34.queues import Queue

    _refuse_single(fs)
    if loop is None:
        loop = events.get_event_loop()
    waited_for = _scheduled(fs, loop)
    done = Queue(loop=loop)
    timer: Any = None

    def one_is_done(future: Any) -> None:
        if future not in waited_for:
            return
        waited_for.remove(future)
        done.put_nowait(future)
        if timer is not None and not waited_for:
            timer.cancel()

    def time_is_over() -> None:
        for future in waited_for:
            future.remove_done_callback(one_is_done)
            done.put_nowait(None)
        waited_for.clear()

    @method_coroutine
    def next_one() -> Generator[Any, Any, Any]:
        future = yield from done.get()  # type: ignore[misc]
        if future is None:
            raise futures.timed_out
        return future.result()

    for future in waited_for:
        future.add_done_callback(one_is_done)
    if timeout is not None and waited_for:
        timer = loop.call_later(timeout, time_is_over)
    for _ in range(len(waited_for)):
        yield next_one()


class _GatheringFuture(futures.Future):
    """What `gather()` returns: cancelling it cancels what it gathers.

    Args:
        children: the futures, in the order of the results.
        loop: their event loop.
        return_exceptions: whether exceptions are results like others.
    """

    def __init__(self, children: list[Any], *, loop: Any, return_exceptions: bool) -> None:
        super().__init__(loop=loop)
        self._children = children
        self._return_exceptions = return_exceptions
        self._results: list[Any] = [None] * len(children)
        self._missing = len(children)
        self._cancel_requested = False
        for index, child in enumerate(children):
            child.add_done_callback(functools.partial(self._child_is_done, index))

    def cancel(self, *args: Any, **kwds: Any) -> bool:
        if self.done():
            return False
        cancelled = [child.cancel() for child in self._children]
        # With return_exceptions nothing else would say that it was cancelled (bpo-32684).
        self._cancel_requested = self._cancel_requested or any(cancelled)
        return any(cancelled)

    def _child_is_done(self, index: int, child: Any) -> None:
        # To ask a child for its exception is also to say that it has been seen.
        exception = host.as_exception(asyncio.CancelledError()) if child.cancelled() else child.exception()
        if self.done():
            return
        if exception is not None and not self._return_exceptions:
            self.set_exception(exception)
            return
        self._results[index] = child.result() if exception is None else exception
        self._missing -= 1
        if not self._missing:
            if self._cancel_requested:
                self.set_exception(host.as_exception(asyncio.CancelledError()))
            else:
                self.set_result(self._results)


def gather(*coros_or_futures: Any, loop: Any = None, return_exceptions: bool = False) -> Any:
    """Return a future of the list of all results, in the order of the arguments.

    If one fails, so does the future, at once; if one is cancelled, the future raises CancelledError but is not
    cancelled. Cancelling the future cancels all that it gathers.

    Args:
        coros_or_futures: futures and coroutines; coroutines become tasks.
        loop: the event loop to use; by default that of the futures, else the current one.
        return_exceptions: whether exceptions are results like others.

    Raises:
        ValueError: the futures belong to several event loops.

    Source: 3.4 documentation, "Task functions".
    """
    if not coros_or_futures:
        nothing = (events.get_event_loop() if loop is None else loop).create_future()
        nothing.set_result([])
        return nothing
    scheduled: dict[Any, Any] = {}
    for one in coros_or_futures:
        if one in scheduled:
            continue
        future = scheduled[one] = one if futures.isfuture(one) else ensure_future(one, loop=loop)
        if future is not one and isinstance(future, asyncio.Task):
            # Nobody else has it, so nobody could have waited for it.
            future._log_destroy_pending = False  # type: ignore[attr-defined]
        if loop is None:
            loop = futures.loop_of(future)
        elif futures.loop_of(future) is not loop:
            raise ValueError("futures are tied to different event loops")
    children = [scheduled[one] for one in coros_or_futures]
    return _GatheringFuture(children, loop=loop, return_exceptions=return_exceptions)


def shield(arg: Any, *, loop: Any = None) -> Any:
    """Return a future for *arg* which can be cancelled without cancelling *arg*.

    Args:
        arg: a future, or a coroutine, which becomes a task.
        loop: the event loop to use; by default the current one.

    Source: 3.4 documentation, "Task functions".
    """
    inner = ensure_future(arg, loop=loop)
    if inner.done():
        return inner
    outer = futures.loop_of(inner).create_future()

    def inner_is_done(inner: Any) -> None:
        exception = None if inner.cancelled() else inner.exception()
        if outer.cancelled():
            return
        if inner.cancelled():
            outer.cancel()
        elif exception is not None:
            outer.set_exception(exception)
        else:
            outer.set_result(inner.result())

    inner.add_done_callback(inner_is_done)
    return outer


def run_coroutine_threadsafe(coro: Any, loop: Any) -> concurrent.futures.Future[Any]:
    """Run a coroutine on an event loop of another thread.

    Args:
        coro: a coroutine or a generator.
        loop: the event loop.

    Returns:
        A `concurrent.futures.Future` for its result.

    Raises:
        TypeError: *coro* is not a coroutine.

    Source: 3.5 documentation, "Task functions".
    """
    if not iscoroutine(coro):
        raise TypeError("A coroutine object is required")
    return asyncio.run_coroutine_threadsafe(as_coroutine(coro), loop)
