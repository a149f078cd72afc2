"""Taking out of classes and functions what a version did not have.

The table in `members.txt` decides. What is taken out of a class is not there: asking for it raises AttributeError, with
a message that says when it came or went, and neither `hasattr()` nor `dir()` knows it.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import sys
from abc import ABCMeta
from collections.abc import Coroutine
from types import FunctionType
from typing import TYPE_CHECKING, Any

from asyncio_compat import members, signatures
from asyncio_compat.history_table import explain_spans

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from asyncio_compat.versions import Key

__all__ = ("PARTS", "Pruner")

# Modules of ours that are parts of one that asyncio had.
PARTS = {
    "flow_control": "streams",
    "stream_errors": "streams",
    "stream_reader": "streams",
    "stream": "streams",
    "legacy_streams": "streams",
}
# What a class cannot do without, whoever defined it in which release.
_NEEDED = frozenset(("__init__", "__init_subclass__", "__class_getitem__"))
# Methods of event loops that all else is made of, in C too: what is put around them would be felt everywhere.
_LEFT_ALONE = frozenset(("call_at", "call_later", "call_soon", "call_soon_threadsafe", "get_debug"))
# The methods of event loops that the functions of streams pass arguments on to.
_PASSED_ON_TO = (
    ("create_connection", "BaseEventLoop.create_connection"),
    ("create_server", "BaseEventLoop.create_server"),
    ("create_unix_connection", "SelectorEventLoop.create_unix_connection"),
    ("create_unix_server", "SelectorEventLoop.create_unix_server"),
)


class Absent:
    """In the place of what a class lacks in a version, and has or once had in others.

    The host's asyncio and this package find it all the same, if it is there: they are not of that version.

    Args:
        message: what the program is told.
        hidden: what is there, None if it is nothing.
    """

    __slots__ = ("_hidden", "_message")

    def __init__(self, message: str, hidden: Any) -> None:
        self._message = message
        self._hidden = hidden

    def __get__(self, instance: object, owner: type) -> Any:
        hidden = self._hidden
        if hidden is None or not signatures.is_internal(sys._getframe(1)):
            raise AttributeError(self._message)
        return hidden.__get__(instance, owner) if hasattr(hidden, "__get__") else hidden


class Versioned(ABCMeta):
    """The type of a class that lacks something: `dir()` does not show that.

    It is an ABCMeta only so that programs can derive from such a class and from abstract ones at once.
    """

    def __dir__(cls) -> list[str]:
        return [name for name in super().__dir__() if not isinstance(_static(cls, name), Absent)]


class Stand(Versioned):
    """The type of a class that stands for one of the host's: what is an instance of that is an instance of this."""

    def __instancecheck__(cls, instance: Any) -> bool:
        host = vars(cls).get("_stands_for")
        return super().__instancecheck__(instance) if host is None else type.__instancecheck__(host, instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        host = vars(cls).get("_stands_for")
        return super().__subclasscheck__(subclass) if host is None else type.__subclasscheck__(host, subclass)


def _static(cls: type, name: str) -> Any:
    for base in cls.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None


def _is_of_host(cls: type) -> bool:
    return cls.__module__.partition(".")[0] in ("asyncio", "_asyncio")


def _is_part_of_a_loop(cls: type) -> bool:
    """Tell whether *cls* is mixed into event loops: what is put there would hide what the host has further on."""
    return issubclass(cls, asyncio.AbstractEventLoop) and not issubclass(cls, asyncio.SelectorEventLoop)


def _hidden(cls: type, name: str) -> Any:
    value = _static(cls, name)
    return value._hidden if isinstance(value, Absent) else value


def _dir(self: object) -> list[str]:
    return [name for name in object.__dir__(self) if not isinstance(_static(type(self), name), Absent)]


class Pruner:
    """What one version lacks.

    Args:
        asked: how the program named the version, for messages.
        point: the release that was looked at and stands for it.
    """

    def __init__(self, asked: str, point: Key) -> None:
        self.asked = asked
        self.point = point

    def build_class(self, body: Any, name: str, /, *bases: type, **kwds: Any) -> Any:
        """Do what a class statement does in the module of *body*; the class is `Versioned` if it will lack something.

        That has to be known in advance: Python does not allow to change the type of a class.
        """
        home = body.__globals__["__name__"].rpartition(".")[2]
        known_as = members.class_name(PARTS.get(home, home), name.removeprefix("_Unix"))
        types = {type(getattr(base, "__origin__", base)) for base in bases} | {kwds.get("metaclass", type)}
        lacks = self._lacks(known_as) if known_as is not None and types <= {type, ABCMeta, Versioned} else ()
        if any(not _is_special(one) for one in lacks):
            kwds["metaclass"] = Versioned
        return builtins.__build_class__(body, name, *bases, **kwds)

    def module(self, name: str, module: ModuleType) -> None:
        """Take out of the classes and functions that *module*, a fresh copy of a generation's *name*, defines."""
        home = PARTS.get(name, name)
        namespace = vars(module)
        for attribute, value in list(namespace.items()):
            if getattr(value, "__module__", None) != module.__name__:
                continue
            known_as = members.class_name(home, attribute)
            if isinstance(value, type):
                if known_as is not None:
                    self._own_class(value, known_as)
                else:
                    _strip(vars(value).values())
            elif isinstance(value, FunctionType):
                namespace[attribute] = self._function(value, known_as)

    def exported(self, cls: type, module: str, name: str) -> type:
        """Return what a program gets for *cls*, which it knows as *name* of *module*.

        That is *cls* itself where it has nothing that the version lacks, or is ours to change.
        """
        known_as = members.class_name(module, name)
        if known_as is None:
            return cls
        if not (_is_of_host(cls) or _is_part_of_a_loop(cls)):
            return self._alias(cls, known_as, name)
        if type(cls) not in (type, ABCMeta, Versioned) or issubclass(cls, BaseException):
            return cls
        lacks = [one for one in self._lacks(known_as) if hasattr(cls, one) and not _is_special(one)]
        if not lacks:
            return cls
        namespace = {
            "__slots__": (),
            "__module__": cls.__module__,
            "__qualname__": cls.__qualname__,
            "__doc__": cls.__doc__,
        }
        stand: type = Stand(cls.__name__, (cls,), {**namespace, "_stands_for": cls})
        self._hide(stand, known_as, lacks)
        return stand

    def _alias(self, cls: type, known_as: str, name: str) -> type:
        """Return *cls*, or what has more of it where another name of the class once was a class of its own."""
        has = {one: _static(cls, one) for one in members.members_of(self.point, known_as)}
        more = {one: value._hidden for one, value in has.items() if isinstance(value, Absent) and value._hidden}
        return type(cls)(name, (cls,), {**more, "__module__": cls.__module__}) if more else cls

    def refused_arguments(self) -> dict[str, dict[str, str]]:
        """Return, by method of the event loop, the arguments that the version lacks, with what can be said of them."""
        refused = {}
        for method, known_as in _PASSED_ON_TO:
            taken = members.at(self.point, known_as)
            if taken is None:
                continue
            now = signatures.names(taken.takes)
            ever = {name for span in members.spans(known_as) for name in signatures.names(span.takes)}
            refused[method] = {name: self._reason_for(known_as, name) for name in ever.difference(now)}
        return refused

    def _lacks(self, known_as: str) -> list[str]:
        if members.at(self.point, known_as) is None:
            return []
        has = members.members_of(self.point, known_as)
        return sorted(members.names_of(known_as).difference(has, _LEFT_ALONE))

    def _own_class(self, cls: type, known_as: str) -> None:
        lacks = self._lacks(known_as)
        for name in filter(_is_special, lacks):
            if not _needs(cls, name):
                for base in _own_bases(cls):
                    if name in vars(base):
                        delattr(base, name)
        if not _is_part_of_a_loop(cls):
            self._hide(cls, known_as, [name for name in lacks if not _is_special(name)])
        has = members.members_of(self.point, known_as)
        for name, value in list(vars(cls).items()):
            if isinstance(value, FunctionType):
                setattr(cls, name, self._function(value, has[name].name if name in has else None))
            else:
                _strip([value])
        if _is_part_of_a_loop(cls):
            return
        for name, member in has.items():
            left_alone = name in vars(cls) or name in _LEFT_ALONE or _is_special(name)
            value = None if left_alone else _static(cls, name)
            if isinstance(value, FunctionType) and value.__module__.startswith("asyncio."):
                conformed = self._function(value, member.name)
                if conformed is not value:
                    setattr(cls, name, conformed)

    def _hide(self, cls: type, known_as: str, names: list[str]) -> None:
        if not names:
            return
        if not isinstance(cls, Versioned):
            # Classes with a type of their own: what they lack, they do not have anyway.
            names = [name for name in names if hasattr(cls, name)]
        for name in names:
            setattr(cls, name, Absent(self._message(known_as, name), _hidden(cls, name)))
        if names and "__dir__" not in vars(cls):
            cls.__dir__ = _dir  # type: ignore[assignment]

    def _message(self, owner: str, name: str) -> str:
        shown = owner.rpartition(".")[2]
        return f"{shown}.{name} {self._explained(_spans_of(owner, name))}"

    def _explained(self, spans: Iterable[Any]) -> str:
        return f"{explain_spans(self.point, tuple(spans))}; this program asked for {self.asked}"

    def _reason_for(self, known_as: str, parameter: str) -> str:
        """Say when *parameter* of *known_as*, which the version lacks, came or went; "" if it never was there."""
        spans = [span for span in members.spans(known_as) if parameter in signatures.names(span.takes)]
        return f"it {self._explained(spans)}" if spans else ""

    def _function(self, function: Any, known_as: str | None) -> Any:
        member = None if known_as is None else members.at(self.point, known_as)
        if not function.__module__.startswith("asyncio."):
            _strip([function])
        if known_as is None or member is None or member.takes == "-":
            return function
        return signatures.conform(function, member.takes, lambda name: self._reason_for(known_as, name))


def _spans_of(owner: str, name: str) -> tuple[members.Member, ...]:
    own = members.spans(f"{owner}.{name}")
    if own:
        return own
    for base in {base: None for span in members.spans(owner) for base in span.bases}:
        module, _, short = base.rpartition(".")
        known_as = members.class_name(module, short)
        inherited = () if known_as is None else _spans_of(known_as, name)
        if inherited:
            return inherited
    return ()


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _strip(values: Iterable[Any]) -> None:
    """Take the annotations from functions: asyncio has none, and signatures are compared."""
    for value in values:
        function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
        while function is not None:
            with contextlib.suppress(AttributeError, TypeError):
                function.__annotations__ = {}
            function = getattr(function, "__wrapped__", None)


def _needs(cls: type, name: str) -> bool:
    # The host waits for our coroutines by `await`, even for those of versions that had no such thing.
    return name in _NEEDED or (name == "__await__" and issubclass(cls, Coroutine))


def _own_bases(cls: type) -> list[type]:
    """Return *cls* and what of ours it is made of that has no public name."""
    return [
        base
        for base in cls.__mro__
        if base is cls or (base.__name__.startswith("_") and base.__module__.startswith("asyncio_compat."))
    ]
