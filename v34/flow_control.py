"""Flow control of the writing side: who waits in `drain()`, and who is woken."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable, Generator
from typing import Any

from asyncio_compat.v34 import events, protocols

__all__ = ("Closed", "FlowControlMixin", "can_write_on", "wait_until_done", "wake")


class FlowControlMixin(protocols.Protocol):
    """What `drain()` waits for: the transport's calls to pause and to resume writing.

    Args:
        loop: the event loop to use; by default the current one.
    """

    def __init__(self, loop: Any = None) -> None:
        self._loop = events.get_event_loop() if loop is None else loop
        self._paused = False
        self._drain_waiter: Any = None
        self._connection_lost = False

    def pause_writing(self) -> None:
        """The transport's buffer passed the high-water mark."""
        if self._paused:
            raise AssertionError
        self._paused = True

    def resume_writing(self) -> None:
        """The transport's buffer is down to the low-water mark."""
        if not self._paused:
            raise AssertionError
        self._paused = False
        self._wake_drainers(None)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is lost, or closed if *exc* is None."""
        self._connection_lost = True
        if self._paused:
            self._wake_drainers(exc)

    def _wake_drainers(self, exc: BaseException | None) -> None:
        waiter, self._drain_waiter = self._drain_waiter, None
        if waiter is not None:
            wake(waiter, exc)

    @types.coroutine
    def _drain_helper(self) -> Generator[Any, Any, None]:
        if self._connection_lost:
            raise ConnectionResetError("Connection lost")
        if not self._paused:
            return
        waiter = self._drain_waiter
        if waiter is not None and not waiter.cancelled():
            # Until 3.10 only one task at a time could wait.
            raise AssertionError
        waiter = self._drain_waiter = self._loop.create_future()
        yield from waiter


def can_write_on(protocol: Any) -> bool:
    """Tell whether *protocol* is one of ours in whose `_drain_helper()` there would be nothing to wait for."""
    return isinstance(protocol, FlowControlMixin) and not (protocol._paused or protocol._connection_lost)


class Closed(asyncio.Future[None]):
    """Done when a connection or a pipe is closed.

    Args:
        loop: the event loop.
    """

    # Called when it is closed, and not one turn of the loop later, as other callbacks are.
    _called_at_once: tuple[Callable[[Any], None], ...] = ()

    def add_immediate_callback(self, callback: Callable[[Any], None]) -> None:
        """Have *callback* called with this future by `end()`."""
        self._called_at_once += (callback,)

    def remove_immediate_callback(self, callback: Callable[[Any], None]) -> None:
        """Have *callback* not called."""
        self._called_at_once = tuple(other for other in self._called_at_once if other is not callback)

    def end(self, exc: BaseException | None) -> None:
        """Let all who wait return, or raise *exc*."""
        if not self.done():
            wake(self, exc)
            # Nobody needs to wait for it: then a failure is no news.
            self.exception()
        for callback in self._called_at_once:
            callback(self)


async def wait_until_done(future: Any) -> None:
    """Wait until *future* is done: who is cancelled meanwhile does not cancel it for all others who wait."""
    waiter = future.get_loop().create_future()

    def let_go(_future: Any) -> None:
        wake(waiter, None)

    at_once = isinstance(future, Closed)
    (future.add_immediate_callback if at_once else future.add_done_callback)(let_go)
    try:
        await waiter
    except BaseException:
        (future.remove_immediate_callback if at_once else future.remove_done_callback)(let_go)
        raise


def wake(waiter: Any, exc: BaseException | None) -> None:
    """Let *waiter*, a future, return or raise *exc*, unless it is done."""
    if waiter.done():
        return
    if exc is None:
        waiter.set_result(None)
    else:
        waiter.set_exception(exc)
