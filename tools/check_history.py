"""Check the API history that the package ships against Python interpreters.

    python tools/check_history.py python3.8 python3.13 ...

Asks each interpreter for what its asyncio exports, what the classes of that have, and what the functions of streams
take, and prints where the tables say something else. The exit code is 1 if they do anywhere.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from asyncio_compat import history_table, members
from asyncio_compat.signatures import names as parameter_names
from asyncio_compat.versions import resolve

# Runs on any Python from 3.4 on.
ASK = """
import asyncio, inspect, json, sys, warnings
warnings.simplefilter("ignore")
classes, takes = {}, {}
for name in asyncio.__all__:
    value = getattr(asyncio, name)
    if isinstance(value, type) and not issubclass(value, BaseException):
        classes[name] = [member for member in dir(value) if not member.startswith("_")]
for name in ("StreamReader", "StreamReaderProtocol", "StreamWriter"):
    for member, value in vars(getattr(asyncio, name)).items():
        if inspect.isfunction(value) and not member.startswith("_"):
            takes[name + "." + member] = list(inspect.signature(value).parameters)
for name in ("open_connection", "open_unix_connection", "start_server", "start_unix_server"):
    takes[name] = [p for p in inspect.signature(getattr(asyncio, name)).parameters if p != "kwds"]
version = "%d.%d.%d" % sys.version_info[:3]
print(json.dumps({"version": version, "all": sorted(asyncio.__all__), "classes": classes, "takes": takes}))
"""


def main() -> int:
    """Check every interpreter, and say what is different."""
    wrong = 0
    for python in sys.argv[1:]:
        answer = subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True)  # noqa: S603
        said = json.loads(answer.stdout)
        found = list(differences(said))
        print(f"{python}: {said['version']}, {len(found)} differences", *found, sep="\n  ")
        wrong += len(found)
    return 1 if wrong else 0


def differences(said: dict[str, Any]) -> list[str]:
    """Return where the tables differ from what an interpreter said."""
    release = resolve(said["version"])
    at = history_table.point(release)
    found = []
    exported = {span.name for span in history_table.everywhere(release) if span.kind == "all"}
    found += [f"asyncio.{name}: in __all__ of one only" for name in sorted(exported.symmetric_difference(said["all"]))]
    for owner, public in said["classes"].items():
        known = members.members_of(at, owner)
        on_the_class = {
            name for name, member in known.items() if not name.startswith("_") and member.kind != "attribute"
        }
        known_at_all = {name for name in known if not name.startswith("_")}
        missing, extra = on_the_class.difference(public), set(public) - known_at_all
        found += [f"{owner}.{name}: in the table only" for name in sorted(missing)]
        found += [f"{owner}.{name}: in the interpreter only" for name in sorted(extra)]
    for name, parameters in said["takes"].items():
        member = members.at(at, name)
        taken = None if member is None else list(parameter_names(member.takes))
        if taken != parameters:
            found.append(f"{name}: {taken} in the table, {parameters} in the interpreter")
    return found


if __name__ == "__main__":
    raise SystemExit(main())
