"""`run()` and `Runner` of 3.13, on every host."""

from __future__ import annotations

import asyncio as host_asyncio
import os
import signal

import pytest

from asyncio_compat.v313 import base_events, events, runners


async def value(result=None):
    return result


def test_run_returns_what_the_coroutine_returns_on_a_loop_of_the_generation():
    async def main():
        return isinstance(host_asyncio.get_running_loop(), base_events.BaseEventLoop)

    assert runners.run(main())


def test_run_takes_any_awaitable():
    class Later:
        def __await__(self):
            return value(3).__await__()

    assert runners.run(Later()) == 3


def test_run_refuses_what_cannot_be_awaited():
    with pytest.raises(TypeError, match=r"^An asyncio.Future, a coroutine or an awaitable is required$"):
        runners.run(3)


def test_run_refuses_to_run_inside_a_loop():
    async def main():
        inner = value()
        with pytest.raises(RuntimeError, match=r"^asyncio.run\(\) cannot be called from a running event loop$"):
            runners.run(inner)
        inner.close()

    runners.run(main())


def test_run_cancels_what_is_left_and_waits_for_it():
    ended = []

    async def left():
        try:
            await host_asyncio.get_running_loop().create_future()
        finally:
            ended.append(True)

    async def main():
        task = host_asyncio.ensure_future(left())
        await host_asyncio.sleep(0)
        return task

    assert runners.run(main()).cancelled()
    assert ended == [True]


def test_run_uses_the_loop_of_the_factory():
    made = []

    def factory():
        made.append(events.new_event_loop())
        return made[0]

    async def main():
        return host_asyncio.get_running_loop()

    assert runners.run(main(), loop_factory=factory) is made[0]


def test_a_runner_runs_several_coroutines_on_one_loop():
    with runners.Runner() as runner:
        assert [runner.run(value(n)) for n in range(3)] == [0, 1, 2]
        loop = runner.get_loop()
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match=r"^Runner is closed$"):
        runner.get_loop()


def test_ctrl_c_cancels_the_coroutine_which_can_clean_up():
    cleaned = []

    async def main():
        host_asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await host_asyncio.get_running_loop().create_future()
        except host_asyncio.CancelledError:
            cleaned.append(True)
            raise

    with pytest.raises(KeyboardInterrupt):
        runners.run(main())
    assert cleaned == [True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
