"""Which modules are redirected: what is said of them by name, by path, or by being part of a program.

The rules are objects that can be pickled, because the processes that a program spawns need them too.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("AnyOf", "Below", "Named", "Owner", "Program", "is_standard")

_STANDARD_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))  # noqa: PTH100, PTH120
_INSTALLED = ("site-packages", "dist-packages")


class Owner(Protocol):
    """Says of a module that is about to be imported whether it is redirected."""

    def __call__(self, name: str, location: str, /) -> bool:
        """Answer for the module *name*, which comes from the file or folder *location*, an absolute path."""


class Named:
    """Owns a package or module with all that is in it, wherever it is installed.

    Args:
        package: its name, "oldlib" or "company.oldlib".
    """

    def __init__(self, package: str) -> None:
        self.package = package

    def __call__(self, name: str, location: str, /) -> bool:
        """Tell whether the module is owned."""
        return name == self.package or name.startswith(f"{self.package}.")

    def __str__(self) -> str:
        return self.package


class Below:
    """Owns the modules of a folder, a zip file or a file, except the packages that are installed below it.

    Args:
        path: the folder or file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.path.abspath(path)  # noqa: PTH100 - links stay, as in sys.path
        self._real = os.path.realpath(path)

    def __call__(self, name: str, location: str, /) -> bool:
        """Tell whether the module is owned."""
        if _is_own(location, self.path):
            return True
        return _is_own(os.path.realpath(location), self._real)

    def __str__(self) -> str:
        return self.path


class Program:
    """Owns the modules of a program: those in its folder, and in those that it puts on `sys.path` itself.

    Args:
        folder: where it is.
        before: `sys.path` as it was before.
    """

    def __init__(self, folder: str, before: Iterable[str]) -> None:
        self.folder = folder
        self.before = frozenset(before)

    def __call__(self, name: str, location: str, /) -> bool:
        """Tell whether the module is owned."""
        if _is_own(location, self.folder):
            return True
        added = (entry for entry in sys.path if entry not in self.before)
        return any(_is_own(location, os.path.abspath(entry)) for entry in added)  # noqa: PTH100

    def __str__(self) -> str:
        return self.folder


class AnyOf:
    """Owns what one of several owners owns.

    Args:
        owners: the owners.
    """

    def __init__(self, *owners: Owner) -> None:
        self.owners = owners

    def __call__(self, name: str, location: str, /) -> bool:
        """Tell whether the module is owned."""
        return any(owner(name, location) for owner in self.owners)

    def __str__(self) -> str:
        return ", ".join(map(str, self.owners))


def is_standard(location: str) -> bool:
    """Tell whether *location* is part of the standard library."""
    below_it = _is_below(location, _STANDARD_LIBRARY)
    return below_it and not any(part in location.removeprefix(_STANDARD_LIBRARY) for part in _INSTALLED)


def _is_own(location: str, folder: str) -> bool:
    # A virtual environment in the program's folder is not part of the program.
    inside = location.removeprefix(folder).replace(os.sep, "/").split("/")
    return _is_below(location, folder) and not any(part in _INSTALLED for part in inside)


def _is_below(location: str, folder: str) -> bool:
    return location == folder or location.startswith(folder.rstrip(os.sep) + os.sep)
