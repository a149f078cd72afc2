"""`run()`: a program's main entry point."""

from __future__ import annotations

import asyncio
from asyncio import gather
from typing import Any

from asyncio_compat.v34 import coroutines
from asyncio_compat.v37 import events

__all__ = ("run",)


def run(main: Any, *, debug: bool | None = None) -> Any:
    """Run the coroutine *main* on a new event loop, and close that with all that still runs on it.

    Args:
        main: a coroutine.
        debug: whether the loop is in debug mode; None leaves that to the environment.

    Returns:
        What *main* returns.

    Raises:
        RuntimeError: an event loop runs in this thread already.
        ValueError: *main* is not a coroutine.

    Source: 3.7 documentation, Coroutines and Tasks.
    """
    if asyncio._get_running_loop() is not None:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    if not coroutines.iscoroutine(main):
        raise ValueError(f"a coroutine was expected, got {main!r}")
    return _run_on(events.new_event_loop(), main, debug)


def _run_on(loop: Any, main: Any, debug: bool | None) -> Any:
    try:
        events.set_event_loop(loop)
        if debug is not None:
            loop.set_debug(debug)
        return loop.run_until_complete(main)
    finally:
        try:
            _cancel_all_tasks(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            events.set_event_loop(None)
            loop.close()


def _cancel_all_tasks(loop: Any) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if not tasks:
        return

    async def cancelled() -> None:
        await gather(*tasks, return_exceptions=True)

    loop.run_until_complete(cancelled())
    for task in tasks:
        if not task.cancelled() and task.exception() is not None:
            context = {
                "message": "unhandled exception during asyncio.run() shutdown",
                "exception": task.exception(),
                "task": task,
            }
            loop.call_exception_handler(context)
