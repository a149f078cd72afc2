"""The pytest plugin, in sessions of its own."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/pinned_library"

Session = Callable[..., "Outcome"]
Write = Callable[[str, str], Path]


class Outcome:
    """What a session of pytest said."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.text = done.stdout + done.stderr
        result = "(PASSED|FAILED|SKIPPED|ERROR)"
        plain = re.findall(rf"^\S+?::(\S+) {result}", self.text, re.MULTILINE)
        by_worker = re.findall(rf"^\[gw\d\] \[ *\d+%\] {result} \S+?::(\S+)", self.text, re.MULTILINE)
        self.results = dict(plain) | {test: said for said, test in by_worker}

    @property
    def counts(self) -> dict[str, int]:
        """How many tests passed, failed..."""
        last = self.text.strip().splitlines()[-1]
        return {what: int(number) for number, what in re.findall(r"(\d+) (passed|failed|skipped|errors?)", last)}


@pytest.fixture(autouse=True)
def configuration(write: Write) -> None:
    """Have no configuration but that of the test."""
    write("pytest.ini", "[pytest]\n")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Return what runs pytest in the test's folder, with the plugins for asyncio that it names and no others."""

    def session(*arguments: str, plugins: tuple[str, ...] = (), folder: Path = tmp_path, **more: str) -> Outcome:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASYNCIO_COMPAT", "PYTEST"))}
        without = [f"no:{name}" for name in ("asyncio", "anyio", "xdist", "timeout") if name not in plugins]
        command = [sys.executable, "-m", "pytest", "-v", "-W", "error", "-p", "no:cacheprovider"]
        for name in without:
            command += ["-p", name]
        done = subprocess.run(
            [*command, *arguments],
            cwd=folder,
            env={**kept, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "COLUMNS": "300", **more},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Outcome(done)

    return session


TAKES_FIXTURE = """
    def test_version(asyncio_api):
        print(asyncio_api)
        assert asyncio_api.__name__ == "asyncio"

    def test_other():
        import asyncio
        assert not hasattr(asyncio, "__wrapped__")
"""


def test_a_test_runs_once_on_each_version_and_is_called_by_it(session: Session, write: Write) -> None:
    write("test_it.py", TAKES_FIXTURE)

    outcome = session("--asyncio-api=3.6,3.7.4,>=3.10,<3.12,3.8.0b4")

    assert set(outcome.results.values()) == {"PASSED"}
    assert sorted(outcome.results) == [
        "test_other",
        "test_version[asyncio3.11]",
        "test_version[asyncio3.6]",
        "test_version[asyncio3.7.4]",
        "test_version[asyncio3.8.0b4]",
    ]
    assert "asyncio-compat: asyncio of 3.6, 3.7.4, >=3.10,<3.12, 3.8.0b4\n" in outcome.text


def test_the_configuration_names_versions_where_the_command_line_does_not(session: Session, write: Write) -> None:
    write("test_it.py", TAKES_FIXTURE)
    write("pytest.ini", "[pytest]\nasyncio_api = 3.4 3.7\n")

    assert sorted(session().results) == ["test_other", "test_version[asyncio3.4]", "test_version[asyncio3.7]"]
    assert sorted(session("--asyncio-api", "3.5").results) == ["test_other", "test_version[asyncio3.5]"]


def test_without_any_version_the_fixture_is_the_running_pythons(session: Session, write: Write) -> None:
    write(
        "test_it.py",
        """
        import sys

        def test_version(asyncio_api):
            assert repr(asyncio_api).startswith(f"<asyncio {sys.version_info[0]}.{sys.version_info[1]}")
        """,
    )

    assert session().results == {"test_version": "PASSED"}


def test_a_session_that_asks_for_nothing_notices_nothing(session: Session, write: Write) -> None:
    write(
        "test_it.py",
        """
        import sys
        import asyncio

        def test_nothing():
            assert asyncio is sys.modules["asyncio"]
            loaded = {name for name in sys.modules if name.startswith("asyncio_compat")}
            assert loaded <= {"asyncio_compat", "asyncio_compat.versions", "asyncio_compat.pytest_plugin"}
            assert type(sys.argv) is list
            assert not any("asyncio_compat" in type(finder).__module__ for finder in sys.meta_path)
        """,
    )

    outcome = session()

    assert outcome.results == {"test_nothing": "PASSED"}, outcome.text
    assert "asyncio-compat" not in outcome.text.replace("plugins:", "").replace("asyncio-compat-0.1.0", "")


def test_a_mark_says_which_versions_a_test_is_for(session: Session, write: Write) -> None:
    write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.asyncio_api("3.6", ">=3.10,<3.13")
        def test_marked(request):
            assert "asyncio_api" in request.fixturenames

        @pytest.mark.asyncio_api("3.4")
        class TestMarked:
            def test_method(self, asyncio_api):
                assert repr(asyncio_api) == "<asyncio 3.4 by asyncio_compat>"

        def test_plain(asyncio_api):
            pass
        """,
    )
    by_mark = session()
    by_both = session("--asyncio-api=3.6,3.6.4,3.10.2,3.13", "-rs")

    assert sorted(by_mark.results) == [
        "TestMarked::test_method[asyncio3.4]",
        "test_marked[asyncio3.12]",
        "test_marked[asyncio3.6]",
        "test_plain",
    ]
    assert by_both.results == {
        "TestMarked::test_method[asyncio-none]": "SKIPPED",
        "test_marked[asyncio3.6]": "PASSED",
        "test_marked[asyncio3.6.4]": "PASSED",
        "test_marked[asyncio3.10.2]": "PASSED",
        "test_plain[asyncio3.6]": "PASSED",
        "test_plain[asyncio3.6.4]": "PASSED",
        "test_plain[asyncio3.10.2]": "PASSED",
        "test_plain[asyncio3.13]": "PASSED",
    }
    assert "it is for asyncio of 3.4, not of 3.6, 3.6.4, 3.10.2, 3.13" in by_both.text


def test_an_unknown_version_is_a_wrong_call(session: Session, write: Write) -> None:
    write("test_it.py", "import pytest\n@pytest.mark.asyncio_api('2.7')\ndef test_it(): pass\n")

    by_option = session("--asyncio-api=3.6,banana")
    by_mark = session()

    assert (by_option.code, by_mark.code != 0) == (4, True)
    assert "ERROR: --asyncio-api: unknown version 'banana'" in by_option.text
    assert "@pytest.mark.asyncio_api: unknown version '2.7'" in by_mark.text


LIBRARY = """
    import asyncio

    def version():
        return repr(asyncio).partition(" from")[0]

    async def wait():
        await asyncio.sleep(0)
        return version()

    async def too_new():
        async with asyncio.TaskGroup():
            pass
"""


def test_a_library_and_its_tests_run_on_one_version(session: Session, write: Write) -> None:
    write("installed/mylib.py", LIBRARY)
    write("conftest.py", "import asyncio\nimport mylib\nshown = repr(asyncio)")
    write(
        "tests/test_it.py",
        """
        import asyncio
        import helper
        import mylib
        import unittest.async_case

        def test_library():
            assert mylib.version() == repr(asyncio) == helper.shown == "<asyncio 3.7 by asyncio_compat>"

        def test_conftest(pytestconfig):
            conftests = [p for p in pytestconfig.pluginmanager.get_plugins() if hasattr(p, "shown")]
            assert conftests[0].shown == "<asyncio 3.7 by asyncio_compat>"

        def test_others():
            assert unittest.async_case.asyncio.__class__.__name__ == "module"

        def test_run():
            assert asyncio.run(mylib.wait()) == mylib.version()

        def test_too_new():
            asyncio.run(mylib.too_new())
        """,
    )
    write("tests/helper.py", "import asyncio\nshown = repr(asyncio)")

    outcome = session("--asyncio-api=3.7", "--asyncio-api-redirect=mylib", PYTHONPATH="installed")

    assert outcome.results == {
        "test_library": "PASSED",
        "test_conftest": "PASSED",
        "test_others": "PASSED",
        "test_run": "PASSED",
        "test_too_new": "FAILED",
    }
    assert "installed/mylib.py:12: AttributeError\n" in outcome.text
    assert "asyncio.TaskGroup was added in Python 3.11; this program asked for 3.7" in outcome.text
    assert "compat/facade.py" not in outcome.text
    assert "asyncio-compat: asyncio of 3.7 for mylib and all tests\n" in outcome.text


def test_what_is_imported_and_newer_fails_with_file_and_line(session: Session, write: Write) -> None:
    write("mylib.py", "import os\nfrom asyncio import TaskGroup\n")
    write("test_it.py", "import mylib\ndef test_it(): pass\n")

    outcome = session("--asyncio-api=3.7", "--asyncio-api-redirect=mylib")

    assert outcome.code == 2
    assert "mylib.py:2: in <module>\n    from asyncio import TaskGroup\n" in outcome.text
    assert "asyncio.TaskGroup was added in Python 3.11; this program asked for 3.7" in outcome.text
    assert "compat/redirection.py" not in outcome.text


def test_the_environment_may_name_the_version(session: Session, write: Write) -> None:
    write("mylib.py", LIBRARY)
    write("test_it.py", "import mylib\ndef test_it(): assert '3.9' in mylib.version()\n")

    assert session("--asyncio-api-redirect=mylib", ASYNCIO_COMPAT_API="3.9").counts == {"passed": 1}


def test_packages_that_the_configuration_names_wait_for_a_version(session: Session, write: Write) -> None:
    write("mylib.py", LIBRARY)
    write("pytest.ini", "[pytest]\nasyncio_api_redirect = mylib\n")
    write("test_it.py", "import mylib\ndef test_it(): assert 'asyncio_compat' in mylib.version()\n")

    assert session().counts == {"failed": 1}
    assert session("--asyncio-api=3.9").counts == {"passed": 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--asyncio-api=3.6,3.7", "--asyncio-api-redirect=mylib"], "needs one version for the whole session, not 2"),
        (["--asyncio-api-redirect=mylib"], "needs one version for the whole session, and --asyncio-api names none"),
        (["--asyncio-api=3.7", "--asyncio-api-redirect=json"], "'json' keeps the asyncio of the running Python"),
        (
            ["--asyncio-api=3.7", "--asyncio-api-redirect=mylib", "-p", "mylib"],
            "mylib cannot be redirected to asyncio 3.7",
        ),
    ],
)
def test_what_cannot_be_redirected_is_a_wrong_call(
    arguments: list[str], message: str, session: Session, write: Write
) -> None:
    write("mylib.py", LIBRARY)

    outcome = session(*arguments, PYTHONPATH=".")

    assert outcome.code == 4
    assert f"ERROR: --asyncio-api-redirect: {message}".replace(": needs", " needs") in outcome.text


OF_THE_TIME = """
    import asyncio
    import pytest

    @asyncio.coroutine
    def helper():
        yield from asyncio.sleep(0)
        return 1

    @pytest.fixture
    def number():
        return 1

    @asyncio.coroutine
    def test_waits(number):
        assert (yield from helper()) == number
        assert asyncio.get_event_loop().is_running()

    @asyncio.coroutine
    def test_fails():
        yield from helper()
        assert False, "on purpose"

    class TestClass:
        @pytest.mark.parametrize("n", [1, 2])
        @asyncio.coroutine
        def test_method(self, n):
            assert (yield from asyncio.ensure_future(helper())) < n + 1

    @asyncio.coroutine
    def test_plain_function():
        return helper()
"""


def test_generator_based_tests_are_run(session: Session, write: Write) -> None:
    write("test_it.py", OF_THE_TIME)

    outcome = session("--asyncio-api=3.5", "--asyncio-api-redirect=test_it")

    assert outcome.results == {
        "test_waits": "PASSED",
        "test_fails": "FAILED",
        "TestClass::test_method[1]": "PASSED",
        "TestClass::test_method[2]": "PASSED",
        "test_plain_function": "PASSED",
    }
    assert "AssertionError: on purpose" in outcome.text


def test_generator_based_tests_may_take_the_fixture_or_load_a_version(session: Session, write: Write) -> None:
    write(
        "test_it.py",
        """
        import asyncio_compat
        old = asyncio_compat.load("3.4")

        @old.coroutine
        def test_old(asyncio_api):
            yield from old.sleep(0)
            lock = asyncio_api.Lock()
            with (yield from lock):
                assert lock.locked()
        """,
    )

    assert session("--asyncio-api=3.4,3.6").results == {
        "test_old[asyncio3.4]": "PASSED",
        "test_old[asyncio3.6]": "PASSED",
    }


def test_it_works_with_pytest_asyncio(session: Session, write: Write) -> None:
    pytest.importorskip("pytest_asyncio")
    write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    write("mylib.py", LIBRARY)
    write(
        "test_it.py",
        """
        import asyncio
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def server(asyncio_api):
            async def echo(reader, writer):
                writer.write(await reader.readline())
                writer.close()
            server = await asyncio_api.start_server(echo, "127.0.0.1", 0)
            yield server
            server.close()
            await server.wait_closed()

        @pytest.mark.asyncio
        async def test_streams(asyncio_api, server):
            reader, writer = await asyncio_api.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\\n")
            assert await reader.read() == b"hello\\n"
            writer.close()

        @pytest.mark.asyncio
        async def test_asyncio(asyncio_api):
            await asyncio.sleep(0)
            assert asyncio.get_event_loop().is_running()
        """,
    )
    write(
        "test_redirected.py",
        """
        import mylib, pytest

        @pytest.mark.asyncio
        async def test_library(asyncio_api):
            assert await mylib.wait() == repr(asyncio_api)

        @pytest.mark.asyncio
        async def test_too_new():
            await mylib.too_new()
        """,
    )

    on_each = session("--asyncio-api=3.4,3.7,3.13", "test_it.py", plugins=("asyncio",))
    redirected = session("--asyncio-api=3.7", "--asyncio-api-redirect=mylib", plugins=("asyncio",))

    assert (on_each.counts, set(on_each.results.values())) == ({"passed": 6}, {"PASSED"}), on_each.text
    assert {test for test, result in redirected.results.items() if result != "PASSED"} == {"test_too_new"}, (
        redirected.text
    )
    assert "mylib.py:12: AttributeError" in redirected.text


def test_generator_based_tests_run_under_pytest_asyncio_too(session: Session, write: Write) -> None:
    pytest.importorskip("pytest_asyncio")
    write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\nasyncio_mode = auto\n")
    write("test_it.py", OF_THE_TIME)

    outcome = session("--asyncio-api=3.5", "--asyncio-api-redirect=test_it", plugins=("asyncio",))

    assert outcome.counts == {"passed": 4, "failed": 1}, outcome.text


def test_it_works_with_anyio(session: Session, write: Write) -> None:
    pytest.importorskip("anyio")
    write("mylib.py", LIBRARY)
    write(
        "test_it.py",
        """
        import anyio, mylib, pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_library(asyncio_api):
            await anyio.sleep(0)
            assert await mylib.wait() == repr(asyncio_api)

        @pytest.mark.anyio
        async def test_too_new():
            await mylib.too_new()
        """,
    )

    outcome = session("--asyncio-api=3.7", "--asyncio-api-redirect=mylib", plugins=("anyio",))

    assert outcome.results == {"test_library[asyncio3.7]": "PASSED", "test_too_new": "FAILED"}, outcome.text
    assert "mylib.py:12: AttributeError" in outcome.text


def test_it_works_with_isolated_asyncio_test_cases(session: Session, write: Write) -> None:
    write("mylib.py", LIBRARY)
    write(
        "test_it.py",
        """
        import asyncio, mylib, unittest

        class Test(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                self.lock = asyncio.Lock()

            async def test_library(self):
                async with self.lock:
                    self.assertEqual(await mylib.wait(), repr(asyncio))

            async def test_too_new(self):
                await mylib.too_new()
        """,
    )

    outcome = session("--asyncio-api=3.7", "--asyncio-api-redirect=mylib")

    assert outcome.results == {"Test::test_library": "PASSED", "Test::test_too_new": "FAILED"}, outcome.text
    assert "asyncio.TaskGroup was added in Python 3.11; this program asked for 3.7" in outcome.text


def test_it_works_with_xdist(session: Session, write: Write) -> None:
    pytest.importorskip("xdist")
    write("mylib.py", LIBRARY)
    write("test_it.py", "import mylib\ndef test_it(asyncio_api): assert mylib.version() == repr(asyncio_api)\n")
    write("test_too.py", "def test_too(asyncio_api): pass\n")

    redirected = session("-n2", "--asyncio-api=3.7", "--asyncio-api-redirect=mylib", plugins=("xdist",))
    on_each = session("-n2", "--asyncio-api=3.4,3.7", "test_too.py", plugins=("xdist",))

    assert redirected.results == {"test_it[asyncio3.7]": "PASSED", "test_too[asyncio3.7]": "PASSED"}, redirected.text
    assert on_each.results == {"test_too[asyncio3.4]": "PASSED", "test_too[asyncio3.7]": "PASSED"}, on_each.text


def test_a_conftest_may_redirect_under_xdist(session: Session, write: Write) -> None:
    pytest.importorskip("xdist")
    write("mylib.py", LIBRARY)
    write("conftest.py", "import asyncio_compat\nimport multiprocessing\nasyncio_compat.redirect('mylib', '3.7')\n")
    write("test_it.py", "import mylib\ndef test_it(): assert '3.7 by asyncio_compat' in mylib.version()\n")

    outcome = session("-n1", plugins=("xdist",))

    assert outcome.results == {"test_it": "PASSED"}, outcome.text


def test_assertions_of_redirected_tests_are_rewritten(session: Session, write: Write) -> None:
    write("test_it.py", "def test_it():\n    value = {'a': 1}\n    assert value == {'a': 2}\n")

    outcome = session("--asyncio-api=3.4", "--asyncio-api-redirect=test_it")

    assert "Differing items:" in outcome.text


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_every_import_mode_is_redirected(mode: str, session: Session, write: Write) -> None:
    write("tests/test_it.py", "import asyncio\nasync = 1\ndef test_it(): assert 'by asyncio_compat' in repr(asyncio)\n")

    outcome = session("--asyncio-api=3.4", "--asyncio-api-redirect=test_it", f"--import-mode={mode}")

    assert outcome.counts == {"passed": 1}, outcome.text


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "pinned_library"))


@pytest.mark.skipif(not hasattr(asyncio, "timeout"), reason="what the example uses is not in this Python either")
def test_the_example_passes_on_its_python(example: Path, session: Session) -> None:
    assert session(folder=example).counts == {"passed": 3}


def test_the_example_fails_on_the_version_that_it_promises_to_work_with(example: Path, session: Session) -> None:
    outcome = session("--asyncio-api=3.7", folder=example)

    assert outcome.counts == {"failed": 1, "passed": 2}
    assert "src/pinned_library.py:24: AttributeError\n" in outcome.text
    assert (
        "AttributeError: module 'asyncio' has no attribute 'timeout': "
        "asyncio.timeout was added in Python 3.11; this program asked for 3.7\n"
    ) in outcome.text


def test_the_example_passes_on_a_version_that_has_what_it_uses(example: Path, session: Session) -> None:
    if hasattr(asyncio, "timeout"):
        assert session("--asyncio-api=3.13", folder=example).counts == {"passed": 3}
