"""Make compat/history.txt, the API history that the package ships, from an analysis of CPython's sources.

    python tools/make_history.py history.json > compat/history.txt

The input has, for each public name of asyncio, the spans of releases in which it was exported, with where it was
defined; the spans end where two of the releases that were analysed differ. The output keeps what decides which names a
version has, one span a line, sorted.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

# They exist on another platform only; importing them elsewhere fails in the host's own words.
OTHER_PLATFORMS = ("windows_events", "windows_utils")

# What `import asyncio` left in its namespace without meaning to: programs use it all the same.
IMPORTED = (("selectors", "3.4.0", "3.6.15"), ("sys", "3.4.0", None), ("warnings", "3.8.0b1", "3.8.0b4"))

# Modules that imported `coroutine` by name as long as asyncio itself was written with it: programs took it from them.
WITH_COROUTINE = ("base_events", "locks", "queues", "selector_events", "streams", "subprocess", "tasks", "unix_events")

HEADER = """\
# What asyncio had in which release: one span of releases a line, sorted by name.
#
# name    X is asyncio.X; M.X is only asyncio.M.X
# first   the first release of the span; A<B: not yet in A, seen in B, the releases between them were not looked at
# last    the last release of the span, - while it goes on; A<B: still in A, gone by B
# home    the submodule of asyncio that defines it, - for modules
# what    all: listed in asyncio.__all__
#         name: visible, not listed
#         module: a submodule that `import asyncio` loads
#         submodule: one that has to be imported by its own name
#         import: a module of the standard library that asyncio's namespace shows
#         once, always: follows "all" or "name": asking for it warns, the first time or each time, in these words
#
# Source of every line: CPython's sources of the releases below, on Linux, compared with running interpreters.
"""


class Row(NamedTuple):
    """One line of the output."""

    name: str
    first: str
    last: str
    home: str
    what: str

    def __str__(self) -> str:
        return "  ".join(self)


class Points:
    """The releases that were looked at, in the order of their versions."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._place = {name: place for place, name in enumerate(names)}

    def overlap(self, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
        """Return the span where both spans hold, each end in the words of the span that it is of."""
        starts, ends = max(one, other, key=self.start), min(one, other, key=self.end)
        if self.start(starts) > self.end(ends):
            return None
        inner = {key: starts[key] for key in ("first", "not_yet_in") if key in starts}
        return inner | {key: ends[key] for key in ("last", "gone_by") if key in ends}

    def start(self, span: dict[str, Any]) -> int:
        """Return the place of the span's first release."""
        return self._place[span["first"]]

    def end(self, span: dict[str, Any]) -> int:
        """Return the place of the span's last release."""
        return len(self.names) if span["last"] is None else self._place[span["last"]]

    def before(self, name: str) -> str:
        """Return the release before *name*."""
        return self.names[self._place[name] - 1]


def first_of(span: dict[str, Any]) -> str:
    """Return the first column of a span's line."""
    return f"{span['not_yet_in']}<{span['first']}" if "not_yet_in" in span else span["first"]


def last_of(span: dict[str, Any]) -> str:
    """Return the last column of a span's line."""
    if span["last"] is None:
        return "-"
    return f"{span['last']}<{span['gone_by']}" if "gone_by" in span else span["last"]


def what_of(export: dict[str, Any]) -> str:
    """Return the columns that say how a name is exported."""
    listed = "all" if export["in_all"] else "name"
    if "warning" not in export:
        return listed
    text: str = export["warning"]
    slated = re.fullmatch(r"warnings\._deprecated\(f?'(.+)', remove=\((\d+), (\d+)\)\)", text)
    if slated is None:
        return f"{listed} once {text}"
    name, major, minor = slated.groups()
    return f"{listed} always {name!r} is deprecated and slated for removal in Python {major}.{minor}"


def homes(name: str, history: dict[str, Any], points: Points) -> list[dict[str, Any]]:
    """Return the spans of *name*, each with one home: who moved did so when the module came that it moved to."""
    found = []
    for span in history[name]["spans"]:
        modules = span["module"] if isinstance(span["module"], list) else [span["module"]]
        if len(modules) == 1:
            found.append({**span, "module": modules[0]})
            continue
        old, new = modules
        came = history[new]["spans"][0]["first"]
        found.append({**span, "module": old, "last": points.before(came)})
        found[-1].pop("gone_by", None)
        found.append({**span, "module": new, "first": came})
        found[-1].pop("not_yet_in", None)
    return found


def merged(rows: list[Row], points: Points) -> list[Row]:
    """Join lines of one name that follow each other and say the same."""
    result: list[Row] = []
    for row in rows:
        if result and result[-1].name == row.name and result[-1][3:] == row[3:]:
            last, first = result[-1].last, row.first.split("<")[-1]
            if "<" not in last and last != "-" and points.before(first) == last:
                result[-1] = result[-1]._replace(last=row.last)
                continue
        result.append(row)
    return result


def exported_rows(name: str, history: dict[str, Any], points: Points) -> list[Row]:
    """Return the lines of a name that is visible as asyncio.NAME."""
    entry = history[name]
    if entry["spans"][0]["kind"] == "module":
        return [Row(name, first_of(span), last_of(span), "-", "module") for span in entry["exported"]]
    rows = []
    for export in entry["exported"]:
        for home in homes(name, history, points):
            both = points.overlap(export, home)
            if both is not None:
                rows.append(Row(name, first_of(both), last_of(both), home["module"], what_of(export)))
    return merged(rows, points)


def main() -> int:
    """Write the history to standard output."""
    history = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    meta = history.pop("_meta")
    points = Points(meta["points"])
    top = {name for name in history if "." not in name}
    modules = {name for name in top if history[name]["spans"][0]["kind"] == "module"}
    rows: list[Row] = [Row(name, first, last or "-", "-", "import") for name, first, last in IMPORTED]
    rows += [Row(f"{module}.coroutine", "3.4.2", "3.6.15", "coroutines", "name") for module in WITH_COROUTINE]
    own: dict[str, list[dict[str, Any]]] = {}
    for name in history:
        module, _, rest = name.partition(".")
        if not rest:
            rows += exported_rows(name, history, points)
        elif "." not in rest and (module in modules or module not in top) and module not in OTHER_PLATFORMS:
            spans = history[name]["spans"]
            rows += merged([Row(name, first_of(s), last_of(s), module, "name") for s in spans], points)
            if module not in modules:
                own.setdefault(module, []).extend(spans)
    for module, spans in own.items():
        first, last = min(spans, key=points.start), max(spans, key=points.end)
        rows.append(Row(module, first_of(first), last_of(last), "-", "submodule"))
    rows.sort(key=lambda row: row.name)
    releases = " ".join(points.names)
    sys.stdout.write(f"{HEADER}# releases  {releases}\n\n" + "".join(f"{row}\n" for row in rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
