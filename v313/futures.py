"""Futures: the host's own."""

from __future__ import annotations

from asyncio import CancelledError, Future, InvalidStateError, isfuture, wrap_future

__all__ = ("CancelledError", "Future", "InvalidStateError", "isfuture", "wrap_future")
