"""Coroutines as of 3.10 and later: those by `async def`, and in 3.10 the last ones by the decorator."""

from __future__ import annotations

import asyncio
import inspect
import types
import warnings
from collections.abc import Coroutine
from typing import Any

from asyncio_compat.v34 import coroutines, host
from asyncio_compat.v37.coroutines import coroutine

__all__ = ("coroutine", "iscoroutine", "iscoroutinefunction")

# Up to 3.11 a generator was a coroutine.
_GENERATORS_ARE_COROUTINES = False
# Since 3.14 inspect.iscoroutinefunction() is preferred.
_ISCOROUTINEFUNCTION_IS_DEPRECATED = True


def iscoroutine(obj: Any) -> bool:
    """Tell whether *obj* is a coroutine.

    Source: 3.13 documentation, iscoroutine().
    """
    if isinstance(obj, types.GeneratorType):
        return _GENERATORS_ARE_COROUTINES
    return isinstance(obj, (types.CoroutineType, Coroutine))


def as_coroutine(obj: Any) -> Any:
    """Return *obj* in a form that every event loop takes, if it is a coroutine.

    Raises:
        TypeError: *obj* is a generator, and these are no coroutines.
    """
    if isinstance(obj, types.GeneratorType) and not _GENERATORS_ARE_COROUTINES:
        raise TypeError(f"a coroutine was expected, got {obj!r}")
    return coroutines.as_coroutine(obj)


def iscoroutinefunction(func: Any) -> bool:
    """Tell whether *func* is a coroutine function.

    Source: 3.13 documentation, iscoroutinefunction().
    """
    if _ISCOROUTINEFUNCTION_IS_DEPRECATED:
        warnings.warn(
            "'asyncio.iscoroutinefunction' is deprecated and slated for removal in Python 3.16; "
            "use inspect.iscoroutinefunction() instead",
            DeprecationWarning,
            stacklevel=2,
        )
    return inspect.iscoroutinefunction(func) or getattr(func, "_is_coroutine", None) is host.COROUTINE_MARKER


isfuture = asyncio.isfuture
