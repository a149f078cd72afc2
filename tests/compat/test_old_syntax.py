"""Modules of before 3.7, in which `async` and `await` are names."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import subprocess
import sys
import traceback
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncio_compat import redirect
from asyncio_compat.old_syntax import compile_old, fails_for_old_names


def executed(source: str) -> dict[str, Any]:
    """Compile a module as Python 3.6 did, and execute it."""
    names: dict[str, Any] = {}
    exec(compile_old(source, "<old>"), names)
    return names


@pytest.mark.parametrize(
    ("source", "expression", "value"),
    [
        ("async = 1\nawait = 2", "(names['async'], names['await'])", (1, 2)),
        ("def f(async=True, *, await): return async, await", "names['f'](**{'async': 1, 'await': 2})", (1, 2)),
        ("def f(**kwds): return kwds\nx = f(async=1, await=2)", "names['x']", {"async": 1, "await": 2}),
        ("class C:\n def async(self): return self.await\n await = 5", "getattr(names['C'](), 'async')()", 5),
        (
            "class C:\n def async(self): pass",
            "names['C'].async.__qualname__".replace(".async", ".__dict__['async']"),
            "C.async",
        ),
        ("class async: pass", "names['async'].__name__", "async"),
        ("class C: pass\nc = C()\nc.async = 1\ndel c.async", "vars(names['c'])", {}),
        ("def f():\n global async\n async = 3\nf()", "names['async']", 3),
        ("def f():\n async = 1\n def g():\n  nonlocal async\n  async += 1\n g()\n return async", "names['f']()", 2),
        ("try: 1 / 0\nexcept ZeroDivisionError as async: kind = type(async)", "names['kind']", ZeroDivisionError),
        ("import os.path as async, sys as await", "(names['async'].__name__, names['await'])", ("posixpath", sys)),
        ("x = [async for async in range(3)]", "names['x']", [0, 1, 2]),
        ("x = (lambda await: await + 1)(1)", "names['x']", 2),
        (
            "async = 'v'\nx = f'async {async} {{async}} {async!r:>5} {\"await\"}'",
            "names['x']",
            "async v {async}   'v' await",
        ),
        (
            "async = 'v'\nx = rf'\\async {async}'\ny = f'\\async {async}'",
            "(names['x'], names['y'])",
            ("\\async v", "\async v"),
        ),
        ("async = 'v'\nx = f'''{async}\n async {async}'''", "names['x']", "v\n async v"),
        ("async = 1\nx = 'async' 'await'\ny = b'async'", "(names['x'], names['y'])", ("asyncawait", b"async")),
        ("def async(x): return x\n@async\ndef f(): 'async'", "names['f'].__doc__", "async"),
        ("async = {'async': 1}\nx = async['async']", "names['x']", 1),
        (
            "def f(x: 'async' = 1) -> 'await': async = 1",
            "names['f'].__annotations__",
            {"x": "async", "return": "await"},
        ),
        ("async, (await, *rest) = 1, (2, 3)", "names['rest']", [3]),
        ("x = 1 ; async = x ; \\\nawait = async", "names['await']", 1),
        ("async = 1\nä = 'ä', async", "names['ä']", ("ä", 1)),
        ("\tasync = 1".strip() + "\nif async:\n\tawait = 2\n\x0c\nx = await", "names['x']", 2),
        ("class C:\n def __init__(self, async): self.__async = async", "vars(names['C'](1))", {"_C__async": 1}),
        ("_zqaaa = 1\n_zaaa = 2\nasync = _zaaa + _zqaaa", "names['async']", 3),
    ],
)
def test_names_are_what_they_were(source: str, expression: str, value: object) -> None:
    with pytest.raises(SyntaxError):
        compile(source, "<old>", "exec")
    assert fails_for_old_names(source)

    names = executed(source)

    assert eval(expression, {"names": names}) == value


def test_parameters_and_attributes_are_really_called_so() -> None:
    names = executed("def f(async, *, await=None): pass\nclass C:\n async = 1")

    assert "async" in dir(names["C"])
    assert names["f"].__code__.co_varnames == ("async", "await")


def test_in_an_async_def_they_are_keywords_and_outside_of_it_names() -> None:
    names = executed(
        """
async = 'name'

async def one():
    def inner(): return 1
    if True:
        return await two()
