"""What streams of 3.4 to 3.6 have besides: what libraries touched, exceptions, and what single releases did."""

from __future__ import annotations

import asyncio as host_asyncio
import gc
import inspect
import pickle
import socket

import pytest

from asyncio_compat import load
from asyncio_compat.v34 import coroutines, events, streams, tasks

coroutine = coroutines.coroutine


class Transport:
    """A transport that writes down what is asked of it."""

    closing = False

    def __init__(self, **extra):
        self.calls = []
        self.extra = extra

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args: self.calls.append((name, *args))

    def is_closing(self):
        return self.closing

    def get_extra_info(self, name, default=None):
        return self.extra.get(name, default)


@pytest.fixture
def loop():
    made = events.new_event_loop()
    events.set_event_loop(None)
    yield made
    for _ in range(3):
        made.run_until_complete(tasks.sleep(0))
    made.close()


@pytest.fixture
def old_loop():
    """Return a function that makes loops of exact releases, which are closed afterwards."""
    made = []

    def make(asyncio):
        made.append(asyncio.new_event_loop())
        asyncio.set_event_loop(None)
        return made[-1]

    yield make
    for loop in made:
        loop.close()


def settle(loop):
    for _ in range(4):
        loop.run_until_complete(tasks.sleep(0))


def written(loop, asyncio=streams, **extra):
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport = Transport(**extra)
    protocol.connection_made(transport)
    return reader, protocol, transport, asyncio.StreamWriter(transport, protocol, reader, loop)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_at_least_one(loop, limit):
    with pytest.raises(ValueError) as raised:
        streams.StreamReader(limit=limit, loop=loop)
    assert str(raised.value) == "Limit cannot be <= 0"


def test_no_limit_means_the_default_one(loop):
    reader = streams.StreamReader(limit=None, loop=loop)
    assert reader._limit == 2**16
    reader.feed_data(b"x" * 2**16 + b"\n")
    assert len(loop.run_until_complete(reader.readline())) == 2**16 + 1


@pytest.mark.parametrize("start", [streams.open_connection, streams.start_server])
def test_the_functions_take_no_limit_as_the_default_one_too(start):
    assert inspect.signature(start).parameters["limit"].default == 2**16


def test_a_connection_without_a_limit_has_the_default_one(loop):
    ours, peer = socket.socketpair()
    with peer:
        reader, writer = loop.run_until_complete(streams.open_connection(sock=ours, limit=None, loop=loop))
        assert reader._limit == 2**16
        writer.close()
        settle(loop)


def test_the_buffer_is_a_bytearray_of_what_is_unread(loop):
    reader = streams.StreamReader(loop=loop)
    reader.feed_data(b"unread line\nrest")
    loop.run_until_complete(reader.read(2))
    assert type(reader._buffer) is bytearray
    assert reader._buffer == b"read line\nrest"
    reader._buffer[:4] = b"changed"
    assert loop.run_until_complete(reader.readline()) == b"changed line\n"


def test_a_reader_and_a_writer_have_what_libraries_looked_at(loop):
    reader, protocol, transport, writer = written(loop)
    assert (reader._eof, reader._waiter, reader._exception, reader._paused) == (False, None, None, False)
    assert (reader._transport, reader._loop) == (transport, loop)
    assert (writer._transport, writer._protocol, writer._reader, writer._loop) == (transport, protocol, reader, loop)


def test_a_reader_survives_its_writer(loop):
    ours, peer = socket.socketpair()
    with peer:
        reader, writer = loop.run_until_complete(streams.open_connection(sock=ours, loop=loop))
        transport = writer.transport
        del writer
        gc.collect()
        peer.send(b"still here\n")
        assert loop.run_until_complete(reader.readline()) == b"still here\n"
        transport.close()
        settle(loop)


