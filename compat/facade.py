"""asyncio as it was in one version, as a module object.

Nothing is looked up before it is asked for. What a version lacks is absent: asking for it raises AttributeError, which
says when it came or went.
"""

from __future__ import annotations

import importlib
import sys
import threading
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, Any

from asyncio_compat import history_table as history
from asyncio_compat import members
from asyncio_compat.lookup import MissingFromHostError, exact, generation_modules, host_module, own_modules
from asyncio_compat.versions import Release, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asyncio_compat.versions import Requested

__all__ = ("Facade", "Namespace", "load", "namespace")

_facades: dict[Release, Facade] = {}
_lock = threading.Lock()


def load(version: Requested = None) -> Facade:
    """Return asyncio as it was in a version; see `asyncio_compat.load`."""
    release = resolve(version)
    facade = _facades.get(release)
    if facade is None:
        with _lock:
            facade = _facades.setdefault(release, Top(release).module)
    return facade


class Facade(ModuleType):
    """asyncio, or one of its submodules, as of one version."""

    __slots__ = ("_namespace",)

    def __init__(self, namespace: Namespace) -> None:
        super().__init__(namespace.title, f"{namespace.title} of Python {namespace.release.text}, by asyncio_compat.")
        self._namespace = namespace
        # In the module's own dictionary rather than in the class: so what is there costs what it costs in any module.
        self.__dict__.update(__getattr__=namespace.get, __dir__=namespace.visible, __package__="asyncio")

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __setattr__(self, name: str, value: Any) -> None:
        if "__getattr__" in self.__dict__:
            self._namespace.replace(name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._namespace.give_back(name)

    def __repr__(self) -> str:
        return f"<{self._namespace.title} {self._namespace.release.text} by asyncio_compat>"


def namespace(facade: Facade) -> Namespace:
    """Return what decides on the names of *facade*."""
    return facade._namespace


class Namespace:
    """The names of asyncio, or of one of its submodules, in one version.

    Attributes:
        release: the version.
        title: the name of the module, "asyncio.streams".
        module: the module object that programs see.
    """

    def __init__(self, release: Release, title: str) -> None:
        self.release = release
        self.title = title
        self.module = Facade(self)
        self._names: list[str] | None = None

    def find(self, name: str) -> Any:
        """Return what *name* is, without the warning that asking for it may give.

        Raises:
            AttributeError: this version or the running Python has no such name; the message says which.
        """
        raise NotImplementedError

    def names(self) -> Iterable[str]:
        """Return the names that the version has, whatever the running Python may lack of them."""
        raise NotImplementedError

    def listed(self) -> list[str]:
        """Return what `__all__` is."""
        raise NotImplementedError

    def get(self, name: str) -> Any:
        """Return what *name* is, for a program that asks for it: from then on it is in the module's dictionary."""
        if name == "__all__":
            value: Any = self.listed()
        elif name.startswith("__") and name.endswith("__"):
            return self._of_host(name)
        else:
            value = self.find(name)
        return self.module.__dict__.setdefault(name, value)

    def replace(self, name: str, value: Any) -> None:
        """Have *value* used as *name* by asyncio itself, where a program has put it into the module."""

    def give_back(self, name: str) -> None:
        """Have asyncio itself use again what *name* was before `replace()`."""

    def require(self, name: str) -> None:
        """Raise the AttributeError that asking for *name* would raise; give no warning that asking would give."""
        if name not in self.module.__dict__:
            self.get(name) if name.startswith("__") else self.find(name)

    def has(self, name: str) -> bool:
        """Tell whether *name* can be had."""
        try:
            self.require(name)
        except AttributeError:
            return False
        return True

    def visible(self) -> list[str]:
        """Return the names that can be had and those that the program set, sorted: what `dir()` shows."""
        if self._names is None:
            self._names = [name for name in self.names() if self.has(name)]
        own = (name for name in self.module.__dict__ if name not in ("__dir__", "__getattr__"))
        return sorted({*self._names, *own, "__all__"})

    def absent(self, name: str, *, known_as: str | None = None) -> AttributeError:
        """Return the error for a name that is not there, with the reason as far as the API history knows it.

        Args:
            name: the attribute.
            known_as: its name in the history, where that is another.
        """
        message = f"module {self.title!r} has no attribute {name!r}"
        reason = history.explain(self.release, known_as or name)
        if reason is None:
            return AttributeError(message, name=name, obj=self.module)
        full = f"asyncio.{known_as or name}"
        # Without obj= nothing is suggested in its place: the name is right, the version is not.
        return AttributeError(f"{message}: {full} {reason}; this program asked for {self.release.text}", name=name)

    def missing_from_host(self, name: str) -> AttributeError:
        """Return the error for a name that the version had and the running Python has nothing for."""
        running = ".".join(sys.version.split()[0].split(".")[:2])
        return AttributeError(
            f"module {self.title!r} has no attribute {name!r}: Python {self.release.text} had it, "
            f"but Python {running}, which runs this program, has none",
            name=name,
        )

    def _of_host(self, name: str) -> Any:
        host = importlib.import_module(self.title)
        try:
            return vars(host)[name]
        except KeyError:
            raise self.absent(name) from None


class Top(Namespace):
    """The names of asyncio itself."""

    def __init__(self, release: Release) -> None:
        super().__init__(release, "asyncio")
        self._submodules: dict[str, Facade] = {}

    def find(self, name: str) -> Any:
        """Return what asyncio.NAME is."""
        span = history.span(self.release, name)
        if span is None:
            raise self.absent(name)
        if span.kind == "import":
            return importlib.import_module(name)
        if span.kind == "submodule":
            raise AttributeError(
                f"module 'asyncio' has no attribute {name!r} before `import asyncio.{name}`", name=name
            )
        if span.kind == "module":
            return self.submodule(name)
        try:
            return exact(self.release, span.home, name)
        except MissingFromHostError:
            raise self.missing_from_host(name) from None

    def get(self, name: str) -> Any:
        """Return what asyncio.NAME is; warn if it was deprecated to ask for it."""
        value = super().get(name)
        span = history.span(self.release, name)
        if span is not None and span.warns:
            if span.warns == "always":
                self.module.__dict__.pop(name, None)
            warnings.warn(span.warning, DeprecationWarning, stacklevel=2)
        return value

    def names(self) -> Iterable[str]:
        """Return the names that asyncio had."""
        return (span.name for span in history.everywhere(self.release) if span.kind != "submodule")

    def listed(self) -> list[str]:
        """Return what `asyncio.__all__` is."""
        return [span.name for span in history.everywhere(self.release) if span.kind == "all" and self.has(span.name)]

    def is_submodule(self, name: str) -> bool:
        """Tell whether the version had a submodule *name* that `import asyncio` does not load."""
        span = history.span(self.release, name)
        return span is not None and span.kind == "submodule"

    def submodule(self, name: str) -> Facade:
        """Return asyncio's submodule *name*, as `import asyncio.NAME` does.

        Raises:
            AttributeError: the version or the running Python has no such submodule.
        """
        try:
            return self._submodules[name]
        except KeyError:
            span = history.span(self.release, name)
            if span is None or span.kind not in ("module", "submodule"):
                raise self.absent(name) from None
            if host_module(name) is None and not generation_modules(self.release, name):
                raise self.missing_from_host(name) from None
            return self._submodules.setdefault(name, Submodule(self, name).module)


class Submodule(Namespace):
    """The names of one of asyncio's submodules."""

    def __init__(self, top: Top, name: str) -> None:
        self.top = top
        self.name = name
        super().__init__(top.release, f"asyncio.{name}")
        self._replaced: dict[str, tuple[Any, list[tuple[ModuleType, Any]]]] = {}

    def replace(self, name: str, value: Any) -> None:
        """Have *value* used as *name* in the modules that this one stands for: what is patched here, is patched."""
        if name not in self._replaced:
            own = [
                (module, vars(module)[name]) for module in own_modules(self.release, self.name) if name in vars(module)
            ]
            self._replaced[name] = self.module.__dict__.get(name), own
        shown, own = self._replaced[name]
        if value is shown:
            self.give_back(name)
            return
        for module, _ in own:
            setattr(module, name, value)

    def give_back(self, name: str) -> None:
        """Have the modules use again what *name* was in them before."""
        _, own = self._replaced.pop(name, (None, []))
        for module, value in own:
            setattr(module, name, value)

    def find(self, name: str) -> Any:
        """Return what the submodule's NAME is: public names by the API history, others as they come."""
        own = f"{self.name}.{name}"
        for known_as in (own, name):
            if history.spans(known_as):
                span = history.span(self.release, known_as)
                if span is not None:
                    return self._known(name, span)
                # What asyncio did not export, its submodule may have had.
                if members.at(history.point(self.release), known_as) is None or not self._holds(name):
                    raise self.absent(name, known_as=known_as)
                return self._unknown(name)
        return self._unknown(name)

    def _known(self, name: str, span: history.Span) -> Any:
        # A name of another submodule is here only if it was imported here, as far as the host can tell.
        if span.home != self.name and "." not in span.name and not self._host_holds(name):
            message = f"module {self.title!r} has no attribute {name!r}"
            where = f": Python {self.release.text} has it in asyncio.{span.home}" if span.home else ""
            raise AttributeError(message + where, name=name)
        if span.kind == "module":
            return self.top.submodule(name)
        if span.kind == "import":
            return importlib.import_module(name)
        try:
            return exact(self.release, span.home, name)
        except MissingFromHostError:
            raise self.missing_from_host(name) from None

    def _unknown(self, name: str) -> Any:
        for module in self._modules():
            if name in vars(module):
                return vars(module)[name]
        raise self.absent(name)

    def _holds(self, name: str) -> bool:
        return any(name in vars(module) for module in self._modules())

    def _host_holds(self, name: str) -> bool:
        host = host_module(self.name)
        return host is not None and name in vars(host)

    def _modules(self) -> list[ModuleType]:
        host = host_module(self.name)
        return generation_modules(self.release, self.name) + ([] if host is None else [host])

    def names(self) -> Iterable[str]:
        """Return the names that the submodule defined."""
        return (span.name.removeprefix(f"{self.name}.") for span in history.members(self.release, self.name))

    def listed(self) -> list[str]:
        """Return what the submodule's `__all__` is."""
        spans = history.members(self.release, self.name)
        public = [span.name for span in spans if "." not in span.name and span.warns != "always"]
        return [name for name in (public or self.names()) if self.has(name)]
