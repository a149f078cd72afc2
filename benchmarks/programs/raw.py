"""The workloads with blocking sockets and nothing around them: what no event loop can surpass on this machine.

    python raw.py HANDLER [--size N] ...

Bytes are received and thrown away, whatever stands in them.
"""

import selectors
import socket
import sys
from collections.abc import Callable

from common import LINE, arguments, listening, server_context

ARGUMENTS = arguments()
CONTEXT = server_context(ARGUMENTS.tls)
BUFFER = memoryview(bytearray(2**16))


def echo(connection: socket.socket) -> None:
    while size := connection.recv_into(BUFFER):
        connection.sendall(BUFFER[:size])


def echo_to_many(server: socket.socket) -> None:
    selector = selectors.DefaultSelector()
    selector.register(server, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is server:
                selector.register(server.accept()[0], selectors.EVENT_READ)
                continue
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            if size := connection.recv_into(BUFFER):
                connection.sendall(BUFFER[:size])
            else:
                selector.unregister(connection)
                connection.close()


def read(connection: socket.socket) -> None:
    # TLS cannot end one direction.
    left = ARGUMENTS.total if CONTEXT else sys.maxsize
    while left and (size := connection.recv_into(BUFFER)):
        left -= size
    connection.sendall(b".")


def write(connection: socket.socket) -> None:
    connection.recv(1)
    chunk = bytes(ARGUMENTS.size)
    for _ in range(ARGUMENTS.total // ARGUMENTS.size):
        connection.sendall(chunk)


def churn(connection: socket.socket) -> None:
    connection.sendall(connection.recv(65536))


def dial(connection: socket.socket) -> None:
    port, count = map(int, connection.recv(100).split())
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", port)) as own:
            own.sendall(LINE)
            own.recv(65536)
    connection.sendall(b".")


def idle(server: socket.socket) -> None:
    held = []
    while True:
        held.append(server.accept()[0])
        held[-1].sendall(b".")


def one_by_one(handler: Callable[[socket.socket], None], server: socket.socket) -> None:
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with CONTEXT.wrap_socket(connection, server_side=True) if CONTEXT else connection as connection:
            handler(connection)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as server:
        listening(server.getsockname()[1])
        if ARGUMENTS.handler == "idle":
            idle(server)
        elif ARGUMENTS.handler == "echo" and ARGUMENTS.connections > 1:
            echo_to_many(server)
        else:
            handler = {"echo": echo, "write": write, "churn": churn, "dial": dial}.get(ARGUMENTS.handler, read)
            one_by_one(handler, server)
