from __future__ import annotations

from itertools import pairwise

import pytest

from asyncio_compat.history_table import everywhere, explain, members, point, span, spans
from asyncio_compat.versions import format_key, resolve


def listed(version: str) -> set[str]:
    return {one.name for one in everywhere(resolve(version)) if one.kind == "all"}


@pytest.mark.parametrize(
    ("asked", "looked_up"),
    [
        ("3.4.0", "3.4.0"),
        ("3.6", "3.6.15"),
        ("3.6.12", "3.6.9"),
        ("3.5.10", "3.5.7"),
        ("3.7.10", "3.7.4"),
        ("3.7", "3.7.16"),
        ("3.8", "3.8.0b4"),
        ("3.8.0", "3.8.18"),
        ("3.8.20", "3.8.18"),
        ("3.9.0", "3.9.18"),
        ("3.11.0", "3.11.7"),
        ("3.12", "3.12.1"),
        ("3.14.0", "3.14.10"),
        ("3.15", "3.15.2"),
    ],
)
def test_a_release_that_was_not_looked_at_is_looked_up_in_its_own_series(asked: str, looked_up: str) -> None:
    assert format_key(point(resolve(asked))) == looked_up


def test_spans_of_a_name_do_not_overlap() -> None:
    for name in {one.name for version in ("3.4", "3.8", "3.15") for one in everywhere(resolve(version))}:
        found = spans(name)

        assert all(one.last < other.first for one, other in pairwise(found)), name


def test_the_table_is_sorted_and_has_one_fact_a_line() -> None:
    names = [one.name for one in everywhere(resolve("3.13"))]

    assert names == sorted(set(names))


def test_a_name_that_asyncio_never_had_is_unknown() -> None:
    assert spans("banana") == ()
    assert span(resolve("3.6"), "banana") is None
    assert explain(resolve("3.6"), "banana") is None


@pytest.mark.parametrize(
    ("version", "name", "reason"),
    [
        ("3.4", "run", "was added in Python 3.7.0"),
        ("3.5.1", "LimitOverrunError", "was added in Python 3.5.2"),
        ("3.4.4", "LimitOverrunError", "was added in Python 3.4.5"),
        ("3.4.0", "coroutines", "was added in Python 3.4.2"),
        ("3.10", "TaskGroup", "was added in Python 3.11"),
        ("3.7", "to_thread", "was added in Python 3.9"),
        ("3.7", "async", "was removed in Python 3.7.0"),
        ("3.11", "coroutine", "was removed in Python 3.11"),
        ("3.14", "SafeChildWatcher", "was removed in Python 3.14"),
        ("3.5", "JoinableQueue", "was removed in Python 3.5.0"),
        ("3.6", "timeout", "was added in Python 3.11"),
        ("3.7", "Stream", "was there in Python 3.8.0b1 to 3.8.0b4 only"),
        ("3.8.18", "StreamServer", "was there in Python 3.8.0b1 to 3.8.0b4 only"),
        ("3.13", "connect", "was there in Python 3.8.0b1 to 3.8.0b4 only"),
        ("3.4.0", "streams._BaseStreamServer", "was there in Python 3.8.0b1 to 3.8.0b4 only"),
    ],
)
def test_a_missing_name_is_explained_by_when_it_came_or_went(version: str, name: str, reason: str) -> None:
    assert span(resolve(version), name) is None
    assert explain(resolve(version), name) == reason


def test_back_ported_names_are_absent_between_their_two_arrivals() -> None:
    there = {version: "LimitOverrunError" in listed(version) for version in ("3.4.4", "3.4.5", "3.5.1", "3.5.2")}

    assert there == {"3.4.4": False, "3.4.5": True, "3.5.1": False, "3.5.2": True}


def test_only_the_betas_of_3_8_had_streams_for_both_directions() -> None:
    names = {"Stream", "StreamMode", "StreamServer", "UnixStreamServer", "connect", "connect_unix"}

    assert [names <= listed(version) for version in ("3.8", "3.8.0b1", "3.8.0b4")] == [True] * 3
    assert [names & listed(version) for version in ("3.7", "3.8.0a4", "3.8.0", "3.9")] == [set()] * 4


def test_a_name_is_a_member_of_the_module_that_defined_it_then() -> None:
    def homes(version: str) -> list[str]:
        return [
            module
            for module in ("streams", "exceptions")
            if "IncompleteReadError" in {one.name for one in members(resolve(version), module)}
        ]

    assert homes("3.7") == ["streams"]
    assert homes("3.8") == ["exceptions"]
