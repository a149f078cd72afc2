"""The one place that knows the Python that runs us.

Each function here hides something that a release of the host's asyncio changed, and names that release. The rest of the
package reads as if there were one Python.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import sys
import weakref
from asyncio import events, selector_events
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = (
    "COROUTINE_MARKER",
    "accepts",
    "all_tasks",
    "begin_waiting",
    "current_event_loop",
    "current_event_loop_was_set",
    "event_loop_class",
    "leaving_the_socket_file",
    "mark_coroutine_function",
    "reads_into_buffers_at_once",
    "remember_task",
    "set_current_event_loop",
    "timed_out",
)

# What `asyncio.iscoroutinefunction()` looks for; a Python that has lost that function (announced for 3.16) needs none.
COROUTINE_MARKER: object = getattr(asyncio.coroutines, "_is_coroutine", object())


def _policy() -> Any:
    if sys.version_info >= (3, 14):
        # Since 3.14 the public function warns that policies will go (gh-127949).
        return events._get_event_loop_policy()
    return asyncio.get_event_loop_policy()


def current_event_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that was set for this thread, or None; never make one.

    The host's `get_event_loop()` makes one silently up to 3.11, with a warning in 3.12 and 3.13 (gh-100160), and raises
    RuntimeError since 3.14 (gh-126353).
    """
    policy = _policy()
    local = getattr(policy, "_local", None)
    if local is None:
        loop: asyncio.AbstractEventLoop | None = policy.get_event_loop()
        return loop
    return getattr(local, "_loop", None)


def current_event_loop_was_set() -> bool:
    """Tell whether anybody has called `set_event_loop()` in this thread, be it with None."""
    return bool(getattr(getattr(_policy(), "_local", None), "_set_called", False))


def set_current_event_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Make *loop* the current event loop of this thread, for the host as for us."""
    _policy().set_event_loop(loop)


def event_loop_class() -> type[selector_events.BaseSelectorEventLoop]:
    """Return the class of the host's event loop that waits with a selector."""
    return asyncio.SelectorEventLoop


def mark_coroutine_function(function: Callable[..., Any]) -> None:
    """Make `iscoroutinefunction()` true for *function*, a plain function that returns a coroutine.

    `asyncio.iscoroutinefunction()` reads the marker of `asyncio.coroutines`, deprecated since 3.14 (gh-122858);
    `inspect.iscoroutinefunction()` has a marker since 3.12 (gh-94912) and cannot be told before.
    """
    function._is_coroutine = COROUTINE_MARKER  # type: ignore[attr-defined]
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(function)


def reads_into_buffers_at_once(loop: Any) -> bool:
    """Tell whether transports of *loop* fill and hand over a protocol's buffer in one step.

    Where they do, one buffer can serve all connections of the loop. The proactor's transports do not: theirs is in use
    while they wait.
    """
    return isinstance(loop, selector_events.BaseSelectorEventLoop)


def leaving_the_socket_file(loop: Any) -> dict[str, Any]:
    """Return the arguments that keep `create_unix_server()` of *loop* from removing the socket's file at close.

    Hosts do that since 3.13 (gh-111246); other makers' event loops may not know the argument.
    """
    if sys.version_info >= (3, 13) and isinstance(loop, selector_events.BaseSelectorEventLoop):
        return {"cleanup_socket": False}
    return {}


def begin_waiting(coroutine: Any) -> Any:
    """Run *coroutine* up to the future that it waits for, and return that; None if it waits for nothing.

    Up to 3.11 a host's `Server.wait_closed()` returns at once when the server is closed, whatever its connections do
    (gh-79033), but waits for them if it was called before. On all hosts the future is done when the last connection is
    gone.
    """
    try:
        return coroutine.send(None)
    except StopIteration:
        return None


def accepts(function: Any, parameter: str) -> bool:
    """Tell whether *function*, a method of an event loop, has *parameter*; hosts and other makers' loops differ."""
    return parameter in inspect.signature(function).parameters


if sys.version_info >= (3, 11):
    # All modules' TimeoutError is the built-in one (bpo-42413).
    timed_out: type[Exception] = TimeoutError
else:

    class _TimeoutError(asyncio.TimeoutError, concurrent.futures.TimeoutError):
        """What 3.10 has as two exceptions was one before 3.8, and is one again since 3.11."""

    _TimeoutError.__name__ = _TimeoutError.__qualname__ = "TimeoutError"
    timed_out = _TimeoutError


_every_task: weakref.WeakSet[Any] = weakref.WeakSet()
remember_task = _every_task.add


def all_tasks(loop: Any) -> set[Any]:
    """Return the tasks of *loop*: the host's that are not done, and all of ours that still exist.

    The host forgets tasks that are done, some releases at once and some when they are collected.
    """
    return asyncio.all_tasks(loop) | {task for task in list(_every_task) if task.get_loop() is loop}
