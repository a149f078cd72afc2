"""Tasks of 3.4 to 3.6, and the functions that wait for them; nothing falls back on the current event loop."""

from __future__ import annotations

import asyncio as host_asyncio
import concurrent.futures
import threading

import pytest

from asyncio_compat import load
from asyncio_compat.v34 import coroutines, events, futures, tasks

coroutine = coroutines.coroutine


@pytest.fixture
def loop():
    made = events.new_event_loop()
    events.set_event_loop(None)
    yield made
    made.close()


@coroutine
def after(turns, result):
    for _ in range(turns):
        yield from tasks.sleep(0)
    if isinstance(result, Exception):
        raise result
    return result


def settle(loop, turns=3):
    loop.run_until_complete(after(turns, None))


def test_sleep_returns_its_result_on_the_loop_that_it_is_given(loop):
    assert loop.run_until_complete(tasks.sleep(0.001, "slept", loop=loop)) == "slept"


def test_wait_takes_coroutines_and_returns_tasks(loop):
    done, pending = loop.run_until_complete(tasks.wait([after(1, "a"), after(2, "b")], loop=loop))
    assert {task.result() for task in done} == {"a", "b"}
    assert pending == set()


def test_wait_for_the_first_leaves_the_others_pending(loop):
    quick, slow = (loop.create_task(after(turns, turns)) for turns in (1, 50))
    done, pending = loop.run_until_complete(tasks.wait([quick, slow], loop=loop, return_when=tasks.FIRST_COMPLETED))
    assert (done, pending) == ({quick}, {slow})
    loop.run_until_complete(slow)


def test_wait_for_the_first_exception_waits_for_all_where_there_is_none(loop):
    done, pending = loop.run_until_complete(
        tasks.wait([after(1, 1), after(5, 5)], loop=loop, return_when=tasks.FIRST_EXCEPTION)
    )
    assert (len(done), len(pending)) == (2, 0)


def test_wait_for_the_first_exception_returns_at_once_where_there_is_one(loop):
    failing, slow = (loop.create_task(after(*one)) for one in ((1, ValueError("no")), (50, "slow")))
    done, _ = loop.run_until_complete(tasks.wait([failing, slow], loop=loop, return_when=tasks.FIRST_EXCEPTION))
    assert done == {failing}
    assert str(failing.exception()) == "no"
    loop.run_until_complete(slow)


def test_wait_gives_up_at_its_timeout_and_raises_nothing(loop):
    never = loop.create_future()
    done, pending = loop.run_until_complete(tasks.wait([never], loop=loop, timeout=0.001))
    assert (done, pending) == (set(), {never})


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (lambda loop: ([],), ValueError, "Set of coroutines/Futures is empty."),
        (lambda loop: (loop.create_future(),), TypeError, "expect a list of futures, not Future"),
    ],
)
def test_wait_refuses_what_it_cannot_wait_for(loop, arguments, error, text):
    with pytest.raises(error) as raised:
        loop.run_until_complete(tasks.wait(*arguments(loop), loop=loop))
    assert str(raised.value) == text


def test_wait_refuses_an_unknown_end(loop):
    with pytest.raises(ValueError) as raised:
        loop.run_until_complete(tasks.wait([loop.create_future()], loop=loop, return_when="SOON"))
    assert str(raised.value) == "Invalid return_when value: SOON"


def test_wait_for_returns_the_result_in_time(loop):
    assert loop.run_until_complete(tasks.wait_for(after(2, "in time"), 10, loop=loop)) == "in time"


def test_wait_for_without_a_timeout_waits_for_a_native_coroutine_too(loop):
    async def native():
        return "native"

    assert loop.run_until_complete(tasks.wait_for(native(), None, loop=loop)) == "native"


def test_wait_for_cancels_at_its_timeout_and_does_not_wait_for_the_end(loop):
    ended = []

    @coroutine
    def stubborn():
        try:
            yield from loop.create_future()
        finally:
            ended.append(True)

    with pytest.raises(futures.TimeoutError):
        loop.run_until_complete(tasks.wait_for(stubborn(), 0.001, loop=loop))
    settle(loop)
    assert ended == [True]


