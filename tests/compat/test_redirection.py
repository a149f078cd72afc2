from __future__ import annotations

import asyncio
import builtins
import importlib
import subprocess
import sys
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from asyncio_compat import load
from asyncio_compat.ownership import Below, Named, Owner
from asyncio_compat.redirection import Redirection
from asyncio_compat.tracebacks import hide_our_frames

Write = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path whose modules are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - before:
        if not name.startswith(("asyncio", "asyncio_compat")):
            del sys.modules[name]


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


def owning(folder: Path) -> Owner:
    return Below(folder)


def test_import_asyncio_means_the_facade(folder: Path, write: Write) -> None:
    write("redirected.py", "import asyncio")

    with Redirection(load("3.4"), owning(folder)):
        assert importlib.import_module("redirected").asyncio is load("3.4")


def test_every_form_of_import_means_the_facade(folder: Path, write: Write) -> None:
    write(
        "redirected.py",
        """
        import asyncio.streams
        import asyncio.streams as s
        import asyncio as a, asyncio.events as e
        from asyncio import streams, coroutine
        from asyncio.streams import StreamReader, _DEFAULT_LIMIT
        from asyncio import StreamWriter as W
        """,
    )
    facade = load("3.4")

    with Redirection(facade, owning(folder)):
        module = importlib.import_module("redirected")

    assert module.asyncio is module.a is facade
    assert module.s is module.streams is facade.streams
    assert module.e is facade.events
    assert module.coroutine is facade.coroutine
    assert module.StreamReader is facade.StreamReader
    assert module.W is facade.StreamWriter


def test_star_imports_bring_what_the_version_lists(folder: Path, write: Write) -> None:
    write("redirected.py", "from asyncio import *\nfrom asyncio.streams import *")

    with Redirection(load("3.4"), owning(folder)):
        names = vars(importlib.import_module("redirected"))

    assert {"coroutine", "JoinableQueue", "StreamReader"} <= set(names)
    assert not {"run", "create_task", "TaskGroup"} & set(names)


def test_imports_inside_functions_and_executed_code_mean_the_facade_too(folder: Path, write: Write) -> None:
    write(
        "redirected.py",
        """
        def in_function():
            import asyncio
            return asyncio

        def executed():
            names = {}
            exec("import asyncio", names)
            return names["asyncio"]

        def evaluated():
            return eval("__import__('asyncio')")

        class Body:
            import asyncio
        """,
    )

    with Redirection(load("3.4"), owning(folder)):
        module = importlib.import_module("redirected")

    assert {module.in_function(), module.executed(), module.evaluated(), module.Body.asyncio} == {load("3.4")}


def test_packages_are_redirected_with_all_that_is_in_them(folder: Path, write: Write) -> None:
    write("package/__init__.py", "from . import inner")
    write("package/inner.py", "import asyncio\nfrom .deep import module")
    write("package/deep/module.py", "import asyncio")

    with Redirection(load("3.4"), Named("package")):
        package = importlib.import_module("package")

    assert package.inner.asyncio is package.inner.module.asyncio is load("3.4")


def test_other_packages_keep_the_hosts(folder: Path, write: Write) -> None:
    write("package.py", "import asyncio")
    write("package_too.py", "import asyncio")

    with Redirection(load("3.4"), Named("package")):
        assert importlib.import_module("package").asyncio is load("3.4")
        assert importlib.import_module("package_too").asyncio is asyncio


def test_what_is_installed_below_the_folder_keeps_the_hosts(folder: Path, write: Write) -> None:
    write("venv/lib/python3/site-packages/installed.py", "import asyncio")
    sys.path.insert(0, str(folder / "venv/lib/python3/site-packages"))
    try:
        with Redirection(load("3.4"), owning(folder)):
            assert importlib.import_module("installed").asyncio is asyncio
    finally:
        del sys.path[0]


def test_the_standard_library_keeps_the_hosts_even_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with Redirection(load("3.4"), lambda *_: True):
        module = importlib.import_module("colorsys")

    assert vars(module)["__builtins__"]["__import__"] is builtins.__import__


def test_two_packages_may_have_two_versions_at_once(folder: Path, write: Write) -> None:
    write("old.py", "import asyncio")
    write("new.py", "import asyncio, old")

    with Redirection(load("3.4"), Named("old")), Redirection(load("3.13"), Named("new")):
        new = importlib.import_module("new")

    assert new.asyncio is load("3.13")
    assert new.old.asyncio is load("3.4")


