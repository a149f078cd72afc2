"""Tasks, with generators as coroutines and a loop to choose."""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections.abc import Generator
from typing import Any

from asyncio_compat.v34 import events
from asyncio_compat.v34.coroutines import as_coroutine, iscoroutine, method_coroutine

__all__ = ("Task", "async", "ensure_future", "sleep")


def ensure_future(coro_or_future: Any, *, loop: Any = None) -> Any:
    """Return a `Task` for a coroutine or a generator, and a future as it is.

    Args:
        coro_or_future: what to schedule.
        loop: the event loop to use; by default the running one, else the thread's.

    Raises:
        ValueError: the future belongs to another loop than *loop*.
        TypeError: *coro_or_future* cannot be waited for.

    Source: 3.4 documentation, "Task functions".
    """
    if loop is None and iscoroutine(coro_or_future):
        loop = events.get_event_loop()
    return asyncio.ensure_future(as_coroutine(coro_or_future), loop=loop)


# The name of ensure_future() before 3.4.4; a keyword since 3.7, so that only getattr() and old syntax reach it.
globals()["async"] = ensure_future


@method_coroutine
def sleep(delay: float, result: Any = None, *, loop: Any = None) -> Generator[Any, Any, Any]:
    """Wait *delay* seconds, then return *result*.

    Args:
        delay: seconds; 0 gives the event loop one turn.
        result: what to return.
        loop: the event loop to use; by default the running one.

    Source: 3.4 documentation, "Task functions".
    """
    if delay == 0:
        yield
        return result
    if loop is None:
        loop = events.get_event_loop()
    future = loop.create_future()
    handle = loop.call_later(delay, _set_result_unless_done, future, result)
    try:
        return (yield from future)
    finally:
        handle.cancel()


def _set_result_unless_done(future: Any, result: Any) -> None:
    if not future.done():
        future.set_result(result)
