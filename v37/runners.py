"""`run()`: a program's main entry point."""

from __future__ import annotations

import asyncio
from asyncio import gather
from typing import Any

from asyncio_compat.v34 import coroutines
from asyncio_compat.v37 import events

__all__ = ("run",)

# Whether the loop is in debug mode where nobody says: None leaves that to the environment, as since 3.8; 3.7 did not.
_DEBUG_BY_DEFAULT: bool | None = None
# Since 3.9 the threads of the default executor are waited for.
_WAITS_FOR_THE_EXECUTOR = True


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
    return _run_on(events.new_event_loop(), main, _DEBUG_BY_DEFAULT if debug is None else debug)


def _run_on(loop: Any, main: Any, debug: bool | None) -> Any:
    try:
        events.set_event_loop(loop)
        if debug is not None:
            loop.set_debug(debug)
        return loop.run_until_complete(main)
    finally:
        try:
            cancel_all_tasks(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            if _WAITS_FOR_THE_EXECUTOR:
                loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            events.set_event_loop(None)
            loop.close()


def cancel_all_tasks(loop: Any) -> None:
    """Cancel what still runs on *loop*, wait for it, and report what fails."""
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
