"""Signatures as a version had them, on functions that take more."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from asyncio_compat.v34 import host

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ("conform", "is_internal", "names", "parameters")

_EMPTY = inspect.Parameter.empty
_POSITIONAL, _KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
_STAR, _STARS = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD


class Written(NamedTuple):
    """A parameter as the table writes it.

    Attributes:
        kind: as in `inspect.Parameter`.
        name: its name.
        default: the source of its default, None if it has none.
    """

    kind: Any
    name: str
    default: str | None


@functools.cache
def parameters(takes: str) -> tuple[Written, ...]:
    """Return the parameters of *takes*, written as in a definition: "(self, n=-1)"."""
    if takes in ("-", "()"):
        return ()
    found: list[Written] = []
    kind: Any = _POSITIONAL
    for written in takes[1:-1].split(", "):
        name, _, default = written.partition("=")
        if name == "*":
            kind = _KEYWORD
        elif name == "/":
            found = [one._replace(kind=inspect.Parameter.POSITIONAL_ONLY) for one in found]
        elif name.startswith("**"):
            found.append(Written(_STARS, name[2:], None))
        elif name.startswith("*"):
            found.append(Written(_STAR, name[1:], None))
            kind = _KEYWORD
        else:
            found.append(Written(kind, name, default or None))
    return tuple(found)


@functools.cache
def names(takes: str) -> tuple[str, ...]:
    """Return the names of the parameters of *takes*, but for those with asterisks."""
    return tuple(one.name for one in parameters(takes) if one.kind not in (_STAR, _STARS))


def conform(function: Any, takes: str, reason: Callable[[str], str]) -> Any:
    """Return *function* with the signature that *takes* is.

    Args:
        function: a function that takes all of that, and perhaps more.
        takes: the parameters as they are written in a definition.
        reason: says why a parameter is not there, "" if nothing is known.

    Returns:
        *function* itself, unless there is something to refuse.
    """
    wanted = parameters(takes)
    inner = inspect.unwrap(function)
    actual = _actual(inner)
    if [one[:2] for one in actual] == [one[:2] for one in wanted] and all(
        _is_default(value, text, inner) for (_, _, value), (_, _, text) in zip(actual, wanted, strict=True)
    ):
        return function
    known = {name: value for _, name, value in actual}
    kinds = {kind for kind, _, _ in actual}
    if not all(one.name in known or (_STARS in kinds and one.kind in (_POSITIONAL, _KEYWORD)) for one in wanted):
        # It takes less: then it says so itself.
        return function
    signature = inspect.Signature(
        [inspect.Parameter(one.name, one.kind, default=_default(one, known, inner)) for one in wanted]
    )
    allowed = frozenset(one.name for one in wanted)
    if any(one.kind is _STARS for one in wanted) or (
        allowed.issuperset(name for kind, name, _ in actual if kind is not _STARS) and _STARS not in kinds
    ):
        if not function.__module__.startswith("asyncio."):
            function.__signature__ = signature
        return function
    return _refusing(function, signature, allowed, reason)


def _actual(function: Any) -> list[tuple[Any, str, Any]]:
    """Return kind, name and default of the parameters of *function*, quicker than `inspect.signature()` does."""
    code = function.__code__
    count, only_keywords = code.co_argcount, code.co_kwonlyargcount
    defaults = function.__defaults__ or ()
    keyword_defaults = function.__kwdefaults__ or {}
    positional = code.co_varnames[:count]
    found: list[tuple[Any, str, Any]] = [(_POSITIONAL, name, _EMPTY) for name in positional[: count - len(defaults)]]
    found += [
        (_POSITIONAL, name, value) for name, value in zip(positional[count - len(defaults) :], defaults, strict=True)
    ]
    place = count + only_keywords
    if code.co_flags & inspect.CO_VARARGS:
        found.append((_STAR, code.co_varnames[place], _EMPTY))
        place += 1
    for name in code.co_varnames[count : count + only_keywords]:
        found.append((_KEYWORD, name, keyword_defaults.get(name, _EMPTY)))
    if code.co_flags & inspect.CO_VARKEYWORDS:
        found.append((_STARS, code.co_varnames[place], _EMPTY))
    return found


def _is_default(value: Any, text: str | None, function: Any) -> bool:
    if text is None:
        return value is _EMPTY
    if value is _EMPTY:
        return False
    return repr(value) == text or _evaluated(text, function, value) == value


def _default(one: Written, known: dict[str, Any], function: Any) -> Any:
    if one.default is None:
        return _EMPTY
    value = known.get(one.name, _EMPTY)
    return _evaluated(one.default, function, None if value is _EMPTY else value)


def _evaluated(text: str, function: Any, otherwise: Any) -> Any:
    """Return what the source *text* of a default is in *function*, or *otherwise* where that cannot be told."""
    try:
        return ast.literal_eval(text)
    except ValueError:
        first, *rest = text.split(".")
        try:
            return functools.reduce(getattr, rest, function.__globals__[first])
        except (KeyError, AttributeError):
            return otherwise


def _refusing(
    function: Any, signature: inspect.Signature, allowed: frozenset[str], reason: Callable[[str], str]
) -> Any:
    """Return *function*, but for keyword arguments that are not *allowed*."""

    @functools.wraps(function)
    def checked(*args: Any, **kwds: Any) -> Any:
        if kwds and not allowed.issuperset(kwds) and not is_internal(sys._getframe(1)):
            name = next(name for name in kwds if name not in allowed)
            said = f"{function.__name__}() got an unexpected keyword argument {name!r}"
            why = reason(name)
            raise TypeError(f"{said}: {why}" if why else said)
        return function(*args, **kwds)

    if inspect.iscoroutinefunction(function):
        host.mark_coroutine_function(checked)
    checked.__signature__ = signature  # type: ignore[attr-defined]
    checked.__annotations__ = {}
    return checked


def is_internal(caller: FrameType) -> bool:
    """Tell whether the host's asyncio calls, or this package: whatever the version, they need what the host has."""
    return str(caller.f_globals.get("__name__")).startswith(("asyncio.", "asyncio_compat."))
