"""Programs run by `asyncio-compat run` against the same programs run by the interpreter itself."""

from __future__ import annotations

import os
import py_compile
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RUN_CAME_LATER = "asyncio.run was added in Python 3.7.0; this program asked for 3.4"

Result = subprocess.CompletedProcess[str]
Call = Callable[..., Result]
Write = Callable[[str, str], Path]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASYNCIO_COMPAT_", "PYTHON"))}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", **more}


@pytest.fixture
def python(tmp_path: Path) -> Call:
    """Return what runs the interpreter in the test's folder."""

    def python(*arguments: str, **options: Any) -> Result:
        options = {"env": environment(), "cwd": tmp_path, **options}
        return subprocess.run(
            [sys.executable, *arguments], check=False, capture_output=True, text=True, timeout=30, **options
        )

    return python


@pytest.fixture
def run(python: Call) -> Call:
    """Return what runs `asyncio-compat run --api 3.4` in the test's folder."""

    def run(*arguments: str, api: str = "3.4", **options: Any) -> Result:
        return python("-m", "asyncio_compat", "run", "--api", api, *arguments, **options)

    return run


def test_a_program_gets_the_asyncio_that_was_asked_for(run: Call, write: Write) -> None:
    write("program.py", "import asyncio, asyncio.streams as s\nprint(asyncio, s)")

    result = run("program.py")

    assert result.stdout == "<asyncio 3.4 by asyncio_compat> <asyncio.streams 3.4 by asyncio_compat>\n"
    assert (result.returncode, result.stderr) == (0, "")


def test_a_program_of_the_time_runs_unchanged(run: Call, write: Write) -> None:
    write(
        "program.py",
        """
        import asyncio

        @asyncio.coroutine
        def shout(reader, writer):
            line = yield from reader.readline()
            writer.write(line.upper())
            yield from writer.drain()
            writer.close()

        @asyncio.coroutine
        def main(loop):
            server = yield from asyncio.start_server(shout, '127.0.0.1', 0, loop=loop)
            port = server.sockets[0].getsockname()[1]
            reader, writer = yield from asyncio.open_connection('127.0.0.1', port, loop=loop)
            writer.write(b'hello\\n')
            print((yield from reader.readline()))
            writer.close()
            server.close()
            yield from server.wait_closed()

        loop = asyncio.get_event_loop()
        loop.run_until_complete(main(loop))
        loop.close()
        """,
    )

    result = run("program.py")

    assert (result.returncode, result.stdout, result.stderr) == (0, "b'HELLO\\n'\n", "")


def test_the_modules_of_a_program_get_it_too(run: Call, write: Write) -> None:
    write("program.py", "import helper, package.deep\nprint(helper.asyncio, package.deep.asyncio)")
    write("helper.py", "import asyncio")
    write("package/__init__.py", "")
    write("package/deep.py", "import asyncio")

    assert run("program.py").stdout == "<asyncio 3.4 by asyncio_compat> <asyncio 3.4 by asyncio_compat>\n"


def test_modules_in_folders_that_a_program_adds_get_it_too(run: Call, write: Write) -> None:
    write(
        "bin/program.py", "import sys, os\nsys.path.insert(0, os.path.abspath('lib'))\nimport lib\nprint(lib.asyncio)"
    )
    write("lib/lib.py", "import asyncio")

    assert run("bin/program.py").stdout == "<asyncio 3.4 by asyncio_compat>\n"


def test_installed_packages_and_the_standard_library_keep_the_hosts(run: Call, write: Write) -> None:
    write("installed/legacy.py", "import asyncio")
    write(
        "program/program.py",
        """
        import sys, legacy, concurrent.futures, unittest.async_case
        host = sys.modules["asyncio"]
        print(legacy.asyncio is host, unittest.async_case.asyncio is host)
        """,
    )

    result = run("program/program.py", env=environment(PYTHONPATH="installed"))

    assert result.stdout == "True True\n"


