"""When names of asyncio came and went: the one table that decides what a version has.

The table is the file `history.txt`, made by `tools/make_history.py` and read when a name is first asked for.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from asyncio_compat.versions import Key, Release, format_key, parse_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import ResourceLoader

__all__ = ("Lasting", "Span", "everywhere", "explain", "explain_spans", "members", "point", "points", "span", "spans")

_STILL: Key = (9999, 0, 0, "f", 0)


class Lasting(Protocol):
    """A span of releases."""

    @property
    def first(self) -> Key:
        """The first release that was seen to have it."""

    @property
    def last(self) -> Key:
        """The last one."""

    @property
    def since(self) -> Key | None:
        """The release before the first, where others that were not looked at may lie between the two; else None."""

    @property
    def gone_by(self) -> Key | None:
        """The release after the last, likewise."""


class Span(NamedTuple):
    """Releases in which one thing about a name held.

    Attributes:
        name: the name, "run" for asyncio.run; "streams.FlowControlMixin" where only the submodule has it.
        first: the first release that was seen to have it.
        last: the last one.
        since: the release before the first, where others that were not looked at may lie between the two; else None.
        gone_by: the release after the last, likewise.
        home: the submodule that defines it; "" for modules.
        kind: "all" (listed in asyncio.__all__), "name", "module", "submodule" or "import", see `history.txt`.
        warns: "once" or "always" if asking for the name warns that it is deprecated, else "".
        warning: the words of that warning.
    """

    name: str
    first: Key
    last: Key
    since: Key | None
    gone_by: Key | None
    home: str
    kind: str
    warns: str
    warning: str


@functools.cache
def _table() -> tuple[tuple[Key, ...], dict[str, list[str]]]:
    """Return the releases that were looked at, and the lines of each name."""
    releases: tuple[Key, ...] = ()
    lines: dict[str, list[str]] = {}
    for line in _text().splitlines():
        name, _, rest = line.partition("  ")
        if line.startswith("#"):
            if name == "# releases":
                releases = tuple(parse_key(text) for text in rest.split())
        elif name:
            lines.setdefault(name, []).append(rest)
    return releases, lines


def _text() -> str:
    # Neither pathlib nor importlib.resources: importing them costs more than all the rest of load().
    path = os.path.join(os.path.dirname(__file__), "history.txt")  # noqa: PTH118, PTH120
    # The loader reads it from a zip file too.
    loader: ResourceLoader = globals()["__loader__"]
    return loader.get_data(path).decode()


@functools.cache
def spans(name: str) -> tuple[Span, ...]:
    """Return all that is known of *name*, oldest first; nothing for a name that asyncio never had."""
    return tuple(_parse(name, line) for line in _table()[1].get(name, ()))


def _parse(name: str, line: str) -> Span:
    first, last, home, what = line.split("  ", 3)
    since, _, first = first.rpartition("<")
    last, _, gone_by = last.partition("<")
    kind, _, rest = what.partition(" ")
    warns, _, warning = rest.partition(" ")
    return Span(
        name=name,
        first=parse_key(first),
        last=_STILL if last == "-" else parse_key(last),
        since=parse_key(since) if since else None,
        gone_by=parse_key(gone_by) if gone_by else None,
        home="" if home == "-" else home,
        kind=kind,
        warns=warns,
        warning=warning,
    )


def points() -> tuple[Key, ...]:
    """Return the releases that were looked at, oldest version first."""
    return _table()[0]


@functools.cache
def point(release: Release) -> Key:
    """Return the release that was looked at and is nearest to *release*, in its own series."""
    key = release.key
    # Between the betas of 3.8 and its first release the API changed: what is final is looked up among what is final.
    series = [at for at in _table()[0] if at[:2] == key[:2] and (at[3] == "f") == (key[3] == "f")]
    return max((at for at in series if at <= key), default=series[0])


def span(release: Release, name: str) -> Span | None:
    """Return what holds of *name* in *release*, None if it was not there."""
    at = point(release)
    for found in spans(name):
        if found.first <= at <= found.last:
            return found
    return None


def everywhere(release: Release) -> list[Span]:
    """Return what asyncio's own namespace had in *release*, sorted by name."""
    found = (span(release, name) for name in _table()[1] if "." not in name)
    return [one for one in found if one is not None]


def members(release: Release, module: str) -> list[Span]:
    """Return what the submodule *module* defined in *release*, sorted by name."""
    prefix = f"{module}."
    found = (span(release, name) for name in _table()[1] if "." not in name or name.startswith(prefix))
    return [one for one in found if one is not None and one.home == module]


def explain(release: Release, name: str) -> str | None:
    """Say when *name* came or went, for whoever misses it in *release*; None if that is not what is wrong."""
    known = spans(name)
    if not known or span(release, name) is not None:
        return None
    return explain_spans(point(release), known)


def explain_spans(at: Key, known: Sequence[Lasting]) -> str:
    """Say when what was there in the spans *known*, oldest first, came or went, for whoever misses it in *at*."""
    if known[-1].last[3] == "b":
        return f"was there in Python {format_key(known[-1].first)} to {format_key(known[-1].last)} only"
    later = next((one for one in known if one.first > at), None)
    if later is not None:
        return f"was added in Python {_arrival(later)}"
    return f"was removed in Python {_departure(known[-1])}"


def _arrival(one: Lasting) -> str:
    # The documentation names the series where the releases between were not looked at.
    return _series(one.first) if one.since is not None and one.since[:2] != one.first[:2] else format_key(one.first)


def _departure(one: Lasting) -> str:
    if one.gone_by is not None:
        return _series(one.gone_by)
    return format_key(min(at for at in _table()[0] if at > one.last))


def _series(key: Key) -> str:
    return f"{key[0]}.{key[1]}"