def test_nothing_is_redirected_after_removal(folder: Path, write: Write) -> None:
    write("later.py", "import asyncio")
    before = list(sys.meta_path)

    with Redirection(load("3.4"), owning(folder)):
        pass

    assert sys.meta_path == before
    assert importlib.import_module("later").asyncio is asyncio


def test_redirected_modules_stay_redirected_after_removal(folder: Path, write: Write) -> None:
    write("redirected.py", "def get():\n    import asyncio\n    return asyncio")

    with Redirection(load("3.4"), owning(folder)):
        module = importlib.import_module("redirected")

    assert module.get() is load("3.4")


def test_the_host_is_left_alone(folder: Path, write: Write) -> None:
    write("redirected.py", "import asyncio\nimport asyncio.streams")
    before = (sys.modules["asyncio"], builtins.__import__, dict(vars(asyncio)))

    with Redirection(load("3.4"), owning(folder)):
        importlib.import_module("redirected")

    assert (sys.modules["asyncio"], builtins.__import__, dict(vars(asyncio))) == before


def test_a_redirected_module_has_the_loader_that_it_would_have(folder: Path, write: Write) -> None:
    file = write("redirected.py", "import asyncio")

    with Redirection(load("3.4"), owning(folder)):
        module = importlib.import_module("redirected")

    assert type(module.__loader__) is importlib.machinery.SourceFileLoader
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert module.__file__ == str(file)


def test_a_module_can_be_reloaded(folder: Path, write: Write) -> None:
    write("redirected.py", "import asyncio\nvalue = 1")

    with Redirection(load("3.4"), owning(folder)):
        module = importlib.import_module("redirected")
        write("redirected.py", "import asyncio\nvalue = 2  # longer, so that the cached byte code is not taken")
        importlib.reload(module)

    assert module.value == 2
    assert module.asyncio is load("3.4")
    assert type(module.__loader__) is importlib.machinery.SourceFileLoader


def test_modules_in_zip_files_are_redirected(folder: Path) -> None:
    archive = folder / "program.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped.py", "import asyncio")
    sys.path.insert(0, str(archive))
    try:
        with Redirection(load("3.4"), owning(folder)):
            assert importlib.import_module("zipped").asyncio is load("3.4")
    finally:
        del sys.path[0]
        sys.path_importer_cache.pop(str(archive), None)


def error_of(folder: Path, write: Write, code: str, version: str = "3.4") -> ImportError:
    write("failing.py", code)
    with Redirection(load(version), owning(folder)), pytest.raises(ImportError) as caught:
        importlib.import_module("failing")
    return caught.value


def test_a_name_that_came_later_cannot_be_imported(folder: Path, write: Write) -> None:
    error = error_of(folder, write, "from asyncio import run")

    assert type(error) is ImportError
    assert str(error) == (
        "cannot import name 'run' from 'asyncio': asyncio.run was added in Python 3.7.0; this program asked for 3.4"
    )


def test_a_name_that_never_was_cannot_be_imported(folder: Path, write: Write) -> None:
    assert str(error_of(folder, write, "from asyncio.streams import banana")) == (
        "cannot import name 'banana' from 'asyncio.streams'"
    )


@pytest.mark.parametrize("code", ["import asyncio.runners", "from asyncio.runners import run"])
def test_a_submodule_that_came_later_cannot_be_imported(folder: Path, write: Write, code: str) -> None:
    error = error_of(folder, write, code)

    assert type(error) is ModuleNotFoundError
    assert error.name == "asyncio.runners"
    assert str(error) == (
        "No module named 'asyncio.runners': asyncio.runners was added in Python 3.7.0; this program asked for 3.4"
    )


def test_a_submodule_that_came_later_is_no_name_of_asyncio_either(folder: Path, write: Write) -> None:
    # The host has one of that name, which must not show through.
    error = error_of(folder, write, "from asyncio import runners")

    assert "asyncio.runners was added in Python 3.7.0; this program asked for 3.4" in str(error)


def test_a_submodule_that_never_was_cannot_be_imported(folder: Path, write: Write) -> None:
    assert str(error_of(folder, write, "import asyncio.banana")) == "No module named 'asyncio.banana'"


