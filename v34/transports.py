"""Transports: the interfaces, of which the host's own are instances, and to whose objects attributes can be added."""

from __future__ import annotations

import asyncio
from abc import ABCMeta
from typing import Any

__all__ = (
    "BaseSubprocessTransport",
    "BaseTransport",
    "DatagramTransport",
    "ReadTransport",
    "SubprocessTransport",
    "Transport",
    "WriteTransport",
)


class BaseTransport(asyncio.BaseTransport, metaclass=ABCMeta):
    """What all transports have.

    Args:
        extra: what `get_extra_info()` finds.

    Source: 3.4 documentation, BaseTransport.
    """

    # The host's class of which all objects count as objects of this one.
    _stands_for: type[Any] = asyncio.BaseTransport

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        stands_for = cls.__dict__.get("_stands_for")
        return True if stands_for is not None and issubclass(other, stands_for) else NotImplemented


class ReadTransport(BaseTransport, asyncio.ReadTransport):
    """A transport that receives.

    Source: 3.4 documentation, ReadTransport.
    """

    _stands_for = asyncio.ReadTransport


class WriteTransport(BaseTransport, asyncio.WriteTransport):
    """A transport that sends.

    Source: 3.4 documentation, WriteTransport.
    """

    _stands_for = asyncio.WriteTransport


class Transport(ReadTransport, WriteTransport, asyncio.Transport):
    """A transport in both directions.

    Source: 3.4 documentation, "Transports".
    """

    _stands_for = asyncio.Transport


class DatagramTransport(BaseTransport, asyncio.DatagramTransport):
    """A transport of datagrams.

    Source: 3.4 documentation, DatagramTransport.
    """

    _stands_for = asyncio.DatagramTransport


class SubprocessTransport(BaseTransport, asyncio.SubprocessTransport):
    """The transport of a process: it has others for the pipes.

    Source: 3.4 documentation, BaseSubprocessTransport.
    """

    _stands_for = asyncio.SubprocessTransport


# What the documentation calls it.
BaseSubprocessTransport = SubprocessTransport
