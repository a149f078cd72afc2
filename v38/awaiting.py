"""What may be awaited and need not be: the results of `write()`, `close()` and `connect()`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio_compat.v38.stream import Stream

__all__ = ("NOTHING_TO_WAIT_FOR", "ContextManagerHelper", "OptionalAwait")


class OptionalAwait:
    """Awaiting it awaits a coroutine that does not exist before; dropping it leaves nothing that was never awaited.

    Args:
        method: makes the coroutine.
    """

    __slots__ = ("_method",)

    def __init__(self, method: Callable[[], Awaitable[Any]]) -> None:
        self._method = method

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._method().__await__()


class _NothingToWaitFor:
    """Awaiting it returns None at once. It has no state, so one does for everybody."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, None]:
        return iter(())  # type: ignore[return-value]


NOTHING_TO_WAIT_FOR = _NothingToWaitFor()


class ContextManagerHelper:
    """A connection in the making: `await` it to get its stream, or use it in `async with`, which closes the stream.

    Args:
        awaitable: makes the connection and returns the stream.
    """

    __slots__ = ("_awaitable", "_stream")

    def __init__(self, awaitable: Coroutine[Any, Any, Stream]) -> None:
        self._awaitable = awaitable
        self._stream: Stream

    def __await__(self) -> Generator[Any, Any, Stream]:
        return self._awaitable.__await__()

    async def __aenter__(self) -> Stream:
        self._stream = await self._awaitable
        return self._stream

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        await self._stream.close()
