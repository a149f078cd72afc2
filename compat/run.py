"""Runs a program whose `import asyncio` means a version of ours, and which sees nothing else of us.

What the interpreter does for `python program.py` and `python -m package` is done here as the interpreter does it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader, SourcelessFileLoader
from types import CodeType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from asyncio_compat import ownership
from asyncio_compat.loading import code_of_old_module, give_loader_back
from asyncio_compat.redirection import AlreadyImported, Redirection, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asyncio_compat.facade import Facade
    from asyncio_compat.ownership import Owner

__all__ = (
    "NothingToRunError",
    "Program",
    "Redirected",
    "find_file",
    "find_module",
    "main_module",
    "run_module",
    "run_path",
)


class NothingToRunError(Exception):
    """There is no program where one was said to be."""


class Redirected(NamedTuple):
    """What asyncio is to whom.

    Attributes:
        asyncio: what it is to the program.
        packages: what it is to packages that are not part of it, by their names.
        only_packages: whether the program itself keeps the host's.
        make: what makes redirections.
    """

    asyncio: Facade
    packages: Mapping[str, Facade] = MappingProxyType({})
    only_packages: bool = False
    make: Callable[[Facade, Owner], Redirection] = Redirection


class Program(NamedTuple):
    """What the interpreter knows of a program before it starts it.

    Attributes:
        compile: returns its code.
        loader: what has its source.
        file: the file that it comes from.
        spec: what the import system knows of it, if that found it.
        source: returns its text, where the loader does not have it.
    """

    compile: Callable[[], CodeType]
    loader: Any
    file: str | None
    spec: ModuleSpec | None = None
    source: Callable[[], str] | None = None


def run_path(path: str, arguments: Sequence[str], redirected: Redirected) -> None:
    """Run a program as `python PATH ARGUMENTS` does, in the `__main__` module that it has then.

    Args:
        path: a file with Python code, compiled or not; a folder or zip file with a `__main__.py`; "-" = standard input.
        arguments: what follows the program on its command line.
        redirected: what `import asyncio` means, in the program and elsewhere.

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
        folder, find = os.path.dirname(os.path.realpath(path)), lambda: find_file(path)  # noqa: PTH120
    owner = ownership.Program(folder or os.getcwd(), sys.path)  # noqa: PTH109
    _run(folder, [path, *arguments], owner, redirected, find)


def run_module(name: str, arguments: Sequence[str], redirected: Redirected) -> None:
    """Run a module or package as `python -m NAME ARGUMENTS` does, in the `__main__` module that it has then.

    Args:
        name: the dotted name; a package must have a `__main__` module.
        arguments: what follows the name on the command line.
        redirected: what `import asyncio` means, in the package, in what the current folder has, and elsewhere.

    Raises:
        NothingToRunError: there is no such module.
        BaseException: what the program raised.
    """
    folder = os.getcwd()  # noqa: PTH109
    owner = ownership.AnyOf(ownership.Named(name.partition(".")[0]), ownership.Program(folder, sys.path))
    _run(folder, ["-m", *arguments], owner, redirected, lambda: find_module(name))


def _run(folder: str, command: list[str], owner: Owner, redirected: Redirected, find: Callable[[], Program]) -> None:
    sys.argv[:] = command
    # Isolated and "safe path" mode leave the folder out: then the first entry is another one.
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        sys.path[0] = folder
    redirections = [redirected.make(facade, _owner_of(package)) for package, facade in redirected.packages.items()]
    of_program = None if redirected.only_packages else redirected.make(redirected.asyncio, owner)
    if of_program is not None:
        # The last to be installed is the first to be asked: what is named counts more than where it lies.
        redirections.insert(0, of_program)
    for redirection in redirections:
        if redirection is not of_program:
            _refuse_imported(redirection)
        redirection.install()
    program = find()
    if command[0] == "-m" and program.file is not None:
        sys.argv[0] = program.file
    spec = program.spec
    owners = [of_program] if spec is None else [one for one in redirections if one.owns(spec)]
    main, code = main_module(program, owners[-1] if owners else None)
    exec(code, main.__dict__)  # noqa: S102 - the program that was asked for


def _refuse_imported(redirection: Redirection) -> None:
    try:
        redirection.refuse_imported()
    except AlreadyImported as error:
        raise NothingToRunError(
            f"{error} (asyncio-compat needs it itself, or Python imports it at its start)"
        ) from None