def test_byte_code_of_a_program_is_the_same_for_every_version(run: Call, write: Write) -> None:
    write("program.py", "import helper\nprint(helper.asyncio)")
    write("helper.py", "import asyncio")
    caching = environment()
    del caching["PYTHONDONTWRITEBYTECODE"]

    shown = [run("program.py", api=api, env=caching).stdout for api in ("3.4", "3.7", "3.4")]

    assert shown == [f"<asyncio {api} by asyncio_compat>\n" for api in ("3.4", "3.7", "3.4")]


SURROUNDINGS = """
import sys
main = sys.modules["__main__"]
print(sys.argv, sys.path[0], __name__, __file__, __doc__, __package__)
print(type(__loader__).__name__, __spec__ and (__spec__.name, __spec__.origin), vars(main) is globals())
print(__builtins__, isinstance(__builtins__, type(sys)), sorted(name for name in globals() if name.startswith("__")))
import helper
print(helper.__file__, type(helper.__loader__).__name__, type(helper.__builtins__).__name__)
"""


@pytest.mark.parametrize(
    "call",
    [
        ("program.py",),
        ("./program.py", "--api", "3.5", "-m", "x", "--", "-h", ""),
        ("below/program.py", "a b"),
        ("link.py",),
        ("-m", "program", "--api", "3.5"),
        ("-m", "package", "-m"),
        ("-m", "package.inner"),
        ("package",),
        ("program.zip", "1"),
        ("below/compiled.pyc",),
    ],
    ids=" ".join,
)
def test_a_program_sees_the_same_surroundings_as_under_python(
    call: tuple[str, ...], python: Call, run: Call, write: Write, tmp_path: Path
) -> None:
    for path in ("program.py", "below/program.py", "package/__main__.py", "package/inner.py"):
        write(path, SURROUNDINGS)
    for path in ("helper.py", "below/helper.py", "package/helper.py"):
        write(path, "")
    (tmp_path / "link.py").symlink_to("below/program.py")
    py_compile.compile(str(tmp_path / "program.py"), str(tmp_path / "below/compiled.pyc"))
    with zipfile.ZipFile(tmp_path / "program.zip", "w") as archive:
        archive.writestr("__main__.py", SURROUNDINGS)
        archive.writestr("helper.py", "")

    expected, actual = python(*call), run(*call)

    assert expected.stdout != ""
    assert (actual.stdout, actual.stderr, actual.returncode) == (expected.stdout, expected.stderr, expected.returncode)


def test_a_program_may_come_from_standard_input(python: Call, run: Call) -> None:
    program = "import sys\nprint(sys.argv, __name__, __file__, repr(sys.path[0]))\n"

    expected, actual = python("-", "x", input=program), run("-", "x", input=program)

    assert (actual.stdout, actual.returncode) == (expected.stdout, 0)


ENDS = {
    "nothing": "pass",
    "exit code": "import sys; sys.exit(7)",
    "exit without code": "import sys; sys.exit()",
    "exit with text": "import sys; sys.exit('the text')",
    "exit with None": "raise SystemExit(None)",
    "exception": "def f():\n    raise ValueError('no')\nf()",
    "exception in a module": "import broken",
    "exception in a nested module": "import imports_broken",
    "exception in a thread": "import threading\nthreading.Thread(target=lambda: 1 / 0, name='T').start()",
    "chained exceptions": "try:\n    import broken\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e",
    "missing module": "import there_is_none",
    "broken syntax": "def f(:\n    pass",
    "broken syntax of a module": "import wrong",
    "deep recursion": "def f():\n    f()\ntry:\n    f()\nexcept RecursionError:\n    print('deep')",
    "own excepthook": "import sys\nsys.excepthook = lambda *a: print(a[:2], a[2].tb_lineno)\n1 / 0",
    "excepthook that exits": "import sys\nsys.excepthook = lambda *a: sys.exit(5)\n1 / 0",
    "exit handlers": "import atexit\natexit.register(print, 'bye')\n1 / 0",
    "thread that goes on": "import threading\nthreading.Timer(0.05, print, ['late']).start()",
    "keyboard interrupt": "def f():\n    raise KeyboardInterrupt\nf()",
    "os._exit": "import os\nos._exit(9)",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
}


