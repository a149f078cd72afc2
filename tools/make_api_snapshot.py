"""Make tests/compat/genuine_api.json, what genuine releases showed, from a record of their namespaces.

    python tools/make_api_snapshot.py namespaces.json > tests/compat/genuine_api.json

Each name has the releases that had it, as the bits of a number in hexadecimal, the oldest release in the lowest bit.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> int:
    """Write the record to standard output."""
    namespaces = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    exported: dict[str, int] = {}
    classes: dict[str, dict[str, int]] = {}
    for bit, record in enumerate(namespaces.values()):
        for name in record["asyncio.__all__"]:
            exported[name] = exported.get(name, 0) | 1 << bit
        for name, public in record.items():
            if ":" in name or name.startswith("asyncio"):
                continue
            members = classes.setdefault(name, {})
            for member in ("", *public, *record.get(f"{name}:instance", ())):
                members[member] = members.get(member, 0) | 1 << bit
    packed = {
        "releases": list(namespaces),
        "exported": {name: f"{bits:x}" for name, bits in sorted(exported.items())},
        "classes": {
            name: {member: f"{bits:x}" for member, bits in sorted(members.items())}
            for name, members in sorted(classes.items())
        },
    }
    print(json.dumps(packed, indent=0, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
