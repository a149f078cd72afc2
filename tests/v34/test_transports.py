"""Transports and protocols of 3.4 to 3.6, over real sockets, on loops of their own."""

from __future__ import annotations

import asyncio as host_asyncio
import socket
import ssl

import pytest

from asyncio_compat import load
from asyncio_compat.v34 import coroutines, events, protocols, sslproto, streams, tasks, transports

coroutine = coroutines.coroutine


@pytest.fixture
def loop():
    made = events.new_event_loop()
    events.set_event_loop(None)
    yield made
    for _ in range(3):
        made.run_until_complete(tasks.sleep(0))
    made.close()


@pytest.fixture
def peer():
    """The other end of the pair of sockets whose first end `connect` makes a transport of."""
    ends = socket.socketpair()
    yield ends
    for end in ends:
        end.close()


class Recorder(protocols.Protocol):
    keeps_open = None

    def __init__(self):
        self.log = []

    def connection_made(self, transport):
        self.log.append("made")
        self.transport = transport

    def data_received(self, data):
        self.log.append(data)

    def eof_received(self):
        self.log.append("eof")
        return self.keeps_open

    def connection_lost(self, exc):
        self.log.append(("lost", exc))

    def pause_writing(self):
        self.log.append("pause")

    def resume_writing(self):
        self.log.append("resume")


def connect(loop, peer, kind=Recorder):
    peer[1].setblocking(False)
    return loop.run_until_complete(loop.create_connection(kind, sock=peer[0]))


def until(loop, condition):
    while not condition():
        loop.run_until_complete(tasks.sleep(0.001, loop=loop))


def everything_from(loop, sock):
    received = b""
    while data := loop.run_until_complete(loop.sock_recv(sock, 10**6)):
        received += data
    return received


def test_the_callbacks_come_in_their_order_and_once(loop, peer):
    transport, protocol = connect(loop, peer)
    peer[1].send(b"data")
    until(loop, lambda: b"data" in protocol.log)
    peer[1].close()
    until(loop, lambda: ("lost", None) in protocol.log)
    transport.close()
    assert protocol.log == ["made", b"data", "eof", ("lost", None)]


def test_true_from_eof_received_keeps_the_other_direction_open(loop, peer):
    class HalfOpen(Recorder):
        keeps_open = True

    transport, protocol = connect(loop, peer, HalfOpen)
    peer[1].shutdown(socket.SHUT_WR)
    until(loop, lambda: "eof" in protocol.log)
    transport.write(b"still here")
    transport.close()
    assert everything_from(loop, peer[1]) == b"still here"


def test_what_waits_to_be_sent_may_be_changed_by_its_owner(loop, peer):
    transport, _ = connect(loop, peer)
    data = bytearray(b"a" * 10**6)
    transport.write(data)
    assert transport.get_write_buffer_size() > 0
    data[:] = b"b" * 10**6
    transport.close()
    assert everything_from(loop, peer[1]) == b"a" * 10**6


def test_writelines_counts_for_flow_control(loop, peer):
    transport, protocol = connect(loop, peer)
    transport.set_write_buffer_limits(high=1000)
    transport.writelines([b"x" * 10**6, bytearray(b"y" * 10**6)])
    assert protocol.log == ["made", "pause"]
    transport.close()
    assert len(everything_from(loop, peer[1])) == 2 * 10**6
    settle_log = protocol.log
    assert settle_log[:3] == ["made", "pause", "resume"]


def test_a_memoryview_of_numbers_is_written_whole(loop, peer):
    transport, _ = connect(loop, peer)
    numbers = memoryview(bytes(range(16))).cast("I")
    transport.write(numbers)
    transport.close()
    assert everything_from(loop, peer[1]) == bytes(range(16))


def test_a_memoryview_with_gaps_is_refused_and_the_connection_goes_on(loop, peer):
    transport, _ = connect(loop, peer)
    with pytest.raises(TypeError):
        transport.write(memoryview(b"abcdef")[::2])
    transport.write(b"after")
    transport.close()
    assert everything_from(loop, peer[1]) == b"after"


