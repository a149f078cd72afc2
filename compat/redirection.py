"""Some modules' `import asyncio` means a version of ours, everybody else's the host's.

Nothing global is patched. A module finds `__import__` where it finds `len`: in the mapping that its `__builtins__`
names. The modules that are redirected get a mapping of their own, a copy of the builtins whose `__import__` knows what
asyncio is to them; code that they pass to `exec()` inherits it. They are recognized while they are being imported, by a
finder which asks the other finders and hands on what they say.

The price of a copy: what others put into the `builtins` module later is seen from the next import statement on.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from importlib.machinery import ExtensionFileLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from asyncio_compat.facade import Top, namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import TracebackType

    from asyncio_compat.facade import Facade

__all__ = ("Redirection", "below", "give_loader_back", "hide_our_frames", "named")

_OUR_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_STANDARD_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))  # noqa: PTH100, PTH120
_IMPORT_SYSTEM = ("<frozen importlib", os.path.join(_STANDARD_LIBRARY, "importlib"))  # noqa: PTH118
_INSTALLED = ("site-packages", "dist-packages")


def named(package: str) -> Callable[[str, str], bool]:
    """Return what owns a package or module with all that is in it, wherever it is installed."""
    return lambda name, _: name == package or name.startswith(f"{package}.")


def below(folders: Callable[[], Iterator[str]]) -> Callable[[str, str], bool]:
    """Return what owns the modules below folders, except the packages that are installed there."""
    return lambda _, location: any(_is_own(location, folder) for folder in folders())


def _is_own(location: str, folder: str) -> bool:
    # A virtual environment in the program's folder is not part of the program.
    inside = location.removeprefix(folder).replace(os.sep, "/").split("/")
    return _is_below(location, folder) and not any(part in _INSTALLED for part in inside)


def _is_below(location: str, folder: str) -> bool:
    return location == folder or location.startswith(folder.rstrip(os.sep) + os.sep)


def _is_standard(location: str) -> bool:
    below_it = _is_below(location, _STANDARD_LIBRARY)
    return below_it and not any(part in location.removeprefix(_STANDARD_LIBRARY) for part in _INSTALLED)


class Redirection:
    """Makes `import asyncio` mean *facade* in the modules that *owns* says yes to.

    Args:
        facade: what asyncio is to them.
        owns: called with the name of a module that is about to be imported and the file or folder that it comes from.
    """

    def __init__(self, facade: Facade, owns: Callable[[str, str], bool]) -> None:
        top = namespace(facade)
        if not isinstance(top, Top):
            raise TypeError(f"facade must be asyncio itself, not {facade!r}")
        self.facade = facade
        self._top = top
        self._owns = owns
        self._finder = _Finder(self)
        own = {"__import__": self._import}
        if hasattr(builtins, "__lazy_import__"):
            # What `lazy import` calls (PEP 810): the host's would not ask us, and refuses to be called from here.
            own["__lazy_import__"] = self._import
        self.builtins = _Builtins(own)

    def install(self) -> None:
        """Redirect what is imported from now on."""
        sys.meta_path.insert(0, self._finder)

    def remove(self) -> None:
        """Redirect nothing any more; modules that were redirected stay so."""
        sys.meta_path.remove(self._finder)

    def __enter__(self) -> Redirection:
        self.install()
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()

    def adopt(self, module: ModuleType) -> None:
        """Redirect *module*, which has not been executed yet."""
        self.builtins.refresh()
        module.__dict__["__builtins__"] = self.builtins.__dict__

    def owns(self, spec: ModuleSpec) -> bool:
        """Tell whether the module that *spec* is for is redirected: never if it is of the standard library."""
        if spec.origin is None or not spec.has_location or isinstance(spec.loader, ExtensionFileLoader | None):
            return False
        location = os.path.abspath(spec.origin)  # noqa: PTH100
        return not _is_standard(location) and self._owns(spec.name, location)

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if level == 0 and (name == "asyncio" or name.startswith("asyncio.")):
            return self._import_asyncio(name, fromlist or ())
        self.builtins.refresh()
        if name == "builtins" and level == 0:
            return self.builtins
        return builtins.__import__(name, globals, locals, fromlist or (), level)

    def _import_asyncio(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        _, *path = name.split(".")
        module: ModuleType = self.facade
        for place, part in enumerate(path):
            if place > 0:
                message = f"No module named {name!r}; {module.__name__!r} is not a package"
                raise ModuleNotFoundError(message, name=name)
            module = self._submodule(part)
        if not fromlist:
            return self.facade
        for wanted in fromlist:
            if wanted != "*":
                self._check(module, wanted)
        return module

    def _submodule(self, name: str) -> ModuleType:
        try:
            module: ModuleType = self._top.submodule(name)
        except AttributeError as error:
            reason = _reason(error)
            if reason:
                full_name = f"asyncio.{name}"
                raise ModuleNotFoundError(f"No module named {full_name!r}{reason}", name=full_name) from None
            # What the history does not know (asyncio.windows_utils) is the host's, or not there in the host's words.
            return importlib.import_module(f"asyncio.{name}")
        self.facade.__dict__[name] = module
        return module

    def _check(self, module: ModuleType, name: str) -> None:
        if module is self.facade and self._top.is_submodule(name):
            self._submodule(name)
        elif isinstance(module, type(self.facade)):
            try:
                namespace(module).require(name)
            except AttributeError as error:
                title = module.__name__
                message = f"cannot import name {name!r} from {title!r}{_reason(error)}"
                raise ImportError(message, name=title) from None


def _reason(error: AttributeError) -> str:
    _, separator, reason = str(error).partition(": ")
    return separator + reason


class _Builtins(ModuleType):
    """The builtins of redirected modules: the host's, but for those that import.

    What is set here is set for everybody, as it would be in the module that this one stands for.
    """

    __slots__ = ("_own",)

    def __init__(self, own: dict[str, Callable[..., Any]]) -> None:
        super().__init__("builtins", builtins.__doc__)
        super().__setattr__("_own", own)
        self.refresh()

    def refresh(self) -> None:
        """Take over what has been put into the host's builtins meanwhile."""
        self.__dict__.update({**vars(builtins), **self._own})

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._own:
            setattr(builtins, name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name not in self._own:
            delattr(builtins, name)
        super().__delattr__(name)


class _Finder:
    """Finds modules by asking the finders behind it, and has those adopted that are the redirection's."""

    def __init__(self, redirection: Redirection) -> None:
        self._redirection = redirection

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the first finder behind this one says that knows the module."""
        behind = sys.meta_path.index(self) + 1 if self in sys.meta_path else 0
        for finder in sys.meta_path[behind:]:
            spec: ModuleSpec | None = finder.find_spec(name, path, target)
            if spec is not None:
                if self._redirection.owns(spec):
                    spec.loader = cast("Loader", _Adopting(spec.loader, self._redirection))
                return spec
        return None


class _Adopting:
    """Stands in for a module's loader until the module object is there; then the loader is as nobody had touched it."""

    def __init__(self, loader: Any, redirection: Redirection) -> None:
        self._loader = loader
        self._redirection = redirection

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the module object, adopted, and leave the rest to the loader."""
        module: ModuleType = self._loader.create_module(spec) or ModuleType(spec.name)
        self._redirection.adopt(module)
        spec.loader = self._loader
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Execute a module that was not made here: one that is being reloaded."""
        self._redirection.adopt(module)
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def give_loader_back(spec: ModuleSpec) -> Any:
    """Take out of *spec* the loader that a redirection has put in front of the module's own, which is returned."""
    loader: object = spec.loader
    if isinstance(loader, _Adopting):
        spec.loader = loader._loader
    return spec.loader


def hide_our_frames(error: BaseException) -> None:
    """Take out of an exception's traceback, and out of those it came from, the frames of the dispatcher."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _without_our_frames(one.__traceback__)
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def _without_our_frames(traceback: TracebackType | None) -> TracebackType | None:
    kept = []
    ours = True
    for entry in _entries(traceback):
        file = entry.tb_frame.f_code.co_filename
        # The import system's frames are as good as ours where we called it.
        ours = os.path.dirname(file) == _OUR_FOLDER or (ours and file.startswith(_IMPORT_SYSTEM))  # noqa: PTH120
        if not ours:
            kept.append(entry)
    following = None
    for entry in reversed(kept):
        entry.tb_next = following
        following = entry
    return following


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next
