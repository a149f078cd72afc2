"""What the environment and pyproject.toml say to `asyncio-compat run`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asyncio_compat.configuration import Configuration, ConfigurationError, parse_package, read

Write = Callable[[str], Path]


@pytest.fixture
def pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return what writes the pyproject.toml of the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASYNCIO_COMPAT_API", raising=False)
    monkeypatch.delenv("ASYNCIO_COMPAT_REDIRECT", raising=False)

    def write(text: str) -> Path:
        file = tmp_path / "pyproject.toml"
        file.write_text(text)
        return file

    return write


FULL = """
[tool.asyncio-compat]
api = "3.6"
redirect = ["oldlib", "olderlib=3.4", "midlib>=3.7,<3.9"]
only-redirect = true
report = true
"""


def test_pyproject_says_everything_that_the_command_line_can(pyproject: Write) -> None:
    pyproject(FULL)

    assert read() == Configuration("3.6", {"oldlib": "", "olderlib": "3.4", "midlib": ">=3.7,<3.9"}, True, True)


def test_the_nearest_pyproject_above_counts(pyproject: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyproject(FULL)
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")

    assert read().api == "3.6"

    (tmp_path / "a/pyproject.toml").write_text("[project]\nname = 'a'\n")
    assert read() == Configuration(None, {}, False, False)


@pytest.mark.parametrize("text", ["", "not toml at all [", "[tool.other]\nx = 1"])
def test_a_pyproject_without_a_word_for_us_says_nothing(text: str, pyproject: Write) -> None:
    pyproject(text)

    assert read() == Configuration(None, {}, False, False)


def test_the_environment_counts_more_than_pyproject(pyproject: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    pyproject(FULL)
    monkeypatch.setenv("ASYNCIO_COMPAT_API", "3.5")
    monkeypatch.setenv("ASYNCIO_COMPAT_REDIRECT", "oldlib=3.5 newlib")

    found = read()

    assert found.api == "3.5"
    assert found.redirect == {"oldlib": "3.5", "olderlib": "3.4", "midlib": ">=3.7,<3.9", "newlib": ""}


@pytest.mark.parametrize(
    "text",
    ["a=3.4 b", "a=3.4,b", " a=3.4 , b ", "a=3.4; b;", "a=3.4\nb\n"],
    ids=["spaces", "commas", "both", "semi", "lines"],
)
def test_packages_in_the_environment_are_separated_by_spaces_or_commas(
    text: str, pyproject: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASYNCIO_COMPAT_REDIRECT", text)

    assert read().redirect == {"a": "3.4", "b": ""}


def test_a_specifier_in_the_environment_keeps_its_commas(pyproject: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASYNCIO_COMPAT_REDIRECT", "a>=3.7,<3.9,b.c==3.6.*")

    assert read().redirect == {"a": ">=3.7,<3.9", "b.c": "==3.6.*"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a", "")),
        (" a.b = 3.4 ", ("a.b", "3.4")),
        ("a=>=3.7", ("a", ">=3.7")),
        ("a!=3.7", ("a", "!=3.7")),
        ("./a/b=3.5.1", ("./a/b", "3.5.1")),
    ],
)
def test_a_package_may_have_a_version(text: str, expected: tuple[str, str]) -> None:
    assert parse_package(text) == expected


@pytest.mark.parametrize("text", ["", "=3.4", "a=", "  "])
def test_what_is_no_package_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_package(text)

    assert str(caught.value) == f"{text!r} is not PACKAGE or PACKAGE=VERSION"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("apj = '3.6'", "[tool.asyncio-compat] has no 'apj'; it has api, only-redirect, redirect, report"),
        ("api = 3.1", "[tool.asyncio-compat] api must be a string"),
        ("redirect = 'a'", "[tool.asyncio-compat] redirect must be a list of strings"),
        ("redirect = [3.4]", "[tool.asyncio-compat] redirect must be a list of strings"),
        ("report = 1", "[tool.asyncio-compat] report must be true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused(line: str, message: str, pyproject: Write) -> None:
    file = pyproject(f"[tool.asyncio-compat]\n{line}\n")

    with pytest.raises(ConfigurationError) as caught:
        read()

    assert str(caught.value) == f"{file}: {message}"


@pytest.mark.parametrize("text", ["tool.asyncio-compat = 1", "[tool.asyncio-compat\n"])
def test_a_broken_pyproject_is_refused_by_its_name(text: str, pyproject: Write) -> None:
    file = pyproject(text)

    with pytest.raises(ConfigurationError) as caught:
        read()

    assert str(caught.value).startswith(f"{file}: ")


def test_where_no_parser_is_installed_it_is_named(pyproject: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = pyproject(FULL)
    monkeypatch.setitem(sys.modules, "tomllib", None)
    monkeypatch.setitem(sys.modules, "tomli", None)

    with pytest.raises(ConfigurationError) as caught:
        read()

    assert str(caught.value) == f"{file}: Python 3.10 needs tomli to read it: pip install 'asyncio-compat[cli]'"
