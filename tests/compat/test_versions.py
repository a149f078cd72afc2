from __future__ import annotations

import subprocess
import sys

import pytest
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

import asyncio_compat
from asyncio_compat.versions import LAST_MICRO, Release, UnknownVersion, resolve


@pytest.fixture(autouse=True)
def without_a_version_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASYNCIO_COMPAT_API", raising=False)


@pytest.mark.parametrize(
    ("asked", "key", "generation"),
    [
        ("3.4", (3, 4, 10, "f", 0), "v34"),
        ("3.5", (3, 5, 10, "f", 0), "v34"),
        ("3.6", (3, 6, 15, "f", 0), "v34"),
        ("3.7", (3, 7, 17, "f", 0), "v37"),
        ("3.9", (3, 9, 25, "f", 0), "v37"),
    ],
)
def test_a_series_means_its_last_release(asked: str, key: object, generation: str) -> None:
    release = resolve(asked)

    assert (release.text, release.key, release.generation) == (asked, key, generation)


@pytest.mark.parametrize("minor", [10, 11, 12, 13, 14, 15])
def test_a_series_that_goes_on_is_newer_than_each_of_its_releases(minor: int) -> None:
    assert resolve(f"3.{minor}").key > resolve(f"3.{minor}.30").key


def test_3_8_means_what_its_documentation_introduced() -> None:
    assert resolve("3.8") == Release("3.8", (3, 8, 0, "b", 4), "v38")


@pytest.mark.parametrize(
    ("asked", "generation"),
    [
        ("3.4.0", "v34"),
        ("3.5.1", "v34"),
        ("3.6.15", "v34"),
        ("3.7.0", "v37"),
        ("3.8.0", "v37"),
        ("3.8.18", "v37"),
        ("3.9.0", "v37"),
        ("3.10.0", "v313"),
        ("3.15.2", "v313"),
        ("3.8.0a1", "v38"),
        ("3.8.0a4", "v38"),
        ("3.8.0b1", "v38"),
        ("3.8.0b4", "v38"),
    ],
)
def test_a_release_is_served_by_the_generation_of_its_time(asked: str, generation: str) -> None:
    release = resolve(asked)

    assert (release.text, release.generation) == (asked, generation)


def test_a_release_candidate_has_the_api_of_the_release() -> None:
    assert resolve("3.8.0rc1")[1:] == resolve("3.8.0")[1:]


@pytest.mark.parametrize("asked", ["3.8.0.b4", "3.8b4", "3.8.0-beta4", " 3.8.0b4 ", "v3.8.0b4", Version("3.8.0b4")])
def test_other_spellings_of_a_version_are_the_same_version(asked: object) -> None:
    assert resolve(asked) == resolve("3.8.0b4")  # type: ignore[arg-type]


def test_a_version_object_means_what_its_text_means() -> None:
    assert resolve(Version("3.6")) == resolve("3.6")
    assert resolve(Version("3.5.1")) == resolve("3.5.1")


@pytest.mark.parametrize(
    ("specifier", "same_as"),
    [
        (">=3.7,<3.10", "3.9"),
        (">=3.7,<3.9", "3.8"),
        (">=3.4,<3.7", "3.6"),
        (">= 3.4 , < 3.5", "3.4"),
        ("~=3.6.0", "3.6"),
        ("~=3.4", "3.15"),
        ("==3.8.*", "3.8"),
        ("==3.8", "3.8"),
        ("<=3.9", "3.9"),
        ("==3.5.1", "3.5.1"),
        ("<3.5.2", "3.5.1"),
        (">3.5.1,<3.5.4", "3.5.3"),
        (">=3.14.2,<3.14.5", "3.14.4"),
        ("!=3.6.15,<3.7", "3.6.14"),
        ("==3.8.0b4", "3.8.0b4"),
        (">=3.8.0a1,<=3.8.0b2", "3.8.0b2"),
        (">=3.4", "3.15"),
    ],
)
def test_a_specifier_means_the_newest_version_that_matches(specifier: str, same_as: str) -> None:
    assert resolve(specifier) == resolve(same_as)
    assert resolve(SpecifierSet(specifier)) == resolve(same_as)


def test_a_single_specifier_object_will_do() -> None:
    assert resolve(Specifier("<3.5")) == resolve("3.4")


