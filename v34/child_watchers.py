"""Child watchers: what tells a program that a child process has ended.

The loops need none: the host watches the processes that it starts in its own way. These are for programs that start
processes themselves, and for those that only set a watcher because Unix asked for one.
"""

from __future__ import annotations

import os
import threading
from asyncio.log import logger
from collections.abc import Callable
from typing import Any

__all__ = ("AbstractChildWatcher", "BaseChildWatcher", "FastChildWatcher", "SafeChildWatcher")


class AbstractChildWatcher:
    """What watches child processes. Use it as a context manager around the start of a process.

    Source: 3.4 documentation, AbstractChildWatcher.
    """

    def add_child_handler(self, pid: int, callback: Callable[..., Any], *args: Any) -> None:
        """Call `callback(pid, returncode, *args)` when the process ends; instead of what was to be called before."""
        raise NotImplementedError

    def remove_child_handler(self, pid: int) -> bool:
        """Call nothing when the process ends; return True if something was to be called."""
        raise NotImplementedError

    def attach_loop(self, loop: Any) -> None:
        """Use *loop* for the callbacks; None for none."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop watching."""
        raise NotImplementedError

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *exc: object) -> None:
        raise NotImplementedError


class BaseChildWatcher(AbstractChildWatcher):
    """A child watcher with a thread for every process, which waits for its end."""

    def __init__(self) -> None:
        self._loop: Any = None
        self._callbacks: dict[int, tuple[Callable[..., Any], tuple[Any, ...]]] = {}

    def attach_loop(self, loop: Any) -> None:
        """Use *loop* for the callbacks; None for none."""
        self._loop = loop

    def close(self) -> None:
        """Stop watching."""
        self._callbacks.clear()
        self.attach_loop(None)

    def __enter__(self) -> BaseChildWatcher:
        return self

    def __exit__(self, *exc: object) -> None:
        """Do nothing: a process that has ended meanwhile is still there to be waited for."""

    def add_child_handler(self, pid: int, callback: Callable[..., Any], *args: Any) -> None:
        """Call `callback(pid, returncode, *args)` when the process ends.

        Raises:
            RuntimeError: there is no loop to call it from.
        """
        if self._loop is None:
            raise RuntimeError("Cannot add child handler, the child watcher does not have a loop attached")
        is_watched = pid in self._callbacks
        self._callbacks[pid] = callback, args
        if not is_watched:
            threading.Thread(target=self._wait_for, args=(pid, self._loop), daemon=True).start()

    def remove_child_handler(self, pid: int) -> bool:
        """Call nothing when the process ends; return True if something was to be called."""
        return self._callbacks.pop(pid, None) is not None

    def _wait_for(self, pid: int, loop: Any) -> None:
        try:
            _, status = os.waitpid(pid, 0)
            returncode = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            returncode = 255
            logger.warning("Unknown child process pid %d, will report returncode 255", pid)
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._has_ended, pid, returncode)

    def _has_ended(self, pid: int, returncode: int) -> None:
        callback, args = self._callbacks.pop(pid, (None, ()))
        if callback is not None:
            callback(pid, returncode, *args)


class SafeChildWatcher(BaseChildWatcher):
    """A child watcher that leaves other processes alone.

    Source: 3.4 documentation, SafeChildWatcher.
    """


class FastChildWatcher(BaseChildWatcher):
    """A child watcher as quick with many processes as with one; it leaves other processes alone too.

    Source: 3.4 documentation, FastChildWatcher.
    """
