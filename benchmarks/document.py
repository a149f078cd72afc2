"""The page of the documentation that a run writes."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contestants import LIBRARIES

if TYPE_CHECKING:
    from benchmarks.report import Table

__all__ = ("document",)

_BEGINNING = """\
# Performance

<!-- Written by `python -m benchmarks --markdown docs/performance.md`; the next run overwrites it. -->

How fast the streams of each generation are, against the asyncio of the Python that runs them, and how far it is to what
the machine can do. All numbers are from one run:

"""

_METHOD = """\

## How it is measured

`tox -e bench` or, with `asyncio-compat[bench]` installed, `python -m benchmarks` from the repository's root; `--list`
names the workloads, `--help` the options.

- The program under test is a server of a few lines in the words of its generation (`benchmarks/programs/`). The host's
  asyncio runs the same file as v37 and v313; an old Python runs the same file as v34 or v37.
- The other side is the same for all: raw sockets in a process of its own. It holds the clocks, so that neither the
  program's start nor its end is measured.
- Each of the two has a CPU to itself, and in the exchange of messages the other side never sleeps: how long a CPU takes
  to wake up would hide the rest. A program that has waited for a backlog is woken before it is told to read that.
- Both processes are new for each measurement. The contestants take turns: one measurement of each, then the next of
  each. A ratio is the median of the ratios within each turn, and its spread is the median of the distances from it.
- A ratio is one of throughput as the peer sees it. Where the peer or the kernel is slower than the program, that
  hides what the program saves; so the ratio of the CPU time that the program used stands beside it in brackets.
- Raw sockets receive into one buffer and throw the bytes away, or send the same ones again, with blocking calls: the
  physical limit.
"""


def document(tables: Sequence[Table], rivals: Sequence[str], settings: str, picture: Path | None) -> str:
    """Return the page, as Markdown.

    Args:
        tables: what was measured.
        rivals: what was compared with.
        settings: how often it was measured, in words.
        picture: the chart's file, seen from the page.
    """
    parts = [_BEGINNING, *(f"- {fact}\n" for fact in (*_circumstances(rivals), settings))]
    if picture is not None:
        parts.append(f"\n![The ratios as bars]({picture.as_posix()})\n")
    parts += [f"\n## {table.title}\n\n{table.markdown()}\n" for table in tables]
    return "".join([*parts, _METHOD])


def _circumstances(rivals: Sequence[str]) -> list[str]:
    now = datetime.now(timezone.utc)
    libraries = ["asyncio-compat", *(name for name in rivals if name in LIBRARIES)]
    installed = [f"{name} {version(name)}" for name in libraries]
    return [
        f"{now:%Y-%m-%d}",
        f"{platform.python_implementation()} {platform.python_version()}, {', '.join(installed)}",
        f"{platform.system()} {platform.release().split('-')[0]}, {os.cpu_count()} CPUs: {_processor()}",
    ]


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
