"""The launcher that runs an unmodified command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from asyncio_compat.launcher import translated

RUN = "-m asyncio_compat run"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python -m oldlib", f"python {RUN} -m oldlib"),
        ("python -moldlib x", f"python {RUN} -m oldlib x"),
        ("python3.12 -u -m oldlib --port 1", f"python3.12 -u {RUN} -m oldlib --port 1"),
        ("/usr/bin/python3 -Bum oldlib -m x", f"/usr/bin/python3 -Bu {RUN} -m oldlib -m x"),
        ("python -W error -X dev -Xutf8 server.py -u", f"python -W error -X dev -Xutf8 {RUN} server.py -u"),
        ("python -OO -", f"python -OO {RUN} -"),
        ("python --check-hash-based-pycs never a.py", f"python --check-hash-based-pycs never {RUN} a.py"),
        ("python a.py -c x", f"python {RUN} a.py -c x"),
        ("python -c pass", "python -c pass"),
        ("python -ic pass", "python -ic pass"),
        ("python --version", "python --version"),
        ("python", "python"),
        ("gunicorn -m x", "gunicorn -m x"),
        ("python-config -m x", "python-config -m x"),
    ],
)
def test_the_program_of_a_python_command_is_run_on_the_version(command: str, expected: str) -> None:
    assert translated(command.split()) == expected.split()


def launch(*command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asyncio_compat.launcher", *command],
        cwd=folder,
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_unmodified_command_runs_on_what_the_environment_says(tmp_path: Path) -> None:
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed/helper.py").write_text("import asyncio")
    (tmp_path / "oldlib.py").write_text("import asyncio, helper, sys\nprint(asyncio, helper.asyncio, sys.argv[1:])")

    done = launch(
        sys.executable,
        "-m",
        "oldlib",
        "-x",
        folder=tmp_path,
        PYTHONPATH=str(tmp_path / "installed"),
        ASYNCIO_COMPAT_API="3.6",
        ASYNCIO_COMPAT_REDIRECT="helper=3.4",
    )

    assert done.stdout == "<asyncio 3.6 by asyncio_compat> <asyncio 3.4 by asyncio_compat> ['-x']\n", done.stderr


def test_another_command_is_run_as_it_is(tmp_path: Path) -> None:
    assert launch("echo", "-m", "x", folder=tmp_path).stdout == "-m x\n"


def test_a_command_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = launch("no-such-command", folder=tmp_path)

    assert (done.returncode, done.stderr) == (127, "asyncio-compat: no command 'no-such-command'\n")


def test_no_command_at_all_is_a_wrong_call(tmp_path: Path) -> None:
    done = launch(folder=tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "asyncio-compat: name the command to run: python -m asyncio_compat.launcher python -m oldlib\n"
    )
