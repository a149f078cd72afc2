"""Event loops of the current thread: those of 3.7."""

from __future__ import annotations

from asyncio import get_running_loop

from asyncio_compat.v34.events import AbstractEventLoopPolicy, EventLoopAccess

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
