"""Child watchers of 3.8 to 3.13: they say whether they are active, and some need no loop of their own.

The loops need none of them, as before; hosts have had none since 3.14.
"""

from __future__ import annotations

import asyncio
import functools
import warnings
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34 import child_watchers

__all__ = (
    "AbstractChildWatcher",
    "BaseChildWatcher",
    "FastChildWatcher",
    "MultiLoopChildWatcher",
    "PidfdChildWatcher",
    "SafeChildWatcher",
    "ThreadedChildWatcher",
    "warn_of",
)

# 3.12 announced their end.
_ARE_DEPRECATED = False


def warn_of(name: str, stacklevel: int = 3) -> None:
    """Say that *name* will go, if the version did."""
    if _ARE_DEPRECATED:
        warnings.warn(
            f"{name!r} is deprecated as of Python 3.12 and will be removed in Python 3.14.",
            DeprecationWarning,
            stacklevel=stacklevel,
        )


class AbstractChildWatcher(child_watchers.AbstractChildWatcher):
    """What watches child processes. Use it as a context manager around the start of a process.

    Source: 3.8 documentation, AbstractChildWatcher.
    """

    def is_active(self) -> bool:
        """Return True if the watcher can be used."""
        raise NotImplementedError


class BaseChildWatcher(child_watchers.BaseChildWatcher, AbstractChildWatcher):
    """A child watcher that watches every process on its own."""

    def is_active(self) -> bool:
        """Return True if the watcher is attached to a loop that runs."""
        return self._loop is not None and bool(self._loop.is_running())


class SafeChildWatcher(BaseChildWatcher):
    """A child watcher that leaves other processes alone.

    Source: 3.8 documentation, SafeChildWatcher.
    """

    def __init__(self) -> None:
        super().__init__()
        warn_of("SafeChildWatcher")


class FastChildWatcher(BaseChildWatcher):
    """A child watcher as quick with many processes as with one; it leaves other processes alone too.

    Source: 3.8 documentation, FastChildWatcher.
    """

    def __init__(self) -> None:
        super().__init__()
        warn_of("FastChildWatcher")


class _OnTheRunningLoop(BaseChildWatcher):
    """A child watcher that calls back on the loop that ran when it was asked to."""

    def is_active(self) -> bool:
        """Return True: it needs nothing."""
        return True

    def attach_loop(self, loop: Any) -> None:
        """Do nothing: the loop does not matter."""

    def add_child_handler(self, pid: int, callback: Callable[..., Any], *args: Any) -> None:
        """Call `callback(pid, returncode, *args)` on the running loop when the process ends.

        Raises:
            RuntimeError: no loop runs.
        """
        loop = asyncio.get_running_loop()
        is_watched = pid in self._callbacks
        self._callbacks[pid] = callback, args
        if not is_watched:
            child_watchers.watch(loop, pid, functools.partial(self._has_ended, pid))


class ThreadedChildWatcher(_OnTheRunningLoop):
    """The default child watcher of 3.8.

    Source: 3.8 documentation, ThreadedChildWatcher.
    """


class MultiLoopChildWatcher(_OnTheRunningLoop):
    """A child watcher for several loops in several threads.

    Source: 3.8 documentation, MultiLoopChildWatcher.
    """

    def __init__(self) -> None:
        super().__init__()
        warn_of("MultiLoopChildWatcher")


class PidfdChildWatcher(_OnTheRunningLoop):
    """A child watcher by file descriptors of processes.

    Source: 3.9 documentation, PidfdChildWatcher.
    """
