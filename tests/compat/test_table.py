from __future__ import annotations

import builtins
import io
from typing import Any

import pytest

from asyncio_compat.table import print_table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


ROWS = [("3.4", "v34"), ("3.10", "v313 [and more]")]


def test_a_table_is_plain_text_where_no_terminal_is() -> None:
    file = io.StringIO()

    print_table("The title", ("ask for", "generation"), ROWS, file)

    assert file.getvalue() == (
        "The title\n\nask for  generation\n-------  ---------------\n3.4      v34\n3.10     v313 [and more]\n"
    )


def test_a_table_on_a_terminal_has_everything_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    file = Terminal()

    print_table("The title", ("ask for", "generation"), ROWS, file)

    for text in ("The title", "ask for", "generation", "3.10", "v313 [and more]"):
        assert text in file.getvalue()


def test_a_terminal_without_rich_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without_rich(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "rich":
            raise ModuleNotFoundError("No module named 'rich'", name="rich")
        return really(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_rich)
    file = Terminal()

    print_table("The title", ("ask for", "generation"), ROWS, file)

    assert file.getvalue().startswith("The title\n\nask for  generation\n")
