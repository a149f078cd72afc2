"""The benchmarks can be run. How fast anything is, no test asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_lists_its_workloads():
    done = benchmarks("--list")

    assert done.returncode == 0, done.stderr
    assert "readuntil-tuple-backlog" in done.stdout


def test_the_command_refuses_a_workload_that_it_does_not_know():
    done = benchmarks("--workload", "knitting")

    assert done.returncode == 2
    assert "there is no workload 'knitting'; --list shows them all" in done.stderr


def test_the_command_refuses_a_rival_that_is_not_there():
    done = benchmarks("--against", "knitting")

    assert done.returncode == 2
    assert "knitting cannot be run" in done.stderr


def test_one_workload_is_measured_drawn_and_written_down(tmp_path):
    page, picture = tmp_path / "performance.md", tmp_path / "performance.svg"

    done = benchmarks(
        *("--quick", "--runs", "1", "--workload", "echo-64", "--no-pin"),
        *("--markdown", str(page), "--chart", str(picture)),
    )

    assert done.returncode == 0, done.stderr
    assert "| echo, 64 B |" in page.read_text(encoding="utf-8")
    assert "(performance.svg)" in page.read_text(encoding="utf-8")
    assert "echo, 64 B" in picture.read_text(encoding="utf-8")
