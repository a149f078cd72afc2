"""Questions to the API history."""

from __future__ import annotations

import json

import pytest

from asyncio_compat import UnknownVersion, history, supports
from asyncio_compat.api import differences, names
from asyncio_compat.cli import main
from asyncio_compat.versions import resolve


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [
        ("3.5.1", "StreamReader.readuntil", False),
        ("3.5.2", "StreamReader.readuntil", True),
        ("3.4.5", "asyncio.StreamReader.readuntil", True),
        ("3.6", "run", False),
        (">=3.7,<3.9", "run", True),
        ("3.8", "Stream", True),
        ("3.8.18", "Stream", False),
        ("3.8.0a1", "StreamWriter.aclose", True),
        ("3.7", "open_connection(happy_eyeballs_delay)", False),
        ("3.9", "open_connection(happy_eyeballs_delay=)", True),
        ("3.9", "open_connection(loop)", True),
        ("3.10", "open_connection(loop)", False),
        ("3.13", "streams.FlowControlMixin", True),
        ("3.13", "PriorityQueue.shutdown", True),
        ("3.13", "nonsense", False),
    ],
)
def test_supports_knows_names_members_and_parameters(version: str, name: str, expected: bool) -> None:
    assert supports(version, name) is expected


def test_supports_refuses_what_is_no_name_and_no_version() -> None:
    with pytest.raises(ValueError, match="'a b' is no name of asyncio"):
        supports("3.7", "a b")
    with pytest.raises(UnknownVersion):
        supports("2.7", "run")


def test_history_tells_back_ports_from_what_was_there_from_then_on() -> None:
    told = [(change.version, change.change) for change in history("StreamReader.readuntil")]

    assert told == [("3.4.5", "back-ported"), ("3.5.0", "absent"), ("3.5.2", "added")]


def test_history_tells_what_was_discouraged_before_it_went() -> None:
    told = [(change.version, change.change, change.after) for change in history("open_connection(loop)")]

    assert told == [("3.4.0", "added", ""), ("3.8", "deprecated", ""), ("3.10.13", "removed", "3.9.18")]


def test_history_tells_what_pre_releases_alone_had() -> None:
    (change,) = history("Stream")

    assert (change.version, change.change) == ("3.8.0b1", "pre-release only")
    assert change.source == "CPython 3.8.0b1, Lib/asyncio/streams.py"


def test_history_tells_what_changed() -> None:
    told = [(change.version, change.change, change.detail) for change in history("run")]

    assert told == [
        ("3.7.0", "added", "function (main, *, debug=False)"),
        ("3.8.18", "changed", "function (main, *, debug=None)"),
        ("3.12.1", "changed", "function (main, *, debug=None, loop_factory=None)"),
    ]


def test_history_of_what_never_was_is_empty() -> None:
    assert history("StreamReader.nonsense") == ()


def test_every_name_of_a_version_is_supported_by_it() -> None:
    release = resolve("3.6")

    assert [name for name in names(release) if not supports("3.6", name)] == []


def test_differences_are_what_came_went_and_changed() -> None:
    found = {
        one.name: one.change
        for one in differences(resolve("3.9"), resolve("3.12"), ["StreamWriter", "coroutine", "sleep"])
    }

    assert found == {
        "StreamWriter.__del__": "added",
        "StreamWriter.start_tls": "added",
        "coroutine": "removed",
        "sleep": "changed",
    }


def test_show_prints_what_a_version_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "3.5.2", "StreamReader.readuntil"]) == 0

    out = capsys.readouterr().out
    assert "asyncio of 3.5.2" in out
    assert "CPython 3.4.5, Lib/asyncio/streams.py" in out


def test_show_as_json_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "3.7", "run", "--json"]) == 0

    data = json.loads(capsys.readouterr().out)
    assert data["names"]["run"]["takes"] == "(main, *, debug=False)"
    assert data["history"][0]["version"] == "3.7.0"


def test_show_of_a_missing_name_says_so_with_its_history(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "3.6", "run"]) == 1

    captured = capsys.readouterr()
    assert captured.err == "asyncio-compat: run is not in asyncio of 3.6\n"
    assert "3.7.0" in captured.out


def test_a_misspelt_name_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "3.6", "StreamRaeder"]) == 1

    assert capsys.readouterr().err.startswith(
        "asyncio-compat: asyncio never had StreamRaeder; did you mean StreamReader"
    )


def test_diff_prints_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "3.6", "3.13", "StreamWriter"]) == 0
    assert "StreamWriter.wait_closed" in capsys.readouterr().out

    assert main(["diff", "3.6", "3.13", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["from"], data["to"]) == ("3.6", "3.13")
    assert {"name", "change", "old", "new", "source"} == set(data["differences"][0])


def test_a_wrong_version_is_a_wrong_call_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "3.6", "banana"]) == 2

    assert capsys.readouterr().err.count("\n") == 1
