"""Questions to the API history: what a version has, what happened to a name, what differs between versions.

A name is written as a program writes it after `asyncio.`: "run", "StreamReader.readuntil", "streams.FlowControlMixin".
A parameter stands in parentheses: "open_connection(happy_eyeballs_delay)".
"""

from __future__ import annotations

import functools
import os
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from asyncio_compat import history_table, members
from asyncio_compat.history_table import point
from asyncio_compat.versions import Key, Release, format_key, parse_key, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.abc import ResourceLoader

    from asyncio_compat.versions import Requested

__all__ = ("Change", "Difference", "State", "differences", "history", "names", "state", "supports")

_NAME = re.compile(r"(?:asyncio\.)?([A-Za-z_][\w.]*)(?:\((\w+)=?\))?")
# Functions that pass on what they do not know themselves.
_PASS_ON = {
    "open_connection": "BaseEventLoop.create_connection",
    "open_unix_connection": "SelectorEventLoop.create_unix_connection",
    "start_server": "BaseEventLoop.create_server",
    "start_unix_server": "SelectorEventLoop.create_unix_server",
}


class Change(NamedTuple):
    """Something that happened to a name.

    Attributes:
        version: the release that was seen to be the first; of what is deprecated the series.
        change: "added", "back-ported" to an older series, "absent" from a newer one that began before that, "changed",
            "deprecated", "removed" or "pre-release only".
        name: the name.
        detail: what it is then, or why.
        source: where that can be read.
        after: where a series began with it, the last release of the one before that was looked at; else "".
    """

    version: str
    change: str
    name: str
    detail: str
    source: str
    after: str = ""


class State(NamedTuple):
    """What a name is in a version.

    Attributes:
        kind: "function", "coroutine", "class", "method", "property", "module"...
        takes: its parameters, "(self, n=-1)"; "" for what takes none.
        deprecated: why it should not be used, "" if it may.
        source: where that can be read.
    """

    kind: str
    takes: str
    deprecated: str
    source: str


class Difference(NamedTuple):
    """What two versions do not agree on.

    Attributes:
        name: the name.
        change: "added", "removed" or "changed".
        old: what it was, "" if it was not.
        new: what it is, "" if it is not.
        source: where that can be read.
    """

    name: str
    change: str
    old: str
    new: str
    source: str


def supports(version: Requested, name: str) -> bool:
    """Tell whether asyncio of a version has a name.

    Args:
        version: as for `load()`.
        name: "run", "StreamReader.readuntil", "streams.FlowControlMixin", "open_connection(happy_eyeballs_delay)".

    Raises:
        UnknownVersion: there is no such version.
        ValueError: *name* cannot be a name.
    """
    return state(resolve(version), name) is not None


def history(name: str) -> tuple[Change, ...]:
    """Return what happened to a name, oldest version first; nothing for a name that asyncio never had.

    Args:
        name: as for `supports()`.

    Raises:
        ValueError: *name* cannot be a name.
    """
    bare, parameter = _split(name)
    shown = f"{bare}({parameter})" if parameter else bare
    spans = _spans(bare, parameter)
    found = list(_changes(shown, bare, spans))
    for since, text in _deprecations().get(shown, ()):
        key = parse_key(since)
        if spans and any(one.first <= key <= one.last for one in spans):
            found.append(Change(since, "deprecated", shown, text, _source(key, bare, since)))
    return tuple(sorted(found, key=lambda change: parse_key(change.version)))


def state(release: Release, name: str) -> State | None:
    """Return what *name* is in *release*, None if it is not there.

    Raises:
        ValueError: *name* cannot be a name.
    """
    bare, parameter = _split(name)
    shown = f"{bare}({parameter})" if parameter else bare
    at = point(release)
    spans = [one for one in _spans(bare, parameter) if one.first <= at <= one.last]
    if not spans:
        return None
    span = spans[0]
    deprecated = next(
        (text for since, text in _deprecations().get(shown, ()) if parse_key(since) <= release.key), span.warning
    )
    return State("parameter" if parameter else span.kind, span.takes, deprecated, _source(at, bare))


def names(release: Release, wanted: Sequence[str] = ()) -> list[str]:
    """Return the names that *release* has, sorted: what it exports, and what the classes of that have.

    Args:
        release: the version.
        wanted: only these names, and what belongs to them; all if there are none.
    """
    exported = [span for span in history_table.everywhere(release) if span.kind in ("all", "name", "module")]
    found = {span.name for span in exported}
    for span in exported:
        found.update(f"{span.name}.{one}" for one in members.members_of(point(release), span.name))
    for name in wanted:
        bare, parameter = _split(name)
        if parameter or (bare not in found and state(release, bare) is not None):
            found.add(f"{bare}({parameter})" if parameter else bare)
            found.update(f"{bare}.{one}" for one in members.members_of(point(release), bare) if not parameter)
    return sorted(name for name in found if not wanted or any(_belongs(name, one) for one in wanted))


def differences(old: Release, new: Release, wanted: Sequence[str] = ()) -> list[Difference]:
    """Return what came, went and changed from one version to another, sorted by name.

    Args:
        old: the one version.
        new: the other.
        wanted: only these names, and what belongs to them; all if there are none.
    """
    found = []
    for name in sorted({*names(old, wanted), *names(new, wanted)}):
        was, now = state(old, name), state(new, name)
        owner = name.rpartition(".")[0]
        if owner and (state(old, owner) is None or state(new, owner) is None):
            # What belongs to a class comes and goes with it.
            continue
        if was is None and now is not None:
            found.append(Difference(name, "added", "", _said(now), now.source))
        elif was is not None and now is None:
            found.append(Difference(name, "removed", _said(was), "", _source(point(new), _split(name)[0])))
        elif was is not None and now is not None and _said(was) != _said(now):
            found.append(Difference(name, "changed", _said(was), _said(now), now.source))
    return found


