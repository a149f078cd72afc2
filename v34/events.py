"""Event loops of the current thread, and the interfaces of events."""

from __future__ import annotations

import threading
from asyncio import (
    AbstractEventLoop,
    AbstractServer,
    Handle,
    TimerHandle,
    _get_running_loop,
    _set_running_loop,
)
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import host

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = (
    "AbstractEventLoop",
    "AbstractEventLoopPolicy",
    "AbstractServer",
    "Handle",
    "TimerHandle",
    "_get_running_loop",
    "_set_running_loop",
    "get_child_watcher",
    "get_event_loop",
    "get_event_loop_policy",
    "new_event_loop",
    "set_child_watcher",
    "set_event_loop",
    "set_event_loop_policy",
)


class AbstractEventLoopPolicy(host.policy_class()):  # type: ignore[misc]
    """What decides which event loop a thread has.

    Source: 3.4 documentation, "Event loop policy interface".
    """

    def get_event_loop(self) -> AbstractEventLoop:
        """Return the event loop of the current context; raise an exception when there is none to be had."""
        raise NotImplementedError

    def set_event_loop(self, loop: AbstractEventLoop | None) -> None:
        """Make *loop* the event loop of the current context."""
        raise NotImplementedError

    def new_event_loop(self) -> AbstractEventLoop:
        """Return a new event loop by this policy's rules."""
        raise NotImplementedError

    def get_child_watcher(self) -> Any:
        """Return what watches the child processes of the current context."""
        raise NotImplementedError

    def set_child_watcher(self, watcher: Any) -> None:
        """Make *watcher* watch the child processes of the current context."""
        raise NotImplementedError


class BaseDefaultEventLoopPolicy(AbstractEventLoopPolicy):
    """One event loop a thread, made when first asked for in the main thread, and shared with the host's asyncio."""

    _asks_the_host = True
    _loop_factory: type[AbstractEventLoop]
    # Up to 3.4.2 it was an AssertionError.
    _missing_loop_error = "RuntimeError"

    def get_event_loop(self) -> AbstractEventLoop:
        """Return the thread's event loop, which is made if this is the main thread and none was ever set.

        Raises:
            RuntimeError: the thread has no event loop.
        """
        loop = host.current_event_loop()
        if loop is not None:
            return loop
        thread = threading.current_thread()
        if thread is threading.main_thread() and not host.current_event_loop_was_set():
            loop = self.new_event_loop()
            self.set_event_loop(loop)
            return loop
        error = AssertionError if self._missing_loop_error == "AssertionError" else RuntimeError
        raise error(f"There is no current event loop in thread {thread.name!r}.")

    def set_event_loop(self, loop: AbstractEventLoop | None) -> None:
        """Make *loop* the thread's event loop; None leaves it without one."""
        host.set_current_event_loop(loop)

    def new_event_loop(self) -> AbstractEventLoop:
        """Return a new event loop."""
        return self._loop_factory()


class EventLoopAccess:
    """A generation's functions that say which event loop there is, and the policy behind them.

    Args:
        default_policy: makes the policy that is used until another one is set.
    """

    # Up to 3.5.2 the policy's alone counted. That concerns our loops only: those of others, such as one that
    # asyncio.run() or uvloop runs, need not be anybody's current loop.
    _prefers_running_loop = True

    def __init__(self, default_policy: Callable[[], AbstractEventLoopPolicy]) -> None:
        self._default_policy = default_policy
        self._policy: Any = None

    def get_event_loop_policy(self) -> Any:
        """Return the event loop policy of this generation.

        Source: 3.4 documentation, "Access to the global loop policy".
        """
        if self._policy is None:
            self._policy = self._default_policy()
        return self._policy

    def set_event_loop_policy(self, policy: Any) -> None:
        """Make *policy* the event loop policy of this generation; None restores the default.

        Source: 3.4 documentation, "Access to the global loop policy".
        """
        self._policy = policy

    def get_event_loop(self) -> Any:
        """Return the running event loop, else the one of this thread, which is made if this is the main thread.

        Raises:
            RuntimeError: the thread has no event loop.

        Source: 3.4 documentation, "Event loop functions".
        """
        running = self._running_loop()
        if running is not None and (self._prefers_running_loop or not hasattr(running, "_server_type")):
            return running
        return self.get_event_loop_policy().get_event_loop()

    def _running_loop(self) -> Any:
        # A test may have put another function in its place.
        return _get_running_loop()

    def set_event_loop(self, loop: AbstractEventLoop | None) -> None:
        """Make *loop* the event loop of this thread; None leaves it without one.

        Source: 3.4 documentation, "Event loop functions".
        """
        self.get_event_loop_policy().set_event_loop(loop)

    def new_event_loop(self) -> Any:
        """Return a new event loop.

        Source: 3.4 documentation, "Event loop functions".
        """
        return self.get_event_loop_policy().new_event_loop()

    def get_child_watcher(self) -> Any:
        """Return what watches the child processes: the policy's child watcher.

        Source: 3.4 documentation, "Watch a child process".
        """
        return self.get_event_loop_policy().get_child_watcher()

    def set_child_watcher(self, watcher: Any) -> None:
        """Make *watcher* the policy's child watcher.

        Source: 3.4 documentation, "Watch a child process".
        """
        self.get_event_loop_policy().set_child_watcher(watcher)


def _default_policy() -> AbstractEventLoopPolicy:
    from asyncio_compat.v34.unix_events import DefaultEventLoopPolicy

    return DefaultEventLoopPolicy()


_access = EventLoopAccess(_default_policy)
get_child_watcher = _access.get_child_watcher
get_event_loop = _access.get_event_loop
get_event_loop_policy = _access.get_event_loop_policy
new_event_loop = _access.new_event_loop
set_child_watcher = _access.set_child_watcher
set_event_loop = _access.set_event_loop
set_event_loop_policy = _access.set_event_loop_policy
