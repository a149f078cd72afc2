"""`asyncio_compat.redirect()`, as libraries and programs use it."""

from __future__ import annotations

import asyncio
import importlib
import importlib.machinery
import pickle
import py_compile
import subprocess
import sys
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import asyncio_compat
from asyncio_compat import AlreadyImported, load, redirect

Write = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path; modules, finders and arguments of the process are as before afterwards."""
    modules, finders = set(sys.modules), list(sys.meta_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        if not name.startswith(("asyncio", "asyncio_compat")):
            del sys.modules[name]
    for path in [path for path in sys.path_importer_cache if path.startswith(str(tmp_path))]:
        del sys.path_importer_cache[path]


@pytest.fixture
def write(folder: Path) -> Write:
    """Return what writes a module: its path below the folder, and its code."""

    def write(path: str, code: str) -> Path:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(code), encoding="utf-8")
        importlib.invalidate_caches()
        return file

    return write


def imported(name: str) -> Any:
    return importlib.import_module(name)


def test_a_package_gets_the_version_and_everything_else_the_hosts(write: Write) -> None:
    write("oldlib/__init__.py", "import asyncio")
    write("oldlib/inner.py", "import asyncio")
    write("other.py", "import asyncio, oldlib.inner")

    redirect("oldlib", "3.4")

    assert imported("other").asyncio is asyncio
    assert imported("oldlib").asyncio is imported("oldlib.inner").asyncio is load("3.4")


def test_several_packages_can_be_redirected_at_once(write: Write, folder: Path) -> None:
    write("one.py", "import asyncio")
    write("vendor/two.py", "import asyncio")
    sys.path.insert(0, str(folder / "vendor"))

    redirect(["one", folder / "vendor"], ">=3.5,<3.6")

    assert imported("one").asyncio is imported("two").asyncio is load("3.5")


def test_two_packages_can_have_two_versions_at_once(write: Write) -> None:
    write("old.py", "import asyncio\nimport new")
    write("new.py", "import asyncio")

    redirect("old", "3.4")
    redirect("new", "3.13")

    assert imported("old").asyncio is load("3.4")
    assert imported("old").new.asyncio is load("3.13")


def test_of_two_redirections_of_one_module_the_last_counts(write: Write) -> None:
    write("package/__init__.py", "import asyncio")
    write("package/inner.py", "import asyncio")

    redirect("package", "3.4")
    redirect("package.inner", "3.6")

    assert imported("package").asyncio is load("3.4")
    assert imported("package.inner").asyncio is load("3.6")
    assert type(imported("package.inner").__spec__.loader) is importlib.machinery.SourceFileLoader


def test_a_block_ends_the_redirection_and_leaves_what_was_imported(write: Write) -> None:
    write("early.py", "def get():\n    import asyncio\n    return asyncio")
    write("late.py", "import asyncio")
    before = list(sys.meta_path)

    with redirect(["early", "late"], "3.4") as redirection:
        early = imported("early")
        assert repr(redirection) == "<redirection of early, late to asyncio 3.4>"

    assert sys.meta_path == before
    assert early.get() is load("3.4")
    assert imported("early") is early
    assert imported("late").asyncio is asyncio
    assert repr(redirection) == "<redirection of early, late to asyncio 3.4, undone>"


def test_undoing_twice_does_no_harm(write: Write) -> None:
    redirection = redirect("nowhere_to_be_found", "3.4")

    redirection.undo()
    redirection.undo(forget=True)


@pytest.mark.parametrize("form", ["folder", "file", "zip", "link"])
def test_a_path_can_be_redirected(form: str, write: Write, folder: Path) -> None:
    file = write("library/module_of_path.py", "import asyncio")
    path = {"folder": file.parent, "file": file, "zip": folder / "library.zip", "link": folder / "link"}[form]
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(file, "module_of_path.py")
    if form == "link":
        path.symlink_to("library")
    sys.path.insert(0, str(file.parent if form in ("file", "link") else path))

    redirect(path, "3.4")

    assert imported("module_of_path").asyncio is load("3.4")


def test_a_path_may_be_a_string_with_a_separator(write: Write, folder: Path) -> None:
    write("library/module_of_path.py", "import asyncio")
    sys.path.insert(0, str(folder / "library"))

    redirect(f"{folder}/library", "3.4")

    assert imported("module_of_path").asyncio is load("3.4")


def test_what_is_imported_already_is_refused_by_name(write: Write) -> None:
    for name in "dcba":
        write(f"oldlib/{name}.py", "")
        imported(f"oldlib.{name}")

    with pytest.raises(AlreadyImported) as caught:
        redirect("oldlib", "3.4")

    assert str(caught.value) == (
        "oldlib.a, oldlib.b, oldlib.c and 1 more modules cannot be redirected to asyncio 3.4: "
        "already imported, with another asyncio; redirect before the first import"
    )
    assert "asyncio_compat" not in {type(finder).__module__.partition(".")[0] for finder in sys.meta_path[:1]}


def test_what_lies_below_a_path_and_is_imported_already_is_refused(write: Write, folder: Path) -> None:
    write("early.py", "")
    imported("early")

    with pytest.raises(AlreadyImported, match="early cannot be redirected"):
        redirect(folder, "3.4")


def test_what_has_that_version_already_is_not_refused(write: Write) -> None:
    write("oldlib.py", "import asyncio")
    redirect("oldlib", "3.4")
    oldlib = imported("oldlib")

    with redirect("oldlib", "3.4"):
        assert imported("oldlib") is oldlib
    with pytest.raises(AlreadyImported):
        redirect("oldlib", "3.5")


def test_looking_for_imported_modules_wakes_no_lazy_one(write: Write) -> None:
    write("lazy.py", "raise SystemError('woken')")
    spec = importlib.util.find_spec("lazy")
    assert spec is not None
    assert spec.loader is not None
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules["lazy"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    redirect("something_else", "3.4")


@pytest.mark.parametrize(
    ("packages", "kind", "message"),
    [
        ("not a name", ValueError, "'not a name' is no name of a package; a path needs a '/', or be a pathlib.Path"),
        ("", ValueError, "'' is no name of a package; a path needs a '/', or be a pathlib.Path"),
        ([], ValueError, "packages is empty: name a package or a path"),
        (
            "unittest.async_case",
            ValueError,
            "'unittest.async_case' keeps the asyncio of the running Python, as all of the standard library does",
        ),
        ("./nowhere", FileNotFoundError, "there is nothing to redirect at './nowhere'"),
        ([3.4], TypeError, "packages must be names or paths, not 3.4"),
    ],
)
def test_what_cannot_be_redirected_is_refused(packages: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        redirect(packages, "3.4")

    assert str(caught.value) == message


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(asyncio_compat.UnknownVersion):
        redirect("oldlib", "2.7")


def test_one_library_can_be_imported_twice_on_two_versions(write: Write) -> None:
    write("library/__init__.py", "import asyncio\nfrom .inner import Thing")
    write(
        "library/inner.py",
        """
        import importlib
        import asyncio

        class Thing:
            def lazily(self):
                from . import late, inner
                import library.late as same
                assert same is late
                assert importlib.import_module("library.late") is late
                assert importlib.import_module("asyncio") is asyncio
                return late.asyncio, inner.Thing
        """,
    )
    write("library/late.py", "import asyncio")

    old_one = redirect("library", "3.4")
    old = imported("library")
    old_one.undo(forget=True)
    with redirect("library", "3.13"):
        new = imported("library")

    assert old is not new
    assert (old.asyncio, new.asyncio) == (load("3.4"), load("3.13"))
    assert old.Thing().lazily() == (load("3.4"), old.Thing)
    assert sys.modules["library"] is new
    assert "library.late" not in sys.modules
    sys.modules.pop("library.late", None)


def test_two_copies_of_a_library_talk_to_each_other_on_two_versions(write: Write) -> None:
    code = """
        import asyncio

        @asyncio.coroutine
        def serve():
            @asyncio.coroutine
            def shout(reader, writer):
                writer.write((yield from reader.readline()).upper())
                writer.close()
            return (yield from asyncio.start_server(shout, "127.0.0.1", 0))

        @asyncio.coroutine
        def ask(port):
            reader, writer = yield from asyncio.open_connection("127.0.0.1", port)
            writer.write(b"hello\\n")
            answer = yield from reader.read()
            writer.close()
            return answer
        """
    write("oldlib.py", code)
    write(
        "newlib.py", code.replace("@asyncio.coroutine", "").replace("def ", "async def ").replace("yield from", "await")
    )

    with redirect("oldlib", "3.4"), redirect("newlib", "3.13"):
        old, new = imported("oldlib"), imported("newlib")

    async def main() -> set[bytes]:
        answers = set()
        for one, other in ((old, new), (new, old)):
            server = await one.serve()
            answers.add(await other.ask(server.sockets[0].getsockname()[1]))
            server.close()
            await server.wait_closed()
        return answers

    assert asyncio.run(main()) == {b"HELLO\n"}


def test_importing_by_name_means_the_version_too(write: Write) -> None:
    write(
        "oldlib/__init__.py",
        """
        import importlib
        import importlib.util
        import importlib.machinery as machinery
        from importlib import import_module, metadata
        from importlib.util import find_spec
        by_module = importlib.import_module("asyncio")
        streams = import_module("asyncio.streams")
        relative = import_module(".events", "asyncio")
        by_function = importlib.__import__("asyncio.tasks")
        by_builtin = __import__("asyncio")
        itself = importlib.import_module("importlib")
        inner = importlib.import_module(".inner", __name__)
        """,
    )
    write("oldlib/inner.py", "import asyncio")

    redirect("oldlib", "3.4")
    oldlib, facade = imported("oldlib"), load("3.4")

    assert oldlib.by_module is oldlib.by_function is oldlib.by_builtin is facade
    assert (oldlib.streams, oldlib.relative) == (facade.streams, facade.events)
    assert oldlib.itself is oldlib.importlib
    assert oldlib.inner.asyncio is facade
    assert oldlib.find_spec is importlib.util.find_spec is oldlib.importlib.util.find_spec
    assert oldlib.machinery is importlib.machinery
    assert oldlib.metadata is sys.modules["importlib.metadata"]
    assert isinstance(oldlib.importlib, types.ModuleType)
    assert importlib.import_module("asyncio") is asyncio


def test_importing_by_name_says_what_came_later(write: Write) -> None:
    write("oldlib.py", "import importlib\nimportlib.import_module('asyncio.runners')")

    redirect("oldlib", "3.4")

    with pytest.raises(ModuleNotFoundError, match=r"asyncio\.runners was added in Python 3\.7\.0"):
        imported("oldlib")


def test_what_is_set_in_the_view_of_importlib_is_set_for_everybody(write: Write) -> None:
    write("oldlib.py", "import importlib\nimportlib.set_by_a_library = 1\ndel importlib.set_by_a_library")

    redirect("oldlib", "3.4")
    imported("oldlib")

    assert not hasattr(importlib, "set_by_a_library")


def test_a_package_without_init_is_redirected(write: Write, folder: Path) -> None:
    write("first/spread/one.py", "import asyncio")
    write("second/spread/two.py", "import asyncio")
    sys.path[:0] = [str(folder / "first"), str(folder / "second")]

    redirect("spread", "3.4")

    assert imported("spread.one").asyncio is imported("spread.two").asyncio is load("3.4")
    assert imported("spread").__path__ is not None


def test_one_part_of_a_package_without_init_can_be_redirected(write: Write) -> None:
    write("company/old/__init__.py", "import asyncio")
    write("company/new/__init__.py", "import asyncio")
    imported("company.new")

    redirect("company.old", "3.4")

    assert imported("company.old").asyncio is load("3.4")
    assert imported("company.new").asyncio is asyncio


def test_compiled_modules_without_source_are_redirected(write: Write) -> None:
    file = write("oldlib.py", "import asyncio")
    py_compile.compile(str(file), cfile=str(file.with_suffix(".pyc")))
    file.unlink()

    redirect("oldlib", "3.4")

    assert imported("oldlib").asyncio is load("3.4")


def test_objects_of_a_redirected_package_can_be_pickled(write: Write) -> None:
    write(
        "oldlib.py",
        """
        import asyncio

        class Failed(asyncio.TimeoutError):
            pass

        class Reader(asyncio.StreamReader):
            pass

        exact = asyncio.StreamReader
        """,
    )

    redirect("oldlib", "3.5.1")
    oldlib = imported("oldlib")

    for thing in (oldlib.Failed, oldlib.Reader, oldlib.exact):
        assert pickle.loads(pickle.dumps(thing)) is thing
    assert pickle.loads(pickle.dumps(oldlib.Failed("late"))).args == ("late",)


MULTIPROCESSING = """
    import sys

    import asyncio_compat


    def version(queue):
        import asyncio
        import oldlib
        queue.put((oldlib.version(), repr(asyncio).partition(" from")[0]))


    if __name__ == "__main__":
        if "late" in sys.argv:
            with asyncio_compat.redirect("oldlib", "3.4"):
                import oldlib
            import multiprocessing
        else:
            import multiprocessing
            asyncio_compat.redirect("oldlib", "3.4")
            import oldlib
        context = multiprocessing.get_context(sys.argv[1])
        queue = context.Queue()
        for target in (version, oldlib.put_version):
            process = context.Process(target=target, args=(queue,))
            process.start()
            print(queue.get())
            process.join()
            assert process.exitcode == 0
        with context.Pool(1) as pool:
            print(pool.apply(oldlib.version))