def test_a_timeout_is_one_to_concurrent_futures_as_it_was(loop):
    with pytest.raises(concurrent.futures.TimeoutError):
        loop.run_until_complete(tasks.wait_for(loop.create_future(), 0.001, loop=loop))


def test_wait_for_cancelled_cancels_what_it_waits_for(loop):
    inner = loop.create_task(after(100, None))
    outer = loop.create_task(tasks.wait_for(inner, 10, loop=loop))
    settle(loop)
    outer.cancel()
    settle(loop)
    assert (inner.cancelled(), outer.cancelled()) == (True, True)


def test_gather_keeps_the_order_of_its_arguments(loop):
    gathered = tasks.gather(after(3, "a"), after(1, "b"), loop=loop)
    assert loop.run_until_complete(gathered) == ["a", "b"]


def test_gather_of_the_same_twice_runs_it_once(loop):
    runs = []

    @coroutine
    def once():
        runs.append(True)
        return "once"
        yield

    made = once()
    assert loop.run_until_complete(tasks.gather(made, made, loop=loop)) == ["once", "once"]
    assert runs == [True]


def test_gather_of_nothing_is_done_at_once(loop):
    assert tasks.gather(loop=loop).result() == []


def test_gather_fails_with_the_first_that_fails(loop):
    with pytest.raises(ValueError, match="first"):
        loop.run_until_complete(tasks.gather(after(1, ValueError("first")), after(2, "b"), loop=loop))
    settle(loop)


def test_gather_returns_exceptions_if_asked_to(loop):
    gathered = tasks.gather(after(1, ValueError("returned")), after(1, 2), loop=loop, return_exceptions=True)
    error, two = loop.run_until_complete(gathered)
    assert (str(error), two) == ("returned", 2)


def test_a_cancelled_child_does_not_cancel_what_gathers_it(loop):
    child = loop.create_task(after(10, None))
    gathered = tasks.gather(child, loop=loop)
    child.cancel()
    settle(loop)
    assert not gathered.cancelled()
    assert isinstance(gathered.exception(), futures.CancelledError)


def test_to_cancel_what_gathers_cancels_all_that_is_gathered(loop):
    children = [loop.create_task(after(10, None)) for _ in range(2)]
    gathered = tasks.gather(*children, loop=loop, return_exceptions=True)
    assert gathered.cancel()
    settle(loop)
    assert all(child.cancelled() for child in children)
    assert isinstance(gathered.exception(), futures.CancelledError)


def test_gather_refuses_futures_of_several_loops(loop):
    other = events.new_event_loop()
    with pytest.raises(ValueError) as raised:
        tasks.gather(loop.create_future(), other.create_future())
    assert str(raised.value) == "futures are tied to different event loops"
    other.close()


def test_a_shielded_task_outlives_who_waits_for_it(loop):
    inner = loop.create_task(after(5, "inner"))
    outer = tasks.shield(inner)
    outer.cancel()
    assert loop.run_until_complete(inner) == "inner"
    assert outer.cancelled()


def test_as_completed_gives_results_in_the_order_in_which_they_come(loop):
    @coroutine
    def main():
        order = []
        for one in tasks.as_completed([after(9, "last"), after(1, "first")], loop=loop):
            order.append((yield from one))
        return order

    assert loop.run_until_complete(main()) == ["first", "last"]


def test_as_completed_raises_timeout_errors_for_what_is_late(loop):
    never = loop.create_future()
    late = list(tasks.as_completed([never], loop=loop, timeout=0.001))
    with pytest.raises(futures.TimeoutError):
        loop.run_until_complete(late[0])


def test_another_thread_can_have_a_generator_run(loop):
    def undecorated():
        return (yield from after(1, "from a thread"))

    results = []

    def thread():
        results.append(tasks.run_coroutine_threadsafe(undecorated(), loop).result())
        loop.call_soon_threadsafe(loop.stop)

    other = threading.Thread(target=thread)
    other.start()
    loop.run_forever()
    other.join()
    assert results == ["from a thread"]


def test_ensure_future_refuses_a_loop_that_is_not_the_futures(loop):
    other = events.new_event_loop()
    with pytest.raises(ValueError) as raised:
        tasks.ensure_future(loop.create_future(), loop=other)
    assert str(raised.value) == "loop argument must agree with Future"
    other.close()


