"""The generation as a module to use as asyncio."""

from __future__ import annotations

import asyncio as host_asyncio

import pytest

from asyncio_compat import v34 as asyncio
from asyncio_compat.v34 import locks, streams, tasks


def test_it_has_the_names_of_its_modules():
    assert asyncio.StreamReader is streams.StreamReader
    assert asyncio.Lock is locks.Lock
    assert getattr(asyncio, "async") is getattr(tasks, "async")
    assert asyncio.subprocess.PIPE == -1


def test_what_it_does_not_define_is_the_hosts():
    assert asyncio.CancelledError is host_asyncio.CancelledError


def test_what_nobody_defines_is_not_there():
    with pytest.raises(AttributeError):
        _ = asyncio.spam


def test_a_program_runs_on_it():
    @asyncio.coroutine
    def main():
        yield from asyncio.sleep(0)
        return "ran"

    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(main()) == "ran"
    loop.close()
