"""The event loop that waits with a selector, as of 3.13."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from asyncio_compat.v34 import host
from asyncio_compat.v37 import selector_events
from asyncio_compat.v313 import base_events

__all__ = ("BaseSelectorEventLoop",)


class BaseSelectorEventLoop(base_events.BaseEventLoop, selector_events.BaseSelectorEventLoop):
    """An event loop that waits with a selector (a `selectors.BaseSelector`, the platform's best by default)."""

    _socket_transport_type = None

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
