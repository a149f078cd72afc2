"""Event loops and servers as of 3.13: servers know their connections, wait for them, and remove the file of their Unix
socket.
"""

from __future__ import annotations

import asyncio
import functools
import os
import socket
import stat
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from asyncio_compat.v34 import host
from asyncio_compat.v37 import base_events
from asyncio_compat.v313.coroutines import as_coroutine
from asyncio_compat.v313.events import AbstractServer

__all__ = ("BaseEventLoop", "Server")


class Server(base_events.Server, AbstractServer):
    """A server that listens on sockets: what `create_server()` and `start_server()` return.

    Args:
        loop: the event loop that it belongs to.
        server: the host's own server, which does the listening.
        clients: returns the transports of its connections; asked where neither the host's server nor the event loop
            knows them.

    Source: 3.13 documentation, Server Objects.
    """

    # Up to 3.11 `wait_closed()` returned at once when the server was closed.
    _waits_for_connections = True
    # Up to 3.12 the file of a Unix socket was left behind.
    _removes_its_socket_file = True
    # Since 3.14 cancelling `serve_forever()` closes the connections as well; before, it waited for them.
    _cancelling_closes_connections = True

    def __init__(self, loop: Any, server: Any, clients: Callable[[], Iterable[Any]] = tuple) -> None:
        super().__init__(loop, server)
        self._on_close: Callable[[], None] | None = None
        self._clients = clients
        self._connections_gone: Any = None

    def close(self) -> None:
        """Stop listening, and end `serve_forever()`; connections that were accepted go on."""
        if not self._closed:
            self._connections_gone = host.begin_waiting(self._server.wait_closed())
        super().close()
        if self._on_close is not None:
            self._on_close()
            self._on_close = None

    async def wait_closed(self) -> None:
        """Wait for `close()` and the end of all connections."""
        if not self._closed:
            await self._server.wait_closed()
        elif self._waits_for_connections and self._connections_gone is not None:
            await asyncio.wait([self._connections_gone])

    def close_clients(self) -> None:
        """Close the transports of all connections; what they have buffered is sent first."""
        for transport in self._transports():
            transport.close()

    def abort_clients(self) -> None:
        """Close the transports of all connections at once; what they have buffered is lost."""
        for transport in self._transports():
            transport.abort()

    def _transports(self) -> list[Any]:
        known = host.clients_of(self._server)
        if known is None:
            accepted = getattr(self._loop, "_accepted", None)
            known = self._clients() if accepted is None else accepted.get(self._server, ())
        return list(known)

    async def _close_down(self) -> None:
        self.close()
        if self._cancelling_closes_connections:
            self.close_clients()
        await self.wait_closed()


async def serve(
    server_type: type[Server],
    loop: Any,
    create: Callable[..., Any],
    args: tuple[Any, ...],
    kwds: dict[str, Any],
    clients: Callable[[], Iterable[Any]] = tuple,
) -> Any:
    """Create a server by *create*, and let it have what the arguments ask for and the host cannot do.

    Args:
        server_type: the class of the result.
        loop: the event loop.
        create: the event loop's method.
        args: its positional arguments.
        kwds: its keyword arguments; of these *keep_alive*, *cleanup_socket* and *ssl_shutdown_timeout* work on every
            host.
        clients: as for `Server`.
    """
    kwds = host.known_to(create, kwds)
    keep_alive = kwds.pop("keep_alive", None)
    is_unix = create.__name__ == "create_unix_server"
    cleanup = is_unix and kwds.pop("cleanup_socket", server_type._removes_its_socket_file)
    if is_unix:
        kwds |= host.leaving_the_socket_file(loop)
    made = await create(*args, **kwds)
    made = server_type(loop, getattr(made, "_server", made), clients)
    if keep_alive:
        for listening in made._server.sockets:
            # What a listening socket is set to, the connections that it accepts inherit.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    if cleanup:
        made._on_close = _remover(made._server.sockets)
    return made


def _remover(sockets: Any) -> Callable[[], None]:
    """Return what removes the files of Unix *sockets*, as far as they are still the same files."""
    files = [
        (path, _inode(path)) for path in (sock.getsockname() for sock in sockets) if path and path[0] not in (0, "\0")
    ]

    def remove() -> None:
        for path, inode in files:
            if inode is not None and _inode(path) == inode:
                os.unlink(path)  # noqa: PTH108 - the path may be bytes

    return remove


def _inode(path: Any) -> int | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - the path may be bytes
    except FileNotFoundError:
        return None
    return status.st_ino if stat.S_ISSOCK(status.st_mode) else None


def _adapted(name: str) -> Callable[..., Any]:
    @functools.wraps(getattr(asyncio.SelectorEventLoop, name))
    async def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        create = getattr(super(BaseEventLoop, self), name)
        return await create(*args, **host.known_to(create, kwargs))

    return method


class BaseEventLoop(base_events.BaseEventLoop):
    """The event loop, whose servers are those of 3.13.

    Source: 3.13 documentation, Event Loop.
    """

    _server_type = Server

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The connections of each server of the host's that does not know them itself.
        self._accepted: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    _as_coroutine = staticmethod(as_coroutine)

    async def _serve(self, create: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return await serve(self._server_type, self, create, args, kwargs)

    connect_accepted_socket = _adapted("connect_accepted_socket")
    create_connection = _adapted("create_connection")
    create_unix_connection = _adapted("create_unix_connection")
    start_tls = _adapted("start_tls")
