"""Stands between the import system and a module's loader, for as long as it takes to redirect the module."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType

    from asyncio_compat.redirection import Redirection

__all__ = ("Adopting", "code_of_old_module", "find_in_zip", "give_loader_back")


class Adopting:
    """Stands in for a module's loader until the module is redirected; then the loader is as nobody had touched it.

    Args:
        loader: the module's loader.
        redirection: what the module is redirected by.
    """

    def __init__(self, loader: Any, redirection: Redirection) -> None:
        self.loader = loader
        self._redirection = redirection

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the module object, adopted, and leave the rest to the loader if that can do it."""
        create = getattr(self.loader, "create_module", None)
        module: ModuleType = (create(spec) if create is not None else None) or ModuleType(spec.name)
        self._redirection.adopt(module)
        if not self._redirection.takes_old_syntax:
            spec.loader = self.loader
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Execute a module that may be written in the syntax of its time, or that is being reloaded."""
        self._redirection.adopt(module)
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        module.__loader__ = self.loader
        try:
            self.loader.exec_module(module)
            return
        except SyntaxError as error:
            if not self._redirection.takes_old_syntax or _has_begun(module, error):
                raise
            code = code_of_old_module(self.loader, module.__name__, getattr(module, "__file__", None))
            if code is None:
                raise
        exec(code, module.__dict__)  # noqa: S102 - the module that is being imported

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)


def give_loader_back(spec: ModuleSpec) -> Any:
    """Take out of *spec* the loader that a redirection has put in front of the module's own, which is returned."""
    loader: object = spec.loader
    if isinstance(loader, Adopting):
        spec.loader = loader.loader
    return spec.loader


def find_in_zip(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """Find a module in the zip files of a path without compiling it.

    Args:
        name: the module's name.
        path: the path of the package that it is in; None means `sys.path`.
    """
    from zipimport import ZipImportError, zipimporter

    for entry in sys.path if path is None else path:
        importer = sys.path_importer_cache.get(entry)
        if isinstance(importer, zipimporter):
            try:
                is_package = importer.is_package(name)
            except ZipImportError:
                continue
            place = f"{importer.archive}/{importer.prefix}{name.rpartition('.')[2]}"
            file = f"{place}/__init__.py" if is_package else f"{place}.py"
            return importlib.util.spec_from_file_location(
                name, file, loader=importer, submodule_search_locations=[place] if is_package else None
            )
    return None


def code_of_old_module(loader: Any, name: str, file: str | None, source: str | None = None) -> CodeType | None:
    """Compile a module that the interpreter did not, as Python 3.6 did.

    Args:
        loader: its loader.
        name: its name.
        file: the file that tracebacks name.
        source: its text, if it is at hand.

    Returns:
        Its code; None if `async` and `await` are not what is wrong with it, or its source cannot be had.

    Raises:
        SyntaxError: Python 3.6 did not compile it, either.
    """
    from asyncio_compat.old_syntax import compile_old, fails_for_old_names

    if source is None:
        source = _source(loader, name, file)
    if source is None or not fails_for_old_names(source):
        return None
    return compile_old(source, file or "<string>")


def _source(loader: Any, name: str, file: str | None) -> str | None:
    if hasattr(loader, "get_source"):
        source: str | None = loader.get_source(name)
        return source
    # Not every loader can say: pytest's, which rewrites assertions, cannot.
    if file is None or not file.endswith(".py"):
        return None
    from pathlib import Path

    return importlib.util.decode_source(Path(file).read_bytes())


def _has_begun(module: ModuleType, error: BaseException) -> bool:
    """Tell whether *error* comes out of the module's own code: out of something that it imports."""
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_globals is module.__dict__:
            return True
        traceback = traceback.tb_next
    return False