@pytest.mark.parametrize(
    "asked",
    [
        "banana",
        "",
        " ",
        "3",
        "2.7",
        "2.7.18",
        "3.3",
        "3.16",
        "3.99",
        "4.0",
        "3.6.16",
        "3.7.18",
        "3.8.0a5",
        "3.8.0b5",
        "3.8.0b0",
        "3.8.1b1",
        "3.9.0b1",
        "3.6.0.0",
        "3.6.dev1",
        "3.6.post1",
        "3.6+local",
        "1!3.6",
        "3,6",
        "-3.6",
        "3.6; import os",
        "<3.4",
        ">=3.16",
        ">=3.7,<3.7",
        "=3.7",
        "<>",
        ">=banana",
        "٣.٦",
    ],
)
def test_anything_else_is_an_unknown_version(asked: str) -> None:
    with pytest.raises(UnknownVersion):
        resolve(asked)


@pytest.mark.parametrize("asked", [3.6, 3.10, 36, (3, 6), b"3.6", object(), ["3.6"]])
def test_what_is_no_version_at_all_is_an_unknown_version(asked: object) -> None:
    with pytest.raises(UnknownVersion):
        resolve(asked)  # type: ignore[arg-type]


def test_an_unknown_version_is_a_value_error_that_names_what_can_be_asked_for() -> None:
    with pytest.raises(ValueError) as caught:
        resolve("banana")

    assert str(caught.value) == (
        "unknown version 'banana': ask for a series from '3.4' to '3.15', "
        "a release such as '3.5.1' or '3.8.0b4', or a specifier such as '>=3.7,<3.10'"
    )


def test_a_release_that_never_was_is_told_the_last_one() -> None:
    with pytest.raises(UnknownVersion, match=r"'3\.6\.99' \(the last release of 3\.6 was 3\.6\.15\)"):
        resolve("3.6.99")


def test_a_number_is_told_why_it_is_no_version() -> None:
    with pytest.raises(UnknownVersion, match=r"3\.1 \(a version is a string: 3\.10 as a number would be 3\.1\)"):
        resolve(3.10)  # type: ignore[arg-type]


def test_the_environment_variable_says_what_no_version_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASYNCIO_COMPAT_API", "3.5.1")

    assert resolve() == resolve("3.5.1")


def test_an_empty_environment_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    without = resolve()
    monkeypatch.setenv("ASYNCIO_COMPAT_API", "")

    assert resolve() == without


def test_a_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASYNCIO_COMPAT_API", "banana")

    with pytest.raises(UnknownVersion, match=r"environment variable ASYNCIO_COMPAT_API: unknown version 'banana'"):
        resolve()


def test_no_version_means_the_running_python() -> None:
    assert resolve().text == sys.version.split()[0]


@pytest.mark.parametrize(
    ("running", "same_as"),
    [
        ("3.13.0 (main)", "3.13.0"),
        ("3.14.0+ (heads/3.14)", "3.14.0"),
        ("3.15.0a3 (main)", "3.15"),
        ("3.15.0rc2+ (main)", "3.15.0rc2"),
        ("3.16.0a1 (main)", "3.15"),
        ("3.27.4 (main)", "3.15"),
    ],
)
def test_a_python_without_documentation_of_its_own_means_the_nearest(
    running: str, same_as: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version", running)

    assert resolve() == resolve(same_as)


def test_generations_are_told_oldest_first() -> None:
    found = asyncio_compat.generations()

    assert [one.name for one in found] == ["v34", "v37", "v38", "v313"]


def test_every_generation_can_be_imported_from_where_it_says() -> None:
    for generation in asyncio_compat.generations():
        assert generation.package == f"asyncio_compat.{generation.name}"
        __import__(generation.package)


def test_the_ends_of_a_generation_are_served_by_it() -> None:
    for generation in asyncio_compat.generations():
        assert resolve(generation.first).generation == generation.name
        assert resolve(generation.last or f"3.{max(LAST_MICRO)}").generation == generation.name


def test_a_series_is_read_without_importing_packaging() -> None:
    code = (
        "import sys; from asyncio_compat.versions import resolve\n"
        "resolve('3.6'), resolve('3.5.1'), resolve('3.8.0b4')\n"
        "sys.exit('packaging' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
