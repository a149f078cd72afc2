"""The event loop policy, which is on its way out."""

from __future__ import annotations

import warnings

import pytest

import asyncio_compat


@pytest.mark.parametrize(
    ("name", "arguments"), [("get_event_loop_policy", ()), ("set_event_loop_policy", (None,))], ids=["get", "set"]
)
def test_the_policy_is_deprecated_since_3_14(name, arguments):
    newer, older = asyncio_compat.load("3.14"), asyncio_compat.load("3.13")

    message = f"'asyncio.{name}' is deprecated and slated for removal in Python 3.16"
    with pytest.warns(DeprecationWarning, match=f"^{message}$") as caught:
        getattr(newer, name)(*arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        getattr(older, name)(*arguments)

    assert [warning.filename for warning in caught] == [__file__]


def test_event_loops_are_found_and_set_without_a_warning_of_the_policy():
    asyncio = asyncio_compat.load("3.14")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        assert asyncio.get_event_loop() is loop
    asyncio.set_event_loop(None)
    loop.close()
