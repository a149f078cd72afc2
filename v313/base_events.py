"""Servers as of 3.13: they wait for their connections, and remove the file of their Unix socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34.host import begin_waiting
from asyncio_compat.v37 import base_events

__all__ = ("BaseEventLoop", "Server")


class Server(base_events.Server):
    """A server that listens on sockets: what `create_server()` and `start_server()` return.

    Args:
        loop: the event loop that it belongs to.
        server: the host's own server, which does the listening.
        on_close: called once, when the server is closed.

    Source: 3.13 documentation, Server Objects.
    """

    def __init__(self, loop: Any, server: Any, on_close: Callable[[], None] | None = None) -> None:
        super().__init__(loop, server)
        self._on_close = on_close
        self._connections_gone: Any = None

    def close(self) -> None:
        """Stop listening, and end `serve_forever()`; connections that were accepted go on."""
        if not self._closed:
            self._connections_gone = begin_waiting(self._server.wait_closed())
        super().close()
        if self._on_close is not None:
            self._on_close()
            self._on_close = None

    async def wait_closed(self) -> None:
        """Wait for `close()` and the end of all connections."""
        if not self._closed:
            await self._server.wait_closed()
        elif self._connections_gone is not None:
            await asyncio.wait([self._connections_gone])


class BaseEventLoop(base_events.BaseEventLoop):
    """The event loop, whose servers are those of 3.13."""

    _server_type = Server
