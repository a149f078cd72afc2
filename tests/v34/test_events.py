"""Event loops of 3.4 to 3.6: which one there is, what they hand out, and what subclasses of then may override."""

from __future__ import annotations

import asyncio as host_asyncio
import concurrent.futures
import socket
import threading

import pytest

from asyncio_compat import load
from asyncio_compat.v34 import base_events, coroutines, events, futures, selector_events, tasks, unix_events

coroutine = coroutines.coroutine


@pytest.fixture
def loop():
    made = events.new_event_loop()
    yield made
    for _ in range(3):
        made.run_until_complete(tasks.sleep(0))
    made.close()


def settle(loop):
    for _ in range(4):
        loop.run_until_complete(tasks.sleep(0))


def test_the_main_thread_gets_a_loop_when_it_asks_for_one():
    loop = events.get_event_loop()
    assert events.get_event_loop() is loop
    loop.close()
    events.set_event_loop(None)


def test_other_threads_do_not():
    said = []

    def thread():
        try:
            events.get_event_loop()
        except RuntimeError as error:
            said.append(str(error))

    other = threading.Thread(target=thread, name="Other")
    other.start()
    other.join()
    assert said == ["There is no current event loop in thread 'Other'."]


def test_a_thread_whose_loop_was_set_to_none_has_none():
    events.set_event_loop(None)
    with pytest.raises(RuntimeError) as raised:
        events.get_event_loop()
    assert str(raised.value) == "There is no current event loop in thread 'MainThread'."


def test_the_running_loop_is_the_current_one(loop):
    events.set_event_loop(None)

    @coroutine
    def main():
        return events.get_event_loop()
        yield

    assert loop.run_until_complete(main()) is loop


def test_up_to_3_5_2_the_running_loop_was_not():
    asyncio = load("3.5.2")
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(None)

    @asyncio.coroutine
    def main():
        return asyncio.get_event_loop()
        yield

    with pytest.raises(RuntimeError):
        loop.run_until_complete(main())
    loop.close()


def test_up_to_3_4_2_a_missing_loop_was_an_assertion_error():
    asyncio = load("3.4.2")
    asyncio.set_event_loop(None)
    with pytest.raises(AssertionError) as raised:
        asyncio.get_event_loop()
    assert str(raised.value) == "There is no current event loop in thread 'MainThread'."


def test_the_host_has_the_same_current_loop(loop):
    events.set_event_loop(loop)
    assert host_asyncio.get_event_loop() is loop
    events.set_event_loop(None)


def test_a_policy_of_a_program_decides():
    class Counting(unix_events.DefaultEventLoopPolicy):
        made = 0

        def new_event_loop(self):
            self.made += 1
            return super().new_event_loop()

    policy = Counting()
    events.set_event_loop_policy(policy)
    try:
        events.new_event_loop().close()
        assert events.get_event_loop_policy() is policy
    finally:
        events.set_event_loop_policy(None)
    assert policy.made == 1


@pytest.mark.filterwarnings("ignore:.*policy:DeprecationWarning")
def test_our_policy_can_be_the_hosts():
    host_asyncio.set_event_loop_policy(unix_events.DefaultEventLoopPolicy())
    loop = host_asyncio.new_event_loop()
    events.set_event_loop(loop)
    assert events.get_event_loop() is loop
    assert loop.run_until_complete(tasks.sleep(0, "ours")) == "ours"
    events.set_event_loop(None)
    loop.close()


def test_loops_are_event_loops_of_the_host(loop):
    assert isinstance(loop, host_asyncio.AbstractEventLoop)
    assert isinstance(loop, base_events.BaseEventLoop)
    assert isinstance(loop, selector_events.BaseSelectorEventLoop)


def test_whether_something_is_a_loop_can_be_asked_of_an_exact_version(loop):
    asyncio = load("3.6")
    assert not isinstance("loop", asyncio.BaseEventLoop)
    assert not isinstance("loop", asyncio.SelectorEventLoop)


