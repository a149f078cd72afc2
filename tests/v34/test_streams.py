"""Streams of 3.4 to 3.6, written and used as they were then."""

from __future__ import annotations

import asyncio as host_asyncio
import socket
import types

import pytest

import asyncio_compat
from asyncio_compat.v34 import coroutines, events, streams, tasks

coroutine = coroutines.coroutine


@pytest.fixture
def loop():
    """An event loop of this generation, which is not the current one: nothing may fall back on that."""
    made = events.new_event_loop()
    yield made
    # A transport that was closed needs a turn of the loop to close its socket, and this generation cannot wait for it.
    for _ in range(3):
        made.run_until_complete(tasks.sleep(0))
    made.close()


@coroutine
def shout(reader, writer):
    """Answer every line in capitals, until the client has no more."""
    while True:
        line = yield from reader.readline()
        if not line:
            break
        writer.write(line.upper())
        yield from writer.drain()
    writer.close()


@coroutine
def ask(reader, writer, *lines):
    writer.writelines(lines)
    answers = []
    for _ in lines:
        answers.append((yield from reader.readline()))
    writer.close()
    yield from reader.read()
    return answers


def port_of(server):
    return server.sockets[0].getsockname()[1]


def test_a_line_comes_back_over_tcp(loop):
    @coroutine
    def main():
        server = yield from streams.start_server(shout, "127.0.0.1", 0, loop=loop)
        reader, writer = yield from streams.open_connection("127.0.0.1", port_of(server), loop=loop)
        answers = yield from ask(reader, writer, b"one\n", b"two\n")
        server.close()
        yield from server.wait_closed()
        return answers

    assert loop.run_until_complete(main()) == [b"ONE\n", b"TWO\n"]


def test_a_line_comes_back_over_a_unix_socket(loop, unix_path):
    @coroutine
    def main():
        server = yield from streams.start_unix_server(shout, str(unix_path), loop=loop)
        reader, writer = yield from streams.open_unix_connection(str(unix_path), loop=loop)
        answers = yield from ask(reader, writer, b"one\n")
        server.close()
        yield from server.wait_closed()
        return answers

    assert loop.run_until_complete(main()) == [b"ONE\n"]


def test_a_line_comes_back_over_tls(loop, tls):
    @coroutine
    def main():
        server = yield from streams.start_server(shout, "127.0.0.1", 0, ssl=tls.server, loop=loop)
        reader, writer = yield from streams.open_connection(
            "127.0.0.1", port_of(server), ssl=tls.client, server_hostname="localhost", loop=loop
        )
        answers = yield from ask(reader, writer, b"one\n")
        server.close()
        yield from server.wait_closed()
        return answers

    assert loop.run_until_complete(main()) == [b"ONE\n"]


def test_a_plain_generator_can_delegate_to_all_that_streams_hand_out(loop):
    def main():
        server = yield from streams.start_server(shout, "127.0.0.1", 0, loop=loop)
        reader, writer = yield from streams.open_connection("127.0.0.1", port_of(server), loop=loop)
        writer.write(b"a\nbc;de\nrest")
        writer.write_eof()
        yield from writer.drain()
        read = [
            (yield from reader.readline()),
            (yield from reader.readexactly(2)),
            (yield from reader.readuntil(b";")),
            (yield from reader.read(3)),
            (yield from reader.read()),
        ]
        writer.close()
        server.close()
        yield from server.wait_closed()
        return read

    assert isinstance(main(), types.GeneratorType)
    assert loop.run_until_complete(main()) == [b"A\n", b"BC", b";", b"DE\n", b"REST"]


def test_generator_coroutines_run_under_the_hosts_own_loop():
    @coroutine
    def main():
        server = yield from streams.start_server(shout, "127.0.0.1", 0)
        reader, writer = yield from streams.open_connection("127.0.0.1", port_of(server))
        answers = yield from ask(reader, writer, b"one\n")
        server.close()
        yield from server.wait_closed()
        return answers

    async def tasks_of_the_host():
        task = host_asyncio.create_task(main())
        return await host_asyncio.gather(task, main(), host_asyncio.wait_for(main(), 60))

    assert host_asyncio.run(tasks_of_the_host()) == [[b"ONE\n"]] * 3


def test_a_generator_coroutine_is_a_coroutine_to_the_host():
    coro = shout(None, None)

    assert host_asyncio.iscoroutine(coro)
    coro.close()


def test_a_plain_callback_gets_reader_and_writer(loop):
    def greet(reader, writer):
        writer.write(b"hello")
        writer.close()

    @coroutine
    def main():
        server = yield from streams.start_server(greet, "127.0.0.1", 0, loop=loop)
        reader, writer = yield from streams.open_connection("127.0.0.1", port_of(server), loop=loop)
        greeting = yield from reader.read()
        writer.close()
        server.close()
        yield from server.wait_closed()
        return greeting

    assert loop.run_until_complete(main()) == b"hello"


