"""Runs a program whose `import asyncio` means a version of ours, and which sees nothing else of us.

What the interpreter does for `python program.py` and `python -m package` is done here as the interpreter does it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader, SourcelessFileLoader
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from asyncio_compat.redirection import Redirection, below, give_loader_back, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from asyncio_compat.facade import Facade

__all__ = ("NothingToRunError", "run_module", "run_path")


class NothingToRunError(Exception):
    """There is no program where one was said to be."""


class _Program(NamedTuple):
    """What the interpreter knows of a program before it starts it."""

    code: CodeType
    loader: Any
    file: str | None
    spec: ModuleSpec | None = None


def run_path(path: str, arguments: Sequence[str], asyncio: Facade) -> None:
    """Run a program as `python PATH ARGUMENTS` does, in the `__main__` module that it has then.

    Args:
        path: a file with Python code, compiled or not; a folder or zip file with a `__main__.py`; "-" = standard input.
        arguments: what follows the program on its command line.
        asyncio: what the program's `import asyncio` means.

    Raises:
        NothingToRunError: there is no such file, or nothing in it to run.
        BaseException: what the program raised.
    """
    here = os.path.abspath(path)  # noqa: PTH100 - links must stay, as in the interpreter
    if path == "-":
        folder, find = "", _standard_input
    elif _is_container(here):
        folder, find = here, lambda: _main_of(here)
    else:
        folder, find = os.path.dirname(os.path.realpath(path)), lambda: _file(path)  # noqa: PTH120
    owns = below(_folders(folder or os.getcwd()))  # noqa: PTH109
    _run(folder, [path, *arguments], owns, asyncio, find)


def run_module(name: str, arguments: Sequence[str], asyncio: Facade) -> None:
    """Run a module or package as `python -m NAME ARGUMENTS` does, in the `__main__` module that it has then.

    Args:
        name: the dotted name; a package must have a `__main__` module.
        arguments: what follows the name on the command line.
        asyncio: what `import asyncio` means in the package and in what the current folder has.

    Raises:
        NothingToRunError: there is no such module.
        BaseException: what the program raised.
    """
    folder = os.getcwd()  # noqa: PTH109
    in_folder, in_package = below(_folders(folder)), named(name.partition(".")[0])

    def owns(module: str, location: str) -> bool:
        return in_package(module, location) or in_folder(module, location)

    _run(folder, ["-m", *arguments], owns, asyncio, lambda: _module(name))


def _folders(first: str) -> Callable[[], Iterator[str]]:
    """Return what gives the folders of a program: its own, and those that it has put on sys.path itself."""
    before = frozenset(sys.path)

    def folders() -> Iterator[str]:
        yield first
        yield from (os.path.abspath(entry) for entry in sys.path if entry not in before)  # noqa: PTH100

    return folders


def _run(
    folder: str,
    command: list[str],
    owns: Callable[[str, str], bool],
    asyncio: Facade,
    find: Callable[[], _Program],
) -> None:
    redirection = Redirection(asyncio, owns)
    sys.argv[:] = command
    # Isolated and "safe path" mode leave the folder out: then the first entry is another one.
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        sys.path[0] = folder
    redirection.install()
    program = find()
    if command[0] == "-m" and program.file is not None:
        sys.argv[0] = program.file
    exec(program.code, _main_module(program, redirection).__dict__)  # noqa: S102 - the program that was asked for


def _main_module(program: _Program, redirection: Redirection) -> ModuleType:
    main = ModuleType("__main__")
    replaced = sys.modules["__main__"].__dict__
    main.__loader__ = program.loader
    main.__spec__ = program.spec
    main.__package__ = None if program.spec is None else program.spec.parent
    if program.file is not None:
        main.__file__ = program.file
    # Not every Python gives its main module these.
    if "__cached__" in replaced:
        main.__dict__["__cached__"] = None if program.spec is None else program.spec.cached
    if "__annotations__" in replaced:
        main.__annotations__ = {}
    if program.spec is None or redirection.owns(program.spec):
        redirection.adopt(main)
        main.__dict__["__builtins__"] = redirection.builtins
    sys.modules["__main__"] = main
    return main


def _is_container(path: str) -> bool:
    """Tell whether modules can be imported from *path*: it is a folder or a zip file."""
    for hook in sys.path_hooks:
        try:
            hook(path)
        except ImportError:
            continue
        return True
    return False


def _main_of(container: str) -> _Program:
    spec = PathFinder.find_spec("__main__", [container])
    code = None if spec is None or spec.loader is None else spec.loader.get_code("__main__")  # type: ignore[attr-defined]
    if spec is None or code is None:
        raise NothingToRunError(f"can't find '__main__' module in {container!r}")
    return _Program(code, spec.loader, spec.origin, spec)


def _standard_input() -> _Program:
    return _Program(compile(sys.stdin.buffer.read(), "<stdin>", "exec", dont_inherit=True), None, "<stdin>")


def _file(path: str) -> _Program:
    # The interpreter makes it absolute and leaves it otherwise as it was written.
    file = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118
    if path.endswith(".pyc"):
        compiled = SourcelessFileLoader("__main__", file)
        return _Program(_code_of(compiled, file), compiled, file)
    loader = SourceFileLoader("__main__", file)
    try:
        source = loader.get_data(file)
    except OSError as error:
        raise NothingToRunError(f"can't open file {file!r}: [Errno {error.errno}] {error.strerror}") from None
    return _Program(loader.source_to_code(source, file), loader, file)


def _code_of(loader: SourcelessFileLoader, file: str) -> CodeType:
    try:
        code = loader.get_code("__main__")
    except (OSError, ImportError, EOFError, ValueError) as error:
        raise NothingToRunError(f"can't run {file!r}: {error}") from None
    if code is None:
        raise NothingToRunError(f"no code in {file!r}")
    return code


def _module(name: str) -> _Program:
    spec = _find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        inner = _find_spec(f"{name}.__main__")
        if inner is None:
            raise NothingToRunError(f"package {name!r} has no module '__main__', so there is nothing to run")
        spec, name = inner, f"{name}.__main__"
    if spec is None:
        raise NothingToRunError(f"no module named {name!r}")
    loader = give_loader_back(spec)
    code = loader.get_code(name) if hasattr(loader, "get_code") else None
    if code is None:
        raise NothingToRunError(f"there is no Python code in module {name!r}")
    return _Program(code, loader, spec.origin, spec)


def _find_spec(name: str) -> ModuleSpec | None:
    if name.startswith("."):
        return None
    try:
        return importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        # The package that should have it is missing; what goes wrong in a package that is there, is the program's.
        missing = error.name
        if missing is not None and (name == missing or name.startswith(f"{missing}.")):
            return None
        raise
    except ValueError:
        # So it answers to "" and to the name of a module that has no spec.
        return None
