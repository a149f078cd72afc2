"""Coroutines of 3.4 to 3.6: generators that everything takes."""

from __future__ import annotations

import asyncio as host_asyncio
import collections.abc
import functools
import os
import subprocess
import sys

import pytest

from asyncio_compat.v34 import coroutines, events, futures, tasks

coroutine = coroutines.coroutine


@pytest.fixture
def loop():
    made = events.new_event_loop()
    yield made
    made.close()


@coroutine
def double(number):
    yield from tasks.sleep(0)
    return 2 * number


async def native_double(number):
    await tasks.sleep(0)
    return 2 * number


def undecorated(number):
    return (yield from native_double_as_it_was(number))


@coroutine
def native_double_as_it_was(number):
    return native_double(number)


def test_a_generator_function_makes_coroutines(loop):
    assert loop.run_until_complete(double(2)) == 4


def test_what_a_plain_function_returns_is_returned(loop):
    assert loop.run_until_complete(coroutine(lambda: "value")()) == "value"


def test_a_plain_function_may_return_none(loop):
    assert loop.run_until_complete(coroutine(lambda: None)()) is None


def test_a_future_that_a_plain_function_returns_is_waited_for(loop):
    future = futures.Future(loop=loop)
    loop.call_soon(future.set_result, 3)
    assert loop.run_until_complete(coroutine(lambda: future)()) == 3


@pytest.mark.parametrize("inner", [double, native_double, undecorated])
def test_a_coroutine_that_a_plain_function_returns_is_waited_for(loop, inner):
    assert loop.run_until_complete(coroutine(lambda: inner(4))()) == 8


def test_a_method_can_be_a_coroutine(loop):
    class Doubler:
        @coroutine
        def __call__(self, number):
            return (yield from double(number))

        __aenter__ = coroutine(lambda self: self)
        __aexit__ = coroutine(lambda self, *exc: False)

    async def main():
        async with Doubler() as doubler:
            return await doubler(5)

    assert loop.run_until_complete(main()) == 10


def test_a_partial_can_be_a_coroutine(loop):
    assert loop.run_until_complete(coroutine(functools.partial(double, 6))()) == 12


@pytest.mark.parametrize("made", [double, native_double, undecorated])
def test_whatever_makes_coroutines_can_be_run_as_a_task(loop, made):
    assert loop.run_until_complete(loop.create_task(made(1))) == 2
    assert loop.run_until_complete(tasks.Task(made(2), loop=loop)) == 4
    assert loop.run_until_complete(tasks.ensure_future(made(3), loop=loop)) == 6
    assert loop.run_until_complete(made(4)) == 8


@pytest.mark.parametrize("made", [double, undecorated, native_double_as_it_was])
def test_an_undecorated_generator_can_wait_for_it(loop, made):
    def outer():
        return (yield from made(7))

    assert loop.run_until_complete(outer()) == 14


def test_a_native_coroutine_can_wait_for_it(loop):
    async def main():
        return await double(8)

    assert loop.run_until_complete(main()) == 16


def test_what_loop_methods_return_can_be_waited_for_in_an_undecorated_generator(loop):
    class Served:
        def __await__(self):
            server = yield from loop.create_server(host_asyncio.Protocol, "127.0.0.1", 0)
            server.close()
            return (yield from loop.run_in_executor(None, int, "5"))

    async def main():
        return await Served()

    assert loop.run_until_complete(main()) == 5
    loop._default_executor.shutdown()


def test_the_host_runs_it_too():
    async def main():
        return await host_asyncio.gather(double(1), host_asyncio.create_task(double(2)))

    assert host_asyncio.run(main()) == [2, 4]


def test_the_host_takes_it_as_the_main_coroutine():
    assert host_asyncio.run(double(9)) == 18


def test_generators_and_coroutines_are_coroutines_and_futures_are_not(loop):
    made = [double(1), native_double(1), undecorated(1)]
    assert all(coroutines.iscoroutine(one) for one in made)
    assert not coroutines.iscoroutine(futures.Future(loop=loop))
    assert not coroutines.iscoroutine(double)
    for one in made:
        one.close()