def test_an_undecorated_generator_as_callback_is_run(loop):
    def greet(reader, writer):
        name = yield from reader.readline()
        writer.write(b"hello " + name)
        writer.close()

    @coroutine
    def main():
        server = yield from streams.start_server(greet, "127.0.0.1", 0, loop=loop)
        reader, writer = yield from streams.open_connection("127.0.0.1", port_of(server), loop=loop)
        writer.write(b"you\n")
        greeting = yield from reader.read()
        writer.close()
        server.close()
        yield from server.wait_closed()
        return greeting

    assert loop.run_until_complete(main()) == b"hello you\n"


def test_wait_closed_of_a_closed_server_returns_while_connections_are_open(loop):
    @coroutine
    def main():
        server = yield from streams.start_server(shout, "127.0.0.1", 0, loop=loop)
        reader, writer = yield from streams.open_connection("127.0.0.1", port_of(server), loop=loop)
        answers = []
        writer.write(b"before\n")
        answers.append((yield from reader.readline()))
        server.close()
        yield from server.wait_closed()
        answers += yield from ask(reader, writer, b"after\n")
        return answers

    assert loop.run_until_complete(main()) == [b"BEFORE\n", b"AFTER\n"]


def test_the_transport_speaks_to_a_stream_reader_protocol(loop):
    @coroutine
    def main():
        ours, theirs = socket.socketpair()
        _, writer = yield from streams.open_connection(sock=ours, loop=loop)
        protocol = writer.transport.get_protocol()
        writer.close()
        theirs.close()
        yield
        return protocol

    protocol = loop.run_until_complete(main())
    assert isinstance(protocol, streams.StreamReaderProtocol)
    assert isinstance(protocol, host_asyncio.Protocol)
    assert type(protocol).__name__ == "StreamReaderProtocol"


def test_a_subclass_that_overrides_data_received_gets_its_bytes(loop):
    received = []

    class Counting(streams.StreamReaderProtocol):
        def data_received(self, data):
            received.append(data)
            super().data_received(data)

    @coroutine
    def main():
        ours, theirs = socket.socketpair()
        reader = streams.StreamReader(loop=loop)
        transport, _ = yield from loop.create_connection(lambda: Counting(reader, loop=loop), sock=ours)
        theirs.sendall(b"counted\n")
        line = yield from reader.readline()
        transport.close()
        theirs.close()
        yield
        return line

    assert loop.run_until_complete(main()) == b"counted\n"
    assert received == [b"counted\n"]


def test_the_reader_outlives_its_writer(loop):
    @coroutine
    def main():
        ours, theirs = socket.socketpair()
        reader, writer = yield from streams.open_connection(sock=ours, loop=loop)
        transport = writer.transport
        del writer
        theirs.sendall(b"still here\n")
        line = yield from reader.readline()
        transport.close()
        theirs.close()
        yield
        return line

    assert loop.run_until_complete(main()) == b"still here\n"


def test_the_unread_bytes_are_a_bytearray_of_the_reader(loop):
    reader = streams.StreamReader(loop=loop)
    reader.feed_data(b"one\ntwo\n")

    assert loop.run_until_complete(reader.readline()) == b"one\n"
    assert type(reader._buffer) is bytearray
    assert reader._buffer == b"two\n"
    del reader._buffer[:2]
    assert loop.run_until_complete(reader.readline()) == b"o\n"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_zero_or_less_is_refused(loop, limit):
    with pytest.raises(ValueError, match=r"^Limit cannot be <= 0$"):
        streams.StreamReader(limit=limit, loop=loop)


def test_no_limit_given_means_64_kib(loop):
    reader = streams.StreamReader(limit=None, loop=loop)
    reader.feed_data(b"x" * 65536 + b"\n" + b"y" * 65537 + b"\n")

    assert len(loop.run_until_complete(reader.readline())) == 65537
    with pytest.raises(ValueError, match=r"^Separator is found, but chunk is longer than limit$"):
        loop.run_until_complete(reader.readline())


@pytest.mark.parametrize(
    ("read", "error", "text"),
    [
        (lambda reader: reader.readexactly(-1), ValueError, "readexactly size can not be less than zero"),
        (lambda reader: reader.readuntil(b""), ValueError, "Separator should be at least one-byte string"),
        (
            lambda reader: reader.readuntil("\n"),
            TypeError,
            "argument should be integer or bytes-like object, not 'str'",
        ),
        (lambda reader: reader.readuntil(10), TypeError, "object of type 'int' has no len()"),
    ],
)
def test_a_wrong_argument_leaves_what_was_received(loop, read, error, text):
    reader = streams.StreamReader(loop=loop)
    reader.feed_data(b"received\n")

    with pytest.raises(error) as caught:
        loop.run_until_complete(read(reader))
    assert str(caught.value) == text
    assert loop.run_until_complete(reader.read(100)) == b"received\n"


