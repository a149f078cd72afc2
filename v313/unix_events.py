"""Event loops on Unix, as of 3.13."""

from __future__ import annotations

from asyncio_compat.v37 import unix_events
from asyncio_compat.v313 import base_events

__all__ = ("SelectorEventLoop",)


class SelectorEventLoop(base_events.BaseEventLoop, unix_events.SelectorEventLoop):
    """An event loop with Unix sockets, signals, pipes and subprocesses.

    Args:
        selector: a `selectors.BaseSelector`; by default the platform's best.

    Source: 3.13 documentation, Event Loop.
    """
