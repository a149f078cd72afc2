"""What a program really used of asyncio that not every version has: `asyncio-compat run --report`.

Names are seen when the program asks its `asyncio` for them, which is a stand-in for the facade then; methods and
parameters when the program calls them, by the interpreter's profiling. A native coroutine begins when it is awaited:
one that the program makes and hands to a task is not seen to be the program's.
"""

from __future__ import annotations

import atexit
import dis
import functools
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

from asyncio_compat import api, history_table
from asyncio_compat.facade import Facade, namespace
from asyncio_compat.redirection import Redirection
from asyncio_compat.table import print_table
from asyncio_compat.versions import Key, parse_key, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, FrameType

    from asyncio_compat.ownership import Owner

__all__ = ("Report",)

_FIRST = (3, 4, 0, "f", 0)
_AT_MOST = 5
_DOCUMENTED = ("asyncio", "asyncio_compat")


class Report:
    """Collects what is used, and shows it when the program ends."""

    def __init__(self) -> None:
        # By version and name: where it was used, in the order in which that was seen.
        self.uses: dict[tuple[str, str], dict[str, None]] = {}
        self._versions: dict[int, str] = {}
        self._ignored: set[CodeType] = set()

    def start(self) -> None:
        """Collect from now on; show it at exit."""
        atexit.register(self.show)
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)

    def redirection(self, facade: Facade, owner: Owner) -> Redirection:
        """Return a redirection to *facade* that sees what is used of it."""
        made = _Watching(facade, owner, self)
        self._versions[id(made.builtins.__dict__)] = made.version
        return made

    def show(self) -> None:
        """Print the table."""
        threading.setprofile(None)
        sys.setprofile(None)
        rows = list(self.rows())
        sys.stdout.flush()
        if rows:
            print_table(
                "What not every version has of asyncio, and this program used",
                ("version", "name", "since", "later", "where"),
                rows,
                sys.stderr,
            )
        else:
            sys.stderr.write("This program used nothing of asyncio that not every version has.\n")

    def rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield the rows of the table, sorted: version, name, since when, what it became, where it was used."""
        for (version, name), places in sorted(self.uses.items()):
            at = resolve(version).key
            since, later = fate(name, at)
            if (since or later) and not _goes_without_saying(name, at):
                shown = list(places)[:_AT_MOST]
                more = [f"{len(places) - _AT_MOST} more"] if len(places) > _AT_MOST else []
                yield version, name, since, later, ", ".join(shown + more)

    def used(self, name: str, frame: FrameType | None) -> None:
        """Take down that the code of *frame* uses *name*, if that code is redirected here."""
        version = None if frame is None else self._versions.get(id(frame.f_builtins))
        if frame is not None and version is not None:
            self.uses.setdefault((version, name), {})[f"{frame.f_code.co_filename}:{frame.f_lineno}"] = None

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            if id(frame.f_builtins) in self._versions:
                self._method_of(getattr(argument, "__self__", None), argument.__name__, frame)
        elif event == "call" and frame.f_code not in self._ignored:
            caller = frame.f_back
            if caller is not None and id(caller.f_builtins) in self._versions and _has_just_begun(frame):
                self._call(frame, caller)

    def _call(self, frame: FrameType, caller: FrameType) -> None:
        code = frame.f_code
        if str(frame.f_globals.get("__name__")).partition(".")[0] not in _DOCUMENTED:
            self._ignored.add(code)
            return
        given = frame.f_locals
        name = code.co_name
        arguments = [given.get(one) for one in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]]
        passed = [one for one in code.co_varnames[: len(arguments)] if given.get(one) is not None]
        if "func" in given and "kwargs" in given and "args" in given:
            # The outside of a generator-based coroutine: the function's own name and arguments are further in.
            name, arguments = given["func"].__name__, list(given["args"])
            passed = list(given["kwargs"])
        elif "kwds" in given or "kwargs" in given:
            passed += [*given.get("kwds", ()), *given.get("kwargs", ())]
        owner = arguments[0] if arguments else None
        known_as = self._method_of(owner, name, caller) or (name if history_table.spans(name) else None)
        if known_as is None:
            return
        callable_name = known_as.removesuffix(".__init__")
        for parameter in passed:
            if _is_known(f"{callable_name}({parameter})"):
                self.used(f"{callable_name}({parameter})", caller)

    def _method_of(self, owner: object, name: str, caller: FrameType) -> str | None:
        cls = owner if isinstance(owner, type) else type(owner)
        for base in cls.__mro__:
            if base.__module__.partition(".")[0].lstrip("_") in _DOCUMENTED:
                known_as = f"{base.__name__}.{name}"
                if _is_known(known_as):
                    self.used(known_as, caller)
                    return known_as
        return None


class _Watching(Redirection):
    """A redirection whose modules ask stand-ins for the facade, so that it is seen what they ask for."""

    def __init__(self, facade: Facade, owner: Owner, report: Report) -> None:
        super().__init__(facade, owner)
        self._report = report
        self._watched: dict[int, ModuleType] = {}

    def _import_asyncio(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        module = super()._import_asyncio(name, fromlist)
        return module if "*" in fromlist else self.watched(module)

    def watched(self, value: Any) -> Any:
        """Return a stand-in for *value* if that is asyncio or a submodule of it, else *value* itself."""
        if not isinstance(value, Facade):
            return value
        return self._watched.setdefault(id(value), _Watched(value, self, self._report))


class _Watched(ModuleType):
    """Stands in for a facade, and takes down what it is asked for."""

    def __init__(self, facade: Facade, redirection: _Watching, report: Report) -> None:
        super().__init__(facade.__name__, facade.__doc__)
        _parts[id(self)] = (facade, redirection, report)

    def __getattribute__(self, name: str) -> Any:
        facade, redirection, report = _parts[id(self)]
        value = getattr(facade, name)
        if not (name.startswith("__") and name.endswith("__")):
            report.used(_known_as(facade, name), sys._getframe(1))
        return redirection.watched(value)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(_parts[id(self)][0], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_parts[id(self)][0], name)

    def __dir__(self) -> list[str]:
        return dir(_parts[id(self)][0])

    def __repr__(self) -> str:
        return repr(_parts[id(self)][0])


# Apart from the stand-ins, which have no attributes of their own.
_parts: dict[int, tuple[Facade, _Watching, Report]] = {}


def _known_as(facade: Facade, name: str) -> str:
    _, _, module = namespace(facade).title.partition(".")
    own = f"{module}.{name}"
    return own if module and history_table.spans(own) else name


def _has_just_begun(frame: FrameType) -> bool:
    """Tell whether *frame* begins, with its arguments as they were given, rather than goes on after it has waited."""
    return frame.f_lasti <= _first_stop(frame.f_code)


@functools.cache
def _first_stop(code: CodeType) -> int:
    # Where there is no such instruction, a frame that begins stands before its first one.
    return next((one.offset for one in dis.get_instructions(code) if one.opname == "RESUME"), -1)


def _goes_without_saying(name: str, at: Key) -> bool:
    """Tell whether *name* is a parameter that came and goes with its function."""
    function, separator, _ = name.partition("(")
    (since, later), (since_then, later_then) = fate(name, at), fate(function, at)
    return bool(separator) and since == since_then and later in later_then


@functools.cache
def _is_known(name: str) -> bool:
    return bool(api.history(name))


@functools.cache
def fate(name: str, at: Key) -> tuple[str, str]:
    """Return what can be said of a name that is used with a version.

    Args:
        name: the name.
        at: the version.

    Returns:
        Since when asyncio has it, "" if from the beginning; and what became of it.
    """
    since, later = "", []
    for change in api.history(name):
        key = parse_key(change.version)
        # Where a series began with it, it says nothing which of its releases was looked at.
        version = f"{key[0]}.{key[1]}" if change.after else change.version
        if change.change in ("added", "back-ported", "pre-release only") and key <= at:
            since = version if key > _FIRST else ""
        if change.change == "deprecated":
            later.append(f"deprecated {version}: {change.detail}")
        elif change.change == "pre-release only":
            later.append(f"in pre-releases only,{change.detail.rpartition(',')[2]}")
        elif change.change in ("removed", "absent") and key > at:
            later.append(f"{change.change} {version}")
    return since, "; ".join(later)
