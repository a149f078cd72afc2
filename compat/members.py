"""What the classes of asyncio had, and what its functions took, release by release.

The table is the file `members.txt`, made by `tools/make_members.py`. It is sorted, so that what belongs to one class is
found without reading the rest.
"""

from __future__ import annotations

import bisect
import functools
import os
from typing import TYPE_CHECKING, NamedTuple, cast

from asyncio_compat.versions import Key, parse_key

if TYPE_CHECKING:
    from importlib.abc import ResourceLoader

__all__ = ("Member", "at", "class_name", "members_of", "names_of", "spans")

_STILL: Key = (9999, 0, 0, "f", 0)


class Member(NamedTuple):
    """Releases in which one thing about a function, a class or what a class has held.

    Attributes:
        name: the name, "open_connection" or "StreamReader.read"; "streams.FlowControlMixin" where only the submodule
            has it.
        first: the first release that was seen to have it.
        last: the last one.
        since: the release before the first, where others that were not looked at may lie between the two; else None.
        gone_by: the release after the last, likewise.
        kind: "function", "coroutine", "class", "method", "property", "attribute"...
        bases: the classes of asyncio that a class inherits from.
        takes: the parameters as they are written, "(self, n=-1)"; "-" if there are none to speak of.
    """

    name: str
    first: Key
    last: Key
    since: Key | None
    gone_by: Key | None
    kind: str
    bases: tuple[str, ...]
    takes: str


@functools.cache
def _lines() -> list[str]:
    # As history_table.py does it: nothing to import, and from a zip file too.
    path = os.path.join(os.path.dirname(__file__), "members.txt")  # noqa: PTH118, PTH120
    text = cast("ResourceLoader", globals()["__loader__"]).get_data(path).decode()
    return [line for line in text.split("\n") if line and line[0] != "#"]


def _beginning_with(prefix: str) -> list[str]:
    lines = _lines()
    return lines[
        bisect.bisect_left(lines, prefix) : bisect.bisect_left(lines, f"{prefix[:-1]}{chr(ord(prefix[-1]) + 1)}")
    ]


@functools.cache
def spans(name: str) -> tuple[Member, ...]:
    """Return all that is known of *name*, oldest first; nothing for a name that asyncio never had."""
    return tuple(_parse(line) for line in _beginning_with(f"{name}  "))


def _parse(line: str) -> Member:
    name, first, last, what, takes = line.split("  ", 4)
    since, _, first = first.rpartition("<")
    last, _, gone_by = last.partition("<")
    kind, *bases = what.split(" ")
    return Member(
        name=name,
        first=parse_key(first),
        last=_STILL if last == "-" else parse_key(last),
        since=parse_key(since) if since else None,
        gone_by=parse_key(gone_by) if gone_by else None,
        kind=kind,
        bases=tuple(bases),
        takes=takes,
    )


def at(point: Key, name: str) -> Member | None:
    """Return what holds of *name* in the release *point*, one that was looked at; None if it was not there."""
    for found in spans(name):
        if found.first <= point <= found.last:
            return found
    return None


def class_name(module: str, name: str) -> str | None:
    """Return how the table calls the class or function *name* of asyncio's submodule *module*; None if it does not."""
    for known_as in (f"{module}.{name}", name):
        if spans(known_as):
            return known_as
    return None


@functools.cache
def names_of(owner: str) -> frozenset[str]:
    """Return the names of all that the class *owner* had in any release, with what it inherited."""
    prefix = f"{owner}."
    found = {line[len(prefix) :].partition("  ")[0] for line in _beginning_with(prefix)}
    bases = {base for span in spans(owner) for base in span.bases}
    return frozenset(found.union(*(names_of(base) for base in map(_known_as, bases) if base is not None)))


def _known_as(base: str) -> str | None:
    module, _, name = base.rpartition(".")
    return class_name(module, name)


def members_of(point: Key, owner: str) -> dict[str, Member]:
    """Return what the class *owner* had in the release *point*, by name, with what it inherited."""
    found: dict[str, Member] = {}
    itself = at(point, owner)
    for base in reversed(itself.bases if itself is not None else ()):
        known_as = _known_as(base)
        if known_as is not None:
            found.update(members_of(point, known_as))
    prefix = f"{owner}."
    for name in dict.fromkeys(line.partition("  ")[0] for line in _beginning_with(prefix)):
        member = at(point, name)
        if member is not None:
            found[name[len(prefix) :]] = member
    return found
