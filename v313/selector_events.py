"""The event loop that waits with a selector, as of 3.13."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from asyncio_compat.v34 import host
from asyncio_compat.v37 import selector_events
from asyncio_compat.v313 import base_events
from asyncio_compat.v313.socket_transport import _SelectorSocketTransport

__all__ = ("BaseSelectorEventLoop",)


class BaseSelectorEventLoop(base_events.BaseEventLoop, selector_events.BaseSelectorEventLoop):
    """An event loop that waits with a selector (a `selectors.BaseSelector`, the platform's best by default)."""

    # Since 3.12 a transport queues what it is given; before, it queued a copy.
    _queues_a_copy = False

    @property
    def _socket_transport_type(self) -> type[Any] | None:  # type: ignore[override]
        if self._queues_a_copy:
            return selector_events._SelectorSocketTransport
        return None if host.SOCKETS_QUEUE_WHAT_IS_WRITTEN else _SelectorSocketTransport

    def _make_socket_transport(self, sock: Any, *args: Any, **kwargs: Any) -> Any:
        transport = super()._make_socket_transport(sock, *args, **kwargs)
        return self._accepted_by(kwargs.get("server"), transport)

    def _make_ssl_transport(self, rawsock: Any, *args: Any, **kwargs: Any) -> Any:
        transport = super()._make_ssl_transport(rawsock, *args, **kwargs)
        self._accepted_by(kwargs.get("server"), self._transports[rawsock.fileno()])  # type: ignore[attr-defined]
        return transport

    def _accepted_by(self, server: Any, transport: Any) -> Any:
        if server is not None and host.clients_of(server) is None:
            self._accepted.setdefault(server, WeakSet()).add(transport)
        return transport
