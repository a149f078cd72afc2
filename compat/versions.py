"""What a requested version means: which release, which point of the API history, which generation.

A version can be asked for as a series ("3.6"), as a release ("3.5.1"), as a specifier (">=3.7,<3.10") or as an object
of `packaging`. Series and releases are read here; `packaging` is imported for the rest only.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.specifiers import Specifier, SpecifierSet
    from packaging.version import Version

    Requested = str | Version | Specifier | SpecifierSet | None

__all__ = ("Generation", "Key", "Release", "UnknownVersion", "format_key", "generations", "parse_key", "resolve")

ENVIRONMENT_VARIABLE = "ASYNCIO_COMPAT_API"

# The place of a release in the order of versions: major, minor, micro, stage ("a", "b" or "f" for final), serial.
Key = tuple[int, int, int, str, int]

# The last release of each series; None where more may come.
LAST_MICRO: dict[int, int | None] = {
    4: 10,
    5: 10,
    6: 15,
    7: 17,
    8: 20,
    9: 25,
    10: None,
    11: None,
    12: None,
    13: None,
    14: None,
    15: None,
}
# More than any series has had: where a specifier leaves the newest release of an open series to us, this stands for it.
OPEN_MICRO = 99
NEWEST_MINOR = max(LAST_MICRO)

# The pre-releases whose API was documented.
PRE_RELEASES = tuple((3, 8, 0, stage, serial) for stage in "ab" for serial in (1, 2, 3, 4))
# 3.8's documentation describes what its last beta had.
DOCUMENTED_3_8: Key = (3, 8, 0, "b", 4)

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4})(?:(a|b|rc)(\d{1,4}))?)?", re.ASCII)
_OPERATORS = frozenset("<>=!~")


class UnknownVersion(ValueError):
    """A version that no generation of asyncio answers to was asked for."""


class Release(NamedTuple):
    """A version as it was asked for, and what that means.

    Attributes:
        text: how messages name it: "3.6", "3.5.1".
        key: its place in the order of versions; a series stands at its last release.
        generation: the generation that serves it: "v34".
    """

    text: str
    key: Key
    generation: str


class Generation(NamedTuple):
    """Releases whose asyncio was used in one way.

    Attributes:
        name: its name, "v34".
        first: the oldest version that it serves.
        last: the newest one; None for the generation of today.
        package: where it can be imported from.
        summary: what programs of that time look like.
    """

    name: str
    first: str
    last: str | None
    package: str
    summary: str


def generations() -> tuple[Generation, ...]:
    """Return the generations of asyncio, oldest first.

    "3.8" as a series means the API that its documentation introduced and its betas had, so the betas have a generation
    of their own, while the final releases of 3.8 belong to that of 3.7.

    Source: the documentation of asyncio's streams from 3.4 to 3.15.
    """
    return (
        Generation("v34", "3.4.0", "3.6.15", "asyncio_compat.v34", "@coroutine, yield from, loop="),
        Generation("v37", "3.7.0", "3.9.25", "asyncio_compat.v37", "async/await, run(), reader and writer"),
        Generation("v38", "3.8.0a1", "3.8.0b4", "asyncio_compat.v38", "one Stream to read and write, StreamServer"),
        Generation("v313", "3.10.0", None, "asyncio_compat.v313", "reader and writer without loop="),
    )


def resolve(version: Requested = None) -> Release:
    """Return what *version* means.

    Args:
        version: a series, a release or a specifier, as a string or as an object of `packaging`; None means the
            environment variable ASYNCIO_COMPAT_API or, where that is not set, the version of the running Python.

    Raises:
        UnknownVersion: there is no such version, or none that the specifier matches.
    """
    if version is None:
        return _default()
    if isinstance(version, str):
        return _from_text(version)
    return _from_object(version)


def parse_key(text: str) -> Key:
    """Return the place of a release, written as in the API history, in the order of versions."""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not the version of a release")
    major, minor, micro, stage, serial = match.groups()
    return int(major), int(minor), int(micro or 0), stage or "f", int(serial or 0)


def format_key(key: Key) -> str:
    """Return a release as the API history writes it."""
    major, minor, micro, stage, serial = key
    return f"{major}.{minor}.{micro}" + (f"{stage}{serial}" if stage != "f" else "")


def _default() -> Release:
    text = os.environ.get(ENVIRONMENT_VARIABLE)
    if text:
        try:
            return _from_text(text)
        except UnknownVersion as error:
            raise UnknownVersion(f"environment variable {ENVIRONMENT_VARIABLE}: {error}") from None
    running = sys.version.split()[0].rstrip("+")
    major, minor = (int(part) for part in running.split(".")[:2])
    if (major, minor) > (3, NEWEST_MINOR):
        return _series(NEWEST_MINOR)
    try:
        return _from_text(running)
    except UnknownVersion:
        # A pre-release of the host is on its way to what its series documents.
        return _series(minor)


def _from_text(text: str) -> Release:
    match = _VERSION.fullmatch(text.strip())
    if match is not None:
        return _from_match(match)
    return _from_specifier_text(text) if _OPERATORS.intersection(text) else _from_version_text(text)


def _from_match(match: re.Match[str]) -> Release:
    major, minor, micro, stage, serial = match.groups()
    if int(major) != 3 or int(minor) not in LAST_MICRO:
        raise _unknown(match[0])
    if micro is None:
        return _series(int(minor))
    return _release(int(minor), int(micro), stage or "", int(serial or 0))


def _series(minor: int) -> Release:
    if minor == DOCUMENTED_3_8[1]:
        return Release("3.8", DOCUMENTED_3_8, "v38")
    key = (3, minor, _last_micro(minor), "f", 0)
    return Release(f"3.{minor}", key, _generation(key))


def _release(minor: int, micro: int, stage: str = "", serial: int = 0) -> Release:
    text = f"3.{minor}.{micro}" + (f"{stage}{serial}" if stage else "")
    last = LAST_MICRO[minor]
    if last is not None and micro > last:
        raise _unknown(text, f"the last release of 3.{minor} was 3.{minor}.{last}")
    # A release candidate has the API of the release.
    key: Key = (3, minor, micro, stage, serial) if stage in ("a", "b") else (3, minor, micro, "f", 0)
    if key[3] != "f" and key not in PRE_RELEASES:
        raise _unknown(text, "of all pre-releases, only 3.8.0a1 to 3.8.0a4 and 3.8.0b1 to 3.8.0b4 are known")
    return Release(text, key, _generation(key))


def _last_micro(minor: int) -> int:
    last = LAST_MICRO[minor]
    return OPEN_MICRO if last is None else last


def _generation(key: Key) -> str:
    if key in PRE_RELEASES:
        return "v38"
    if key < (3, 7):
        return "v34"
    return "v37" if key < (3, 10) else "v313"


def _from_version_text(text: str) -> Release:
    from packaging.version import InvalidVersion, Version

    try:
        version = Version(text)
    except InvalidVersion:
        raise _unknown(text) from None
    return _from_version(version, text)


def _from_version(version: Version, asked: object) -> Release:
    if version.pre is not None and len(version.release) == 2:
        # "3.8b4" is 3.8.0b4.
        version = type(version)(str(version).replace(version.base_version, f"{version.base_version}.0", 1))
    match = _VERSION.fullmatch(str(version))
    if match is None:
        raise _unknown(asked)
    return _from_match(match)


def _from_specifier_text(text: str) -> Release:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        raise _unknown(text) from None
    return _newest_match(specifiers)


def _from_object(asked: object) -> Release:
    from packaging.specifiers import Specifier, SpecifierSet
    from packaging.version import Version

    if isinstance(asked, Version):
        return _from_version(asked, str(asked))
    if isinstance(asked, Specifier):
        return _newest_match(SpecifierSet(str(asked)))
    if isinstance(asked, SpecifierSet):
        return _newest_match(asked)
    raise _unknown(asked, "a version is a string: 3.10 as a number would be 3.1" if isinstance(asked, float) else "")


def _newest_match(specifiers: SpecifierSet) -> Release:
    from packaging.version import Version

    for minor in sorted(LAST_MICRO, reverse=True):
        last = _last_micro(minor)
        for micro in range(last, -1, -1):
            if specifiers.contains(Version(f"3.{minor}.{micro}")):
                # Whoever says "<=3.9" or "==3.9" means the series.
                named = micro == 0 and any(part.version == f"3.{minor}" for part in specifiers)
                return _series(minor) if micro == last or named else _release(minor, micro)
        for _, _, micro, stage, serial in _pre_releases_of(minor):
            if specifiers.contains(Version(f"3.{minor}.{micro}{stage}{serial}"), prereleases=specifiers.prereleases):
                return _release(minor, micro, stage, serial)
    raise _unknown(str(specifiers), "no version matches it")


def _pre_releases_of(minor: int) -> Iterator[Key]:
    return (key for key in reversed(PRE_RELEASES) if key[1] == minor)


def _unknown(asked: object, reason: str = "") -> UnknownVersion:
    reason = f" ({reason})" if reason else ""
    return UnknownVersion(
        f"unknown version {asked!r}{reason}: ask for a series from '3.4' to '3.{NEWEST_MINOR}', "
        "a release such as '3.5.1' or '3.8.0b4', or a specifier such as '>=3.7,<3.10'"
    )
