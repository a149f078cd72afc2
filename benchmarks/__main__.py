"""The command: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.chart import chart
from benchmarks.contestants import NotInstalled, generation, raw_sockets, rival
from benchmarks.document import document
from benchmarks.report import Table, latencies, print_table, ratios
from benchmarks.turns import take_turns
from benchmarks.workloads import GENERATIONS, WORKLOADS, Workload

_QUICK = 0.1


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the streams of each generation against the host's asyncio and others, in turns.",
        epilog="examples:\n"
        "  python -m benchmarks --quick --workload readline --workload 'echo*' --generation v37\n"
        "  python -m benchmarks --against host --against uvloop\n"
        "  python -m benchmarks --generation v34 --against ~/.pyenv/versions/3.6.15/bin/python",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--list", action="store_true", help="show the workloads, and measure nothing")
    add("--workload", action="append", metavar="NAME", help="do this one, or all that match a pattern; may be repeated")
    add("--generation", action="append", choices=GENERATIONS, help="measure this one; may be repeated")
    add(
        "--against",
        action="append",
        metavar="host|uvloop|anyio|trio|PYTHON",
        help="compare with this: the host's asyncio (the default), a library, or the asyncio of another Python",
    )
    add("--runs", type=_at_least_one, metavar="N", help="measure everything N times (7; 3 with --quick)")
    add("--quick", action="store_true", help="a tenth of the work in each measurement")
    add("--pin", action=argparse.BooleanOptionalAction, default=True, help="give each process a CPU of its own")
    add("--raw", action=argparse.BooleanOptionalAction, default=True, help="measure raw sockets as well")
    add("--json", type=Path, metavar="FILE", help="write all samples, to be read by `python -m pyperf`")
    add("--chart", type=Path, metavar="FILE", help="write a chart as SVG")
    add("--markdown", type=Path, metavar="FILE", help="write the tables, and how they came about")
    arguments = parser.parse_args(words)
    arguments.workloads = _matching(parser, arguments.workload)
    return arguments


def _at_least_one(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _matching(parser: argparse.ArgumentParser, patterns: list[str] | None) -> list[Workload]:
    if patterns is None:
        return list(WORKLOADS)
    for pattern in patterns:
        if not any(fnmatchcase(workload.name, pattern) for workload in WORKLOADS):
            parser.error(f"there is no workload {pattern!r}; --list shows them all")
    return [workload for workload in WORKLOADS if any(fnmatchcase(workload.name, pattern) for pattern in patterns)]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit code: 1 if a measurement failed, 2 if it was called wrongly."""
    arguments = _arguments(words)
    if arguments.list:
        print_table(_known(arguments.workloads))
        return 0
    ours = [generation(name) for name in arguments.generation or GENERATIONS]
    asked = arguments.against or ["host"]
    try:
        rivals = [{our.name: rival(name, our.name) for our in ours} for name in asked]
    except NotInstalled as error:
        print(f"python -m benchmarks: {error}", file=sys.stderr)
        return 2
    runs = arguments.runs or (3 if arguments.quick else 7)
    limit = raw_sockets() if arguments.raw else None
    theirs = [contestant for by_name in rivals for contestant in by_name.values()]
    contestants = list({one.name: one for one in (*theirs, *ours, *([limit] if limit else []))}.values())
    results = take_turns(arguments.workloads, contestants, runs, _QUICK if arguments.quick else 1, arguments.pin)
    tables = [ratios(results, arguments.workloads, ours, by_name, limit) for by_name in rivals]
    tables.append(latencies(results, arguments.workloads, contestants))
    tables = [table for table in tables if table.rows]
    for table in tables:
        print_table(table)
    if arguments.json:
        arguments.json.unlink(missing_ok=True)
        results.suite().dump(str(arguments.json))
    if arguments.chart:
        arguments.chart.write_text(chart(results, arguments.workloads, ours, rivals[0]), encoding="utf-8")
    if arguments.markdown:
        settings = f"median of {runs} runs" + (", each a tenth of the usual work" if arguments.quick else "")
        picture = arguments.chart and Path(os.path.relpath(arguments.chart, arguments.markdown.parent))
        arguments.markdown.write_text(document(tables, asked, settings, picture), encoding="utf-8")
    return 1 if results.failures else 0


def _known(workloads: Sequence[Workload]) -> Table:
    rows = [(workload.name, f"{workload.count:,} {workload.unit}s", workload.title) for workload in workloads]
    return Table("Workloads", ("name", "at a time", "what is measured"), rows)


if __name__ == "__main__":
    sys.exit(main())
