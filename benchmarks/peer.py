"""The other side of every benchmark: raw sockets, in a process of its own, which also does the measuring.

    python peer.py '{"shape": "ping_pong", "port": 12345, "pid": 678, ...}'

It reads the clock of the wall and the clock of the CPU time that the program under test has used, both before and after
the same work, and prints the result as JSON. So the program's start is not measured, and the program measures nothing.

With a CPU to itself it asks for the answer again and again instead of sleeping until it is there ("spin"): how long a
CPU takes to wake up is not what is to be measured, and can be more than all the rest.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import selectors
import socket
import ssl
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

LINE = b"x" * 59 + b"\n"
# So much is sent at a time by a fast sender, about.
BLOCK = 2**18
# Nothing happens for that long, in seconds: then the program has received all that was sent.
SETTLED = 0.05
# After that a CPU takes longer to wake up than some programs take to read it all: so many bytes wake it before.
WAKING = 50

Result = dict[str, float]
Parameters = dict[str, Any]


class Stopwatch:
    """Measures the time on the wall, and the CPU time of the process *pid*."""

    def __init__(self, pid: int) -> None:
        # This is how Linux numbers the clocks of processes (clock_getcpuclockid(3)); elsewhere there is no CPU time.
        self._cpu_clock = (~pid << 3) | 2
        self._has_cpu = sys.platform == "linux"
        self.start()

    def start(self) -> None:
        self._cpu = self._cpu_time()
        self._wall = time.perf_counter()

    def stop(self, operations: int) -> Result:
        wall = time.perf_counter() - self._wall
        cpu = self._cpu_time() - self._cpu
        return {"wall": wall / operations} | ({"cpu": cpu / operations} if self._has_cpu else {})

    def _cpu_time(self) -> float:
        return time.clock_gettime(self._cpu_clock) if self._has_cpu else 0.0


def connect(parameters: Parameters) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", parameters["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if "certificate" not in parameters:
        return connection
    context = ssl.create_default_context(cafile=parameters["certificate"])
    return context.wrap_socket(connection, server_hostname="localhost")


def exchange(connection: socket.socket, message: bytes, answer: memoryview, flags: int = 0) -> float:
    """Send the message, receive as much, and return how long that took."""
    begin = time.perf_counter()
    connection.sendall(message)
    missing = len(message)
    while missing:
        received = receive_some(connection, answer, flags)
        if not received:
            raise ConnectionError("the program under test has closed the connection")
        missing -= received
    return time.perf_counter() - begin


def receive_some(connection: socket.socket, answer: memoryview, flags: int) -> int:
    while True:
        try:
            return connection.recv_into(answer, 0, flags)
        except BlockingIOError:
            continue


def asking(parameters: Parameters) -> int:
    """Return the flags with which to receive: without waiting, if it may "spin". TLS knows no flags."""
    return socket.MSG_DONTWAIT if parameters["spin"] and "certificate" not in parameters else 0


def ping_pong(parameters: Parameters) -> Result:
    """Exchange messages on one connection, one at a time."""
    message = bytes(parameters["size"])
    answer = memoryview(bytearray(2**16))
    count = parameters["count"]
    with connect(parameters) as connection:
        flags = asking(parameters)
        for _ in range(count // 20):
            exchange(connection, message, answer, flags)
        stopwatch = Stopwatch(parameters["pid"])
        latencies = [exchange(connection, message, answer, flags) for _ in range(count)]
        return stopwatch.stop(count) | percentiles(latencies)


def ping_pong_many(parameters: Parameters) -> Result:
    """Exchange messages on many connections at once, on each one at a time."""
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(parameters)) for _ in range(parameters["connections"])]
        exchange_on_all(connections, parameters["size"], parameters["count"] // 20, parameters["spin"])
        stopwatch = Stopwatch(parameters["pid"])
        latencies = exchange_on_all(connections, parameters["size"], parameters["count"], parameters["spin"])
        return stopwatch.stop(len(latencies)) | percentiles(latencies)


def exchange_on_all(connections: list[socket.socket], size: int, count: int, spin: bool) -> list[float]:
    message = bytes(size)
    answer = memoryview(bytearray(2**16))
    latencies: list[float] = []
    missing = dict.fromkeys(connections, 0)
    begun = dict.fromkeys(connections, 0.0)
    to_send = to_receive = max(count, len(connections))
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        ready = connections
        while True:
            for connection in ready:
                if not missing[connection] and to_send:
                    to_send -= 1
                    missing[connection] = size
                    begun[connection] = time.perf_counter()
                    connection.sendall(message)
            if not to_receive:
                return latencies
            ready = [key.fileobj for key, _ in selector.select(0 if spin else None)]  # type: ignore[misc]
            for connection in ready:
                received = connection.recv_into(answer)
                if not received:
                    raise ConnectionError("the program under test has closed the connection")
                missing[connection] -= received
                if not missing[connection]:
                    to_receive -= 1
                    latencies.append(time.perf_counter() - begun[connection])


def percentiles(latencies: list[float]) -> Result:
    latencies.sort()
    return {
        "p50": latencies[len(latencies) // 2],
        "p99": latencies[math.ceil(len(latencies) * 0.99) - 1],
    }


def send(parameters: Parameters) -> Result:
    """Send one message after the other as fast as they are taken, until the program says that it has read them all."""
    message = bytes.fromhex(parameters["message"]) if "message" in parameters else bytes(parameters["size"])
    count = parameters["count"]
    per_block = max(BLOCK // len(message), 1)
    block = message * per_block
    with connect(parameters) as connection:
        stopwatch = Stopwatch(parameters["pid"])
        for _ in range(count // per_block):
            connection.sendall(block)
        connection.sendall(message * (count % per_block))
        # TLS cannot end one direction; there the program counts.
        if not isinstance(connection, ssl.SSLSocket):
            connection.shutdown(socket.SHUT_WR)
        expect(connection)
        return stopwatch.stop(count)


def expect(connection: socket.socket, flags: int = 0) -> None:
    answer = memoryview(bytearray(1))
    if not receive_some(connection, answer, flags) or answer != b".":
        raise ConnectionError("the program under test did not say that it has read everything")


def send_backlog(parameters: Parameters) -> Result:
    """Fill the reader's buffer, and only then let the program read from it; again and again."""
    message = bytes.fromhex(parameters["message"])
    messages = parameters["messages"]
    times = []
    for _ in range(max(parameters["count"] // messages, 1)):
        with connect(parameters) as connection, connect(parameters) as go:
            connection.sendall(message * messages)
            connection.shutdown(socket.SHUT_WR)
            time.sleep(SETTLED)
            for _ in range(WAKING):
                go.sendall(b" ")
                time.sleep(0.0001)
            stopwatch = Stopwatch(parameters["pid"])
            go.sendall(b"\n")
            expect(connection, asking(parameters))
            times.append(stopwatch.stop(messages)["wall"])
    # Each takes so few milliseconds that the clock of another process's CPU time is too coarse.
    return {"wall": statistics.median(times)}


def receive(parameters: Parameters) -> Result:
    """Receive all that the program writes."""
    received = 0
    answer = memoryview(bytearray(2**20))
    with connect(parameters) as connection:
        stopwatch = Stopwatch(parameters["pid"])
        connection.sendall(b".")
        while size := connection.recv_into(answer):
            received += size
        return stopwatch.stop(received // parameters["size"])


def churn(parameters: Parameters) -> Result:
    """Connect, exchange one line, and disconnect, again and again."""
    answer = memoryview(bytearray(2**16))
    count = parameters["count"]
    flags = asking(parameters)
    stopwatch = Stopwatch(parameters["pid"])
    for _ in range(count):
        with connect(parameters) as connection:
            exchange(connection, LINE, answer, flags)
            receive_some(connection, answer, flags)
    return stopwatch.stop(count)


def answer_calls(parameters: Parameters) -> Result:
    """Let the program connect, exchange one line, and disconnect, again and again."""
    answer = memoryview(bytearray(2**16))
    count = parameters["count"]
    flags = asking(parameters)
    with socket.create_server(("127.0.0.1", 0)) as server, connect(parameters) as control:
        stopwatch = Stopwatch(parameters["pid"])
        control.sendall(b"%d %d\n" % (server.getsockname()[1], count))
        for _ in range(count):
            connection, _ = server.accept()
            with connection:
                connection.sendall(answer[: receive_some(connection, answer, flags)])
                receive_some(connection, answer, flags)
        expect(control)
        return stopwatch.stop(count)


def hold(parameters: Parameters) -> Result:
    """Make connections on which nothing happens, and see how much memory each costs the program."""
    with contextlib.ExitStack() as stack:

        def hold_more(count: int) -> int:
            for _ in range(count):
                expect(stack.enter_context(connect(parameters)))
            return resident(parameters["pid"])

        before = hold_more(parameters["count"] // 10)
        after = hold_more(parameters["count"])
        return {"memory": (after - before) / parameters["count"]}


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as statm:  # noqa: PTH123
        return int(statm.read().split()[1]) * resource.getpagesize()


SHAPES: dict[str, Callable[[Parameters], Result]] = {
    shape.__name__: shape
    for shape in (ping_pong, ping_pong_many, send, send_backlog, receive, churn, answer_calls, hold)
}

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    result = SHAPES[asked["shape"]](asked)
    print(json.dumps(result), flush=True)
    # Thousands of sockets need not be closed one by one.
    os._exit(0)
