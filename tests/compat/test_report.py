"""`asyncio-compat run --report`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from asyncio_compat.report import fate
from asyncio_compat.versions import resolve


def reported(program: str, folder: Path, *, api: str = "3.6", options: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Run a program and return the rows of its report by name: since, later, where."""
    (folder / "program.py").write_text(dedent(program))
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "asyncio_compat",
            "run",
            "--api",
            api,
            "--report",
            *options,
            "program.py",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    title, _, header, dashes, *lines = done.stderr.splitlines()
    assert title == "What not every version has of asyncio, and this program used", done.stderr
    assert header.split() == ["version", "name", "since", "later", "where"]
    ends = [place for place, sign in enumerate(dashes) if sign == "-" and dashes[place - 1 : place] in ("", " ")]
    rows = {}
    for line in lines:
        cells = [line[start:end].strip() for start, end in zip(ends, [*ends[1:], None], strict=True)]
        assert cells[0] == api
        rows[cells[1]] = [cells[2], cells[3], cells[4].replace(f"{folder}/", "")]
    return rows


def test_a_report_tells_what_became_of_the_names_that_were_used(tmp_path: Path) -> None:
    rows = reported(
        """
        import asyncio
        from asyncio import JoinableQueue
        from asyncio.streams import FlowControlMixin, StreamReader
        import asyncio.tasks as t

        @asyncio.coroutine
        def main(loop):
            lock = asyncio.Lock(loop=loop)
            with (yield from lock):
                yield from asyncio.sleep(0, loop=loop)
                yield from asyncio.sleep(0, loop=loop)
            yield from t.async(asyncio.sleep(0))
            return asyncio.Task.current_task()

        loop = asyncio.get_event_loop()
        loop.run_until_complete(main(loop))
        loop.close()
        hasattr(asyncio, "run")
        """,
        tmp_path,
        api="3.4.3",
    )

    assert rows == {
        "coroutine": ["", 'deprecated 3.8: use "async def"; removed 3.11', "program.py:7"],
        "JoinableQueue": [
            "",
            "deprecated 3.4.4: Queue has join() and task_done() itself; removed 3.5",
            "program.py:3",
        ],
        "Lock(loop)": ["", "deprecated 3.8: it uses the running event loop; removed 3.11", "program.py:9"],
        "Lock.__iter__": [
            "",
            'deprecated 3.7: "with (yield from lock)" is deprecated, use "async with lock"; removed 3.9',
            "program.py:10",
        ],
        "sleep(loop)": [
            "",
            "deprecated 3.8: it uses the running event loop; removed 3.10",
            "program.py:11, program.py:12",
        ],
        "async": ["", "deprecated 3.4.4: use ensure_future(); removed 3.7", "program.py:13"],
        "Task.current_task": ["", "deprecated 3.7: use asyncio.current_task(); removed 3.9", "program.py:14"],
    }


def test_a_report_tells_since_when_there_is_what_was_used(tmp_path: Path) -> None:
    rows = reported(
        """
        import asyncio

        async def main():
            async with await asyncio.start_server(print, "127.0.0.1", 0) as server:
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                writer.is_closing()
                writer.close()
            asyncio.create_task(asyncio.sleep(0))

        asyncio.run(main())
        """,
        tmp_path,
        api="3.7",
    )

    assert {name: row[0] for name, row in rows.items() if not name.startswith("Server.")} == {
        "run": "3.7",
        "create_task": "3.7",
        "StreamWriter.is_closing": "3.7",
    }


def test_only_what_the_program_uses_itself_is_reported(tmp_path: Path) -> None:
    rows = reported(
        """
        import asyncio, threading

        def work():
            loop = asyncio.new_event_loop()
            loop.run_until_complete(asyncio.gather(asyncio.sleep(0, loop=loop), loop=loop))
            loop.create_future().cancel()
            loop.close()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        """,
        tmp_path,
    )

    assert set(rows) == {"BaseEventLoop.create_future", "gather(loop)", "sleep(loop)"}
    assert rows["gather(loop)"][2] == "program.py:6"


def test_a_program_that_uses_what_every_version_has_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import asyncio\nasyncio.Future\nprint('done')")

    done = subprocess.run(
        [sys.executable, "-m", "asyncio_compat", "run", "--api", "3.6", "--report", "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr) == (
        "done\n",
        "This program used nothing of asyncio that not every version has.\n",
    )


def test_a_report_comes_after_the_traceback_of_a_program_that_failed(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import asyncio\nasyncio.coroutine\n1 / 0")

    done = subprocess.run(
        [sys.executable, "-m", "asyncio_compat", "run", "--api", "3.6", "--report", "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.index("ZeroDivisionError: division by zero\nWhat not every version has") > 0


def test_a_name_that_is_used_in_many_places_shows_the_first(tmp_path: Path) -> None:
    rows = reported("import asyncio\n" + "asyncio.coroutine\n" * 8, tmp_path)

    assert rows["coroutine"][2] == ", ".join(f"program.py:{line}" for line in range(2, 7)) + ", 3 more"


def test_what_is_watched_behaves_as_asyncio_does(tmp_path: Path) -> None:
    rows = reported(
        """
        import asyncio, asyncio.streams, pickle
        from asyncio import *
        assert repr(asyncio) == "<asyncio 3.6 by asyncio_compat>" and asyncio.__name__ == "asyncio"
        assert asyncio.streams is asyncio.streams and "coroutine" in dir(asyncio)
        assert vars(asyncio)["__name__"] == "asyncio"
        asyncio.mine = 1
        assert asyncio.mine == 1
        del asyncio.mine
        assert not hasattr(asyncio, "mine")
        try:
            asyncio.run
        except AttributeError as error:
            assert str(error).endswith("asyncio.run was added in Python 3.7.0; this program asked for 3.6")
        assert coroutine is asyncio.coroutine
        """,
        tmp_path,
    )

    assert rows["coroutine"][2] == "program.py:15"


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("StreamReader.readuntil", "3.6", ("3.5.2", "")),
        ("StreamReader.readuntil", "3.4.5", ("3.4.5", "absent 3.5")),
        ("Stream", "3.8", ("3.8.0b1", "in pre-releases only, until 3.8.0b4")),
        ("Future", "3.6", ("", "")),
        ("nothing", "3.6", ("", "")),
    ],
)
def test_the_fate_of_a_name_depends_on_the_version(name: str, version: str, expected: tuple[str, str]) -> None:
    assert fate(name, resolve(version).key) == expected
