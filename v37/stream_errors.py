"""What streams raise: the host's exceptions, with the text of the version."""

from __future__ import annotations

import asyncio
from asyncio import LimitOverrunError
from typing import Any

from asyncio_compat.v34.stream_errors import _InPlaceOfItsBase

__all__ = ("IncompleteReadError", "LimitOverrunError")


class IncompleteReadError(asyncio.IncompleteReadError, metaclass=_InPlaceOfItsBase):
    """The stream ended before everything was there.

    Args:
        partial: the bytes that were.
        expected: how many were asked for; None where that is not known, as by `readuntil()`.

    Source: 3.7 documentation, IncompleteReadError.
    """

    # What the text calls an unknown number; "None" up to the end of 2020.
    _unknown = "undefined"

    def __init__(self, partial: bytes, expected: int | None) -> None:
        super().__init__(partial, expected)
        known = self._unknown if expected is None else expected
        self.args = (f"{len(partial)} bytes read on a total of {known} expected bytes",)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.partial, self.expected)
