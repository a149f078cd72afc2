"""The event loop that waits with a selector."""

from __future__ import annotations

from asyncio import selector_events

from asyncio_compat.v34 import base_events

__all__ = ("BaseSelectorEventLoop",)


class BaseSelectorEventLoop(base_events.BaseEventLoop, selector_events.BaseSelectorEventLoop):
    """An event loop that waits with a selector (a `selectors.BaseSelector`, the platform's best by default)."""
