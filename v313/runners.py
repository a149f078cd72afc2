"""`run()` and `Runner`: a program's main entry point, as of 3.13."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import signal
import threading
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34 import host
from asyncio_compat.v37.runners import cancel_all_tasks
from asyncio_compat.v313 import coroutines, events

__all__ = ("Runner", "run")

# Since 3.11 Ctrl-C cancels what runs, so that it can clean up; before, it broke the event loop off.
_INTERRUPTS_CANCEL = True
# Since 3.14 whatever can be awaited can be run; before, only coroutines could.
_RUNS_AWAITABLES = True


class Runner:
    """Runs several coroutines one after the other, on one event loop and in one context.

    Args:
        debug: whether the loop is in debug mode; None leaves that to the environment.
        loop_factory: makes the event loop; None for the event loop policy's.

    Source: 3.11 documentation, Runners.
    """

    def __init__(self, *, debug: bool | None = None, loop_factory: Callable[[], Any] | None = None) -> None:
        self._debug = debug
        self._loop_factory = loop_factory
        self._loop: Any = None
        self._context: Any = None
        self._is_closed = False
        self._interrupts = 0
        self._set_event_loop = False

    def __enter__(self) -> Runner:
        self._begin()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def get_loop(self) -> Any:
        """Return the event loop, which is made now if it has not been."""
        self._begin()
        return self._loop

    def close(self) -> None:
        """Cancel what still runs, and close the event loop."""
        loop = self._loop
        if loop is None:
            return
        try:
            cancel_all_tasks(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            if self._set_event_loop:
                events.set_event_loop(None)
            loop.close()
            self._loop = None
            self._is_closed = True

    def run(self, coro: Any, *, context: Any = None) -> Any:
        """Run the coroutine *coro* to its end, and return its result.

        Args:
            coro: a coroutine.
            context: the `contextvars.Context` to run it in; by default the runner's own.

        Raises:
            RuntimeError: an event loop runs in this thread already, or the runner is closed.
        """
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        coro = _as_coroutine(coro)
        try:
            self._begin()
        except BaseException:
            coro.close()
            raise
        task = host.create_task_in(self._loop, coro, self._context if context is None else context)
        handler = self._handler_of(task)
        self._interrupts = 0
        try:
            return self._loop.run_until_complete(task)
        except CancelledError:
            if self._interrupts and host.uncancel(task) == 0:
                raise KeyboardInterrupt from None
            raise
        finally:
            if handler is not None and signal.getsignal(signal.SIGINT) is handler:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def _begin(self) -> None:
        if self._is_closed:
            raise RuntimeError("Runner is closed")
        if self._loop is not None:
            return
        if self._loop_factory is None:
            self._loop = events.new_event_loop()
            events.set_event_loop(self._loop)
            self._set_event_loop = True
        else:
            self._loop = self._loop_factory()
        if self._debug is not None:
            self._loop.set_debug(self._debug)
        self._context = contextvars.copy_context()

    def _handler_of(self, task: Any) -> Any:
        """Let Ctrl-C cancel *task*; return the handler, or None where signals are somebody else's."""
        if (
            not _INTERRUPTS_CANCEL
            or threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        ):
            return None
        handler = functools.partial(self._interrupt, task)
        try:
            signal.signal(signal.SIGINT, handler)
        except ValueError:
            # The main thread of a subinterpreter.
            return None
        return handler

    def _interrupt(self, task: Any, signum: int, frame: Any) -> None:
        self._interrupts += 1
        if self._interrupts == 1 and not task.done():
            task.cancel()
            # The loop may be waiting, and must notice.
            self._loop.call_soon_threadsafe(lambda: None)
            return
        raise KeyboardInterrupt


def _as_coroutine(main: Any) -> Any:
    if coroutines.iscoroutine(main):
        return coroutines.as_coroutine(main)
    if not _RUNS_AWAITABLES:
        raise ValueError(f"a coroutine was expected, got {main!r}")
    if not inspect.isawaitable(main):
        raise TypeError("An asyncio.Future, a coroutine or an awaitable is required")

    async def awaited() -> Any:
        return await main

    return awaited()


def run(main: Any, *, debug: bool | None = None, loop_factory: Callable[[], Any] | None = None) -> Any:
    """Run the coroutine *main* on a new event loop, and close that with all that still runs on it.

    Args:
        main: a coroutine.
        debug: whether the loop is in debug mode; None leaves that to the environment.
        loop_factory: makes the event loop; None for the event loop policy's.

    Returns:
        What *main* returns.

    Raises:
        RuntimeError: an event loop runs in this thread already.
        ValueError: *main* is not a coroutine (up to 3.13).
        TypeError: *main* cannot be awaited (since 3.14).

    Source: 3.13 documentation, Runners.
    """
    if asyncio._get_running_loop() is not None:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)
