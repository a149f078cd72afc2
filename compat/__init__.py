"""The asyncio of any documented generation, from Python 3.4 to 3.15, on any Python from 3.10 on.

    import asyncio_compat

    asyncio = asyncio_compat.load("3.4")

Nothing of asyncio is imported before `load()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asyncio_compat.versions import Generation, UnknownVersion, generations

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from asyncio_compat.api import Change
    from asyncio_compat.facade import Facade
    from asyncio_compat.redirection import AlreadyImported, Redirection
    from asyncio_compat.versions import Requested

__all__ = (
    "AlreadyImported",
    "Generation",
    "UnknownVersion",
    "__version__",
    "generations",
    "history",
    "load",
    "redirect",
    "supports",
)

__version__: str


def load(version: Requested = None) -> Facade:
    """Return asyncio as it was in a version, as a module object to use in place of `asyncio`.

    Args:
        version: a series ("3.6": its last release; "3.8": what its documentation introduced), a release ("3.5.1"),
            a specifier (">=3.7,<3.10": the newest that matches), or an object of `packaging`. None means the
            environment variable ASYNCIO_COMPAT_API or, where that is not set, the version of the running Python.

    Returns:
        The module; the same one each time for one version. Its submodules are its attributes.

    Raises:
        UnknownVersion: there is no such version; the message says what can be asked for.
    """
    from asyncio_compat import facade

    return facade.load(version)


def redirect(
    packages: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], version: Requested = None
) -> Redirection:
    """Make `import asyncio` mean a version in some packages, whenever and by whomever they are imported.

    Everything else in the process, the standard library first of all, keeps the asyncio of the running Python.

        asyncio_compat.redirect("oldlib", "3.4")

        with asyncio_compat.redirect(["oldlib", Path("vendor")], "3.6"):
            import oldlib

    Args:
        packages: the name of a package or module (with all that is in it); or a path: a folder, a zip file, a module's
            file; or several of these.
        version: as for `load()`.

    Returns:
        The redirection, in force already. Its `undo()` ends it, as leaving its `with` block does; modules that were
        imported meanwhile stay as they are, unless by `undo(forget=True)`, after which the next import makes them anew.

    Raises:
        AlreadyImported: a module of them has been imported before.
        UnknownVersion: there is no such version.
        ValueError: a name cannot be one, or is one of the standard library's.
        FileNotFoundError: there is nothing at a path.
    """
    from asyncio_compat import redirection

    return redirection.redirect(packages, version)


def supports(version: Requested, name: str) -> bool:
    """Tell whether asyncio of a version has a name.

    Args:
        version: as for `load()`.
        name: what a program writes after `asyncio.`: "run", "StreamReader.readuntil", "streams.FlowControlMixin"; a
            parameter stands in parentheses, "open_connection(happy_eyeballs_delay)".

    Raises:
        UnknownVersion: there is no such version.
        ValueError: *name* cannot be a name.
    """
    from asyncio_compat import api

    return api.supports(version, name)


def history(name: str) -> tuple[Change, ...]:
    """Return what happened to a name of asyncio, oldest version first.

    Args:
        name: as for `supports()`.

    Returns:
        For each event its version, what it was ("added", "back-ported", "changed", "deprecated", "removed",
        "pre-release only"), the name, what it is since then, and the source; nothing for a name that asyncio never
        had.

    Raises:
        ValueError: *name* cannot be a name.
    """
    from asyncio_compat import api

    return api.history(name)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("asyncio-compat")
    if name == "AlreadyImported":
        from asyncio_compat.redirection import AlreadyImported

        return AlreadyImported
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
