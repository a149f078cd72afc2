"""`asyncio-compat versions`: what can be asked for and what it gets."""

from __future__ import annotations

import json
from typing import NamedTuple

from asyncio_compat import history_table as history
from asyncio_compat.table import print_table
from asyncio_compat.versions import LAST_MICRO, NEWEST_MINOR, Release, resolve

__all__ = ("show",)

NAMES_SHOWN = 3


class _Row(NamedTuple):
    asked: str
    gets: str
    generation: str
    names: int
    added: list[str]
    removed: list[str]


def show(*, as_json: bool) -> None:
    """Print the table of versions, or the same as JSON."""
    rows = _rows()
    if as_json:
        print(json.dumps([row._asdict() for row in rows], indent=2))
        return
    header = ("ask for", "and get the API of", "generation", "names", "new", "gone")
    cells = [
        (row.asked, row.gets, row.generation, str(row.names), _some(row.added), _some(row.removed)) for row in rows
    ]
    print_table("What asyncio can be asked for", header, cells)
    print()
    print('A release ("3.5.1") gets exactly what that release had, a specifier (">=3.7,<3.9") the newest that matches.')
    print("Without a version: the environment variable ASYNCIO_COMPAT_API, else the running Python's own version.")


def _rows() -> list[_Row]:
    rows: list[_Row] = []
    before: set[str] = set()
    for asked in _asked():
        release = resolve(asked)
        names = {span.name for span in history.everywhere(release) if span.kind == "all"}
        added, removed = sorted(names - before), sorted(before - names)
        rows.append(_Row(asked, _gets(release), release.generation, len(names), added if before else [], removed))
        before = names
    return rows


def _asked() -> list[str]:
    series = [f"3.{minor}" for minor in LAST_MICRO]
    after_3_8 = series.index("3.8") + 1
    return [*series[:after_3_8], f"3.8.{LAST_MICRO[8]}", *series[after_3_8:]]


def _gets(release: Release) -> str:
    if release.text == "3.8":
        return "3.8's documentation (3.8.0b4)"
    if release.text.count(".") > 1:
        return f"{release.text}, and other final releases of 3.8"
    minor = release.key[1]
    last = LAST_MICRO[minor]
    if last is not None:
        return f"3.{minor}.{last}, the last of 3.{minor}"
    return f"3.{minor}" + (", the newest documented" if minor == NEWEST_MINOR else "")


def _some(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    # Private names last.
    shown = sorted(names, key=lambda name: name.startswith("_"))[:NAMES_SHOWN]
    return ", ".join(shown) + (f" + {more}" if more > 0 else "")
