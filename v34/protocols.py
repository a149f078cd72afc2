"""Protocols: the host's own."""

from __future__ import annotations

from asyncio import BaseProtocol, DatagramProtocol, Protocol, SubprocessProtocol

__all__ = ("BaseProtocol", "DatagramProtocol", "Protocol", "SubprocessProtocol")