@pytest.mark.parametrize(
    ("api", "arguments"),
    [
        ("3.6", ("data argument must be a bytes-like object, not 'str'",)),
        ("3.4", ("data argument must be byte-ish (%r)", str)),
    ],
)
def test_text_is_refused(api, arguments, peer):
    asyncio = load(api)
    loop = asyncio.new_event_loop()
    transport, _ = loop.run_until_complete(loop.create_connection(asyncio.Protocol, sock=peer[0]))
    with pytest.raises(TypeError) as raised:
        transport.write("text")
    assert raised.value.args == arguments
    transport.close()
    loop.run_until_complete(tasks.sleep(0, loop=loop))
    loop.close()


def test_write_eof_comes_after_what_waits_and_ends_writing(loop, peer):
    transport, _ = connect(loop, peer)
    transport.write(b"x" * 10**6)
    transport.write_eof()
    transport.write_eof()
    with pytest.raises(RuntimeError) as raised:
        transport.write(b"more")
    assert str(raised.value) == "Cannot call write() after write_eof()"
    assert len(everything_from(loop, peer[1])) == 10**6
    assert not transport.is_closing()
    transport.close()


def test_writes_to_a_lost_connection_are_dropped_and_the_fifth_is_logged(loop, peer, caplog):
    transport, _ = connect(loop, peer)
    transport.abort()
    for _ in range(6):
        transport.write(b"lost")
    assert [record.getMessage() for record in caplog.records] == ["socket.send() raised exception."] * 2


def test_what_fails_in_a_protocol_is_reported_and_the_connection_goes_on(loop, peer):
    class Failing(Recorder):
        def data_received(self, data):
            super().data_received(data)
            raise ValueError("in data_received")

    reports = []
    loop.set_exception_handler(lambda loop, context: reports.append(context))
    transport, protocol = connect(loop, peer, Failing)
    peer[1].send(b"first")
    until(loop, lambda: reports)
    assert sorted(reports[0]) == ["exception", "handle", "message"]
    assert reports[0]["message"].startswith("Exception in callback ")
    peer[1].send(b"second")
    until(loop, lambda: b"second" in protocol.log)
    transport.close()


def test_reading_can_be_paused_and_resumed_at_any_time(loop, peer):
    transport, protocol = connect(loop, peer)
    transport.pause_reading()
    transport.pause_reading()
    peer[1].send(b"held")
    for _ in range(5):
        loop.run_until_complete(tasks.sleep(0))
    assert protocol.log == ["made"]
    transport.resume_reading()
    transport.resume_reading()
    until(loop, lambda: b"held" in protocol.log)
    transport.close()
    transport.pause_reading()


def test_up_to_3_6_6_only_in_turn(peer):
    asyncio = load("3.6.6")
    loop = asyncio.new_event_loop()
    transport, _ = loop.run_until_complete(loop.create_connection(asyncio.Protocol, sock=peer[0]))
    transport.pause_reading()
    with pytest.raises(RuntimeError, match=r"^Already paused$"):
        transport.pause_reading()
    transport.resume_reading()
    with pytest.raises(RuntimeError, match=r"^Not paused$"):
        transport.resume_reading()
    transport.close()
    with pytest.raises(RuntimeError, match=r"^Cannot pause_reading\(\) when closing$"):
        transport.pause_reading()
    loop.run_until_complete(tasks.sleep(0, loop=loop))
    loop.close()


@pytest.mark.parametrize(("api", "expected"), [("3.6.4", 0), ("3.6.5", 1)])
def test_small_writes_do_not_wait_since_3_6_5(api, expected):
    asyncio = load(api)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(asyncio.Protocol, "127.0.0.1", 0))
    transport, _ = loop.run_until_complete(loop.create_connection(asyncio.Protocol, *server.sockets[0].getsockname()))
    sock = transport.get_extra_info("socket")
    assert bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) == bool(expected)
    transport.close()
    server.close()
    for _ in range(5):
        loop.run_until_complete(tasks.sleep(0.001, loop=loop))
    loop.close()


def test_protocols_can_be_switched(loop, peer):
    transport, first = connect(loop, peer)
    second = Recorder()
    transport.set_protocol(second)
    assert transport.get_protocol() is second
    peer[1].send(b"x")
    until(loop, lambda: second.log)
    assert (first.log, second.log) == (["made"], [b"x"])
    transport.close()


def test_up_to_3_5_2_they_could_not(peer):
    asyncio = load("3.5.2")
    loop = asyncio.new_event_loop()
    transport, _ = loop.run_until_complete(loop.create_connection(asyncio.Protocol, sock=peer[0]))
    assert not hasattr(transport, "set_protocol")
    assert not hasattr(transport, "get_protocol")
    transport.close()
    loop.run_until_complete(tasks.sleep(0, loop=loop))
    loop.close()


