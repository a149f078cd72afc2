"""The argument *loop*, which was deprecated in 3.8 and removed in 3.10."""

from __future__ import annotations

import warnings
from typing import Any

from asyncio_compat.v37 import events

__all__ = ("chosen", "warn")

# 3.7 and the pre-releases of 3.8 up to the first beta took it in silence.
_IS_DEPRECATED = True


def warn(stacklevel: int = 3, comma: str = ",") -> None:
    """Say that the argument is deprecated, to the caller of the function that takes it."""
    if _IS_DEPRECATED:
        warnings.warn(
            f"The loop argument is deprecated since Python 3.8{comma} and scheduled for removal in Python 3.10.",
            DeprecationWarning,
            stacklevel=stacklevel,
        )


def chosen(loop: Any, stacklevel: int = 3) -> Any:
    """Return *loop* with the warning it deserves, or the current event loop if it is None."""
    if loop is None:
        return events.get_event_loop()
    warn(stacklevel + 1)
    return loop
