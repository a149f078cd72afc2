"""What streams raise: the host's exceptions, so that host code catches them, which look as they did."""

from __future__ import annotations

import asyncio
from typing import Any

__all__ = ("IncompleteReadError", "LimitOverrunError")


class _InPlaceOfItsBase(type):
    """The type of an exception that stands for the one of the same name below it, and does not show that."""

    @property
    def __mro__(cls) -> tuple[type, ...]:
        return tuple(c for c in type.__dict__["__mro__"].__get__(cls) if not _is_in_place(c))


def _is_in_place(cls: type) -> bool:
    return cls in (asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class IncompleteReadError(asyncio.IncompleteReadError, metaclass=_InPlaceOfItsBase):
    """The stream ended before everything was there.

    Args:
        partial: the bytes that were.
        expected: how many were asked for; None where that is not known, as by `readuntil()`.

    Source: 3.4 documentation, IncompleteReadError.
    """

    # What the text calls an unknown number; "undefined" since the end of 2020.
    _unknown = "None"
    # 3.4.0 to 3.6.3 could be pickled, but not be made again of that (bpo-32734).
    _survives_pickling = True

    def __init__(self, partial: bytes, expected: int | None) -> None:
        super().__init__(partial, expected)
        known = self._unknown if expected is None else expected
        self.args = (f"{len(partial)} bytes read on a total of {known} expected bytes",)

    def __reduce__(self) -> tuple[Any, ...]:
        if not self._survives_pickling:
            return EOFError.__reduce__(self)  # type: ignore[return-value]
        return type(self), (self.partial, self.expected)


class LimitOverrunError(asyncio.LimitOverrunError, metaclass=_InPlaceOfItsBase):
    """The limit was reached while a separator was looked for.

    Args:
        message: what happened.
        consumed: how many bytes would have to be taken.

    Source: 3.5 documentation, LimitOverrunError.
    """

    # 3.4.5 to 3.4.10 kept the text as `message` too.
    _keeps_message = False
    # As IncompleteReadError's.
    _survives_pickling = True

    def __init__(self, message: str, consumed: int) -> None:
        super().__init__(message, consumed)
        if self._keeps_message:
            self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        if not self._survives_pickling:
            return Exception.__reduce__(self)  # type: ignore[return-value]
        return type(self), (self.args[0], self.consumed)
