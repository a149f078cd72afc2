"""Processes that a program spawns redirect what the program does.

A process made by multiprocessing's "spawn" or "forkserver" begins with nothing. The first thing that it gets from its
parent is data with, among others, the folder that the parent was started in, which multiprocessing keeps. In a process
that redirects, this is a string which takes the redirections with it on its way to such a process: they are there
before anything of the program is imported.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncio_compat.ownership import Owner
    from asyncio_compat.redirection import Redirection

__all__ = ("attach", "attach_now", "keep_main_module_for_ourselves", "pass_on", "pass_on_no_more")


class _Rule(NamedTuple):
    """A redirection, as another process can make it."""

    owner: Owner
    version: str


class _Main(NamedTuple):
    """The program's main module: what multiprocessing takes it by, and the rule by which it is redirected."""

    name: str | None
    file: str | None
    rule: int


class _State(NamedTuple):
    """What a process needs before it can go on in the parent's place."""

    rules: tuple[_Rule, ...]
    arguments: tuple[str, ...]
    path: tuple[str, ...]
    folder: str
    main: _Main | None


# Of this process, those with modules that may be sent for; the one that is asked first stands last.
_redirections: list[Redirection] = []


class _Folder(str):
    """The folder in which a process that redirects was started."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> tuple[Callable[..., object], tuple[object, ...]]:
        multiprocessing: Any = sys.modules["multiprocessing.context"]
        if multiprocessing.get_spawning_popen() is None:
            return str, (str(self),)
        return _arrive, (str(self), _state())


def pass_on(redirection: Redirection) -> None:
    """Have spawned processes make *redirection* too."""
    if redirection not in _redirections:
        _redirections.append(redirection)
    attach()


def attach() -> None:
    """Have multiprocessing take the redirections along, if there are any, and as soon as it is imported."""
    process: Any = sys.modules.get("multiprocessing.process")
    if process is not None and _redirections and isinstance(process.ORIGINAL_DIR, str):
        process.ORIGINAL_DIR = _Folder(process.ORIGINAL_DIR)


def attach_now() -> None:
    """Do so although nobody may notice when multiprocessing is imported."""
    importlib.import_module("multiprocessing.process")
    attach()


def pass_on_no_more(redirection: Redirection) -> None:
    """Have processes that are spawned from now on know nothing of *redirection*."""
    if redirection in _redirections:
        _redirections.remove(redirection)


def keep_main_module_for_ourselves() -> None:
    """Keep the process that others are forked from from executing the main module, which it would not redirect."""
    import multiprocessing

    if sys.platform != "win32":
        multiprocessing.set_forkserver_preload([])


def _state() -> _State:
    rules = tuple(_Rule(one.owner, one.version) for one in _redirections)
    return _State(rules, tuple(sys.argv), tuple(sys.path), os.getcwd(), _main())  # noqa: PTH109


def _main() -> _Main | None:
    main = sys.modules["__main__"]
    rule = next((index for index, one in enumerate(_redirections) if one.has_adopted(main)), None)
    if rule is None:
        return None
    spec, file = main.__spec__, getattr(main, "__file__", None)
    if spec is not None:
        # What stands in a __main__.py is not meant to be imported by anybody.
        is_program = spec.name == "__main__" or spec.name.endswith(".__main__")
        return None if is_program else _Main(spec.name, None, rule)
    return None if file is None or not os.path.exists(file) else _Main(None, os.path.normpath(file), rule)  # noqa: PTH110


def _arrive(folder: str, state: _State) -> str:
    """Redirect, in a new process, what *state* says, and make the main module if that is redirected."""
    if not _redirections:
        from asyncio_compat.facade import load
        from asyncio_compat.redirection import Redirection

        sys.path[:] = state.path
        sys.argv = list(state.arguments)
        os.chdir(state.folder)
        for owner, version in state.rules:
            redirection = Redirection(load(version), owner)
            # The process that this one was forked from may have imported the program.
            for name in redirection.not_redirected():
                del sys.modules[name]
            redirection.install()
        if state.main is not None:
            _make_main(state.main, _redirections[state.main.rule])
    return _Folder(folder)


def _make_main(main: _Main, redirection: Redirection) -> None:
    from asyncio_compat import run

    program = run.find_module(main.name) if main.name is not None else run.find_file(str(main.file))
    module, code = run.main_module(program, redirection, "__mp_main__")
    sys.modules["__mp_main__"] = module
    exec(code, module.__dict__)  # noqa: S102 - the program that is being run