"""


@pytest.mark.parametrize("when", ["early", "late"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_spawned_processes_redirect_too(method: str, when: str, write: Write, folder: Path) -> None:
    write("program.py", MULTIPROCESSING)
    write(
        "oldlib.py",
        """
        import asyncio

        def version():
            return repr(asyncio)

        def put_version(queue):
            queue.put(repr(asyncio))
        """,
    )

    done = subprocess.run(
        [sys.executable, str(folder / "program.py"), method, when],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    facade = "<asyncio 3.4 by asyncio_compat>"
    assert done.stdout.splitlines() == [f"('{facade}', \"<module 'asyncio'\")", facade, facade], done.stderr


def test_a_debugger_shows_the_lines_of_a_redirected_package(write: Write, folder: Path) -> None:
    file = write("oldlib.py", "import asyncio\n\ndef fail():\n    asyncio.run()\n")
    program = "import asyncio_compat; asyncio_compat.redirect('oldlib', '3.4'); import oldlib; oldlib.fail()"

    done = subprocess.run(
        [sys.executable, "-m", "pdb", "-c", f"break {file}:4", "-c", "continue", "-m", "start"],
        cwd=write("start.py", program).parent,
        input="where\nquit\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert f"> {file}(4)fail()" in done.stdout, done.stdout + done.stderr
    assert "-> asyncio.run()" in done.stdout


def test_coverage_sees_the_lines_of_a_redirected_package(write: Write, folder: Path) -> None:
    pytest.importorskip("coverage")
    write("oldlib.py", "import asyncio\n\ndef work():\n    return asyncio.coroutine\n\ndef never():\n    pass\n")
    write("start.py", "import asyncio_compat\nasyncio_compat.redirect('oldlib', '3.4')\nimport oldlib\noldlib.work()")

    for command in (["run", "--include=oldlib.py", "start.py"], ["report", "-m"]):
        done = subprocess.run(
            [sys.executable, "-m", "coverage", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    assert [line.split() for line in done.stdout.splitlines() if line.startswith("oldlib")] == [
        ["oldlib.py", "5", "1", "80%", "7"]
    ]