def _said(what: State) -> str:
    text = f"{what.kind} {what.takes}".strip()
    return f"{text}, deprecated: {what.deprecated}" if what.deprecated else text


def _belongs(name: str, wanted: str) -> bool:
    bare, parameter = _split(wanted)
    return name == (f"{bare}({parameter})" if parameter else bare) or (not parameter and name.startswith(f"{bare}."))


def _split(name: str) -> tuple[str, str]:
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise ValueError(f"{name!r} is no name of asyncio: write 'run', 'StreamReader.read' or 'run(debug)'")
    return match[1], match[2] or ""


class _Lasting(NamedTuple):
    first: Key
    last: Key
    since: Key | None
    gone_by: Key | None
    kind: str
    takes: str
    warning: str


@functools.cache
def _spans(bare: str, parameter: str = "") -> tuple[_Lasting, ...]:
    """Return the spans of a name, with what it was in each."""
    exported = history_table.spans(bare)
    defined = _members_called(bare)
    spans = [
        _Lasting(*_overlap(one, other), other.kind, "" if other.takes == "-" else other.takes, one.warning)
        for one in exported or ()
        for other in defined
        if max(one.first, other.first) <= min(one.last, other.last)
    ]
    if not exported:
        spans = [
            _Lasting(one.first, one.last, one.since, one.gone_by, one.kind, "" if one.takes == "-" else one.takes, "")
            for one in defined
        ]
    elif not defined:
        spans = [
            _Lasting(one.first, one.last, one.since, one.gone_by, _kind_of(one), "", one.warning) for one in exported
        ]
    if not parameter:
        return tuple(spans)
    passed_on = _spans(_PASS_ON[bare]) if bare in _PASS_ON else ()
    taking = [one for one in (*spans, *passed_on) if parameter in _parameters(one.takes)]
    return tuple(_Lasting(*one[:4], "parameter", "", "") for one in taking)


def _overlap(one: history_table.Lasting, other: history_table.Lasting) -> tuple[Key, Key, Key | None, Key | None]:
    begins, ends = max(one, other, key=lambda span: span.first), min(one, other, key=lambda span: span.last)
    return begins.first, ends.last, begins.since, ends.gone_by


def _kind_of(span: history_table.Span) -> str:
    return {"all": "name", "submodule": "module", "import": "module"}.get(span.kind, span.kind)


def _members_called(bare: str) -> tuple[members.Member, ...]:
    found = members.spans(bare)
    if found:
        return found
    owner, _, name = bare.rpartition(".")
    for base in {base: None for span in members.spans(owner) for base in span.bases} if owner else ():
        module, _, short = base.rpartition(".")
        known_as = members.class_name(module, short)
        inherited = () if known_as is None else _members_called(f"{known_as}.{name}")
        if inherited:
            return inherited
    return ()


def _parameters(takes: str) -> Iterable[str]:
    from asyncio_compat.signatures import names as names_of_parameters

    return names_of_parameters(takes)


def _source(key: Key, bare: str, shown: str | None = None) -> str:
    """Return where it can be read what *bare* is in the release *key*."""
    first, _, rest = bare.partition(".")
    spans = history_table.spans(first)
    homes = [span.home for span in spans if span.first <= key <= span.last] or [span.home for span in spans[-1:]]
    home = homes[0] if homes and homes[0] else first if rest else "__init__"
    return f"CPython {shown or format_key(key)}, Lib/asyncio/{home}.py"


def _changes(name: str, bare: str, spans: Sequence[_Lasting]) -> Iterable[Change]:
    for index, span in enumerate(spans):
        before = spans[index - 1] if index else None
        after = spans[index + 1] if index + 1 < len(spans) else None
        said = f"{span.kind} {span.takes}".strip()
        ended = _next_point(span.last)
        if before is not None and _next_point(before.last) == span.first:
            if (before.kind, before.takes) != (span.kind, span.takes):
                yield _change(span.first, "changed", name, said, bare)
        elif before is None and after is None and span.last[3] != "f":
            yield _change(span.first, "pre-release only", name, f"{said}, until {format_key(span.last)}", bare)
            continue
        else:
            yield _change(span.first, "back-ported" if _is_back_port(span, after) else "added", name, said, bare)
        if ended is not None and (after is None or after.first != ended):
            # The next series began before the back-port was made.
            yield _change(ended, "absent" if _is_back_port(span, after) else "removed", name, "", bare)


def _is_back_port(span: _Lasting, after: _Lasting | None) -> bool:
    if after is None or _next_point(span.last) == after.first:
        return False
    return span.first[:2] == span.last[:2] != after.first[:2]


def _change(key: Key, change: str, name: str, detail: str, bare: str) -> Change:
    before = max((at for at in history_table.points() if at < key), default=key)
    after = format_key(before) if before[:2] != key[:2] else ""
    return Change(format_key(key), change, name, detail, _source(key, bare), after)


def _next_point(key: Key) -> Key | None:
    return next((at for at in history_table.points() if at > key), None)


@functools.cache
def _deprecations() -> dict[str, list[tuple[str, str]]]:
    path = os.path.join(os.path.dirname(__file__), "deprecations.txt")  # noqa: PTH118, PTH120 - as in history_table.py
    text = cast("ResourceLoader", globals()["__loader__"]).get_data(path).decode()
    found: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, since, reason = line.split("  ", 2)
            found.setdefault(name, []).append((since, reason))
    return found