await = 'name'
async def two(): return inner()
def inner(): async = 7; return async

class C:
    async def method(self):
        async with self as it:
            return [x async for x in it]

    async = 1
    async def __aenter__(self): return self.items()
    async def __aexit__(self, *exc):
        # at the margin
# of the file
        await two()
    async def items(self):
        yield 1
    def plain(self, await): return await
"""
    )

    assert names["async"] == names["await"] == "name"
    assert asyncio.run(names["one"]()) == 7
    assert asyncio.run(names["C"]().method()) == [1]
    assert names["C"]().plain(3) == 3


@pytest.mark.parametrize(
    "source",
    [
        "x = = 1",
        "def f(:",
        "async def f(): await = 1",
        "  x = 1\n y = 2",
        "x = 'open",
        "print 'async'",
        "# async\nawait_ = $",
    ],
)
def test_what_is_wrong_for_another_reason_is_left_to_the_interpreter(source: str) -> None:
    assert not fails_for_old_names(source)


@pytest.mark.parametrize(
    ("source", "line", "text"),
    [
        ("async = 1\nasync = = await\n", 2, "async = = await\n"),
        ("async = 1\nreturn async\n", 2, "return async\n"),
        ("async = 1\nf(async=1, async=2)", 2, "f(async=1, async=2)\n"),
    ],
)
def test_errors_show_the_text_as_it_is(source: str, line: int, text: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        compile_old(source, "old.py")

    assert (caught.value.filename, caught.value.lineno, caught.value.text) == ("old.py", line, text)
    assert "_z" not in str(caught.value)
    shown = "".join(traceback.format_exception_only(caught.value))
    assert "_z" not in shown
    assert text.strip() in shown


def test_columns_are_those_of_the_text() -> None:
    source = "def f(async):\n    return (async.await +\n            async.missing)\n"
    code = compile_old(source, "old.py")
    function = next(one for one in code.co_consts if hasattr(one, "co_positions") or hasattr(one, "co_code"))
    if not hasattr(function, "co_positions"):
        pytest.skip("this Python keeps no columns")

    columns = {(line, start, end) for line, _, start, end in function.co_positions() if start is not None}

    assert (2, 12, 23) in columns
    assert (3, 12, 25) in columns


OLD = """
import asyncio

class Call:
    def __init__(self, async=False):
        self.async = async

    def fail(self):
        return 1 / (self.async + self.await)

def schedule(coroutine, loop):
    return asyncio.async(coroutine, loop=loop)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    finders, modules = list(sys.meta_path), set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        if not name.startswith(("asyncio", "asyncio_compat")):
            del sys.modules[name]


def test_a_module_of_the_time_is_imported(folder: Path) -> None:
    (folder / "oldlib.py").write_text(OLD)
    redirect("oldlib", "3.4")

    oldlib: Any = importlib.import_module("oldlib")

    assert vars(oldlib.Call(**{"async": True})) == {"async": True}
    assert type(oldlib.__loader__) is importlib.machinery.SourceFileLoader
    assert oldlib.__spec__.loader is oldlib.__loader__
    assert importlib.reload(oldlib) is oldlib


def test_tracebacks_show_the_text_as_it_is(folder: Path) -> None:
    (folder / "oldlib.py").write_text(OLD)
    redirect("oldlib", "3.4")
    oldlib: Any = importlib.import_module("oldlib")

    with pytest.raises(AttributeError) as caught:
        oldlib.Call().fail()

    shown = traceback.format_exc() if sys.exc_info()[0] else "".join(traceback.format_exception(caught.value))
    assert f'File "{folder}/oldlib.py", line 9, in fail\n    return 1 / (self.async + self.await)\n' in shown
    assert "'Call' object has no attribute 'await'" in shown
    assert inspect.getsource(oldlib.schedule).endswith("return asyncio.async(coroutine, loop=loop)\n")


def test_a_zipped_module_of_the_time_is_imported(folder: Path) -> None:
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.writestr("oldlib.py", OLD)
    sys.path.insert(0, str(folder / "old.zip"))
    redirect("oldlib", "3.4")

    assert importlib.import_module("oldlib").Call.__init__.__code__.co_varnames == ("self", "async")
    sys.path_importer_cache.pop(str(folder / "old.zip"), None)


