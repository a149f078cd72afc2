"""Flow control of the writing side, whose classes 3.8 no longer wanted programs to instantiate."""

from __future__ import annotations

import warnings
from typing import Any

from asyncio_compat.v37 import streams

__all__ = ("FlowControlMixin", "discourage", "known_as")


def known_as(cls: type[Any]) -> str:
    """Return how messages name *cls*: a class of ours by the name under which programs import it."""
    if not cls.__module__.startswith("asyncio_compat."):
        return repr(cls)
    home = "subprocess" if cls.__module__.endswith(".subprocess") else "streams"
    return f"<class 'asyncio.{home}.{cls.__qualname__}'>"


def discourage(instance: Any, internal: bool) -> None:
    """Warn whoever called the constructor of *instance*, once for each instance, unless asyncio itself did."""
    if not internal and instance._discouraged:
        warnings.warn(
            f"{known_as(type(instance))} should be instaniated by asyncio internals only, "
            "please avoid its creation from user code",
            DeprecationWarning,
            stacklevel=3,
        )
    # Constructors of base classes ask as well.
    instance._discouraged = False


class FlowControlMixin(streams.FlowControlMixin):
    """What `drain()` and `wait_closed()` wait for.

    Args:
        loop: the event loop to use; by default the current one.
    """

    # Whether it is deprecated to make instances: since 3.8.0b1.
    _discouraged = True

    def __init__(self, loop: Any = None, *, _asyncio_internal: bool = False) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(loop=loop)
