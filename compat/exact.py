"""The modules of a generation, made anew for one version, so that what the version lacks can be taken out of them.

A generation's classes are those of its last release. Another release of its range lacks some of their methods and
behaves differently here and there, and both may be wanted in one process. So each version gets module objects of its
own: the code of the generation's modules is executed once more, and their imports of one another lead to the same new
set. What has no version (the host's peculiarities, the buffer) is shared.

They can be imported, as `asyncio_compat.exact.v3_5_1.v34.streams`, because pickle finds classes that way, in another
process too. This module is also the package of these names.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import os
import re
import sys
import threading
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from asyncio_compat.history_table import point
from asyncio_compat.versions import Key, Release, parse_key, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    # To be imported for its types alone: on some hosts that costs more than all of load().
    from importlib.abc import Loader, ResourceLoader

__all__ = ("ModuleSet", "module_set")

# No folder: its modules come from the finder below.
__path__: list[str] = []

_SHARED = frozenset(("asyncio_compat.v34.host", "asyncio_compat.v34.buffer"))
_ARGUMENTS = "asyncio_compat.v34.arguments"
_COPIED = re.compile(r"asyncio_compat\.(v\d+)(?:\.(\w+))?\Z")

# The generations that each one builds on, the newest first.
CHAINS: Mapping[str, tuple[str, ...]] = {
    "v34": ("v34",),
    "v37": ("v37", "v34"),
    "v38": ("v38", "v37", "v34"),
    "v313": ("v313", "v37", "v34"),
}


class ModuleSet:
    """The modules of one version.

    Args:
        release: the version.
    """

    def __init__(self, release: Release) -> None:
        from asyncio_compat.pruning import Pruner

        self.release = release
        self.chain = CHAINS[release.generation]
        self.name = f"{__name__}.v{release.text.replace('.', '_')}.{release.generation}"
        self.pruner = Pruner(release.text, point(release))
        self._modules: dict[str, ModuleType] = {}
        self._packages: dict[str, ModuleSpec | None] = {}
        self._behaviour = dict(_behaviour_of(release.key))
        self._builtins = {
            **vars(builtins),
            "__import__": self._import,
            "__build_class__": self.pruner.build_class,
        }

    def find(self, name: str) -> Iterator[ModuleType]:
        """Yield the modules called *name* ("streams"), the newest generation's first."""
        for generation in self.chain:
            module = self.module(generation, name)
            if module is not None:
                yield module

    def module(self, generation: str, name: str) -> ModuleType | None:
        """Return the module *name* of *generation*, or None if the generation has no such module of its own."""
        full_name = f"asyncio_compat.{generation}.{name}"
        if full_name in _SHARED:
            return importlib.import_module(full_name)
        module = self._modules.get(full_name)
        if module is None:
            spec = self._spec(generation, full_name)
            if spec is None:
                return None
            module = self._execute(full_name, spec, f"{self.name}.{generation}.{name}")
        return module

    def _spec(self, generation: str, full_name: str) -> ModuleSpec | None:
        package = self._package(generation)
        return PathFinder.find_spec(full_name, package.submodule_search_locations)

    def _package(self, generation: str) -> ModuleSpec:
        spec = self._packages.get(generation)
        if spec is None:
            spec = self._packages[generation] = importlib.util.find_spec(f"asyncio_compat.{generation}")
        if spec is None:
            raise ImportError(f"asyncio_compat is not installed whole: {generation} is missing")
        return spec

    def _execute(self, full_name: str, spec: ModuleSpec, name: str) -> ModuleType:
        code = spec.loader.get_code(full_name)  # type: ignore[union-attr]
        module = ModuleType(name)
        module.__file__ = spec.origin
        # Python 3.15 looks here for the lines that tracebacks show, and warns where it finds nothing.
        module.__spec__ = spec
        module.__dict__["__builtins__"] = self._builtins
        self._modules[full_name] = sys.modules[name] = module
        try:
            exec(code, module.__dict__)  # noqa: S102 - the code of this package
        except BaseException:
            del self._modules[full_name], sys.modules[name]
            raise
        self._set_behaviour(full_name.removeprefix("asyncio_compat."), module)
        self.pruner.module(full_name.rpartition(".")[2], module)
        if full_name == _ARGUMENTS:
            module.REFUSED = self.pruner.refused_arguments()  # type: ignore[attr-defined]
        return module

    def _set_behaviour(self, name: str, module: ModuleType) -> None:
        for attribute, value in self._behaviour.get(name, ()):
            owner: Any = module
            *classes, last = attribute.split(".")
            for part in classes:
                owner = getattr(owner, part)
            getattr(owner, last)  # a row of the table that names nothing is a mistake in the table
            setattr(owner, last, value)

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        match = _COPIED.match(name)
        if match is None or name in _SHARED or not fromlist:
            return __import__(name, globals, locals, fromlist, level)
        generation, own_name = match.groups()
        if own_name is not None:
            module = self.module(generation, own_name)
            if module is None:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            return module
        package = ModuleType(name)
        for part in fromlist:
            setattr(package, part, self.module(generation, part))
        return package


_sets: dict[Release, ModuleSet] = {}
_lock = threading.RLock()


def module_set(release: Release) -> ModuleSet:
    """Return the modules of *release*; the same at every call."""
    with _lock:
        made = _sets.get(release)
        if made is None:
            made = _sets[release] = ModuleSet(release)
        return made


def _table() -> str:
    path = os.path.join(os.path.dirname(__file__), "behaviour.txt")  # noqa: PTH118, PTH120 - as in history_table.py
    return cast("ResourceLoader", globals()["__loader__"]).get_data(path).decode()


def _behaviour_of(release: Key) -> dict[str, list[tuple[str, Any]]]:
    """Return what the table says of *release*: by module, the attributes and their values."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for line in _table().splitlines():
        if not line or line.startswith("#"):
            continue
        fact, spans, _ = line.split(" | ", 2)
        if any(_within(release, span) for span in spans.split(",")):
            name, value = fact.split(" = ", 1)
            generation, module, attribute = name.split(".", 2)
            found.setdefault(f"{generation}.{module}", []).append((attribute, ast.literal_eval(value)))
    return found


def _within(release: Key, span: str) -> bool:
    first, _, last = span.strip().partition("-")
    return parse_key(first) <= release <= parse_key(last or first)


class _Finder:
    """Finds modules by the names that `ModuleSet` gives them; making what is not yet made, as when unpickling."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if not fullname.startswith(f"{__name__}."):
            return None
        is_package = fullname.count(".") - __name__.count(".") < 4
        return ModuleSpec(fullname, cast("Loader", self), is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        parts = spec.name.removeprefix(f"{__name__}.").split(".")
        if len(parts) < 4:
            return None
        version, _, generation, name = parts
        module = module_set(resolve(version[1:].replace("_", "."))).module(generation, name)
        if module is None:
            raise ModuleNotFoundError(f"No module named {spec.name!r}", name=spec.name)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to do: the module was executed when it was made."""


sys.meta_path.append(_Finder())
