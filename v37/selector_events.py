"""The event loop that waits with a selector, and its transports, as of 3.7: what fails in a protocol fails the
connection.
"""

from __future__ import annotations

from asyncio import selector_events as host_events
from typing import Any

from asyncio_compat.v34 import selector_events
from asyncio_compat.v37 import base_events

__all__ = ("BaseSelectorEventLoop",)


class _SelectorSocketTransport(selector_events._SelectorSocketTransport):
    """A transport over a connected stream socket."""

    def _fatal_error(self, exc: BaseException, message: str = "Fatal error on transport") -> None:
        older = super(selector_events._SelectorSocketTransport, self)
        older._fatal_error(exc, message.replace("buffer_updated()", "data_received()"))  # type: ignore[attr-defined]


class BaseSelectorEventLoop(base_events.BaseEventLoop, host_events.BaseSelectorEventLoop):
    """An event loop that waits with a selector (a `selectors.BaseSelector`, the platform's best by default).

    Attributes:
        _socket_transport_type: the class of its transports over stream sockets; None for the host's own.
    """

    _socket_transport_type: type[Any] | None = _SelectorSocketTransport
    # Up to 3.8.0a4 `get_extra_info("socket")` was the socket itself, since then it is a restricted wrapper.
    _sockets_are_wrapped = True

    def _make_socket_transport(self, sock: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_if_closed(kwargs.get("server"), sock)
        if self._socket_transport_type is None:
            transport = super()._make_socket_transport(sock, *args, **kwargs)  # type: ignore[misc]
        else:
            transport = self._socket_transport_type(self, sock, *args, **kwargs)
        return self._with_its_socket(transport, sock)

    def _make_ssl_transport(self, rawsock: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_if_closed(kwargs.get("server"), rawsock)
        transport = super()._make_ssl_transport(rawsock, *args, **kwargs)  # type: ignore[misc]
        # The socket belongs to the transport below the one that does TLS.
        self._with_its_socket(self._transports[rawsock.fileno()], rawsock)  # type: ignore[attr-defined]
        return transport

    def _make_datagram_transport(self, sock: Any, *args: Any, **kwargs: Any) -> Any:
        transport = super()._make_datagram_transport(sock, *args, **kwargs)  # type: ignore[misc]
        return self._with_its_socket(transport, sock)

    def _with_its_socket(self, transport: Any, sock: Any) -> Any:
        if not self._sockets_are_wrapped:
            transport._extra["socket"] = sock
        return transport


def _refuse_if_closed(server: Any, sock: Any) -> None:
    """Close *sock*, which was accepted for *server*, if that has been closed since; the host would leave it open."""
    if server is not None and not server.is_serving():
        sock.close()
        raise ConnectionAbortedError("the server was closed when the connection had just been accepted")
