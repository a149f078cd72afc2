"""Event loops and servers as of 3.7: servers can be served for ever, and used in `async with`."""

from __future__ import annotations

import asyncio
import functools
from asyncio import CancelledError, base_events
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34 import base_events as older
from asyncio_compat.v34 import host as host_python
from asyncio_compat.v34.coroutines import as_coroutine

__all__ = ("BaseEventLoop", "Server")


class Server(older.Server):
    """A server that listens on sockets: what `create_server()` and `start_server()` return.

    Args:
        loop: the event loop that it belongs to.
        server: the host's own server, which does the listening.

    Source: 3.7 documentation, Server Objects.
    """

    # Up to 3.8.0a4 the sockets were a list of the sockets themselves, since then they are a tuple of restricted
    # wrappers.
    _sockets_are_wrapped = True

    def __init__(self, loop: Any, server: Any) -> None:
        super().__init__(loop, server)
        self._serving_forever: Any = None

    @property
    def sockets(self) -> Any:
        """The sockets that the server listens on; none once it is closed."""
        if self._sockets_are_wrapped:
            return () if self._closed else tuple(self._server.sockets)
        return [] if self._closed else super().sockets

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


def _server_result(name: str) -> Callable[..., Any]:
    @functools.wraps(getattr(asyncio.SelectorEventLoop, name))
    async def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._serve(getattr(super(BaseEventLoop, self), name), args, kwargs)

    return method


class BaseEventLoop(base_events.BaseEventLoop):
    """The event loop: generators are coroutines to it, and its servers are those of 3.7.

    Attributes:
        _server_type: the class of the servers it makes.

    Source: 3.7 documentation, Event Loop.
    """

    _server_type: type[Any] = Server

    _as_coroutine = staticmethod(as_coroutine)

    def create_task(self, coro: Any, **kwargs: Any) -> Any:
        """Schedule *coro*, a coroutine or what was one in this version, and return its `Task`."""
        return super().create_task(self._as_coroutine(coro), **kwargs)

    def run_until_complete(self, future: Any) -> Any:
        """Run until *future* is done, a future, a coroutine or a generator; return its result or raise its
        exception.
        """
        return super().run_until_complete(as_coroutine(future))

    async def _serve(self, create: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if create.__name__ == "create_unix_server":
            kwargs = host_python.leaving_the_socket_file(self) | kwargs
        return self._server_type(self, await create(*args, **kwargs))

    create_server = _server_result("create_server")
    create_unix_server = _server_result("create_unix_server")