def test_what_is_below_a_submodule_cannot_be_imported(folder: Path, write: Write) -> None:
    assert str(error_of(folder, write, "import asyncio.streams.StreamReader")) == (
        "No module named 'asyncio.streams.StreamReader'; 'asyncio.streams' is not a package"
    )


def test_the_betas_warn_where_a_deprecated_name_is_imported(folder: Path, write: Write) -> None:
    file = write("redirected.py", "\nfrom asyncio import StreamWriter")

    with (
        Redirection(load("3.8.0b1"), owning(folder)),
        pytest.warns(DeprecationWarning, match="favor of Stream") as caught,
    ):
        importlib.import_module("redirected")

    assert [(one.filename, one.lineno) for one in caught] == [(str(file), 2)]


def test_builtins_that_a_redirected_module_sets_are_set_for_everybody(folder: Path, write: Write) -> None:
    write(
        "redirected.py",
        """
        import builtins
        builtins.set_by_a_program = 1
        found = set_by_a_program
        def get():
            return set_by_a_program
        def clear():
            del builtins.set_by_a_program
        """,
    )

    with Redirection(load("3.4"), owning(folder)):
        module = importlib.import_module("redirected")
        assert module.found == module.get() == builtins.set_by_a_program  # type: ignore[attr-defined]
        module.clear()

    assert not hasattr(builtins, "set_by_a_program")
    with pytest.raises(NameError):
        module.get()


def test_builtins_that_others_set_are_seen_from_the_next_import_on(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("redirected.py", "def get():\n    import sys\n    return set_by_others")

    with Redirection(load("3.4"), owning(folder)):
        module = importlib.import_module("redirected")
        monkeypatch.setattr(builtins, "set_by_others", 2, raising=False)

    assert module.get() == 2


def test_only_asyncio_itself_can_be_what_asyncio_means() -> None:
    with pytest.raises(
        TypeError, match=r"facade must be asyncio itself, not <asyncio\.streams 3\.4 by asyncio_compat>"
    ):
        Redirection(load("3.4").streams, Named("anything"))


def frames(error: BaseException) -> list[str]:
    found = []
    entry = error.__traceback__
    while entry is not None:
        found.append(entry.tb_frame.f_code.co_name)
        entry = entry.tb_next
    return found


def test_our_frames_can_be_hidden_from_a_traceback_and_what_it_came_from(folder: Path, write: Write) -> None:
    write("inner.py", "def fail():\n    import asyncio\n    asyncio.banana\nfail()")
    write("outer.py", "try:\n    import inner\nexcept AttributeError as e:\n    raise ValueError('outer') from e")

    with Redirection(load("3.4"), owning(folder)), pytest.raises(ValueError, match="outer") as caught:
        importlib.import_module("outer")
    cause = caught.value.__cause__
    assert cause is not None
    assert {"_import", "get"} <= set(frames(cause))
    hide_our_frames(caught.value)

    assert frames(cause) == ["<module>", "<module>", "fail"]
    assert frames(caught.value)[-1] == "<module>"


def test_hiding_frames_ends_where_exceptions_refer_to_each_other() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__context__, other.__cause__ = other, one

    hide_our_frames(one)

    assert (one.__traceback__, other.__traceback__) == (None, None)


def test_a_facade_is_what_a_redirected_module_object_finds_in_its_globals(folder: Path, write: Write) -> None:
    write("redirected.py", "import asyncio\ndef loop_class():\n    return asyncio.AbstractEventLoop")

    with Redirection(load("3.4"), owning(folder)):
        module: Any = importlib.import_module("redirected")

    assert isinstance(module, types.ModuleType)
    assert module.loop_class() is load("3.4").AbstractEventLoop


@pytest.mark.parametrize("version", ["3.6", "3.7", "3.8", "3.13"])
def test_a_program_can_pickle_what_asyncio_raises(tmp_path, version):
    (tmp_path / "program.py").write_text(
        "import asyncio, pickle\n"
        "for error in asyncio.LimitOverrunError('text', 1), asyncio.IncompleteReadError(b'', 1):\n"
        "    assert type(pickle.loads(pickle.dumps(error))) is type(error)\n"
    )
    command = [sys.executable, "-m", "asyncio_compat", "run", "--api", version, "program.py"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
