"""Event loops on Unix, as of 3.7."""

from __future__ import annotations

from asyncio_compat.v34 import host, unix_events
from asyncio_compat.v37 import selector_events

__all__ = ("DefaultEventLoopPolicy", "SelectorEventLoop")


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


SelectorEventLoop = _UnixSelectorEventLoop
DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
