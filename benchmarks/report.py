"""What was measured as tables, for a terminal and for the documentation."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.contestants import Contestant
    from benchmarks.results import Median, Results
    from benchmarks.workloads import Workload

__all__ = ("Table", "latencies", "print_table", "ratios", "short")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of text."""

    title: str
    header: Row
    rows: Sequence[Row]

    def markdown(self) -> str:
        """Return it as Markdown."""
        ruler = ["---"] + ["---:"] * (len(self.header) - 1)
        return "\n".join("| " + " | ".join(row) + " |" for row in (self.header, ruler, *self.rows))

    def plain(self) -> str:
        """Return it in columns."""
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if index == 0 else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (self.header, *self.rows)
        ]
        return "\n".join((self.title, "", *lines))


def print_table(table: Table) -> None:
    """Print *table* to standard output, with rich if that is installed."""
    if importlib.util.find_spec("rich") is None:
        print(table.plain(), end="\n\n")
        return
    from rich.console import Console
    from rich.table import Table as RichTable

    shown = RichTable(title=table.title, title_justify="left")
    for index, name in enumerate(table.header):
        shown.add_column(name, justify="left" if index == 0 else "right")
    for row in table.rows:
        shown.add_row(*row)
    # In a file, lines may be as long as they are.
    Console(width=None if sys.stdout.isatty() else 200).print(shown)


def ratios(
    results: Results,
    workloads: Sequence[Workload],
    ours: Sequence[Contestant],
    rival_of: Mapping[str, Contestant],
    limit: Contestant | None,
) -> Table:
    """Return the table of *ours* against their rivals, and of the physical limit where there is one.

    Args:
        results: what was measured.
        workloads: what to show, one row each.
        ours: what to show, one column each.
        rival_of: whom each of ours is compared with, by its name.
        limit: the contestant without an event loop.
    """
    rivals = list({rival.name: rival for rival in rival_of.values()}.values())
    title = f"Ratio to {rivals[0].name}: above 1 is faster (in brackets: of CPU time)"
    header = (
        "",
        "aim",
        *(rival.name for rival in rivals),
        *(our.name for our in ours),
        *(["raw sockets"] if limit else []),
    )
    rows = []
    for workload in workloads:
        if not any(results.median(workload, rival, workload.figure) for rival in rivals):
            continue
        absolute = [_absolute(results, workload, rival) for rival in rivals]
        compared = [_compared(results, workload, our, rival_of[our.name]) for our in ours]
        limits = [_compared(results, workload, limit, rivals[0])] if limit else []
        rows.append((workload.title, _aim(workload, ours, rivals[0]), *absolute, *compared, *limits))
    return _without_empty_columns(title, header, rows)


def _aim(workload: Workload, ours: Sequence[Contestant], rival: Contestant) -> str:
    if rival.name.startswith("Python 3.6") and workload.aim is not None:
        return "1.5"
    if rival.name != "host":
        return ""
    aims = [workload.aim_v34 if our.name == "v34" else workload.aim for our in ours]
    return "/".join(dict.fromkeys(f"{aim:.1f}" for aim in aims if aim is not None))


def _absolute(results: Results, workload: Workload, rival: Contestant) -> str:
    median = results.median(workload, rival, workload.figure)
    if median is None:
        return "failed" if results.failed(workload, rival) else ""
    return short(workload, median)


def short(workload: Workload, median: Median) -> str:
    """Return *median* in the workload's unit, with its spread."""
    spread = f" ±{100 * median.spread / median.value:.0f}%" if median.spread else ""
    if workload.figure == "memory":
        return f"{median.value / 1024:.1f} KiB{spread}"
    if workload.unit == "import":
        return f"{median.value * 1e3:.0f} ms{spread}"
    if workload.unit == "block":
        return f"{workload.size / median.value / 2**20:,.0f} MiB/s{spread}"
    return f"{1 / median.value:,.0f}/s{spread}"


def _compared(results: Results, workload: Workload, our: Contestant, their: Contestant) -> str:
    if results.failed(workload, our):
        return "failed"
    ratio = results.ratio(workload, our, their, workload.figure)
    if ratio is None:
        return ""
    cpu = results.ratio(workload, our, their, "cpu")
    digits = 2 if ratio.value < 20 else 0
    return f"{ratio.value:.{digits}f} ±{ratio.spread:.{digits}f}" + (f" ({cpu.value:.{digits}f})" if cpu else "")


def latencies(results: Results, workloads: Sequence[Workload], contestants: Sequence[Contestant]) -> Table:
    """Return the table of how long one exchange takes."""
    header = ("", *(contestant.name for contestant in contestants))
    rows = []
    for workload in workloads:
        cells = [_latency(results, workload, contestant) for contestant in contestants]
        if any(cells):
            rows.append((workload.title, *cells))
    return _without_empty_columns("Microseconds for one exchange: median / 99th percentile", header, rows)


def _without_empty_columns(title: str, header: Row, rows: Sequence[Row]) -> Table:
    kept = [index for index in range(len(header)) if any(row[index] for row in rows)]
    header, *rows = [tuple(row[index] for index in kept) for row in (header, *rows)]
    return Table(title, header, rows)


def _latency(results: Results, workload: Workload, contestant: Contestant) -> str:
    figures = [results.median(workload, contestant, figure) for figure in ("p50", "p99")]
    return " / ".join(f"{figure.value * 1e6:,.0f}" for figure in figures if figure is not None)
