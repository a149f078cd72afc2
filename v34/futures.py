"""Futures: the host's own, which generators can always delegate to."""

from __future__ import annotations

from asyncio import CancelledError, Future, InvalidStateError, TimeoutError, isfuture, wrap_future  # noqa: A004

__all__ = ("CancelledError", "Future", "InvalidStateError", "TimeoutError", "isfuture", "wrap_future")