def test_a_second_drain_is_an_error(loop):
    _, protocol, _, writer = written(loop)
    protocol.pause_writing()
    first = loop.create_task(writer.drain())
    settle(loop)
    with pytest.raises(AssertionError):
        loop.run_until_complete(writer.drain())
    protocol.resume_writing()
    loop.run_until_complete(first)


def test_drain_raises_what_the_reader_was_given(loop):
    reader, _, _, writer = written(loop)
    reader.set_exception(ValueError("given"))
    with pytest.raises(ValueError, match="given"):
        loop.run_until_complete(writer.drain())


def test_an_incomplete_read_of_unknown_length_says_none():
    error = streams.IncompleteReadError(b"abc", None)
    assert str(error) == "3 bytes read on a total of None expected bytes"
    assert (error.partial, error.expected) == (b"abc", None)


def test_errors_of_streams_are_the_hosts_and_do_not_show_it(loop):
    reader = streams.StreamReader(limit=3, loop=loop)
    reader.feed_data(b"too long")
    with pytest.raises(host_asyncio.LimitOverrunError) as overrun:
        loop.run_until_complete(reader.readuntil(b";"))
    assert [one.__name__ for one in inspect.getmro(overrun.type)] == [
        "LimitOverrunError",
        "Exception",
        "BaseException",
        "object",
    ]
    reader.feed_eof()
    with pytest.raises(host_asyncio.IncompleteReadError) as incomplete:
        loop.run_until_complete(reader.readexactly(100))
    assert incomplete.type is streams.IncompleteReadError


@pytest.mark.parametrize("api", ["3.6", "3.6.4"])
def test_errors_of_streams_can_be_pickled(api):
    asyncio = load(api)
    incomplete = pickle.loads(pickle.dumps(asyncio.IncompleteReadError(b"abc", 10)))
    assert (type(incomplete), incomplete.partial, incomplete.expected) == (asyncio.IncompleteReadError, b"abc", 10)
    overrun = pickle.loads(pickle.dumps(asyncio.LimitOverrunError("message", 7)))
    assert (type(overrun), str(overrun), overrun.consumed) == (asyncio.LimitOverrunError, "message", 7)


def test_up_to_3_6_3_they_could_not():
    asyncio = load("3.6.3")
    for error in (asyncio.IncompleteReadError(b"abc", 10), asyncio.LimitOverrunError("message", 7)):
        with pytest.raises(TypeError):
            pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize(("api", "has_message"), [("3.4.5", True), ("3.4.10", True), ("3.5.2", False)])
def test_an_overrun_had_a_message_in_3_4(api, has_message):
    assert hasattr(load(api).LimitOverrunError("message", 7), "message") is has_message


@pytest.mark.parametrize(("api", "left"), [("3.5.2", b"rest"), ("3.5.3", b"some rest")])
def test_a_cancelled_readexactly_loses_nothing_since_3_5_3(old_loop, api, left):
    asyncio = load(api)
    loop = old_loop(asyncio)
    reader = asyncio.StreamReader(loop=loop)
    reader.feed_data(b"some ")
    reading = loop.create_task(reader.readexactly(10))
    settle(loop)
    reading.cancel()
    settle(loop)
    reader.feed_data(b"rest")
    assert loop.run_until_complete(reader.read(100)) == left


@pytest.mark.parametrize("api", ["3.4.4", "3.5.1"])
def test_before_readuntil_the_limit_counted_the_newline(old_loop, api):
    asyncio = load(api)
    loop = old_loop(asyncio)
    reader = asyncio.StreamReader(limit=4, loop=loop)
    reader.feed_data(b"123\n1234\nlast")
    assert loop.run_until_complete(reader.readline()) == b"123\n"
    with pytest.raises(ValueError, match=r"^Line is too long$"):
        loop.run_until_complete(reader.readline())
    reader.feed_eof()
    assert loop.run_until_complete(reader.readline()) == b"last"


