"""Tables for the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("print_table",)


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], file: TextIO | None = None) -> None:
    """Print a table: by rich to a terminal, where rich is installed; else as plain text, which other programs can read.

    Args:
        title: what stands above it.
        header: the names of the columns.
        rows: the cells, as many in each row as there are columns.
        file: where to print it; standard output by default.
    """
    file = file or sys.stdout
    if file.isatty():
        try:
            _print_rich(title, header, rows, file)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "rich":
                raise
        else:
            return
    _print_plain(title, header, rows, file)


def _print_plain(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], file: TextIO) -> None:
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    file.write("\n".join([title, "", *lines, ""]))


def _print_rich(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], file: TextIO) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*header, title=escape(title), title_justify="left")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    Console(file=file).print(table)
