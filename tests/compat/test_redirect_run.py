"""`asyncio-compat run` with installed packages, configuration, and programs that spawn processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Write = Callable[[str, str], None]

SHOW = "import asyncio\nshown = repr(asyncio).partition(' from')[0]\n"
OLD = "<asyncio {} by asyncio_compat>"
HOST = "<module 'asyncio'"


@pytest.fixture
def run(tmp_path: Path, write: Write) -> Run:
    """Return what runs a program that shows the asyncio of itself and of two installed packages."""
    write("installed/one/__init__.py", SHOW)
    write("installed/two.py", SHOW)
    write("work/program.py", f"import one, two\n{SHOW}print(shown, one.shown, two.shown, sep='; ')")

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASYNCIO_COMPAT_", "PYTHON"))}
        return subprocess.run(
            [sys.executable, "-m", "asyncio_compat", "run", *arguments],
            cwd=tmp_path / "work",
            env={**kept, "PYTHONPATH": str(tmp_path / "installed"), "NO_COLOR": "1", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def shown(*versions: str) -> str:
    return "; ".join(OLD.format(version) if version else HOST for version in versions) + "\n"


def test_installed_packages_get_the_programs_version_or_one_of_their_own(run: Run) -> None:
    assert run("--api", "3.6", "--redirect", "one", "program.py").stdout == shown("3.6", "3.6", "")
    assert run("--api", "3.6", "--redirect", "one", "--redirect", "two=3.4", "program.py").stdout == shown(
        "3.6", "3.6", "3.4"
    )
    assert run("--api", "3.6", "--redirect", "two>=3.7,<3.9.1", "program.py").stdout == shown("3.6", "", "3.9.0")


def test_the_program_can_be_left_alone(run: Run) -> None:
    assert run("--only-redirect", "--redirect", "one=3.4", "program.py").stdout == shown("", "3.4", "")
    assert run("--only-redirect", "--redirect", "one=3.4", "-m", "program").stdout == shown("", "3.4", "")


def test_a_package_that_is_run_can_be_all_that_is_redirected(run: Run, write: Write) -> None:
    write("installed/one/__main__.py", f"import two, other\n{SHOW}print(shown, two.shown, other.shown, sep='; ')")
    write("work/other.py", SHOW)

    assert run("--only-redirect", "--redirect", "one=3.4", "-m", "one").stdout == shown("3.4", "", "")
    assert run("--api", "3.5", "--redirect", "one=3.4", "-m", "one").stdout == shown("3.4", "", "3.5")


def test_pyproject_and_the_environment_say_what_the_command_line_does_not(run: Run, write: Write) -> None:
    write("pyproject.toml", '[tool.asyncio-compat]\napi = "3.5"\nredirect = ["one", "two=3.4"]\n')

    assert run("program.py").stdout == shown("3.5", "3.5", "3.4")
    assert run("program.py", ASYNCIO_COMPAT_API="3.6").stdout == shown("3.6", "3.6", "3.4")
    assert run("program.py", ASYNCIO_COMPAT_REDIRECT="two=3.7").stdout == shown("3.5", "3.5", "3.7")
    assert run("--api", "3.10", "--redirect", "one=3.11", "program.py").stdout == shown("3.10", "3.11", "3.4")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--redirect", "nowhere"], "no package named 'nowhere' to redirect"),
        (["--redirect", "json"], "'json' keeps the asyncio of the running Python, as all of the standard library does"),
        (["--redirect", "./nowhere"], "there is nothing to redirect at './nowhere'"),
        (["--redirect", "="], "'=' is not PACKAGE or PACKAGE=VERSION"),
        (["--only-redirect"], "--only-redirect needs a package to redirect: --redirect PACKAGE"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(arguments: list[str], message: str, run: Run) -> None:
    done = run(*arguments, "program.py")

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"asyncio-compat: {message}\n")


def test_a_package_that_is_imported_by_then_is_a_wrong_call(run: Run, write: Write) -> None:
    write("installed/sitecustomize.py", "import one")

    done = run("--redirect", "one=3.4", "program.py")

    assert done.returncode == 2
    assert done.stderr == (
        "asyncio-compat: one cannot be redirected to asyncio 3.4: already imported, with another asyncio; redirect "
        "before the first import (asyncio-compat needs it itself, or Python imports it at its start)\n"
    )


def test_the_version_of_a_package_is_named_with_it_if_it_is_unknown(run: Run) -> None:
    done = run("--redirect", "one=2.7", "program.py")

    assert done.returncode == 2
    assert done.stderr.startswith("asyncio-compat: one: unknown version '2.7'")


def test_a_broken_pyproject_is_a_wrong_call(run: Run, write: Write, tmp_path: Path) -> None:
    write("pyproject.toml", "[tool.asyncio-compat]\nreports = true\n")

    done = run("program.py")

    assert done.returncode == 2
    assert done.stderr == (
        f"asyncio-compat: {tmp_path}/pyproject.toml: [tool.asyncio-compat] has no 'reports'; "
        "it has api, only-redirect, redirect, report\n"
    )


SPAWNING = """
    import asyncio
    import concurrent.futures
    import multiprocessing
    import sys

    async = "a name"

    @asyncio.coroutine
    def work():
        yield from asyncio.sleep(0)
        return repr(asyncio)

    def target(queue, lock_class):
        import one
        loop = asyncio.new_event_loop()
        queue.put((loop.run_until_complete(work()), one.shown, lock_class is asyncio.Lock, sys.argv[1:]))
        loop.close()

    print("executed as", __name__, flush=True)

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1])
        queue = context.Queue()
        process = context.Process(target=target, args=(queue, asyncio.Lock))
        process.start()
        print(queue.get())
        process.join()
        print(process.exitcode)
        with concurrent.futures.ProcessPoolExecutor(1, context) as executor:
            print(executor.submit(eval, "__import__('one').shown").result())
"""


@pytest.mark.parametrize("call", [("program.py",), ("-m", "program")], ids=" ".join)
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_the_processes_that_a_program_spawns_run_on_its_version(
    method: str, call: tuple[str, ...], run: Run, write: Write
) -> None:
    write("work/program.py", SPAWNING)

    done = run("--api", "3.4", "--redirect", "one=3.5.1", *call, method)

    executed = [] if method == "fork" else ["executed as __mp_main__"]
    assert done.stdout.splitlines() == [
        "executed as __main__",
        *executed,
        str((OLD.format("3.4"), OLD.format("3.5.1"), True, [method])),
        "0",
        *executed,
        OLD.format("3.5.1"),
    ], done.stderr