def test_a_coroutine_is_one_to_collections_abc():
    made = double(1)
    assert isinstance(made, collections.abc.Coroutine)
    made.close()


def test_decorated_and_async_functions_are_coroutine_functions_and_generator_functions_are_not():
    assert coroutines.iscoroutinefunction(double)
    assert coroutines.iscoroutinefunction(native_double)
    assert not coroutines.iscoroutinefunction(undecorated)


def test_a_native_coroutine_function_stays_what_it_is():
    assert coroutine(native_double) is native_double


def test_a_decorated_function_keeps_its_name_and_its_words():
    @coroutine
    def named():
        """Says something."""
        yield

    assert (named.__name__, named.__doc__) == ("named", "Says something.")


def test_an_exception_can_be_thrown_in_as_it_was_done_then():
    @coroutine
    def catching():
        try:
            yield
        except ValueError as error:
            return str(error)

    made = catching()
    made.send(None)
    with pytest.raises(StopIteration) as stopped:
        made.throw(ValueError, ValueError("thrown"), None)
    assert stopped.value.value == "thrown"


def never_waited_for(**environment):
    program = (
        "import logging; logging.basicConfig(format='%(message)s')\n"
        "from asyncio_compat import load; asyncio = load('3.6')\n"
        "@asyncio.coroutine\n"
        "def forgotten():\n"
        "    yield\n"
        "forgotten()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stderr


def test_debug_mode_tells_of_a_coroutine_that_was_never_waited_for():
    told = never_waited_for(PYTHONASYNCIODEBUG="1").splitlines()
    assert told[0] == ("<CoroWrapper forgotten() running at <string>:3, created at <string>:6> was never yielded from")
    assert told[1] == "Coroutine object created at (most recent call last, truncated to 10 last lines):"


def test_without_debug_mode_nobody_is_told():
    assert never_waited_for(PYTHONASYNCIODEBUG="") == ""


class Account:
    @coroutines.method_coroutine
    def close(self):
        yield from tasks.sleep(0)
        return "closed"

    @coroutines.method_coroutine
    def withdraw(self, amount=5):
        yield from tasks.sleep(0)
        return amount

    @coroutines.method_coroutine
    def pay(self, *amounts, to, **reasons):
        yield from tasks.sleep(0)
        return amounts, to, reasons


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: Account().close(), "closed"),
        (lambda: Account().withdraw(), 5),
        (lambda: Account().withdraw(7), 7),
        (lambda: Account().withdraw(amount=7), 7),
        (lambda: Account().pay(1, 2, to="me", why="rent"), ((1, 2), "me", {"why": "rent"})),
    ],
)
def test_a_coroutine_method_of_ours_takes_what_its_signature_says(made, expected):
    async def by_the_host():
        return await made(), await host_asyncio.get_running_loop().create_task(made())

    assert host_asyncio.run(by_the_host()) == (expected, expected)


def test_a_coroutine_method_of_ours_names_itself_when_it_is_called_wrongly():
    with pytest.raises(TypeError, match=r"^Account\.withdraw\(\) takes from 1 to 2 positional arguments but 3 were"):
        Account().withdraw(1, 2)


def test_a_coroutine_has_the_name_of_its_function_and_can_be_given_another():
    waiting = Account().withdraw()

    assert (waiting.__name__, waiting.__qualname__) == ("withdraw", "Account.withdraw")
    assert repr(waiting).startswith("<CoroWrapper Account.withdraw() at ")
    waiting.__qualname__ = "another"
    assert repr(waiting).startswith("<CoroWrapper another() at ")
    waiting.close()


def test_a_coroutine_has_no_attributes_that_nobody_gave_it():
    waiting = Account().close()

    with pytest.raises(AttributeError, match="'CoroWrapper' object has no attribute 'cancel'"):
        waiting.cancel()
    waiting.close()
