"""TLS as a protocol between a transport and another protocol."""

from __future__ import annotations

from typing import Any

from asyncio_compat.v34 import host

__all__ = ("SSLProtocol",)


class SSLProtocol(host.tls_protocol_class()):  # type: ignore[misc]
    """A protocol that speaks TLS with a transport, and bytes with an application's protocol.

    Libraries put it in the place of a transport's protocol to go on in TLS.

    Args:
        loop: the event loop.
        app_protocol: the application's protocol.
        sslcontext: an `ssl.SSLContext`; None or True for the default.
        waiter: a future that is done after the handshake, or None.
        server_side: whether this is the server's side.
        server_hostname: what the certificate of the other side is to be for.
        call_connection_made: whether the application's protocol is told of the connection after the handshake.
    """

    def __init__(
        self,
        loop: Any,
        app_protocol: Any,
        sslcontext: Any,
        waiter: Any = None,
        server_side: bool = False,
        server_hostname: str | None = None,
        call_connection_made: bool = True,
    ) -> None:
        super().__init__(
            loop,
            app_protocol,
            sslcontext or host.default_tls_context(server_side, server_hostname),
            waiter,
            server_side,
            server_hostname,
            call_connection_made,
        )
        # Until 3.11.3 the host made it after the handshake only, and libraries use it before.
        host.app_transport(self)

    def data_received(self, data: bytes) -> None:
        """Receive *data*, which is TLS."""
        if host.fills_buffers(self):
            host.receive(self, data)
        else:
            super().data_received(data)


def _is_sslproto_available() -> bool:
    return True
