"""Child watchers of 3.7 to 3.13, by the version asked for."""

from __future__ import annotations

import warnings

import pytest

import asyncio_compat

NAMES = ["SafeChildWatcher", "FastChildWatcher", "MultiLoopChildWatcher", "get_child_watcher"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_child_watchers_say_that_they_will_go_in_3_12_and_3_13(version, name):
    call = getattr(asyncio_compat.load(version), name)

    with pytest.warns(DeprecationWarning, match="deprecated as of Python 3.12") as caught:
        call()
    assert [str(warning.message) for warning in caught] == [
        f"{name!r} is deprecated as of Python 3.12 and will be removed in Python 3.14."
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", ["3.8.18", "3.11"])
def test_child_watchers_say_nothing_before(version, name):
    call = getattr(asyncio_compat.load(version), name)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert caught == []


def test_the_default_child_watcher_gives_no_warning():
    assert asyncio_compat.load("3.12").ThreadedChildWatcher().is_active()
