from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from asyncio_compat import __version__
from asyncio_compat.cli import main


def test_without_a_command_the_help_is_shown_and_the_call_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("usage: asyncio-compat ")


def test_the_help_shows_every_command_and_an_example_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    shown = capsys.readouterr().out
    assert caught.value.code == 0
    for command in ("run", "demo", "versions"):
        assert f"\n    {command} " in shown
        assert f"  asyncio-compat {command}" in shown


@pytest.mark.parametrize("command", ["run", "demo", "versions"])
def test_every_command_has_help_of_its_own(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: asyncio-compat {command} ")


def test_help_fits_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    for command in ([], ["run"], ["demo"], ["versions"]):
        with pytest.raises(SystemExit):
            main([*command, "--help"])

    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 120


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])

    assert caught.value.code == 0
    assert capsys.readouterr().out == f"asyncio-compat {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "the following arguments are required: PROGRAM (see: asyncio-compat run --help)"),
        (["run", "--api"], "argument --api: expected one argument (see: asyncio-compat run --help)"),
        (["demo", "--seconds", "0"], "argument --seconds: must be a number above zero, not 0"),
        (["demo", "--seconds", "-1"], "argument --seconds: must be a number above zero, not -1"),
        (["demo", "--seconds", "inf"], "argument --seconds: must be a number above zero, not inf"),
        (["demo", "--seconds", "nan"], "argument --seconds: must be a number above zero, not nan"),
        (["demo", "--seconds", "soon"], "argument --seconds: must be a number above zero, not soon"),
        (["demo", "--round-trips", "0"], "argument --round-trips: must be a whole number above zero, not 0"),
        (["demo", "--round-trips", "1.5"], "argument --round-trips: must be a whole number above zero, not 1.5"),
        (["demo", "more"], "unrecognized arguments: more"),
        (["versions", "--nothing"], "unrecognized arguments: --nothing"),
        (["banana"], "argument COMMAND: invalid choice: 'banana'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_told_in_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    shown = capsys.readouterr()
    assert caught.value.code == 2
    assert shown.out == ""
    assert shown.err.startswith(f"asyncio-compat: {message}")
    assert shown.err.count("\n") == 1


def test_versions_shows_what_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versions"]) == 0

    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line for line in lines if line[:2] == "3."}
    assert list(rows) == [
        *("3.4", "3.5", "3.6", "3.7", "3.8", "3.8.20", "3.9"),
        *("3.10", "3.11", "3.12", "3.13", "3.14", "3.15"),
    ]
    assert " v34 " in rows["3.4"]
    assert "3.4.10, the last of 3.4" in rows["3.4"]
    assert " v38 " in rows["3.8"]
    assert "async" in rows["3.7"]


def test_versions_can_be_read_by_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versions", "--json"]) == 0

    rows = {row["asked"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["3.8"]["generation"] == "v38"
    assert set(rows["3.8.20"]["removed"]) >= {"Stream", "StreamServer", "connect"}
    assert rows["3.7"]["removed"] == ["async"]
    assert rows["3.13"]["added"] == ["EventLoop", "QueueShutDown"]


@pytest.mark.parametrize(
    "command", [[sys.executable, "-m", "asyncio_compat"], ["asyncio-compat"]], ids=["-m", "script"]
)
def test_the_command_line_can_be_called_in_two_ways(command: list[str]) -> None:
    if command == ["asyncio-compat"]:
        command = [str(Path(sys.executable).with_name("asyncio-compat"))]

    result = subprocess.run([*command, "--version"], check=True, capture_output=True, text=True)

    assert result.stdout == f"asyncio-compat {__version__}\n"


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    code = "import sys; from asyncio_compat.cli import main; sys.stdin.readline(); sys.exit(main(['versions']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate("\n", timeout=30)

    assert "Traceback" not in errors
