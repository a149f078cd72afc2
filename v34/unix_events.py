"""Event loops on Unix."""

from __future__ import annotations

from asyncio_compat.v34 import events, host
from asyncio_compat.v34.selector_events import BaseSelectorEventLoop

__all__ = ("DefaultEventLoopPolicy", "SelectorEventLoop")


class _UnixSelectorEventLoop(BaseSelectorEventLoop, host.event_loop_class()):  # type: ignore[misc]
    """An event loop with Unix sockets, signals, pipes and subprocesses.

    Args:
        selector: a `selectors.BaseSelector`; by default the platform's best.

    Source: 3.4 documentation, "Event loops".
    """


class _UnixDefaultEventLoopPolicy(events.BaseDefaultEventLoopPolicy):
    """The default policy on Unix.

    Source: 3.4 documentation, "Event loop policies and the default policy".
    """

    _loop_factory = _UnixSelectorEventLoop


SelectorEventLoop = _UnixSelectorEventLoop
DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
