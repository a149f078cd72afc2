"""Transports: the host's own."""

from __future__ import annotations

from asyncio import BaseTransport, DatagramTransport, ReadTransport, SubprocessTransport, Transport, WriteTransport

__all__ = (
    "BaseTransport",
    "DatagramTransport",
    "ReadTransport",
    "SubprocessTransport",
    "Transport",
    "WriteTransport",
)