def test_a_protocol_that_is_put_in_the_place_of_a_streams_one_by_hand_receives(loop, peer):
    reader, writer = loop.run_until_complete(streams.open_connection(sock=peer[0], loop=loop))
    protocol = Recorder()
    writer.transport._protocol = protocol
    peer[1].send(b"by hand")
    until(loop, lambda: protocol.log)
    assert protocol.log == [b"by hand"]
    writer.close()
    assert reader._buffer == b""


def test_a_connection_goes_on_in_tls_when_a_library_says_so(loop, peer, tls):
    """As libraries did it: the protocol of the transport is replaced by one that does TLS."""

    class StartingTLS(Recorder):
        def data_received(self, data):
            super().data_received(data)
            if data == b"STARTTLS":
                plain = self.transport
                plain.write(b"go")
                secure = sslproto.SSLProtocol(loop, self, tls.server, None, server_side=True)
                plain._protocol = secure
                self.transport = secure._app_transport
                secure.connection_made(plain)
            elif data == b"secret":
                self.transport.write(b"answer")

    transport, protocol = connect(loop, peer, StartingTLS)

    def client(sock):
        sock.setblocking(True)
        sock.sendall(b"STARTTLS")
        assert sock.recv(2) == b"go"
        with tls.client.wrap_socket(sock.dup(), server_hostname="localhost") as secure:
            secure.sendall(b"secret")
            return secure.recv(100)

    assert loop.run_until_complete(loop.run_in_executor(None, client, peer[1])) == b"answer"
    assert protocol.log[:4] == ["made", b"STARTTLS", "made", b"secret"]
    protocol.transport.abort()
    transport.abort()
    loop._default_executor.shutdown()


def test_empty_datagrams_are_not_sent(loop):
    class Datagrams(protocols.DatagramProtocol):
        def __init__(self):
            self.log = []

        def datagram_received(self, data, addr):
            self.log.append(data)

    receiver, protocol = loop.run_until_complete(loop.create_datagram_endpoint(Datagrams, local_addr=("127.0.0.1", 0)))
    sender, _ = loop.run_until_complete(
        loop.create_datagram_endpoint(Datagrams, remote_addr=receiver.get_extra_info("sockname"))
    )
    sender.sendto(b"")
    sender.sendto(b"full")
    until(loop, lambda: protocol.log)
    assert protocol.log == [b"full"]
    assert isinstance(sender, transports.DatagramTransport)
    sender.close()
    receiver.close()


def test_transports_of_the_host_are_transports(loop, peer):
    transport, _ = connect(loop, peer)
    for kind in (transports.BaseTransport, transports.ReadTransport, transports.WriteTransport, transports.Transport):
        assert isinstance(transport, kind)
    assert not isinstance(transport, transports.DatagramTransport)
    assert issubclass(host_asyncio.Transport, transports.WriteTransport)
    transport.close()


@pytest.mark.parametrize("kind", [transports.Transport, protocols.Protocol, protocols.DatagramProtocol])
def test_attributes_can_be_added_to_plain_transports_and_protocols(kind):
    one = kind()
    one.added = "added"
    assert one.added == "added"


def test_the_documented_name_of_the_transport_of_a_process_answers_too():
    assert transports.BaseSubprocessTransport is transports.SubprocessTransport


def test_the_interface_of_writing_has_its_limits():
    with pytest.raises(NotImplementedError):
        transports.WriteTransport().get_write_buffer_limits()


def test_streams_over_tls_know_their_tls(loop, tls):
    @coroutine
    def answer(reader, writer):
        writer.write((yield from reader.readline()))
        writer.close()

    @coroutine
    def main():
        server = yield from streams.start_server(answer, "127.0.0.1", 0, ssl=tls.server, loop=loop)
        reader, writer = yield from streams.open_connection(
            *server.sockets[0].getsockname(), ssl=tls.client, server_hostname="localhost", loop=loop
        )
        assert writer.get_extra_info("sslcontext") is tls.client
        assert isinstance(writer.get_extra_info("ssl_object"), ssl.SSLObject)
        writer.write(b"secret\n")
        line = yield from reader.readline()
        rest = yield from reader.read()
        writer.close()
        server.close()
        yield from tasks.sleep(0.05, loop=loop)
        return line + rest

    assert loop.run_until_complete(main()) == b"secret\n"
