"""Futures: the host's own, which generators can always delegate to; made here, they find their loop as they did."""

from __future__ import annotations

import asyncio
import concurrent.futures
from abc import ABCMeta
from asyncio import CancelledError, InvalidStateError, TimeoutError, isfuture  # noqa: A004
from concurrent.futures._base import Error
from typing import Any

from asyncio_compat.v34 import events, host
from asyncio_compat.v34.adapting import adapt, callback_at, without_message

__all__ = ("CancelledError", "Error", "Future", "InvalidStateError", "TimeoutError", "isfuture", "wrap_future")

timed_out = host.timed_out


class Future(asyncio.Future[Any], metaclass=ABCMeta):
    """A result that is not there yet. Every future of the host is an instance too.

    Args:
        loop: the event loop that it belongs to; by default the current one.

    Source: 3.4 documentation, Future.
    """

    __slots__ = ()

    # In debug mode, where it was made.
    _source_traceback: Any

    def __init__(self, *, loop: Any = None) -> None:
        super().__init__(loop=events.get_event_loop() if loop is None else loop)
        if self._source_traceback:
            # This function was not there.
            del self._source_traceback[-1]

    def __init_subclass__(cls, **kwds: Any) -> None:
        super().__init_subclass__(**kwds)
        adapt(cls, {"cancel": without_message, "add_done_callback": callback_at(0)})

    def set_exception(self, exception: type | BaseException) -> None:
        """Make the future raise *exception*, an exception or its type.

        Raises:
            TypeError: it is a StopIteration.
            InvalidStateError: the future is done.
        """
        # Since 3.12.2 hosts turn it into a RuntimeError (gh-112182).
        if exception is StopIteration or isinstance(exception, StopIteration):
            raise TypeError("StopIteration interacts badly with generators and cannot be raised into a Future")
        super().set_exception(exception)

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return True if cls is Future and issubclass(other, asyncio.Future) else NotImplemented


# Names of the two ways in which it was once written.
_PyFuture = _CFuture = Future


def wrap_future(future: Any, *, loop: Any = None) -> Any:
    """Return a future for a `concurrent.futures.Future`, and any other future as it is.

    Args:
        future: what to wrap.
        loop: the event loop of the result; by default the current one.

    Raises:
        AssertionError: *future* is not a future.

    Source: 3.4 documentation, "Task functions".
    """
    if isfuture(future):
        return future
    if not isinstance(future, concurrent.futures.Future):
        raise AssertionError(f"concurrent.futures.Future is expected, got {future!r}")  # noqa: TRY004
    return asyncio.wrap_future(future, loop=events.get_event_loop() if loop is None else loop)


def loop_of(future: Any) -> Any:
    """Return the event loop that *future* belongs to, be it a future of asyncio's or only like one."""
    return future._loop


def set_result_unless_done(future: Any, result: Any = None) -> None:
    """Let *future* return *result*, if it can still be set."""
    if not future.done():
        future.set_result(result)
