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
import importlib.util
import os
import sys
from importlib.machinery import ExtensionFileLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from asyncio_compat import spawned
from asyncio_compat.facade import Top, load, namespace
from asyncio_compat.loading import Adopting, find_in_zip, give_loader_back
from asyncio_compat.ownership import AnyOf, Below, Named, is_standard
from asyncio_compat.views import Builtins, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

    from asyncio_compat.facade import Facade
    from asyncio_compat.ownership import Owner
    from asyncio_compat.versions import Requested

__all__ = ("AlreadyImported", "Redirection", "owner_of", "redirect", "redirection_of")


class AlreadyImported(RuntimeError):
    """What was to be redirected has been imported, and has found an asyncio."""


def redirect(
    packages: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], version: Requested = None
) -> Redirection:
    """Make packages' `import asyncio` mean a version; see `asyncio_compat.redirect`."""
    redirection = Redirection(load(version), owner_of(packages))
    redirection.refuse_imported()
    redirection.install()
    return redirection


def owner_of(packages: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Owner:
    """Return what owns the packages, the paths, or all of several of them.

    Raises:
        ValueError: one is neither, or belongs to the standard library.
        FileNotFoundError: one is a path, and there is nothing.
    """
    several = [packages] if isinstance(packages, str | os.PathLike) else list(packages)
    if not several:
        raise ValueError("packages is empty: name a package or a path")
    owners = [_owner_of_one(one) for one in several]
    return owners[0] if len(owners) == 1 else AnyOf(*owners)


def _owner_of_one(package: str | os.PathLike[str]) -> Owner:
    if not isinstance(package, str | os.PathLike):
        raise TypeError(f"packages must be names or paths, not {package!r}")
    if isinstance(package, os.PathLike) or os.sep in package or (os.altsep is not None and os.altsep in package):
        if not os.path.exists(package):  # noqa: PTH110
            raise FileNotFoundError(f"there is nothing to redirect at {os.fspath(package)!r}")
        return Below(package)
    if not all(part.isidentifier() for part in package.split(".")):
        raise ValueError(f"{package!r} is no name of a package; a path needs a {os.sep!r}, or be a pathlib.Path")
    top = package.partition(".")[0]
    if top in sys.stdlib_module_names or top == "asyncio_compat":
        raise ValueError(f"{package!r} keeps the asyncio of the running Python, as all of the standard library does")
    return Named(package)


class Redirection:
    """Makes `import asyncio` mean *facade* in the modules that *owns* says yes to.

    As a context manager it does so in its block; what was imported there stays as it is.

    Args:
        facade: what asyncio is to them.
        owns: called with the name of a module that is about to be imported and the file or folder that it comes from.
    """

    def __init__(self, facade: Facade, owns: Owner) -> None:
        top = namespace(facade)
        if not isinstance(top, Top):
            raise TypeError(f"facade must be asyncio itself, not {facade!r}")
        self.facade = facade
        self.owner = owns
        # Whether the program's main module is redirected here.
        self.has_main_module = False
        self._top = top
        self._finder = _Finder(self)
        # What was imported and then forgotten, by name.
        self._forgotten: dict[str, ModuleType] = {}
        own = {"__import__": self._import}
        if hasattr(builtins, "__lazy_import__"):
            # What `lazy import` calls (PEP 810): the host's would not ask us, and refuses to be called from here.
            own["__lazy_import__"] = self._import
        self.builtins = Builtins(own)
        self._importlib = View(importlib, {"import_module": self._import_module, "__import__": self._import})

    def __repr__(self) -> str:
        state = "" if self._finder in sys.meta_path else ", undone"
        return f"<redirection of {self.owner} to asyncio {self.version}{state}>"

    def install(self) -> None:
        """Redirect what is imported from now on."""
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
            spawned.pass_on(self)

    def undo(self, *, forget: bool = False) -> None:
        """Redirect nothing any more.

        Args:
            forget: have modules that were redirected imported anew when they are imported next, by everybody but each
                other. Without it they stay as they are, and so do imports of asyncio in them.
        """
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        if forget:
            self._forget()
            spawned.pass_on_no_more(self)
        else:
            spawned.attach_now()

    def __enter__(self) -> Redirection:
        self.install()
        return self

    def __exit__(self, *exc: object) -> None:
        self.undo()

    def adopt(self, module: ModuleType) -> None:
        """Redirect *module*, which has not been executed yet."""
        self.builtins.refresh()
        module.__dict__["__builtins__"] = self.builtins.__dict__

    def has_adopted(self, module: ModuleType) -> bool:
        """Tell whether *module* was redirected here."""
        found = vars(module).get("__builtins__")
        return found is self.builtins or found is self.builtins.__dict__

    @property
    def version(self) -> str:
        """The version, as it was asked for."""
        return self._top.release.text

    @property
    def takes_old_syntax(self) -> bool:
        """Whether `async` and `await` were names in this version."""
        return self._top.release.key < (3, 7)

    def owns(self, spec: ModuleSpec) -> bool:
        """Tell whether the module that *spec* is for is redirected: never if it is of the standard library."""
        if spec.origin is None or not spec.has_location or isinstance(spec.loader, ExtensionFileLoader | None):
            return False
        if spec.name.partition(".")[0] == "asyncio_compat":
            # Where it is being worked on, it lies in a program's folder.
            return False
        location = os.path.abspath(spec.origin)  # noqa: PTH100
        return not is_standard(location) and bool(self.owner(spec.name, location))

    def not_redirected(self) -> list[str]:
        """Return the names of the modules that would be redirected, had they not been imported before."""
        return [name for name, module in list(sys.modules.items()) if self._missed(name, module)]

    def _missed(self, name: str, module: object) -> bool:
        # Not through its attributes: a lazy module would be loaded by that.
        if not issubclass(type(module), ModuleType) or name == "__main__":
            return False
        namespace = object.__getattribute__(module, "__dict__")
        spec = namespace.get("__spec__")
        if spec is None or not self.owns(spec):
            return False
        redirection = redirection_of(namespace.get("__builtins__"))
        return redirection is None or redirection.facade is not self.facade

    def refuse_imported(self) -> None:
        """Raise AlreadyImported if it is too late to redirect a module."""
        names = sorted(self.not_redirected())
        if names:
            more = f" and {len(names) - 3} more modules" if len(names) > 3 else ""
            raise AlreadyImported(
                f"{', '.join(names[:3])}{more} cannot be redirected to asyncio {self.version}: "
                f"already imported, with another asyncio; redirect before the first import"
            )

    def _forget(self) -> None:
        modules: dict[str, object] = {**sys.modules}
        for name, module in modules.items():
            if isinstance(module, ModuleType) and self.has_adopted(module) and name != "__main__":
                self._forgotten[name] = sys.modules.pop(name)

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        of_asyncio = level == 0 and (name == "asyncio" or name.startswith("asyncio."))
        if of_asyncio and not _is_of_the_interpreter(globals, locals, fromlist):
            return self._import_asyncio(name, fromlist or ())
        self.builtins.refresh()
        if name == "builtins" and level == 0:
            return self.builtins
        if self._forgotten:
            module = self._import_forgotten(name, globals or {}, fromlist or (), level)
            if module is not None:
                return module
        module = builtins.__import__(name, globals, locals, fromlist or (), level)
        if self.has_main_module and "multiprocessing.context" in sys.modules:
            self.has_main_module = False
            spawned.keep_main_module_for_ourselves()
        return self._importlib if module is importlib else module

    def _import_module(self, name: str, package: str | None = None) -> ModuleType:
        """Do what `importlib.import_module` does, in redirected modules."""
        absolute = importlib.util.resolve_name(name, package) if name.startswith(".") else name
        if absolute.partition(".")[0] == "asyncio" or self._is_forgotten(absolute):
            return self._import(absolute, None, None, ("__name__",))
        module = importlib.import_module(name, package)
        return self._importlib if module is importlib else module

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

    def _is_forgotten(self, name: str) -> bool:
        return any(name == one or name.startswith(f"{one}.") for one in self._forgotten)

    def _import_forgotten(
        self, name: str, importer: Mapping[str, object], fromlist: Sequence[str], level: int
    ) -> ModuleType | None:
        """Import what was forgotten, or belongs to it, for a module that was forgotten with it."""
        package = str(importer.get("__package__") or "")
        absolute = importlib.util.resolve_name("." * level + name, package) if level else name
        if not self._is_forgotten(absolute):
            return None
        module = self._forgotten.get(absolute)
        wanted = () if module is None or not hasattr(module, "__path__") else fromlist
        if module is None or any(one != "*" and not hasattr(module, one) for one in wanted):
            self._import_among_forgotten(absolute, fromlist)
            module = self._forgotten[absolute]
        top = absolute.partition(".")[0]
        return module if fromlist else self._forgotten.get(top) or sys.modules[top]

    def _import_among_forgotten(self, name: str, fromlist: Sequence[str]) -> None:
        """Import a module as if nothing had been forgotten, and forget it."""
        present = {one: module for one, module in sys.modules.items() if self._is_forgotten(one)}
        for one in present:
            del sys.modules[one]
        sys.modules.update(self._forgotten)
        undone = self._finder not in sys.meta_path
        sys.meta_path.insert(0, self._finder)
        try:
            builtins.__import__(name, None, None, fromlist or ("__name__",), 0)
        finally:
            if undone:
                sys.meta_path.remove(self._finder)
            self._forget()
            sys.modules.update(present)


def redirection_of(builtins_of_module: Any) -> Redirection | None:
    """Return the redirection that made what a module or a frame has as its builtins, None if none did."""
    if isinstance(builtins_of_module, ModuleType):
        builtins_of_module = vars(builtins_of_module)
    imports = builtins_of_module.get("__import__") if isinstance(builtins_of_module, dict) else None
    redirection = getattr(imports, "__self__", None)
    return redirection if isinstance(redirection, Redirection) else None


def _is_of_the_interpreter(globals: object, locals: object, fromlist: object) -> bool:  # noqa: A002
    """Tell whether an import comes from C code, which finds `__import__` where its caller does.

    Pickle does so, to look up classes by the names of their modules, and takes them from `sys.modules`. Statements pass
    a tuple or None; the C function passes an empty list, and the globals twice.
    """
    return fromlist == [] and globals is locals


def _reason(error: AttributeError) -> str:
    _, separator, reason = str(error).partition(": ")
    return separator + reason


class _Finder:
    """Finds modules by asking the finders behind it, and has those adopted that are the redirection's."""

    def __init__(self, redirection: Redirection) -> None:
        self._redirection = redirection

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the first finder behind this one says that knows the module."""
        if name == "multiprocessing.reduction":
            spawned.attach()
        behind = sys.meta_path.index(self) + 1 if self in sys.meta_path else 0
        for finder in sys.meta_path[behind:]:
            try:
                spec: ModuleSpec | None = finder.find_spec(name, path, target)
            except SyntaxError:
                # Some Pythons compile what they find in a zip file.
                spec = find_in_zip(name, path) if self._redirection.takes_old_syntax else None
                if spec is None or not self._redirection.owns(spec):
                    raise
            if spec is not None:
                if self._redirection.owns(spec):
                    # In place of what another redirection says: this one was asked first.
                    loader = give_loader_back(spec)
                    spec.loader = cast("Loader", Adopting(loader, self._redirection))
                return spec
        return None
