"""Event loops on Unix, as of 3.7."""

from __future__ import annotations

from typing import Any

from asyncio_compat.v34 import host, unix_events
from asyncio_compat.v37 import selector_events
from asyncio_compat.v37.child_watchers import (
    AbstractChildWatcher,
    BaseChildWatcher,
    FastChildWatcher,
    MultiLoopChildWatcher,
    PidfdChildWatcher,
    SafeChildWatcher,
    ThreadedChildWatcher,
    warn_of,
)

__all__ = (
    "AbstractChildWatcher",
    "BaseChildWatcher",
    "DefaultEventLoopPolicy",
    "FastChildWatcher",
    "MultiLoopChildWatcher",
    "PidfdChildWatcher",
    "SafeChildWatcher",
    "SelectorEventLoop",
    "ThreadedChildWatcher",
)


class _UnixSelectorEventLoop(selector_events.BaseSelectorEventLoop, host.event_loop_class()):  # type: ignore[misc]
    """An event loop with Unix sockets, signals, pipes and subprocesses.

    Args:
        selector: a `selectors.BaseSelector`; by default the platform's best.

    Source: 3.7 documentation, Event Loop.
    """


class _UnixDefaultEventLoopPolicy(unix_events.DefaultEventLoopPolicy):
    """The default policy on Unix.

    Source: 3.7 documentation, Policies.
    """

    _loop_factory = _UnixSelectorEventLoop
    # 3.7's child watcher was a SafeChildWatcher.
    _watcher_is_threaded = True

    def get_child_watcher(self) -> Any:
        """Return the child watcher: a `ThreadedChildWatcher` if none was set."""
        warn_of("get_child_watcher")
        if self._watcher is None and self._watcher_is_threaded:
            self._watcher = ThreadedChildWatcher()
        return super().get_child_watcher()

    def set_child_watcher(self, watcher: Any) -> None:
        """Make *watcher* the child watcher, and close the one that was; None for one that is made when needed.

        Raises:
            AssertionError: *watcher* is not an `AbstractChildWatcher`.
        """
        super().set_child_watcher(watcher)
        warn_of("set_child_watcher")


SelectorEventLoop = _UnixSelectorEventLoop
DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
