"""The echo server and client of `asyncio-compat demo`, written four times: as each generation would have written them.

Each pair of functions takes that generation's asyncio. `serve` tells `listening` where it listens and serves until it
is cancelled; `talk` makes round trips until it is told that it has made enough, and returns how many that were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import ssl

__all__ = ("MESSAGE", "PEERS", "Endpoint", "Peer")

MESSAGE = b"the quick brown fox jumps over the lazy dog, then rests a while\n"
HOST = "127.0.0.1"


class WrongEchoError(Exception):
    """What came back is not what was sent."""


class Endpoint(NamedTuple):
    """Where a server listens and a client connects to.

    Attributes:
        path: of a Unix socket; None for TCP.
        port: of TCP on the loopback; 0 for a free one.
        server_context: what makes a server's connections TLS connections.
        client_context: what makes a client trust that server.
    """

    path: str | None = None
    port: int = 0
    server_context: ssl.SSLContext | None = None
    client_context: ssl.SSLContext | None = None


class Peer(NamedTuple):
    """A generation's way to write both sides.

    Attributes:
        generation: its name.
        version: the version whose asyncio its functions get.
        serve: called with asyncio, an endpoint and the future that is told the port; a coroutine function.
        talk: called with asyncio, an endpoint and what says whether a number of round trips is enough; likewise.
    """

    generation: str
    version: str
    serve: Callable[[Any, Endpoint, Any], Any]
    talk: Callable[[Any, Endpoint, Callable[[int], bool]], Any]


def port_of(server: Any, endpoint: Endpoint) -> int:
    """Return the TCP port that *server* listens on, 0 where it has none."""
    return 0 if endpoint.path is not None else server.sockets[0].getsockname()[1]


def check(answer: bytes) -> None:
    """Raise WrongEchoError unless *answer* is what was sent."""
    if answer != MESSAGE:
        raise WrongEchoError(f"received {answer[:80]!r}")


def serve_v34(asyncio: Any, endpoint: Endpoint, listening: Any) -> Any:
    """Serve as programs did from 3.4 to 3.6."""
    loop = asyncio.get_event_loop()

    @asyncio.coroutine
    def echo(reader, writer):  # type: ignore[no-untyped-def]
        while True:
            line = yield from reader.readline()
            if not line:
                break
            writer.write(line)
            yield from writer.drain()
        writer.close()

    @asyncio.coroutine
    def serve():  # type: ignore[no-untyped-def]
        if endpoint.path is not None:
            server = yield from asyncio.start_unix_server(echo, endpoint.path, loop=loop)
        else:
            server = yield from asyncio.start_server(echo, HOST, 0, ssl=endpoint.server_context, loop=loop)
        listening.set_result(port_of(server, endpoint))
        try:
            yield from asyncio.Future(loop=loop)
        finally:
            server.close()
            yield from server.wait_closed()

    return serve()


def talk_v34(asyncio: Any, endpoint: Endpoint, enough: Callable[[int], bool]) -> Any:
    """Connect and talk as programs did from 3.4 to 3.6."""
    loop = asyncio.get_event_loop()

    @asyncio.coroutine
    def talk():  # type: ignore[no-untyped-def]
        if endpoint.path is not None:
            reader, writer = yield from asyncio.open_unix_connection(endpoint.path, loop=loop)
        else:
            reader, writer = yield from asyncio.open_connection(
                HOST, endpoint.port, ssl=endpoint.client_context, loop=loop
            )
        count = 0
        try:
            while not enough(count):
                writer.write(MESSAGE)
                check((yield from reader.readline()))
                count += 1
        finally:
            writer.close()
        return count

    return talk()


async def serve_v37(asyncio: Any, endpoint: Endpoint, listening: Any) -> None:
    """Serve as programs do since 3.7."""

    async def echo(reader: Any, writer: Any) -> None:
        async for line in reader:
            writer.write(line)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    if endpoint.path is not None:
        server = await asyncio.start_unix_server(echo, endpoint.path)
    else:
        server = await asyncio.start_server(echo, HOST, 0, ssl=endpoint.server_context)
    async with server:
        listening.set_result(port_of(server, endpoint))
        await server.serve_forever()


async def talk_v37(asyncio: Any, endpoint: Endpoint, enough: Callable[[int], bool]) -> int:
    """Connect and talk as programs do since 3.7."""
    if endpoint.path is not None:
        reader, writer = await asyncio.open_unix_connection(endpoint.path)
    else:
        reader, writer = await asyncio.open_connection(HOST, endpoint.port, ssl=endpoint.client_context)
    count = 0
    try:
        while not enough(count):
            writer.write(MESSAGE)
            check(await reader.readline())
            count += 1
    finally:
        writer.close()
        await writer.wait_closed()
    return count


async def serve_v38(asyncio: Any, endpoint: Endpoint, listening: Any) -> None:
    """Serve as the documentation of 3.8 has it."""

    async def echo(stream: Any) -> None:
        async for line in stream:
            await stream.write(line)
        await stream.close()

    if endpoint.path is not None:
        server = asyncio.UnixStreamServer(echo, endpoint.path)
    else:
        server = asyncio.StreamServer(echo, HOST, 0, ssl=endpoint.server_context)
    async with server:
        listening.set_result(port_of(server, endpoint))
        await server.serve_forever()


async def talk_v38(asyncio: Any, endpoint: Endpoint, enough: Callable[[int], bool]) -> int:
    """Connect and talk as the documentation of 3.8 has it."""
    if endpoint.path is not None:
        connecting = asyncio.connect_unix(endpoint.path)
    else:
        connecting = asyncio.connect(HOST, endpoint.port, ssl=endpoint.client_context)
    count = 0
    async with connecting as stream:
        while not enough(count):
            await stream.write(MESSAGE)
            check(await stream.readline())
            count += 1
    return count


async def serve_v313(asyncio: Any, endpoint: Endpoint, listening: Any) -> None:
    """Serve as programs can since 3.13."""

    async def echo(reader: Any, writer: Any) -> None:
        try:
            while True:
                writer.write(await reader.readuntil((b"\r\n", b"\n")))
                await writer.drain()
        except asyncio.IncompleteReadError as end:
            writer.write(end.partial)
        writer.close()
        await writer.wait_closed()

    if endpoint.path is not None:
        server = await asyncio.start_unix_server(echo, endpoint.path, cleanup_socket=True)
    else:
        server = await asyncio.start_server(echo, HOST, 0, ssl=endpoint.server_context, keep_alive=True)
    async with server:
        listening.set_result(port_of(server, endpoint))
        await server.serve_forever()


async def talk_v313(asyncio: Any, endpoint: Endpoint, enough: Callable[[int], bool]) -> int:
    """Connect and talk as programs can since 3.13."""
    if endpoint.path is not None:
        reader, writer = await asyncio.open_unix_connection(endpoint.path)
    else:
        reader, writer = await asyncio.open_connection(HOST, endpoint.port, ssl=endpoint.client_context)
    count = 0
    try:
        while not enough(count):
            writer.write(MESSAGE)
            check(await reader.readuntil((b"\r\n", b"\n")))
            count += 1
    finally:
        writer.close()
        await writer.wait_closed()
    return count


PEERS = (
    Peer("v34", "3.6", serve_v34, talk_v34),
    Peer("v37", "3.7", serve_v37, talk_v37),
    Peer("v38", "3.8", serve_v38, talk_v38),
    Peer("v313", "3.13", serve_v313, talk_v313),
)
