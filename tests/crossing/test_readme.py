"""What README.md says is so: its programs print what stands below them, its commands work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import asyncio_compat
from asyncio_compat import generations

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = re.compile(
    r"<!-- program(?:: (?P<api>\S+))? -->\n```python\n(?P<source>.*?)```\n\n```text\n(?P<output>.*?)```", re.DOTALL
)
PROGRAMS = [(match["api"], match["source"], match["output"]) for match in PROGRAM.finditer(README)]


OLDLIB = """
import asyncio

@asyncio.coroutine
def answer():
    yield from asyncio.sleep(0)
    return 42
"""


def command(*arguments, cwd, warnings="error"):
    program = [sys.executable, "-W", warnings, *arguments]
    return subprocess.run(program, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def run_pytest(*arguments, cwd):
    # What else is installed may have something to say of itself.
    return command("-m", "pytest", "-p", "no:cacheprovider", *arguments, cwd=cwd, warnings="default")


def compat(*arguments, cwd):
    return command("-m", "asyncio_compat", *arguments, cwd=cwd)


@pytest.mark.parametrize(
    ("api", "source", "output"), PROGRAMS, ids=[api or "a program of today" for api, _, _ in PROGRAMS]
)
def test_a_program_prints_what_stands_below_it(tmp_path, api, source, output):
    (tmp_path / "program.py").write_text(source, encoding="utf-8")
    (tmp_path / "oldlib.py").write_text(OLDLIB)

    if api is None:
        done = command("program.py", cwd=tmp_path)
    else:
        done = compat("run", "--api", api, "program.py", cwd=tmp_path)

    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)


def test_every_python_block_is_run():
    assert len(PROGRAMS) == README.count("```python")


def test_there_is_a_program_for_each_generation():
    assert [api for api, _, _ in PROGRAMS if api] == ["3.4", "3.7", "3.8", "3.13"]


def test_the_table_names_the_range_of_every_generation():
    table = README[README.index("## What each version gets") : README.index("## Run a program")]

    for generation in generations():
        assert f"`{generation.first}`" in table
        assert generation.last is None or f"`{generation.last}`" in table


def test_a_program_is_run_with_its_arguments(tmp_path):
    (tmp_path / "server.py").write_text("import asyncio, sys\nprint(sys.argv, asyncio.coroutine.__name__)\n")

    done = compat("run", "--api", "3.4", "server.py", "8888", cwd=tmp_path)

    assert (done.stdout, done.stderr, done.returncode) == ("['server.py', '8888'] coroutine\n", "", 0)


def test_a_package_is_run_by_name(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__main__.py").write_text("import asyncio\nprint(asyncio.run.__name__)\n")

    done = compat("run", "--api", "3.7", "-m", "package", cwd=tmp_path)

    assert (done.stdout, done.stderr, done.returncode) == ("run\n", "", 0)


def test_what_a_version_lacks_is_said_as_the_readme_says(tmp_path):
    (tmp_path / "program.py").write_text("import asyncio\nasyncio.run\n")

    done = compat("run", "--api", "3.6", "program.py", cwd=tmp_path)

    said = re.search(r"`(AttributeError: [^`]*)`", README)[1].replace("\n", " ")
    assert done.stderr.splitlines()[-1] == said
    assert done.returncode == 1


def test_the_versions_are_printed(tmp_path):
    done = compat("versions", cwd=tmp_path)

    assert done.returncode == 0
    for generation in generations():
        assert f" {generation.name} " in done.stdout


def test_a_library_fails_at_its_first_use_of_anything_newer(tmp_path):
    (tmp_path / "mylib.py").write_text(
        "import asyncio\n\nasync def size(text):\n    return await asyncio.to_thread(len, text)\n"
    )
    (tmp_path / "test_mylib.py").write_text(
        "import asyncio, mylib\n\ndef test_size():\n    assert asyncio.run(mylib.size('text')) == 4\n"
    )
    (line,) = re.findall(r"^pytest (.*)$", README, re.MULTILINE)

    passed = run_pytest(cwd=tmp_path)
    failed = run_pytest(*line.split(), cwd=tmp_path)

    assert passed.returncode == 0, passed.stdout
    assert failed.returncode == 1, failed.stdout
    assert "mylib.py:4: AttributeError" in failed.stdout
    assert "asyncio.to_thread was added in Python 3.9; this program asked for 3.7" in failed.stdout


@pytest.mark.parametrize("line", re.findall(r"^asyncio-compat ((?:show|diff) .*)$", README, re.MULTILINE))
def test_a_question_to_the_history_is_answered(tmp_path, line):
    done = compat(*line.split(), cwd=tmp_path)

    assert (done.stderr, done.returncode) == ("", 0)
    assert "Lib/asyncio/streams.py" in done.stdout


def test_the_history_can_be_asked_in_a_program():
    assert not asyncio_compat.supports("3.5.1", "StreamReader.readuntil")
    assert asyncio_compat.history("StreamReader.readuntil")
