"""Coroutines: those by `async def`, and those by the decorator, which was deprecated in 3.8."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34 import coroutines
from asyncio_compat.v34.coroutines import iscoroutine, iscoroutinefunction

__all__ = ("coroutine", "iscoroutine", "iscoroutinefunction")

# 3.7, and 3.8 before its release, gave no warning.
_IS_DEPRECATED = True


def coroutine(func: Callable[..., Any]) -> Callable[..., Any]:
    """Make a coroutine function of *func*.

    Args:
        func: a generator function; or a plain function, whose result is returned by the coroutine, after it was
            waited for if it is a future, a generator or an awaitable. A function by `async def` is returned as it is.

    Source: 3.7 documentation, "Generator-based Coroutines".
    """
    if _IS_DEPRECATED:
        warnings.warn(
            '"@coroutine" decorator is deprecated since Python 3.8, use "async def" instead',
            DeprecationWarning,
            stacklevel=2,
        )
    return coroutines.coroutine(func)