def test_ensure_future_refuses_what_cannot_be_waited_for(loop):
    with pytest.raises(TypeError) as raised:
        tasks.ensure_future(3, loop=loop)
    assert str(raised.value) == "An asyncio.Future, a coroutine or an awaitable is required"


def test_the_function_async_works_and_says_that_it_is_deprecated(loop):
    with pytest.warns(DeprecationWarning, match=r"asyncio.async\(\) function is deprecated, use ensure_future\(\)"):
        task = getattr(tasks, "async")(after(1, "async"), loop=loop)
    assert loop.run_until_complete(task) == "async"


def test_the_function_async_gave_no_warning_when_it_had_no_other_name(loop):
    task = getattr(load("3.4.3"), "async")(after(1, "async"), loop=loop)
    assert loop.run_until_complete(task) == "async"


def test_current_task_and_all_tasks_know_the_tasks_of_a_loop(loop):
    seen = []

    @coroutine
    def look():
        seen.append(tasks.Task.current_task(loop))
        seen.append(tasks.Task.all_tasks(loop))
        yield

    task = loop.create_task(look())
    loop.run_until_complete(task)
    assert seen == [task, {task}]
    assert tasks.Task.current_task(loop) is None
    # A task that is done is among them for as long as it is there.
    assert tasks.Task.all_tasks(loop) == {task}


def test_the_host_sees_our_tasks_as_its_own(loop):
    seen = []

    @coroutine
    def look():
        seen.append(host_asyncio.current_task())
        seen.append(host_asyncio.all_tasks())
        yield

    task = loop.create_task(look())
    loop.run_until_complete(task)
    assert seen == [task, {task}]


def test_a_task_of_the_host_is_a_task_and_a_future():
    async def main():
        task = host_asyncio.current_task()
        return isinstance(task, tasks.Task), isinstance(task, futures.Future)

    assert host_asyncio.run(main()) == (True, True)


def test_a_task_looks_as_it_did_without_a_name(loop):
    task = loop.create_task(after(1, None))
    assert repr(task).startswith("<Task pending coro=<after() running at ")
    loop.run_until_complete(task)
    assert repr(task).startswith("<Task finished coro=<after() done, defined at ")


def test_a_legacy_coroutine_can_catch_its_cancellation_as_an_exception(loop):
    caught = []

    @coroutine
    def careful():
        try:
            yield from loop.create_future()
        except Exception as error:  # noqa: BLE001 - that is the point
            caught.append(error)
            return "caught"

    task = loop.create_task(careful())
    settle(loop)
    task.cancel()
    assert loop.run_until_complete(task) == "caught"
    assert isinstance(caught[0], futures.CancelledError)


def test_a_native_coroutine_can_as_well(loop):
    async def careful():
        try:
            await loop.create_future()
        except Exception as error:  # noqa: BLE001 - that is the point
            return isinstance(error, futures.CancelledError)

    task = loop.create_task(careful())
    settle(loop)
    task.cancel()
    assert loop.run_until_complete(task) is True


def test_the_result_of_a_cancelled_task_is_an_exception_as_well(loop):
    task = loop.create_task(after(10, None))
    task.cancel()
    with pytest.raises(Exception) as raised:
        loop.run_until_complete(task)
    assert isinstance(raised.value, futures.CancelledError)


def test_a_task_of_the_host_that_waits_for_a_cancelled_one_of_ours_is_told_in_the_words_of_the_host():
    async def main(loop):
        inner = tasks.Task(after(10, None), loop=loop)
        await tasks.sleep(0)
        inner.cancel()
        try:
            await inner
        except host_asyncio.CancelledError as error:
            return isinstance(error, Exception)

    async def host_main():
        return await main(host_asyncio.get_running_loop())

    assert host_asyncio.run(host_main()) is False


@pytest.mark.parametrize("exception", [StopIteration, StopIteration(1)])
def test_a_future_cannot_raise_stop_iteration(loop, exception):
    future = futures.Future(loop=loop)

    with pytest.raises(TypeError, match=r"^StopIteration interacts badly with generators and cannot be raised into a"):
        future.set_exception(exception)
    assert not future.done()
