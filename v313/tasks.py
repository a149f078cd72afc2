"""Tasks as of 3.10 and later: the host's own, and what hosts do not agree on."""

from __future__ import annotations

import asyncio
import warnings
from asyncio import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    Task,
    all_tasks,
    as_completed,
    create_task,
    current_task,
    ensure_future,
    gather,
    run_coroutine_threadsafe,
    shield,
    sleep,
    wrap_future,
)
from collections.abc import Iterable
from typing import Any

from asyncio_compat.v313 import coroutines

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

# In 3.10 coroutines could be waited for, with a warning.
_WAIT_TAKES_COROUTINES = False


async def wait(fs: Iterable[Any], *, timeout: float | None = None, return_when: str = ALL_COMPLETED) -> Any:
    """Wait for futures.

    Args:
        fs: at least one future or task.
        timeout: the most seconds to wait; None to wait as long as it takes.
        return_when: `ALL_COMPLETED`, `FIRST_COMPLETED`, or `FIRST_EXCEPTION` for the first that fails, if one does.

    Returns:
        The set of futures that are done, and the set of those that are not.

    Raises:
        TypeError: *fs* is a single future, or has coroutines in it.

    Source: 3.13 documentation, wait().
    """
    if asyncio.isfuture(fs) or coroutines.iscoroutine(fs):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    if not isinstance(fs, (set, list, tuple, frozenset, dict)):
        fs = list(fs)
    if any(coroutines.iscoroutine(one) for one in fs):
        if not _WAIT_TAKES_COROUTINES:
            raise TypeError("Passing coroutines is forbidden, use tasks explicitly.")
        warnings.warn(
            "The explicit passing of coroutine objects to asyncio.wait() is deprecated since Python 3.8, and "
            "scheduled for removal in Python 3.11.",
            DeprecationWarning,
            stacklevel=2,
        )
        fs = {ensure_future(coroutines.as_coroutine(one)) for one in set(fs)}
    return await asyncio.wait(fs, timeout=timeout, return_when=return_when)


async def wait_for(fut: Any, timeout: float | None) -> Any:
    """Wait for one awaitable, for a limited time; when that is over, cancel it and wait until it has ended.

    Args:
        fut: what to wait for.
        timeout: seconds; None to wait as long as it takes.

    Raises:
        TimeoutError: the time is over.

    Source: 3.13 documentation, wait_for().
    """
    try:
        return await asyncio.wait_for(fut, timeout)
    except asyncio.TimeoutError as error:
        if isinstance(error, TimeoutError):
            raise
    # 3.10 has a TimeoutError of its own.
    raise TimeoutError
