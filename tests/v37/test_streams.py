"""Streams of 3.7: native coroutines over real sockets."""

from __future__ import annotations

import asyncio as host_asyncio
import gc
import socket
import warnings

import pytest

from asyncio_compat.v37 import loop_argument, runners, streams


async def shout(reader, writer):
    """Answer every line in capitals, until the client has no more."""
    async for line in reader:
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(reader, writer, *lines):
    writer.writelines(lines)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def pair(**kwds):
    """Return a reader, a writer, and the socket at their other end."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    reader, writer = await streams.open_connection(sock=ours, **kwds)
    return reader, writer, theirs


async def close(writer, peer):
    writer.close()
    peer.close()
    await writer.wait_closed()


def test_lines_come_back_over_tcp():
    async def main():
        async with await streams.start_server(shout, "127.0.0.1", 0) as server:
            connected = await streams.open_connection(*server.sockets[0].getsockname())
            return await ask(*connected, b"one\n", b"two\n")

    assert runners.run(main()) == b"ONE\nTWO\n"


def test_lines_come_back_over_a_unix_socket_whose_file_stays(tmp_path_factory, unix_path):
    import pathlib

    async def main():
        async with await streams.start_unix_server(shout, pathlib.Path(unix_path)):
            return await ask(*await streams.open_unix_connection(pathlib.Path(unix_path)), b"one\n")

    assert runners.run(main()) == b"ONE\n"
    assert pathlib.Path(unix_path).exists()


def test_lines_come_back_over_tls(tls):
    async def greet(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()

    async def main():
        async with await streams.start_server(greet, "127.0.0.1", 0, ssl=tls.server) as server:
            host, port = server.sockets[0].getsockname()
            reader, writer = await streams.open_connection(host, port, ssl=tls.client, server_hostname="localhost")
            writer.write(b"one\n")
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    assert runners.run(main()) == b"ONE\n"


def test_the_streams_work_on_a_loop_of_the_hosts():
    async def main():
        server = await streams.start_server(shout, "127.0.0.1", 0)
        answer = await ask(*await streams.open_connection(*server.sockets[0].getsockname()), b"one\n")
        server.close()
        await server.wait_closed()
        return answer

    assert host_asyncio.run(main()) == b"ONE\n"


def test_a_cancelled_read_loses_no_bytes():
    async def main():
        reader, writer, peer = await pair()
        task = host_asyncio.ensure_future(reader.readexactly(4))
        peer.send(b"ab")
        await host_asyncio.sleep(0)
        task.cancel()
        with pytest.raises(host_asyncio.CancelledError):
            await task
        peer.send(b"cd")
        read = await reader.readexactly(4)
        await close(writer, peer)
        return read

    assert runners.run(main()) == b"abcd"


def test_cancelling_one_wait_closed_leaves_the_others_alone():
    async def main():
        _, writer, peer = await pair()
        waiting = [host_asyncio.ensure_future(writer.wait_closed()) for _ in range(2)]
        await host_asyncio.sleep(0)
        waiting[0].cancel()
        await close(writer, peer)
        await waiting[1]
        await writer.wait_closed()
        return waiting[0].cancelled()

    assert runners.run(main())


def test_whoever_waits_for_the_end_is_resumed_in_the_turn_of_the_loop_after_it():
    async def main():
        _, writer, peer = await pair()
        waiting = host_asyncio.ensure_future(writer.wait_closed())
        await host_asyncio.sleep(0)
        writer.transport.abort()
        # In the first turn the connection is lost.
        await host_asyncio.sleep(0)
        assert not waiting.done()
        await host_asyncio.sleep(0)
        peer.close()
        return waiting.done()

    assert runners.run(main())


def test_wait_closed_comes_to_an_end_though_somebody_cancelled_the_future_itself():
    async def main():
        _, writer, peer = await pair()
        waiting = host_asyncio.ensure_future(writer.wait_closed())
        await host_asyncio.sleep(0)
        writer._protocol._get_close_waiter(writer).cancel()
        writer.close()
        peer.close()
        await host_asyncio.wait([waiting])
        return waiting.cancelled()

    assert runners.run(main())


def test_wait_closed_waits_for_the_future_of_a_protocol_of_somebody_elses():
    class Protocol(streams.FlowControlMixin):
        def _get_close_waiter(self, stream):
            return self.closed

    async def main():
        protocol = Protocol()
        protocol.closed = host_asyncio.get_running_loop().create_future()
        writer = streams.StreamWriter(None, protocol, None, protocol._loop)
        first, second = (host_asyncio.ensure_future(writer.wait_closed()) for _ in range(2))
        await host_asyncio.sleep(0)
        first.cancel()
        await host_asyncio.sleep(0)
        assert not second.done()
        protocol.closed.set_result(None)
        await second

    runners.run(main())


def test_wait_closed_raises_what_ended_the_connection_every_time():
    async def main():
        reader = streams.StreamReader()
        protocol = streams.StreamReaderProtocol(reader)
        writer = streams.StreamWriter(object(), protocol, reader, host_asyncio.get_running_loop())
        protocol.connection_lost(ConnectionResetError("gone"))
        for _ in range(2):
            with pytest.raises(ConnectionResetError, match="gone"):
                await writer.wait_closed()

    runners.run(main())


def test_a_second_drain_while_the_first_waits_is_an_assertion():
    async def main():
        protocol = streams.StreamReaderProtocol(streams.StreamReader())
        protocol.pause_writing()
        first = host_asyncio.ensure_future(protocol._drain_helper())
        await host_asyncio.sleep(0)
        with pytest.raises(AssertionError):
            await protocol._drain_helper()
        protocol.resume_writing()
        await first

    runners.run(main())


def test_what_was_written_may_be_changed_while_it_waits_to_be_sent():
    async def main():
        _, writer, peer = await pair()
        data = bytearray(b"a" * 1_000_000)
        writer.write(data)
        data[:] = b"b" * len(data)
        received = bytearray()
        while len(received) < len(data):
            received += await host_asyncio.get_running_loop().sock_recv(peer, 100_000)
        await close(writer, peer)
        return set(received)

    assert runners.run(main()) == {ord("a")}
    assert host_asyncio.run(main()) == {ord("a")}


def test_writelines_counts_for_flow_control():
    async def main():
        _, writer, peer = await pair()
        writer.writelines([b"x" * 1_000_000] * 4)
        waits = host_asyncio.ensure_future(writer.drain())
        for _ in range(5):
            await host_asyncio.sleep(0)
        blocked = not waits.done()
        writer.transport.abort()
        peer.close()
        with pytest.raises(ConnectionResetError):
            await writer.drain()
        await waits
        await writer.wait_closed()
        return blocked

    assert runners.run(main())
    assert host_asyncio.run(main())


def test_a_wrong_type_is_refused_and_the_connection_goes_on():
    async def main():
        reader, writer, peer = await pair()
        with pytest.raises(TypeError, match=r"^data argument must be a bytes-like object, not 'str'$"):
            writer.write("text")
        peer.send(b"still here")
        read = await reader.read(100)
        await close(writer, peer)
        return read

    assert runners.run(main()) == b"still here"
    assert host_asyncio.run(main()) == b"still here"


def test_a_reader_that_nobody_keeps_is_gone_and_what_comes_is_dropped():
    async def main():
        reader, writer, peer = await pair(limit=1)
        del reader
        writer._reader = None
        gc.collect()
        for _ in range(20):
            peer.send(b"x" * 1000)
            await host_asyncio.sleep(0)
        reading = writer.transport.is_reading()
        await close(writer, peer)
        return reading

    assert runners.run(main())


def test_data_after_an_end_fed_by_hand_is_a_fatal_error_in_the_words_of_then():
    seen = []

    async def main():
        loop = host_asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: seen.append(context["message"]))
        reader, writer, peer = await pair()
        reader.feed_eof()
        peer.send(b"x")
        with pytest.raises(AssertionError, match="feed_data after feed_eof"):
            await writer.wait_closed()
        peer.close()

    runners.run(main())
    host_asyncio.run(main())
    assert seen == ["Fatal error: protocol.data_received() call failed."] * 2


def test_the_loop_argument_is_discouraged_where_it_is_passed():
    async def main():
        ours, theirs = socket.socketpair()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            _, writer = await streams.open_connection(sock=ours, loop=host_asyncio.get_running_loop())
        await close(writer, theirs)
        return caught

    (warning,) = runners.run(main())

    assert str(warning.message) == (
        "The loop argument is deprecated since Python 3.8, and scheduled for removal in Python 3.10."
    )
    assert warning.filename == __file__


def test_the_warning_can_be_switched_off_for_older_versions(monkeypatch):
    monkeypatch.setattr(loop_argument, "_IS_DEPRECATED", False)

    async def main():
        loop = host_asyncio.get_running_loop()
        assert loop_argument.chosen(loop) is loop

    runners.run(main())


def test_a_failing_callback_is_reported_only_when_its_task_is_forgotten(caplog):
    async def fail(reader, writer):
        writers.append(writer)
        raise ValueError("in the callback")

    writers = []

    async def main():
        server = await streams.start_server(fail, "127.0.0.1", 0)
        _, writer = await streams.open_connection(*server.sockets[0].getsockname())
        while not writers:
            await host_asyncio.sleep(0)
        for _ in range(3):
            await host_asyncio.sleep(0)
        still_open = not writers[0].is_closing()
        writers[0].close()
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return still_open

    assert runners.run(main())
    gc.collect()
    assert "Task exception was never retrieved" in caplog.text


def fed(reader, data):
    reader.feed_data(data)
    reader.feed_eof()
    return reader


class Stripping(streams.StreamReader):
    async def readline(self):
        return (await super().readline()).strip()


async def reader_with_another_readline():
    reader = streams.StreamReader()
    plain = reader.readline

    async def stripped():
        return (await plain()).strip()

    reader.readline = stripped
    return reader


async def stripping_reader():
    return Stripping()


@pytest.mark.parametrize("make", [stripping_reader, reader_with_another_readline])
def test_iteration_is_over_what_an_overridden_readline_gives(make):
    async def main():
        return [line async for line in fed(await make(), b"one\ntwo\n")]

    assert runners.run(main()) == [b"one", b"two"]


def test_iteration_over_a_line_that_is_too_long_raises_what_readline_does():
    async def main():
        reader = fed(streams.StreamReader(limit=4), b"one\nmuch too long\ntwo\n")
        iteration = aiter(reader)
        assert await anext(iteration) == b"one\n"
        with pytest.raises(ValueError, match="Separator is found, but chunk is longer than limit"):
            await anext(iteration)
        return [line async for line in reader]

    assert runners.run(main()) == [b"two\n"]


def test_iteration_raises_the_exception_that_was_set_though_a_line_is_there():
    async def main():
        reader = streams.StreamReader()
        reader.feed_data(b"one\n")
        reader.set_exception(OSError("gone"))
        async for _ in reader:
            pass

    with pytest.raises(OSError, match="gone"):
        runners.run(main())


def test_iteration_resumes_a_transport_that_was_paused():
    async def main():
        reader, writer, theirs = await pair(limit=10)
        theirs.send(b"".join(b"line %d\n" % number for number in range(20)))
        theirs.shutdown(socket.SHUT_WR)
        lines = [line async for line in reader]
        await close(writer, theirs)
        return lines

    assert runners.run(main()) == [b"line %d\n" % number for number in range(20)]
