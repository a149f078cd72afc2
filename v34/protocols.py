"""Protocols: the host's interfaces, to whose objects attributes can be added."""

from __future__ import annotations

import asyncio

__all__ = ("BaseProtocol", "DatagramProtocol", "Protocol", "SubprocessProtocol")


class BaseProtocol(asyncio.BaseProtocol):
    """What all protocols have.

    Source: 3.4 documentation, "Protocol classes".
    """


class Protocol(BaseProtocol, asyncio.Protocol):
    """What a transport gives the bytes that it receives.

    Source: 3.4 documentation, Protocol.
    """


class DatagramProtocol(BaseProtocol, asyncio.DatagramProtocol):
    """What a transport gives the datagrams that it receives.

    Source: 3.4 documentation, DatagramProtocol.
    """


class SubprocessProtocol(BaseProtocol, asyncio.SubprocessProtocol):
    """What learns how a process fares.

    Source: 3.4 documentation, SubprocessProtocol.
    """