@pytest.mark.parametrize("program", ENDS.values(), ids=ENDS.keys())
def test_a_program_ends_as_under_python(program: str, python: Call, run: Call, write: Write) -> None:
    write("program.py", program)
    write("broken.py", "1 / 0")
    write("imports_broken.py", "def load():\n    import broken\nload()")
    write("wrong.py", "x = = 1")

    expected, actual = python("program.py"), run("program.py")

    assert (actual.returncode, actual.stdout, actual.stderr) == (expected.returncode, expected.stdout, expected.stderr)


@pytest.mark.parametrize("end", ["exit code", "exit with text", "keyboard interrupt"])
def test_a_module_ends_as_under_python(end: str, python: Call, run: Call, write: Write) -> None:
    write("program.py", ENDS[end])

    expected, actual = python("-m", "program"), run("-m", "program")

    assert actual.returncode == expected.returncode
    assert actual.stderr.splitlines()[-1:] == expected.stderr.splitlines()[-1:]


def test_no_frame_of_ours_is_in_a_traceback(run: Call, write: Write) -> None:
    file = write("program.py", "import asyncio\n\ndef main():\n    asyncio.run()\n\nmain()")

    result = run("program.py")

    shown = [line for line in result.stderr.splitlines() if "^" not in line and "~" not in line]
    assert shown == [
        "Traceback (most recent call last):",
        f'  File "{file}", line 6, in <module>',
        "    main()",
        f'  File "{file}", line 4, in main',
        "    asyncio.run()",
        f"AttributeError: module 'asyncio' has no attribute 'run': {RUN_CAME_LATER}",
    ]
    assert result.returncode == 1


def test_a_missing_import_shows_the_programs_line_alone(run: Call, write: Write) -> None:
    file = write("program.py", "from asyncio import run")

    assert run("program.py").stderr.splitlines() == [
        "Traceback (most recent call last):",
        f'  File "{file}", line 1, in <module>',
        "    from asyncio import run",
        f"ImportError: cannot import name 'run' from 'asyncio': {RUN_CAME_LATER}",
    ]


