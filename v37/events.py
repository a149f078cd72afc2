"""Event loops of the current thread: those of 3.7."""

from __future__ import annotations

from asyncio import _get_running_loop, get_running_loop
from typing import TYPE_CHECKING

from asyncio_compat.v34 import events

if TYPE_CHECKING:
    from asyncio_compat.v34.events import AbstractEventLoopPolicy

__all__ = (
    "get_child_watcher",
    "get_event_loop",
    "get_event_loop_policy",
    "get_running_loop",
    "new_event_loop",
    "set_child_watcher",
    "set_event_loop",
    "set_event_loop_policy",
)


class EventLoopAccess(events.EventLoopAccess):
    """A generation's functions that say which event loop there is, and the policy behind them.

    Args:
        default_policy: makes the policy that is used until another one is set.
    """

    # Written in C since 3.7: what a program puts into a module in place of _get_running_loop() does not count.
    _running_loop = staticmethod(_get_running_loop)


def _default_policy() -> AbstractEventLoopPolicy:
    from asyncio_compat.v37.unix_events import DefaultEventLoopPolicy

    return DefaultEventLoopPolicy()


_access = EventLoopAccess(_default_policy)
get_child_watcher = _access.get_child_watcher
get_event_loop = _access.get_event_loop
get_event_loop_policy = _access.get_event_loop_policy
new_event_loop = _access.new_event_loop
set_child_watcher = _access.set_child_watcher
set_event_loop = _access.set_event_loop
set_event_loop_policy = _access.set_event_loop_policy