@pytest.mark.parametrize("data", ["text", 5, None, [1, 2]])
def test_what_is_not_bytes_cannot_be_fed(loop, data):
    reader = streams.StreamReader(loop=loop)
    reader.feed_data(b"received")

    with pytest.raises(TypeError, match="bytes-like object"):
        reader.feed_data(data)
    assert loop.run_until_complete(reader.read(100)) == b"received"


def test_a_cancelled_read_leaves_what_came_at_the_same_time(loop):
    @coroutine
    def main():
        reader = streams.StreamReader(loop=loop)
        task = tasks.ensure_future(reader.read(100), loop=loop)
        yield
        task.cancel()
        reader.feed_data(b"not lost")
        with pytest.raises(host_asyncio.CancelledError):
            yield from task
        return (yield from reader.read(100))

    assert loop.run_until_complete(main()) == b"not lost"


def test_a_second_waiting_read_is_refused(loop):
    @coroutine
    def main():
        reader = streams.StreamReader(loop=loop)
        first = tasks.ensure_future(reader.readline(), loop=loop)
        yield
        with pytest.raises(RuntimeError) as caught:
            yield from reader.read(1)
        reader.feed_data(b"for the first\n")
        return str(caught.value), (yield from first)

    assert loop.run_until_complete(main()) == (
        "read() called while another coroutine is already waiting for incoming data",
        b"for the first\n",
    )


def test_a_reader_pauses_its_transport_above_twice_the_limit_and_resumes_it_at_the_limit(loop):
    @coroutine
    def main():
        ours, theirs = socket.socketpair()
        reader, writer = yield from streams.open_connection(sock=ours, limit=10, loop=loop)
        theirs.sendall(b"x" * 21)
        while not reader._paused:
            yield
        paused = [not writer.transport.is_reading()]
        yield from reader.readexactly(10)
        paused.append(not writer.transport.is_reading())
        yield from reader.readexactly(1)
        paused.append(not writer.transport.is_reading())
        writer.close()
        theirs.close()
        yield
        return paused

    assert loop.run_until_complete(main()) == [True, True, False]


def test_a_port_in_use_is_said_at_the_start(loop):
    @coroutine
    def main(port):
        yield from streams.start_server(shout, "127.0.0.1", port, loop=loop)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            loop.run_until_complete(main(taken.getsockname()[1]))


def test_draining_a_lost_connection_raises(loop):
    @coroutine
    def main():
        ours, theirs = socket.socketpair()
        _, writer = yield from streams.open_connection(sock=ours, loop=loop)
        writer.close()
        theirs.close()
        yield from writer.drain()

    with pytest.raises(ConnectionResetError, match=r"^Connection lost$"):
        loop.run_until_complete(main())


def test_what_was_received_stays_readable_after_the_writer_is_closed(loop):
    @coroutine
    def main():
        ours, theirs = socket.socketpair()
        reader, writer = yield from streams.open_connection(sock=ours, loop=loop)
        theirs.sendall(b"one\ntwo")
        theirs.close()
        first = yield from reader.readline()
        writer.close()
        yield
        return first, (yield from reader.read())

    assert loop.run_until_complete(main()) == (b"one\n", b"two")


def test_lines_can_be_iterated_over_with_async_for(loop):
    async def main():
        reader = streams.StreamReader(loop=loop)
        reader.feed_data(b"one\ntwo\nrest")
        reader.feed_eof()
        return [line async for line in reader]

    assert loop.run_until_complete(main()) == [b"one\n", b"two\n", b"rest"]


def test_iteration_is_over_what_an_overridden_readline_gives(loop):
    class Stripping(streams.StreamReader):
        def readline(self):
            return (yield from super().readline()).strip()

    async def main():
        reader = Stripping(loop=loop)
        reader.feed_data(b"one\ntwo\n")
        reader.feed_eof()
        return [line async for line in reader]

    assert loop.run_until_complete(main()) == [b"one", b"two"]


@pytest.mark.parametrize("version", ["3.4", "3.5.2", "3.6"])
def test_under_a_loop_of_others_that_one_is_used_though_it_is_nobodys_current_loop(version):
    asyncio_of_then = asyncio_compat.load(version)
    foreign = host_asyncio.SelectorEventLoop()

    async def main():
        return asyncio_of_then.get_event_loop(), asyncio_of_then.StreamReader()._loop

    try:
        assert foreign.run_until_complete(main()) == (foreign, foreign)
    finally:
        foreign.close()