@pytest.mark.parametrize("name", ["getaddrinfo", "getnameinfo"])
def test_names_are_resolved_by_futures(loop, name):
    arguments = {"getaddrinfo": ("127.0.0.1", 80), "getnameinfo": (("127.0.0.1", 80), socket.NI_NUMERICHOST)}
    future = getattr(loop, name)(*arguments[name])
    assert futures.isfuture(future)
    loop.run_until_complete(future)
    loop._default_executor.shutdown()


def test_any_executor_can_be_the_default_one(loop):
    class AtOnce(concurrent.futures.Executor):
        def submit(self, fn, *args):
            future = concurrent.futures.Future()
            future.set_result(fn(*args))
            return future

    loop.set_default_executor(AtOnce())
    assert loop.run_until_complete(loop.run_in_executor(None, len, "four")) == 4


def test_socket_operations_begin_at_once_and_are_futures(loop):
    ours, peer = socket.socketpair()
    with ours, peer:
        for sock in (ours, peer):
            sock.setblocking(False)
        receiving = loop.sock_recv(ours, 100)
        seen = []
        receiving.add_done_callback(lambda future: seen.append(future.result()))
        loop.run_until_complete(loop.sock_sendall(peer, b"data"))
        assert loop.run_until_complete(receiving) == b"data"
        settle(loop)
    assert seen == [b"data"]


def test_a_lot_is_sent_to_a_slow_reader(loop):
    ours, peer = socket.socketpair()
    with ours, peer:
        for sock in (ours, peer):
            sock.setblocking(False)
        sending = loop.sock_sendall(ours, bytes(10**6))
        received = 0
        while received < 10**6:
            received += len(loop.run_until_complete(loop.sock_recv(peer, 10**5)))
        loop.run_until_complete(sending)


def test_a_cancelled_receive_leaves_the_socket_to_the_next(loop):
    ours, peer = socket.socketpair()
    with ours, peer:
        for sock in (ours, peer):
            sock.setblocking(False)
        loop.sock_recv(ours, 10).cancel()
        next_one = loop.sock_recv(ours, 10)
        peer.send(b"next")
        assert loop.run_until_complete(next_one) == b"next"


def test_connections_are_accepted_as_futures(loop):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        accepting = loop.sock_accept(listening)
        with socket.socket() as client:
            client.setblocking(False)
            loop.run_until_complete(loop.sock_connect(client, listening.getsockname()))
            accepted, address = loop.run_until_complete(accepting)
            with accepted:
                assert address == client.getsockname()
                assert accepted.gettimeout() == 0


def test_a_busy_port_is_said_in_the_words_of_then(loop):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError) as raised:
            loop.run_until_complete(loop.create_server(host_asyncio.Protocol, "127.0.0.1", port))
    assert raised.value.strerror == (
        f"error while attempting to bind on address ('127.0.0.1', {port}): address already in use"
    )


def test_an_address_of_others_cannot_be_listened_on(loop):
    with pytest.raises(OSError) as raised:
        loop.run_until_complete(loop.create_server(host_asyncio.Protocol, "192.0.2.1", 0))
    assert raised.value.strerror == (
        "error while attempting to bind on address ('192.0.2.1', 0): cannot assign requested address"
    )


def test_the_same_address_given_twice_is_listened_on_once(loop):
    server = loop.run_until_complete(loop.create_server(host_asyncio.Protocol, ["127.0.0.1", "127.0.0.1"], 0))
    assert len(server.sockets) == 1
    server.close()


def test_a_unix_sockets_file_is_replaced_and_left_behind(loop, unix_path):
    import pathlib

    for _ in range(2):
        server = loop.run_until_complete(loop.create_unix_server(host_asyncio.Protocol, unix_path))
        server.close()
        loop.run_until_complete(server.wait_closed())
        assert pathlib.Path(unix_path).is_socket()