def test_a_source_in_another_encoding_is_imported(folder: Path) -> None:
    (folder / "oldlib.py").write_bytes("# coding: latin-1\nasync = 'é', 1\r\nawait = 2\n".encode("latin-1"))
    redirect("oldlib", "3.4")

    assert vars(importlib.import_module("oldlib"))["async"] == ("é", 1)


def test_from_3_7_on_they_are_keywords(folder: Path) -> None:
    (folder / "oldlib.py").write_text(OLD)
    redirect("oldlib", "3.7")

    with pytest.raises(SyntaxError):
        importlib.import_module("oldlib")


def test_an_error_of_a_module_that_is_imported_is_that_modules(folder: Path) -> None:
    (folder / "oldlib.py").write_text("import keyword\nimport broken\n")
    (folder / "broken.py").write_text("x = = 1\n")
    redirect("oldlib", "3.4")

    with pytest.raises(SyntaxError) as caught:
        importlib.import_module("oldlib")

    assert caught.value.filename == str(folder / "broken.py")


def test_no_byte_code_of_a_translation_is_kept(folder: Path) -> None:
    (folder / "oldlib.py").write_text(OLD)
    (folder / "start.py").write_text(
        "import asyncio_compat, sys\nasyncio_compat.redirect('oldlib', sys.argv[1])\nimport oldlib"
    )
    environment = {"PATH": "/usr/bin:/bin"}

    def start(version: str) -> int:
        command = [sys.executable, "start.py", version]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode

    assert [start("3.4"), start("3.7"), start("3.4")] == [0, 1, 0]
    assert list(folder.glob("__pycache__/oldlib*")) == []


@pytest.mark.parametrize("options", [(), ("-O",), ("-OO",)])
def test_the_optimization_that_was_asked_for_holds(options: tuple[str, ...], folder: Path) -> None:
    (folder / "program.py").write_text("'doc'\nasync = 1\nassert async == 2\nprint(__doc__, __debug__)\n")

    done = subprocess.run(
        [sys.executable, *options, "-m", "asyncio_compat", "run", "--api", "3.4", "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    expected = {(): "", ("-O",): "doc False\n", ("-OO",): "None False\n"}[options]
    assert done.stdout == expected
    assert ("AssertionError" in done.stderr) == (options == ())


@pytest.mark.parametrize("how", ["file", "module", "folder", "standard input"])
def test_a_program_may_be_of_the_time(how: str, folder: Path) -> None:
    program = """
import asyncio

@asyncio.coroutine
def work(lock, async):
    with (yield from lock):
        yield from asyncio.sleep(0)
        print('async:', async)

loop = asyncio.get_event_loop()
lock = asyncio.Lock()
loop.run_until_complete(asyncio.wait([asyncio.async(work(lock, async=True)), getattr(asyncio, 'async')(work(lock, 2))]))
loop.close()
print(1 / 0)
"""
    (folder / "__main__.py").write_text(program)
    (folder / "program.py").write_text(program)
    arguments = {"file": ["program.py"], "module": ["-m", "program"], "folder": ["."], "standard input": ["-"]}[how]

    done = subprocess.run(
        [sys.executable, "-m", "asyncio_compat", "run", "--api", "3.4", *arguments],
        cwd=folder,
        input=program,
        capture_output=True,
        text=True,
        check=False,
    )

    assert sorted(done.stdout.splitlines()) == ["async: 2", "async: True"]
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert done.stderr.count("File ") == 1


NAMES = st.sampled_from(["async", "await", "asynchronous", "x"])
LINES = st.one_of(
    st.builds("{} = 1".format, NAMES),
    st.builds("x.{} = {}".format, NAMES, st.sampled_from(["'async'", "f'{async}'", "x"])),
    st.builds("def {}({}, y=1): return y".format, NAMES, NAMES),
    st.just("async def f(): return await x"),
    st.just("class C:\n    async def f(self):\n        await x\n    async = 1"),
)


@given(st.lists(LINES, min_size=1, max_size=6))
def test_only_names_outside_of_async_def_are_taken_for_names(lines: list[str]) -> None:
    source = "\n".join(lines) + "\n"
    try:
        compile(source, "<new>", "exec")
    except SyntaxError:
        new = False
    else:
        new = True

    if new:
        assert not fails_for_old_names(source) or "f'{async}'" in source
    else:
        assert fails_for_old_names(source)
        assert compile_old(source, "<old>").co_filename == "<old>"
