"""Servers as of 3.7: they can be served for ever, and used in `async with`."""

from __future__ import annotations

from asyncio import CancelledError
from typing import Any

from asyncio_compat.v34 import base_events

__all__ = ("BaseEventLoop", "Server")


class Server(base_events.Server):
    """A server that listens on sockets: what `create_server()` and `start_server()` return.

    Args:
        loop: the event loop that it belongs to.
        server: the host's own server, which does the listening.

    Source: 3.7 documentation, Server Objects.
    """

    def __init__(self, loop: Any, server: Any) -> None:
        super().__init__(loop, server)
        self._serving_forever: Any = None

    @property
    def sockets(self) -> Any:
        """The sockets that the server listens on; none once it is closed."""
        return self._server.sockets

    def get_loop(self) -> Any:
        """Return the event loop that the server belongs to."""
        return self._loop

    def is_serving(self) -> bool:
        """Return True while the server accepts connections."""
        return not self._closed and bool(self._server.is_serving())

    def close(self) -> None:
        """Stop listening, and end `serve_forever()`; connections that were accepted go on."""
        super().close()
        if self._serving_forever is not None:
            self._serving_forever.cancel()

    async def start_serving(self) -> None:
        """Start to accept connections, if that has not happened yet."""
        await self._server.start_serving()

    async def serve_forever(self) -> None:
        """Accept connections until cancelled, which closes the server.

        Raises:
            RuntimeError: the server is closed, or is being served for ever already.
        """
        if self._serving_forever is not None:
            raise RuntimeError(f"server {self!r} is already being awaited on serve_forever()")
        if self._closed:
            raise RuntimeError(f"server {self!r} is closed")
        self._serving_forever = self._loop.create_future()
        try:
            await self.start_serving()
            await self._serving_forever
        except CancelledError:
            await self._close_down()
            raise
        finally:
            self._serving_forever = None

    async def _close_down(self) -> None:
        self.close()
        await self.wait_closed()

    async def wait_closed(self) -> None:
        """Wait for `close()` and the end of all connections; return at once if the server is closed already."""
        if not self._closed:
            await self._server.wait_closed()

    async def __aenter__(self) -> Server:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()
        await self.wait_closed()


class BaseEventLoop(base_events.BaseEventLoop):
    """The event loop, whose servers are those of 3.7."""

    _server_type = Server
