"""`asyncio-compat show` and `diff`: what a version has, and what versions do not agree on."""

from __future__ import annotations

import difflib
import json
import sys
from typing import TYPE_CHECKING

from asyncio_compat import api
from asyncio_compat.table import print_table
from asyncio_compat.versions import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncio_compat.versions import Release

__all__ = ("diff", "show")

NOT_FOUND = 1


def show(version: str, name: str | None, *, as_json: bool) -> int:
    """Print what a version has; of one name, what that is, what belongs to it, and its history.

    Returns:
        The exit code: 0, or 1 if the version does not have the name.

    Raises:
        UnknownVersion: there is no such version.
        ValueError: *name* cannot be a name.
    """
    release = resolve(version)
    wanted = [] if name is None else [name.removeprefix("asyncio.")]
    rows = [(one, api.state(release, one)) for one in api.names(release, wanted)]
    shown = [(one, what) for one, what in rows if what is not None]
    past = api.history(name) if name is not None else ()
    if as_json:
        data: dict[str, object] = {"version": release.text, "names": {one: what._asdict() for one, what in shown}}
        if name is not None:
            data["history"] = [change._asdict() for change in past]
        print(json.dumps(data, indent=2))
    elif shown:
        cells = [(one, what.kind, what.takes, what.deprecated, what.source) for one, what in shown]
        print_table(f"asyncio of {release.text}", ("name", "what", "takes", "deprecated", "source"), cells)
    if not as_json and past:
        if shown:
            print()
        print_table(f"History of {wanted[0]}", ("version", "change", "what", "source"), _past(past))
    if not shown:
        return _missing(release, wanted[0], known=bool(past))
    return 0


def diff(old: str, new: str, names: Sequence[str], *, as_json: bool) -> int:
    """Print what came, went and changed from one version to another.

    Returns:
        The exit code: 0, or 1 if one of *names* is in neither version.

    Raises:
        UnknownVersion: there is no such version.
        ValueError: one of *names* cannot be a name.
    """
    was, now = resolve(old), resolve(new)
    wanted = [name.removeprefix("asyncio.") for name in names]
    for name in wanted:
        if api.state(was, name) is None and api.state(now, name) is None:
            return _missing(now, name, known=bool(api.history(name)), also=was)
    found = api.differences(was, now, wanted)
    if as_json:
        data = {"from": was.text, "to": now.text, "differences": [one._asdict() for one in found]}
        print(json.dumps(data, indent=2))
        return 0
    if not found:
        print(f"No difference between {was.text} and {now.text}.")
        return 0
    cells = [(one.change, one.name, one.old, one.new, one.source) for one in found]
    print_table(f"asyncio from {was.text} to {now.text}", ("change", "name", was.text, now.text, "source"), cells)
    return 0


def _past(changes: Sequence[api.Change]) -> list[tuple[str, ...]]:
    return [(one.version, one.change, one.detail, one.source) for one in changes]


def _missing(release: Release, name: str, *, known: bool, also: Release | None = None) -> int:
    where = release.text if also is None else f"{also.text} and {release.text}"
    if known:
        said = f"{name} is not in asyncio of {where}"
    else:
        near = difflib.get_close_matches(name, api.names(release), n=3)
        said = f"asyncio never had {name}" + (f"; did you mean {' or '.join(near)}?" if near else "")
    print(f"asyncio-compat: {said}", file=sys.stderr)
    return NOT_FOUND
