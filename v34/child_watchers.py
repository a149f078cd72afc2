"""Child watchers: what tells a program that a child process has ended.

The loops need none, for they watch each process by itself. The classes are for programs that start processes in other
ways, and for those that only set a watcher because Unix asked for one.
"""

from __future__ import annotations

import functools
import os
import threading
from asyncio.log import logger
from collections.abc import Callable
from typing import Any

__all__ = ("AbstractChildWatcher", "BaseChildWatcher", "FastChildWatcher", "SafeChildWatcher", "watch")


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
    """A child watcher that watches every process on its own."""

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
            watch(self._loop, pid, functools.partial(self._has_ended, pid))

    def remove_child_handler(self, pid: int) -> bool:
        """Call nothing when the process ends; return True if something was to be called."""
        return self._callbacks.pop(pid, None) is not None

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


def watch(loop: Any, pid: int, callback: Callable[[int], Any]) -> None:
    """Let *loop* call *callback* with the return code of the process *pid* when that ends; -N if the signal N ended it.

    Args:
        loop: an event loop.
        pid: the number of a child process.
        callback: a function.
    """
    process = _opened(pid)
    if process is None:
        threading.Thread(target=_wait_in_thread, args=(loop, pid, callback), daemon=True).start()
    else:
        loop.add_reader(process.fd, _has_ended, loop, process, callback)


class _Process:
    """A file that can be read when a process has ended; it is closed when it is dropped."""

    def __init__(self, pid: int, fd: int) -> None:
        self.pid = pid
        self.fd = fd

    def __del__(self) -> None:
        os.close(self.fd)


def _opened(pid: int) -> _Process | None:
    try:
        return _Process(pid, os.pidfd_open(pid))
    except (AttributeError, OSError):
        # Not Linux, or not a Linux that has such files, or one where they are forbidden.
        return None


def _has_ended(loop: Any, process: _Process, callback: Callable[[int], Any]) -> None:
    loop.remove_reader(process.fd)
    callback(_return_code(process.pid))


def _wait_in_thread(loop: Any, pid: int, callback: Callable[[int], Any]) -> None:
    returncode = _return_code(pid)
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback, returncode)


def _return_code(pid: int) -> int:
    try:
        _, status = os.waitpid(pid, 0)
    except ChildProcessError:
        logger.warning("Unknown child process pid %d, will report returncode 255", pid)
        return 255
    return os.waitstatus_to_exitcode(status)
