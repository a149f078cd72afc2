"""The asyncio of Python 3.4 to 3.6, and what every later generation shares with it.

Use it as that asyncio: `from asyncio_compat import v34 as asyncio`. Names that it does not define are the host's. It
has all that any release of the three had, and behaves as 3.6.15; `asyncio_compat.load()` gives exact releases.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = (
    "base_events",
    "compat",
    "constants",
    "coroutines",
    "events",
    "futures",
    "locks",
    "log",
    "protocols",
    "queues",
    "selector_events",
    "sslproto",
    "streams",
    "subprocess",
    "tasks",
    "test_utils",
    "transports",
    "unix_events",
)
# Modules whose names asyncio did not show as its own.
_NOT_SHOWN = ("compat", "constants", "log", "sslproto", "test_utils")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module_name in _MODULES:
        if module_name not in _NOT_SHOWN:
            module = import_module(f"{__name__}.{module_name}")
            if name in module.__all__:
                return getattr(module, name)
    return getattr(import_module("asyncio"), name)
