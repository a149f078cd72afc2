"""Make compat/members.txt, what classes and functions had in which release, from an analysis of CPython's sources.

    python tools/make_members.py history.json > compat/members.txt

The input is that of make_history.py. What a class has from another class of asyncio is left to that one's lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from make_history import OTHER_PLATFORMS, Points, Row, first_of, last_of, merged

KINDS = (
    "attribute",
    "class",
    "classmethod",
    "coroutine",
    "exception",
    "function",
    "method",
    "property",
    "staticmethod",
)

HEADER = """\
# What the classes of asyncio had in which release, and what its functions took: one span of releases a line, sorted.
#
# name    X or M.X is a function or a class (M a submodule of asyncio), X.Y what the class X has
# first   the first release of the span; A<B means: not yet in A, seen in B, and the releases between were not looked at
# last    the last release of the span, - while it goes on; A<B means: still in A, gone by B
# what    class, exception: followed by the classes of asyncio that it inherits from, if any
#         function, coroutine, method, classmethod, staticmethod, property, attribute
# takes   the parameters, of a class those of its constructor; - if unknown or none are meant
#
# Source of every line: CPython's own sources of the releases named in history.txt, compared with running interpreters.

"""


def signature(parameters: list[dict[str, str]] | None) -> str:
    """Return parameters as they are written in a definition."""
    if parameters is None:
        return "-"
    written: list[str] = []
    only_keywords = False
    positional_only = [p for p in parameters if p["kind"] == "positional_only"]
    for parameter in parameters:
        kind, name = parameter["kind"], parameter["name"]
        if kind == "keyword_only" and not only_keywords:
            written.append("*")
        only_keywords = only_keywords or kind in ("keyword_only", "var_positional")
        stars = {"var_positional": "*", "var_keyword": "**"}.get(kind, "")
        default = f"={parameter['default']}" if "default" in parameter else ""
        written.append(f"{stars}{name}{default}")
        if positional_only and parameter is positional_only[-1]:
            written.append("/")
    return f"({', '.join(written)})"


def is_inherited(span: dict[str, Any], history: dict[str, Any]) -> bool:
    """Tell whether a class that has lines of its own has this one too."""
    bases = span.get("inherited_from", ())
    bases = [bases] if isinstance(bases, str) else bases
    return bool(bases) and all(base in history or base.rpartition(".")[2] in history for base in bases)


def rows_of(name: str, history: dict[str, Any], points: Points) -> list[Row]:
    """Return the lines of one name."""
    rows = []
    for span in history[name]["spans"]:
        if span["kind"] not in KINDS or is_inherited(span, history):
            continue
        # Another name of a class has what that has.
        alias = span.get("alias_of", "")
        bases = [alias] if alias.rpartition(".")[2] in history else span.get("bases", ())
        bases = [base for base in bases if base.rpartition(".")[2] != name]
        what = " ".join([span["kind"], *bases])
        rows.append(Row(name, first_of(span), last_of(span), what, signature(span.get("params"))))
    return merged(rows, points)


def main() -> int:
    """Write the lines to standard output."""
    history = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    points = Points(history.pop("_meta")["points"])
    rows = [
        row
        for name in history
        if name.partition(".")[0] not in OTHER_PLATFORMS
        for row in rows_of(name, history, points)
    ]
    rows.sort(key=lambda row: row.name)
    sys.stdout.write(HEADER + "".join(f"{row}\n" for row in rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
