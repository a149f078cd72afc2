"""Check compat/history.txt against genuine interpreters.

    python tools/check_history.py PYTHON...

Asks each interpreter what its asyncio has and lists, and says where the history says otherwise. An interpreter of a
release that was not looked at when the history was made is compared with the nearest one of its series.
"""

from __future__ import annotations

import json
import subprocess
import sys

from asyncio_compat.history_table import everywhere
from asyncio_compat.versions import resolve

# Runs on Python 3.4 to 3.15.
QUESTION = """
import asyncio, json, sys, types, warnings
warnings.simplefilter("ignore")
names = {name for name in dir(asyncio) if not (name.startswith("__") and name.endswith("__"))}
modules = {name for name in names if isinstance(getattr(asyncio, name), types.ModuleType)}
print(json.dumps([sys.version.split()[0], sorted(asyncio.__all__), sorted(modules)]))
"""


def differences(python: str) -> tuple[str, list[str]]:
    """Return the version of an interpreter and what the history says otherwise of it."""
    command = [python, "-W", "ignore", "-c", QUESTION]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    version, listed, modules = json.loads(answer)
    spans = everywhere(resolve(version))
    facts = (
        ("in __all__", set(listed), {span.name for span in spans if span.kind == "all"}),
        ("a module", set(modules), {span.name for span in spans if span.kind in ("module", "import")}),
    )
    found = []
    for what, genuine, known in facts:
        found += [f"{name} is {what}, the history does not say so" for name in sorted(genuine - known)]
        found += [f"{name} is not {what}, the history says it is" for name in sorted(known - genuine)]
    return version, found


def main() -> int:
    """Check the interpreters that the command line names."""
    failed = False
    for python in sys.argv[1:]:
        version, found = differences(python)
        failed = failed or bool(found)
        print(f"{version}: " + ("as the history says" if not found else "\n  ".join(["", *found])))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