def _owner_of(package: str) -> Owner:
    try:
        owner = owner_of(package)
        known = isinstance(owner, ownership.Below) or importlib.util.find_spec(package.partition(".")[0]) is not None
    except (ValueError, FileNotFoundError) as error:
        raise NothingToRunError(str(error)) from None
    if not known:
        raise NothingToRunError(f"no package named {package!r} to redirect")
    return owner


def main_module(
    program: Program, redirection: Redirection | None, name: str = "__main__"
) -> tuple[ModuleType, CodeType]:
    """Make a program the main module.

    Args:
        program: the program.
        redirection: what says what asyncio is to it; None if it is the host's.
        name: the name that it sees.

    Returns:
        The module, which is `sys.modules["__main__"]` now, and the code that is to be executed in it.
    """
    code = _compile(program, redirection is not None and redirection.takes_old_syntax)
    main = ModuleType(name)
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
    if redirection is not None:
        redirection.adopt(main)
        main.__dict__["__builtins__"] = redirection.builtins
        redirection.has_main_module = True
    sys.modules["__main__"] = main
    return main, code


def _compile(program: Program, old_syntax: bool) -> CodeType:
    try:
        return program.compile()
    except SyntaxError:
        if not old_syntax:
            raise
        name = "__main__" if program.spec is None else program.spec.name
        source = None if program.source is None else program.source()
        code = code_of_old_module(program.loader, name, program.file, source)
        if code is None:
            raise
        return code


def _is_container(path: str) -> bool:
    """Tell whether modules can be imported from *path*: it is a folder or a zip file."""
    for hook in sys.path_hooks:
        try:
            hook(path)
        except ImportError:
            continue
        return True
    return False


def _main_of(container: str) -> Program:
    spec = PathFinder.find_spec("__main__", [container])
    if spec is None or spec.loader is None:
        raise NothingToRunError(f"can't find '__main__' module in {container!r}")
    return _found("__main__", spec, spec.loader, f"can't find '__main__' module in {container!r}")


def _found(name: str, spec: ModuleSpec, loader: Any, otherwise: str) -> Program:
    def get_code() -> CodeType:
        code: CodeType | None = loader.get_code(name) if hasattr(loader, "get_code") else None
        if code is None:
            raise NothingToRunError(otherwise)
        return code

    return Program(get_code, loader, spec.origin, spec)


def _standard_input() -> Program:
    text = sys.stdin.buffer.read()
    return Program(
        lambda: compile(text, "<stdin>", "exec", dont_inherit=True),
        None,
        "<stdin>",
        source=lambda: importlib.util.decode_source(text),
    )


def find_file(path: str) -> Program:
    """Return the program in a file, compiled or not.

    Raises:
        NothingToRunError: there is no such file.
    """
    # The interpreter makes it absolute and leaves it otherwise as it was written.
    file = os.path.join(os.getcwd(), path)  # noqa: PTH109, PTH118
    if path.endswith(".pyc"):
        compiled = SourcelessFileLoader("__main__", file)
        return Program(lambda: _code_of(compiled, file), compiled, file)
    loader = SourceFileLoader("__main__", file)
    try:
        source = loader.get_data(file)
    except OSError as error:
        raise NothingToRunError(f"can't open file {file!r}: [Errno {error.errno}] {error.strerror}") from None
    return Program(lambda: loader.source_to_code(source, file), loader, file)


def _code_of(loader: SourcelessFileLoader, file: str) -> CodeType:
    try:
        code = loader.get_code("__main__")
    except (OSError, ImportError, EOFError, ValueError) as error:
        raise NothingToRunError(f"can't run {file!r}: {error}") from None
    if code is None:
        raise NothingToRunError(f"no code in {file!r}")
    return code


def find_module(name: str) -> Program:
    """Return the program that a module or a package with a `__main__` module is.

    Raises:
        NothingToRunError: there is no such module.
    """
    spec = _find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        inner = _find_spec(f"{name}.__main__")
        if inner is None:
            raise NothingToRunError(f"package {name!r} has no module '__main__', so there is nothing to run")
        spec, name = inner, f"{name}.__main__"
    if spec is None:
        raise NothingToRunError(f"no module named {name!r}")
    return _found(name, spec, give_loader_back(spec), f"there is no Python code in module {name!r}")


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
