"""What stands between a transport and its `Stream`."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import coroutines
from asyncio_compat.v34.flow_control import Closed
from asyncio_compat.v38.dropped import EndsWhenDropped
from asyncio_compat.v38.flow_control import FlowControlMixin, discourage
from asyncio_compat.v38.stream import Stream, StreamMode

if TYPE_CHECKING:
    from asyncio_compat.v38.stream_server import BaseStreamServer

__all__ = ("BaseStreamProtocol", "ServerStreamProtocol", "StreamProtocol")


class _Nobody:
    """Takes what arrives when the stream is gone."""

    def feed_data(self, data: Any) -> None:
        """Forget *data*."""

    def feed_eof(self) -> None:
        """Nobody waits for it."""

    def set_exception(self, exc: BaseException) -> None:
        """Nobody waits for it."""


_NOBODY = _Nobody()


def _nothing() -> None:
    return None


class BaseStreamProtocol(FlowControlMixin):
    """A protocol that feeds a stream.

    Args:
        loop: the event loop to use; by default the current one.
    """

    # What is fed: the stream, or nobody.
    _stream_reader: Any

    def __init__(self, loop: Any = None, *, _asyncio_internal: bool = False) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(loop=loop)
        self._transport: Any = None
        self._over_ssl = False
        self._closed = Closed(loop=self._loop)

    def connection_made(self, transport: Any) -> None:
        """Remember *transport*."""
        self._replace_transport(transport)

    def _replace_transport(self, transport: Any) -> None:
        self._transport = transport
        self._over_ssl = transport.get_extra_info("sslcontext") is not None

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the stream, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        if exc is None:
            self._stream_reader.feed_eof()
        else:
            self._stream_reader.set_exception(exc)
        self._closed.end(exc)
        super().connection_lost(exc)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Feed *data* to the stream."""
        self._stream_reader.feed_data(data)

    def eof_received(self) -> bool:
        """End the stream; return True, so that the other direction stays open, where the transport can do that."""
        self._stream_reader.feed_eof()
        # TLS cannot be half-closed, and says so in the log if asked to.
        return not self._over_ssl

    def _get_close_waiter(self, stream: Any) -> Any:
        return self._closed


class StreamProtocol(EndsWhenDropped, BaseStreamProtocol):
    """The protocol of a connection that the program itself made: it holds the stream weakly.

    So a stream that the program drops while it is open is noticed, and its connection ended.

    Args:
        stream: the stream to feed.
        loop: the event loop to use; by default the current one.
    """

    def __init__(self, stream: Any, loop: Any = None, *, _asyncio_internal: bool = False) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(loop=loop)
        self._source_traceback = stream._source_traceback
        self._stream_wr: Callable[[], Stream | None] = weakref.ref(stream, self._on_gc)

    @property
    def _stream_reader(self) -> Any:
        return self._stream_wr() or _NOBODY

    def connection_made(self, transport: Any) -> None:
        """Connect the stream to *transport*; end the connection if the program has dropped the stream."""
        if self._ends_before_it_begins(transport):
            return
        super().connection_made(transport)
        stream = self._stream_wr()
        if stream is not None:
            stream.set_transport(transport)
            stream._protocol = self

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the stream, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        super().connection_lost(exc)
        self._stream_wr = _nothing


class ServerStreamProtocol(BaseStreamProtocol):
    """The protocol of a connection that a server accepted: it holds the stream, and calls back.

    Args:
        server: the server.
        limit: the stream's limit in bytes.
        client_connected_cb: called with the stream when the connection is made.
        loop: the event loop to use; by default the current one.
    """

    def __init__(
        self,
        server: BaseStreamServer,
        limit: int | None,
        client_connected_cb: Callable[[Stream], Any],
        loop: Any = None,
        *,
        _asyncio_internal: bool = False,
    ) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(loop=loop)
        self._server = server
        self._limit = limit
        self._client_connected_cb = client_connected_cb
        self._stream_reader = _NOBODY
        self._stream: Stream | None = None
        self._task: Any = None

    def connection_made(self, transport: Any) -> None:
        """Call back with a new stream; what that gives to wait for is waited for when the server is closed."""
        super().connection_made(transport)
        if not self._server._attach(self):
            # It was accepted just before the server was closed.
            transport.abort()
            return
        stream = self._stream = self._stream_reader = Stream(
            StreamMode.READWRITE,
            transport=transport,
            protocol=self,
            limit=self._limit,
            loop=self._loop,
            is_server_side=True,
            _asyncio_internal=True,
        )
        try:
            result = self._client_connected_cb(stream)
        except Exception as exc:  # noqa: BLE001 - whatever it is, it is reported, and the connection closed
            self._callback_failed(transport, exc)
            return
        if coroutines.iscoroutine(result):
            self._task = self._loop.create_task(coroutines.as_coroutine(result))
        elif asyncio.isfuture(result):
            self._task = result
        else:
            return
        self._server._attach_task(self._task)
        self._task.add_done_callback(self._callback_done)

    def _callback_done(self, task: Any) -> None:
        self._server._detach_task(task)
        if not task.cancelled() and task.exception() is not None:
            self._callback_failed(self._transport, task.exception())

    def _callback_failed(self, transport: Any, exc: BaseException) -> None:
        context = {
            "message": "Unhandled exception in client_connected_cb",
            "exception": exc,
            "stream_server": self._server,
        }
        self._loop.call_exception_handler(context)
        if transport is not None:
            transport.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the stream, with *exc* if the connection failed, and let `wait_closed()` return or raise."""
        super().connection_lost(exc)
        self._server._detach(self)
        self._stream, self._stream_reader = None, _NOBODY

    def close(self) -> None:
        """End the connection once everything is written."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()