def test_control_c_ends_a_program_as_under_python(write: Write, tmp_path: Path) -> None:
    write(
        "program.py",
        """
        import asyncio
        loop = asyncio.get_event_loop()
        loop.call_soon(lambda: print('ready', flush=True))
        loop.run_forever()
        """,
    )
    command = [sys.executable, "-m", "asyncio_compat", "run", "--api", "3.4", "program.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)

    assert process.returncode == -signal.SIGINT
    assert errors.splitlines()[-1] == "KeyboardInterrupt"
    assert "asyncio_compat/cli" not in errors
    assert f"{os.sep}compat{os.sep}" not in errors


def test_a_program_can_handle_control_c_itself(write: Write, tmp_path: Path) -> None:
    write(
        "program.py",
        """
        import asyncio
        loop = asyncio.get_event_loop()
        loop.call_soon(lambda: print('ready', flush=True))
        try:
            loop.run_forever()
        except KeyboardInterrupt:
            pass
        loop.close()
        print('closed')
        """,
    )
    command = [sys.executable, "-m", "asyncio_compat", "run", "--api", "3.4", "program.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)

    assert (process.returncode, output, errors) == (0, "closed\n", "")


def test_the_environment_says_which_version_where_the_call_does_not(python: Call, write: Write) -> None:
    write("program.py", "import asyncio\nprint(asyncio)")

    result = python("-m", "asyncio_compat", "run", "program.py", env=environment(ASYNCIO_COMPAT_API="3.5.1"))

    assert result.stdout == "<asyncio 3.5.1 by asyncio_compat>\n"


def test_without_any_version_it_is_the_running_pythons(python: Call, write: Write) -> None:
    write("program.py", "import asyncio\nprint(asyncio)")

    result = python("-m", "asyncio_compat", "run", "program.py")

    assert result.stdout == f"<asyncio {sys.version.split()[0]} by asyncio_compat>\n"


def test_the_tests_of_a_folder_run_on_the_version(run: Call, write: Write) -> None:
    write(
        "test_it.py",
        """
        import asyncio, unittest

        class Test(unittest.TestCase):
            def test_old(self):
                asyncio.get_event_loop().close()

            def test_new(self):
                asyncio.run
        """,
    )

    result = run("-m", "unittest", "test_it")

    assert result.returncode == 1
    assert "asyncio.run was added in Python 3.7.0; this program asked for 3.4" in result.stderr
    assert "FAILED (errors=1)" in result.stderr


def test_a_package_is_redirected_wherever_it_is_installed(run: Call, write: Write, tmp_path: Path) -> None:
    write("installed/oldpackage/__init__.py", "import asyncio")
    write("installed/oldpackage/__main__.py", "import asyncio, oldpackage, other\nprint(oldpackage.asyncio is asyncio)")
    write("installed/other.py", "import asyncio\nprint(asyncio.__class__.__name__)")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    result = run("-m", "oldpackage", cwd=elsewhere, env=environment(PYTHONPATH=str(tmp_path / "installed")))

    assert (result.stdout, result.stderr) == ("module\nTrue\n", "")


@pytest.mark.parametrize("flag", ["-I", "-O", "-W error", "-X dev"])
def test_options_of_the_interpreter_hold_for_the_program(flag: str, python: Call, write: Write) -> None:
    write(
        "program.py", "import sys, asyncio\nprint(asyncio, sys.flags.optimize, sys.flags.isolated, sys.flags.dev_mode)"
    )

    result = python(*flag.split(" "), "-m", "asyncio_compat", "run", "--api", "3.4", "program.py")

    flags = f"{int(flag == '-O')} {int(flag == '-I')} {flag == '-X dev'}"
    assert (result.stdout, result.stderr) == (f"<asyncio 3.4 by asyncio_compat> {flags}\n", "")


def test_a_safe_path_is_left_as_it_is(python: Call, write: Write) -> None:
    write("program.py", "import helper")
    write("helper.py", "")

    result = python("-I", "-m", "asyncio_compat", "run", "--api", "3.4", "program.py")

    assert result.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'helper'"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.py"], "can't open file '{folder}/nowhere.py': [Errno 2] No such file or directory"),
        (
            ["nowhere.pyc"],
            "can't run '{folder}/nowhere.pyc': [Errno 2] No such file or directory: '{folder}/nowhere.pyc'",
        ),
        (["broken.pyc"], "can't run '{folder}/broken.pyc': bad magic number in '__main__': b'not '"),
        (["empty"], "can't find '__main__' module in '{folder}/empty'"),
        (["-m", "nowhere"], "no module named 'nowhere'"),
        (["-m", "nowhere.to.be.found"], "no module named 'nowhere.to.be.found'"),
        (["-m", "package"], "package 'package' has no module '__main__', so there is nothing to run"),
        (["-m", "package.nothing"], "no module named 'package.nothing'"),
        (["-m", "program.inside"], "no module named 'program.inside'"),
        (["-m", "sys"], "there is no Python code in module 'sys'"),
        (["-m", ".relative"], "no module named '.relative'"),
        (["-m", ""], "no module named ''"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_where_there_is_nothing_to_run_the_call_is_wrong(
    arguments: list[str], message: str, run: Call, write: Write, tmp_path: Path
) -> None:
    write("empty/nothing.txt", "")
    write("broken.pyc", "not byte code")
    write("package/__init__.py", "")
    write("program.py", "")

    result = run(*arguments)

    assert result.stderr == f"asyncio-compat: {message.format(folder=tmp_path)}\n"
    assert (result.returncode, result.stdout) == (2, "")


def test_a_package_that_cannot_be_imported_shows_why(run: Call, write: Write) -> None:
    file = write("package/__init__.py", "import there_is_none")
    write("package/__main__.py", "")

    result = run("-m", "package")

    assert result.stderr.splitlines() == [
        "Traceback (most recent call last):",
        f'  File "{file}", line 1, in <module>',
        "    import there_is_none",
        "ModuleNotFoundError: No module named 'there_is_none'",
    ]
    assert result.returncode == 1


def test_an_unknown_version_is_a_wrong_call(run: Call, write: Write) -> None:
    write("program.py", "print('never')")

    result = run("program.py", api="2.7")

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "asyncio-compat: unknown version '2.7': ask for a series from '3.4' to '3.15', "
        "a release such as '3.5.1' or '3.8.0b4', or a specifier such as '>=3.7,<3.10'\n"
    )
