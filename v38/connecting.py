"""`connect()` and its kin: plain functions, so that a wrong argument is refused at the call."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncio_compat.v34.filled import fastest_type
from asyncio_compat.v38.awaiting import ContextManagerHelper
from asyncio_compat.v38.stream import Stream, StreamMode, check_limit
from asyncio_compat.v38.stream_protocols import StreamProtocol

__all__ = ("connect", "connect_read_pipe", "connect_unix", "connect_write_pipe")

_DEFAULT_LIMIT = 2**16


def connect(
    host: Any = None,
    port: Any = None,
    *,
    limit: int | None = _DEFAULT_LIMIT,
    ssl: Any = None,
    family: int = 0,
    proto: int = 0,
    flags: int = 0,
    sock: Any = None,
    local_addr: Any = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    happy_eyeballs_delay: float | None = None,
    interleave: int | None = None,
) -> ContextManagerHelper:
    """Connect to a TCP server.

    Args:
        host: its name or address.
        port: its port.
        limit: the stream's limit in bytes; None means 64 KiB.
        ssl: True or an `ssl.SSLContext`, for TLS.
        family: `socket.AF_INET` or `AF_INET6`, to have just that.
        proto: protocol number for `getaddrinfo()`.
        flags: flags for `getaddrinfo()`.
        sock: a connected socket to use instead of *host* and *port*.
        local_addr: host and port to connect from.
        server_hostname: the name that the server's certificate is matched against; by default *host*.
        ssl_handshake_timeout: seconds that the TLS handshake may take; None means 60.
        happy_eyeballs_delay: seconds to wait for one address before another one is tried at the same time; None to try
            one after the other.
        interleave: how many addresses of the first family to try before those of the next.

    Returns:
        What can be awaited, to get a `Stream` of mode READWRITE, or used in `async with`, which closes the stream.

    Raises:
        ValueError: *limit* is zero or negative.
        OSError: there is no connection to be had; from the `await`.

    Source: 3.8 documentation, connect().
    """
    options = {
        "ssl": ssl,
        "family": family,
        "proto": proto,
        "flags": flags,
        "sock": sock,
        "local_addr": local_addr,
        "server_hostname": server_hostname,
        "ssl_handshake_timeout": ssl_handshake_timeout,
    }
    # Event loops of other makers may not know these.
    options |= _given(happy_eyeballs_delay=happy_eyeballs_delay, interleave=interleave)
    return _connecting("connect", StreamMode.READWRITE, limit, "create_connection", host, port, **options)


def connect_unix(
    path: Any = None,
    *,
    limit: int | None = _DEFAULT_LIMIT,
    ssl: Any = None,
    sock: Any = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
) -> ContextManagerHelper:
    """Connect to the Unix socket at *path*, a string, bytes or a path-like object; else as `connect()`.

    Source: 3.8 documentation, connect_unix().
    """
    return _connecting(
        "connect_unix",
        StreamMode.READWRITE,
        limit,
        "create_unix_connection",
        path,
        ssl=ssl,
        sock=sock,
        server_hostname=server_hostname,
        ssl_handshake_timeout=ssl_handshake_timeout,
    )


def connect_read_pipe(pipe: Any, *, limit: int | None = _DEFAULT_LIMIT) -> ContextManagerHelper:
    """Read from a pipe.

    Args:
        pipe: a file object of the pipe's reading end; the stream closes it.
        limit: the stream's limit in bytes; None means 64 KiB.

    Returns:
        What can be awaited, to get a `Stream` of mode READ, or used in `async with`, which closes the stream.

    Raises:
        ValueError: *limit* is zero or negative; or *pipe* is not a pipe, from the `await`.

    Source: 3.8 documentation, connect_read_pipe().
    """
    return _connecting("connect_read_pipe", StreamMode.READ, limit, "connect_read_pipe", pipe)


def connect_write_pipe(pipe: Any, *, limit: int | None = _DEFAULT_LIMIT) -> ContextManagerHelper:
    """Write to a pipe.

    Args:
        pipe: a file object of the pipe's writing end; the stream closes it.
        limit: the stream's limit in bytes; None means 64 KiB.

    Returns:
        What can be awaited, to get a `Stream` of mode WRITE, or used in `async with`, which closes the stream.

    Raises:
        ValueError: *limit* is zero or negative; or *pipe* is not a pipe, from the `await`.

    Source: 3.8 documentation, connect_write_pipe().
    """
    return _connecting("connect_write_pipe", StreamMode.WRITE, limit, "connect_write_pipe", pipe)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _connecting(
    caller: str, mode: StreamMode, limit: int | None, method: str, *address: Any, **options: Any
) -> ContextManagerHelper:
    coroutine: Any = _connected(mode, check_limit(limit), method, *address, **options)
    # That it was never awaited is said of what the program called.
    coroutine.__name__ = coroutine.__qualname__ = caller
    return ContextManagerHelper(coroutine)


async def _connected(mode: StreamMode, limit: int, method: str, *address: Any, **options: Any) -> Stream:
    """Return a new stream, connected by *method* of the running event loop."""
    loop = asyncio.get_running_loop()
    stream = Stream(mode, limit=limit, loop=loop, _asyncio_internal=True)
    protocol_type = fastest_type(StreamProtocol, loop)
    protocol = protocol_type(stream, loop=loop, _asyncio_internal=True)
    await getattr(loop, method)(lambda: protocol, *address, **options)
    return stream
