from __future__ import annotations

import asyncio

import pytest

from asyncio_compat.lookup import MissingFromHostError, exact, generation_modules, host_module
from asyncio_compat.versions import resolve


def test_a_name_is_the_same_object_each_time() -> None:
    release = resolve("3.5.1")

    assert exact(release, "streams", "StreamReader") is exact(release, "streams", "StreamReader")


def test_versions_have_classes_of_their_own() -> None:
    old, new = (exact(resolve(version), "streams", "StreamReader") for version in ("3.5.1", "3.5.2"))

    assert old is not new


def test_a_series_and_its_last_release_have_classes_of_their_own_that_name_what_was_asked_for() -> None:
    series, release = (exact(resolve(version), "streams", "StreamWriter") for version in ("3.6", "3.6.15"))

    assert dir(series) == dir(release)
    with pytest.raises(AttributeError, match=r"this program asked for 3\.6$"):
        _ = series.wait_closed
    with pytest.raises(AttributeError, match=r"this program asked for 3\.6\.15$"):
        _ = release.wait_closed


def test_what_no_generation_defines_is_the_hosts() -> None:
    assert exact(resolve("3.4"), "queues", "QueueEmpty") is asyncio.QueueEmpty
    assert exact(resolve("3.13"), "log", "logger") is asyncio.log.logger


def test_the_newest_generation_comes_first() -> None:
    names = [module.__name__.split(".")[-2] for module in generation_modules(resolve("3.8"), "streams")]

    assert names == ["v38", "v37", "v34"]


def test_a_name_is_found_in_any_module_that_was_its_home() -> None:
    assert exact(resolve("3.4.0"), "tasks", "coroutine") is exact(resolve("3.4.0"), "coroutines", "coroutine")


def test_what_neither_generation_nor_host_has_is_missing() -> None:
    with pytest.raises(MissingFromHostError, match="banana"):
        exact(resolve("3.15"), "tasks", "banana")


def test_a_submodule_that_the_host_lacks_is_none() -> None:
    assert host_module("streams") is asyncio.streams
    assert host_module("there_is_none") is None
