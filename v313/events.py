"""Event loops of the current thread, as of 3.13."""

from __future__ import annotations

import threading
import warnings
from abc import ABCMeta
from asyncio import AbstractEventLoop, get_running_loop
from asyncio import AbstractServer as HostServer
from typing import Any

from asyncio_compat.v34 import host
from asyncio_compat.v34.events import AbstractEventLoopPolicy, BaseDefaultEventLoopPolicy
from asyncio_compat.v37.events import EventLoopAccess

__all__ = (
    "AbstractEventLoopPolicy",
    "AbstractServer",
    "BaseDefaultEventLoopPolicy",
    "get_child_watcher",
    "get_event_loop",
    "get_event_loop_policy",
    "get_running_loop",
    "new_event_loop",
    "set_child_watcher",
    "set_event_loop",
    "set_event_loop_policy",
)

# Whether the functions that give and set the event loop policy warn: since 3.14.
_POLICIES_ARE_DEPRECATED = True


class AbstractServer(HostServer, metaclass=ABCMeta):
    """What every server can do. The host's servers are instances too.

    Source: 3.13 documentation, Server Objects.
    """

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return True if cls is AbstractServer and issubclass(other, HostServer) else NotImplemented

    def close_clients(self) -> None:
        """Close the transports of all connections; what they have buffered is sent first."""
        raise NotImplementedError

    def abort_clients(self) -> None:
        """Close the transports of all connections at once; what they have buffered is lost."""
        raise NotImplementedError


class DefaultPolicy(BaseDefaultEventLoopPolicy):
    """One event loop a thread, which has to be set since 3.14."""

    # What happens where the main thread has no event loop: up to 3.11 one was made, in 3.12 and 3.13 with a warning.
    _makes_a_loop = False
    _warns_of_making_a_loop = True

    def get_event_loop(self) -> AbstractEventLoop:
        """Return the thread's event loop.

        Raises:
            RuntimeError: the thread has none.
        """
        loop = host.current_event_loop()
        if loop is not None:
            return loop
        thread = threading.current_thread()
        if self._makes_a_loop and thread is threading.main_thread() and not host.current_event_loop_was_set():
            if self._warns_of_making_a_loop:
                warnings.warn("There is no current event loop", DeprecationWarning, stacklevel=4)
            loop = self.new_event_loop()
            self.set_event_loop(loop)
            return loop
        raise RuntimeError(f"There is no current event loop in thread {thread.name!r}.")


def _default_policy() -> AbstractEventLoopPolicy:
    from asyncio_compat.v313.unix_events import DefaultEventLoopPolicy

    return DefaultEventLoopPolicy()


_access = EventLoopAccess(_default_policy)
get_child_watcher = _access.get_child_watcher
get_event_loop = _access.get_event_loop
new_event_loop = _access.new_event_loop
set_child_watcher = _access.set_child_watcher
set_event_loop = _access.set_event_loop


def get_event_loop_policy() -> AbstractEventLoopPolicy:
    """Return the event loop policy. Deprecated in 3.14.

    Source: 3.14 documentation, Policies.
    """
    _warn_of_policies("get_event_loop_policy")
    policy: AbstractEventLoopPolicy = _access.get_event_loop_policy()
    return policy


def set_event_loop_policy(policy: AbstractEventLoopPolicy | None) -> None:
    """Make *policy* the event loop policy; None restores the default. Deprecated in 3.14.

    Source: 3.14 documentation, Policies.
    """
    _warn_of_policies("set_event_loop_policy")
    _access.set_event_loop_policy(policy)


def _warn_of_policies(name: str) -> None:
    if _POLICIES_ARE_DEPRECATED:
        message = f"'asyncio.{name}' is deprecated and slated for removal in Python 3.16"
        warnings.warn(message, DeprecationWarning, stacklevel=3)
