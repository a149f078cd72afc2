"""Which object a name of asyncio is in an exact version.

It is looked up in the version's generation, then in the older ones that it builds on, then in the host's asyncio.
What a version has is decided before, by the API history; which object answers is decided here.
"""

from __future__ import annotations

import functools
import importlib
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

from asyncio_compat.exact import module_set
from asyncio_compat.history_table import spans

if TYPE_CHECKING:
    from asyncio_compat.versions import Release

__all__ = ("MissingFromHostError", "exact", "generation_modules", "host_module", "own_modules")

_objects: dict[tuple[Release, str, str], Any] = {}
_lock = threading.RLock()


class MissingFromHostError(LookupError):
    """Neither a generation nor the running Python's asyncio has what the version asked for had."""


def exact(release: Release, module: str, name: str) -> Any:
    """Return the object that a name is in a version.

    Args:
        release: the version.
        module: the submodule of asyncio that defines the name, "streams".
        name: the name, "open_connection"; the version must be known to have it.

    Returns:
        The same object each time.

    Raises:
        MissingFromHostError: the running Python has nothing to make it of.
    """
    key = (release, module, name)
    try:
        return _objects[key]
    except KeyError:
        with _lock:
            if key not in _objects:
                found = _find(release, module, name)
                if isinstance(found, type):
                    found = module_set(release).pruner.exported(found, module, name)
                _objects[key] = found
            return _objects[key]


def generation_modules(release: Release, module: str) -> list[ModuleType]:
    """Return what is called *module* in the version's generation and in those that it builds on, the newest first."""
    with _lock:
        return list(module_set(release).find(module))


def own_modules(release: Release, module: str) -> list[ModuleType]:
    """Return the modules of ours that make up *module* in the version: those of its name, and their parts."""
    from asyncio_compat.pruning import PARTS

    with _lock:
        modules = module_set(release)
        parts = [part for part, whole in PARTS.items() if whole == module]
        return [found for part in (module, *parts) for found in modules.find(part)]


@functools.cache
def host_module(module: str) -> ModuleType | None:
    """Return the submodule of the host's asyncio, None where the host has none of that name."""
    name = f"asyncio.{module}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _find(release: Release, module: str, name: str) -> Any:
    # Where a name moved from module to module, its generation may define it in another than this version did.
    homes = dict.fromkeys((module, *(span.home for span in spans(name))))
    modules = [own for home in homes for own in generation_modules(release, home)]
    for own in modules:
        if name in own.__all__:
            return getattr(own, name)
    hosts = [*(host_module(home) for home in homes), importlib.import_module("asyncio")]
    for own in modules + [host for host in hosts if host is not None]:
        if name in vars(own):
            return vars(own)[name]
    # Last, as it may warn: what the host hands out by its own __getattr__ is deprecated there.
    try:
        return getattr(importlib.import_module("asyncio"), name)
    except AttributeError:
        raise MissingFromHostError(name) from None
