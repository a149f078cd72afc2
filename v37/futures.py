"""Futures, which belong to the event loop that 3.7 would have chosen."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError, InvalidStateError, TimeoutError, isfuture  # noqa: A004
from typing import Any

from asyncio_compat.v34 import futures
from asyncio_compat.v37 import events

__all__ = ("CancelledError", "Future", "InvalidStateError", "TimeoutError", "isfuture", "wrap_future")


class Future(futures.Future):
    """A result that is not there yet. Every future of the host is an instance too.

    Args:
        loop: the event loop that it belongs to; by default the current one.

    Source: 3.7 documentation, Futures.
    """

    __slots__ = ()

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__(loop=events.get_event_loop() if loop is None else loop)

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return True if cls is Future and issubclass(other, asyncio.Future) else NotImplemented


def wrap_future(future: Any, *, loop: Any = None) -> Any:
    """Return a future for a `concurrent.futures.Future`, and any other future as it is.

    Args:
        future: what to wrap.
        loop: the event loop of the result; by default the current one.

    Source: 3.7 documentation, Futures.
    """
    if loop is None and not isfuture(future):
        loop = events.get_event_loop()
    return futures.wrap_future(future, loop=loop)
