"""The asyncio of Python 3.4 to 3.6, and what every later generation shares with it.

Use it as that asyncio: `from asyncio_compat import v34 as asyncio`. Names that it does not define are the host's. It
has all that any release of the three had, and behaves as 3.6.15; `asyncio_compat.load()` gives exact releases.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

# Where the names are that asyncio showed as its own.
_MODULES = (
    "base_events",
    "coroutines",
    "events",
    "futures",
    "locks",
    "protocols",
    "queues",
    "selector_events",
    "streams",
    "subprocess",
    "tasks",
    "transports",
    "unix_events",
)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # First, for `from asyncio_compat.v34 import events` asks here too, while all this is being imported.
    if find_spec(f"{__name__}.{name}") is not None:
        return import_module(f"{__name__}.{name}")
    for module_name in _MODULES:
        module = import_module(f"{__name__}.{module_name}")
        if name in module.__all__:
            return getattr(module, name)
    return getattr(import_module("asyncio"), name)