def test_before_readuntil_a_line_without_an_end_was_dropped_with_all_that_was_there(old_loop):
    asyncio = load("3.4.4")
    loop = old_loop(asyncio)
    reader = asyncio.StreamReader(limit=4, loop=loop)
    reader.feed_data(b"12345")
    with pytest.raises(ValueError, match=r"^Line is too long$"):
        loop.run_until_complete(reader.readline())
    assert reader._buffer == b""


def test_before_readuntil_sizes_could_be_negative(old_loop):
    asyncio = load("3.4.4")
    loop = old_loop(asyncio)
    asyncio.StreamReader(limit=0, loop=loop)
    assert loop.run_until_complete(asyncio.StreamReader(loop=loop).readexactly(-1)) == b""


@pytest.mark.parametrize(("api", "name"), [("3.4.4", "readline"), ("3.4.5", "readuntil")])
def test_a_second_reader_is_told_what_the_first_does(old_loop, api, name):
    asyncio = load(api)
    loop = old_loop(asyncio)
    reader = asyncio.StreamReader(loop=loop)
    first = loop.create_task(reader.readline())
    settle(loop)
    with pytest.raises(RuntimeError, match=rf"^{name}\(\) called while another coroutine is already waiting"):
        loop.run_until_complete(reader.readline())
    reader.feed_eof()
    loop.run_until_complete(first)


@pytest.mark.parametrize(("api", "kept_open"), [("3.4.3", False), ("3.4.4", True)])
def test_a_connection_stays_half_open_since_3_4_4(old_loop, api, kept_open):
    asyncio = load(api)
    _, protocol, _, _ = written(old_loop(asyncio), asyncio)
    assert protocol.eof_received() is kept_open


@pytest.mark.parametrize(("api", "kept_open"), [("3.4.10", True), ("3.5.1", True), ("3.5.2", False)])
def test_tls_is_told_apart_since_3_5_2(old_loop, api, kept_open):
    asyncio = load(api)
    _, protocol, _, _ = written(old_loop(asyncio), asyncio, sslcontext="context")
    assert protocol.eof_received() is kept_open


def test_a_protocol_lets_its_streams_go_at_the_end(loop):
    reader, protocol, _, _ = written(loop)
    protocol.connection_lost(None)
    assert reader.at_eof()
    with pytest.raises(AttributeError):
        protocol.data_received(b"late")


def test_in_3_4_drain_was_a_function_at_first(old_loop):
    asyncio = load("3.4.1")
    loop = old_loop(asyncio)
    reader, protocol, _, writer = written(loop, asyncio)
    assert writer.drain() == ()
    protocol.pause_writing()
    waiting = writer.drain()
    assert asyncio.Future in type(waiting).__mro__ or isinstance(waiting, asyncio.Future)
    protocol.resume_writing()
    loop.run_until_complete(waiting)
    reader.set_exception(ValueError("at the call"))
    with pytest.raises(ValueError, match="at the call"):
        writer.drain()


def test_a_writers_reader_is_a_reader_or_none(loop):
    with pytest.raises(AssertionError):
        streams.StreamWriter(Transport(), None, "reader", loop)
    streams.StreamWriter(Transport(), None, None, loop)


@pytest.mark.parametrize(("api", "turns"), [("3.5.0", 0), ("3.6", 1)])
def test_drain_of_a_closing_transport_gives_the_loop_a_turn(old_loop, api, turns):
    asyncio = load(api)
    loop = old_loop(asyncio)
    _, _, transport, writer = written(loop, asyncio)
    transport.closing = True
    ran = []

    @asyncio.coroutine
    def main():
        loop.call_soon(ran.append, True)
        yield from writer.drain()
        return len(ran)

    assert loop.run_until_complete(main()) == turns


def test_a_native_coroutine_reads_line_by_line(loop):
    reader = streams.StreamReader(loop=loop)
    reader.feed_data(b"one\ntwo\nlast")
    reader.feed_eof()

    async def main():
        return [line async for line in reader]

    assert loop.run_until_complete(main()) == [b"one\n", b"two\n", b"last"]
