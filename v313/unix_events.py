"""Event loops on Unix, as of 3.13."""

from __future__ import annotations

from asyncio_compat.v37 import unix_events
from asyncio_compat.v313 import events, selector_events

__all__ = ("DefaultEventLoopPolicy", "EventLoop", "SelectorEventLoop")


class _UnixSelectorEventLoop(selector_events.BaseSelectorEventLoop, unix_events.SelectorEventLoop):
    """An event loop with Unix sockets, signals, pipes and subprocesses.

    Args:
        selector: a `selectors.BaseSelector`; by default the platform's best.

    Source: 3.13 documentation, Event Loop.
    """


class _UnixDefaultEventLoopPolicy(events.DefaultPolicy, unix_events.DefaultEventLoopPolicy):
    """The default policy on Unix.

    Source: 3.13 documentation, Policies.
    """

    _loop_factory = _UnixSelectorEventLoop


SelectorEventLoop = _UnixSelectorEventLoop
EventLoop = SelectorEventLoop
DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
