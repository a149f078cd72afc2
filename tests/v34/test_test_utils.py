"""What tests of then took from asyncio.test_utils."""

from __future__ import annotations

import http.client
import socket
import unittest

import pytest

from asyncio_compat.v34 import events, protocols, tasks, test_utils


def test_a_test_loop_has_the_time_that_a_test_gives_it():
    def time():
        when = yield
        assert when == pytest.approx(10)
        yield when

    loop = test_utils.TestLoop(time)
    assert loop.run_until_complete(tasks.sleep(10, "slept", loop=loop)) == "slept"
    assert loop.time() == pytest.approx(10)
    loop.close()


def test_a_test_loop_wants_all_its_time_to_be_used():
    def time():
        yield
        yield 1
        yield 1

    loop = test_utils.TestLoop(time)
    with pytest.raises(AssertionError, match=r"^Time generator is not finished$"):
        loop.close()


def test_a_test_loop_knows_who_reads_and_writes_what():
    loop = test_utils.TestLoop()
    loop.add_reader(7, print, "x")
    loop.assert_reader(7, print, "x")
    with pytest.raises(AssertionError, match=r"^fd 7 is registered$"):
        loop.assert_no_reader(7)
    assert loop.remove_reader(7)
    assert loop.remove_reader_count[7] == 1
    with pytest.raises(AssertionError, match=r"^fd 8 is not registered$"):
        loop.assert_writer(8, print)
    loop.close()


def test_a_test_case_leaves_no_loop_to_fall_back_on():
    class Case(test_utils.TestCase):
        def test_it(self):
            loop = self.new_test_loop()

            async def current():
                return events.get_event_loop()

            with pytest.raises(RuntimeError):
                loop.run_until_complete(current())

    result = unittest.TestResult()
    Case("test_it").run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])


def test_a_loop_runs_briefly_once_and_until():
    loop = events.new_event_loop()
    ran = []
    loop.call_soon(ran.append, 1)
    test_utils.run_briefly(loop)
    loop.call_soon(ran.append, 2)
    test_utils.run_once(loop)
    loop.call_later(0.001, ran.append, 3)
    test_utils.run_until(loop, lambda: len(ran) == 3)
    assert ran == [1, 2, 3]
    loop.close()


def test_a_pattern_equals_what_it_is_found_in():
    assert test_utils.MockPattern("spam.*ham") == "spam, eggs\nand ham"
    assert test_utils.MockPattern("spam") != "eggs"


def test_a_test_protocol_remembers_its_calls():
    protocol = test_utils.make_test_protocol(protocols.Protocol)
    protocol.data_received(b"x")
    protocol.data_received.assert_called_with(b"x")


def test_a_test_server_answers_over_tcp():
    with test_utils.run_test_server() as server:
        client = http.client.HTTPConnection(*server.address)
        client.request("GET", "/")
        assert client.getresponse().read() == b"Test message"
        client.close()


def test_a_test_server_answers_over_tls():
    with test_utils.run_test_server(use_ssl=True) as server:
        client = http.client.HTTPSConnection(*server.address, context=test_utils.dummy_ssl_context())
        client.request("GET", "/")
        assert client.getresponse().read() == b"Test message"
        client.close()


def test_a_test_server_answers_over_tls_on_a_unix_socket():
    context = test_utils.dummy_ssl_context()
    with test_utils.run_test_unix_server(use_ssl=True) as server, socket.socket(socket.AF_UNIX) as plain:
        plain.connect(server.address)
        with context.wrap_socket(plain) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            answer = b""
            while data := client.recv(1000):
                answer += data
    assert answer.endswith(b"\r\n\r\nTest message")


def test_a_test_server_answers_over_a_unix_socket():
    with test_utils.run_test_unix_server() as server, socket.socket(socket.AF_UNIX) as client:
        client.connect(server.address)
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while data := client.recv(1000):
            answer += data
    assert answer.endswith(b"\r\n\r\nTest message")


def test_where_a_function_comes_from():
    file, _ = test_utils.get_function_source(test_where_a_function_comes_from)
    assert file == __file__
    with pytest.raises(ValueError, match=r"^unable to get the source of "):
        test_utils.get_function_source(len)