def test_up_to_3_5_2_a_unix_sockets_file_was_in_the_way(unix_path):
    asyncio = load("3.5.2")
    loop = asyncio.new_event_loop()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(unix_path)
    with pytest.raises(OSError) as raised:
        loop.run_until_complete(loop.create_unix_server(asyncio.Protocol, unix_path))
    assert raised.value.strerror == f"Address {unix_path!r} is already in use"
    loop.close()


def test_datagram_addresses_are_not_shared(loop):
    with pytest.raises(ValueError, match="Passing `reuse_address=True` is no longer supported"):
        loop.run_until_complete(
            loop.create_datagram_endpoint(
                host_asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0), reuse_address=True
            )
        )


def test_up_to_3_6_9_they_were_by_default():
    asyncio = load("3.6.9")
    loop = asyncio.new_event_loop()
    transport, _ = loop.run_until_complete(
        loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    )
    assert transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    transport.close()
    settle(loop)
    loop.close()


def test_a_socket_that_is_not_for_datagrams_is_refused(loop):
    with socket.socket() as stream, pytest.raises(ValueError) as raised:
        loop.run_until_complete(loop.create_datagram_endpoint(host_asyncio.DatagramProtocol, sock=stream))
    assert str(raised.value).startswith("A UDP Socket was expected, got <socket.socket ")


def test_a_task_factory_of_then_makes_the_tasks(loop):
    made = []

    def factory(loop, coro):
        made.append(tasks.Task(coro, loop=loop))
        return made[-1]

    loop.set_task_factory(factory)
    task = loop.create_task(tasks.sleep(0, "made"))
    assert made == [task]
    assert loop.run_until_complete(task) == "made"


def test_a_loop_of_then_may_override_how_callbacks_are_called():
    class Counting(unix_events.SelectorEventLoop):
        called = 0

        def call_soon(self, callback, *args):
            self.called += 1
            return super().call_soon(callback, *args)

        def call_later(self, delay, callback, *args):
            return super().call_later(delay, callback, *args)

    loop = Counting()
    assert loop.run_until_complete(tasks.sleep(0.001, "result", loop=loop)) == "result"
    assert loop.called
    loop.close()


def test_a_future_of_then_may_override_how_it_is_cancelled_and_waited_for(loop):
    class Watched(futures.Future):
        cancelled_by_us = False

        def cancel(self):
            self.cancelled_by_us = True
            return super().cancel()

        def add_done_callback(self, fn):
            return super().add_done_callback(fn)

    future = Watched(loop=loop)

    @coroutine
    def wait():
        yield from future

    task = loop.create_task(wait())
    settle(loop)
    task.cancel()
    settle(loop)
    assert (future.cancelled_by_us, task.cancelled()) == (True, True)


def test_a_mixin_may_override_it_as_well(loop):
    class Mixin:
        def add_done_callback(self, fn):
            return super().add_done_callback(fn)

    class Mixed(Mixin, futures.Future):
        pass

    future = Mixed(loop=loop)
    loop.call_soon(future.set_result, "set")
    assert loop.run_until_complete(tasks.wait_for(future, 5, loop=loop)) == "set"


def test_a_future_without_a_loop_takes_the_current_one(loop):
    events.set_event_loop(loop)
    assert futures.Future()._loop is loop
    events.set_event_loop(None)


def test_wrap_future_takes_futures_of_threads_and_of_loops(loop):
    future = concurrent.futures.Future()
    future.set_result("threads")
    assert loop.run_until_complete(futures.wrap_future(future, loop=loop)) == "threads"
    ours = loop.create_future()
    assert futures.wrap_future(ours) is ours
    with pytest.raises(AssertionError) as raised:
        futures.wrap_future("future", loop=loop)
    assert str(raised.value) == "concurrent.futures.Future is expected, got 'future'"


def test_a_task_can_be_given_a_result_as_it_could_then(loop):
    task = loop.create_task(tasks.sleep(0))
    loop.run_until_complete(task)
    with pytest.raises(host_asyncio.InvalidStateError):
        task.set_result("again")
