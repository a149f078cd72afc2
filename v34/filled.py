"""The faster path from a transport to a reader: the transport receives into a buffer that we give it."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from asyncio_compat.v34 import host

__all__ = ("Filled", "fastest_type")

T = TypeVar("T")

# One for all connections of a loop: each read fills it and hands it over before the next begins.
_scratch: WeakKeyDictionary[Any, memoryview] = WeakKeyDictionary()
_SCRATCH_SIZE = 2**16


class Filled:
    """Mixed into a `StreamReaderProtocol`: the transport receives into one buffer of the loop's instead of a new one
    each time.
    """

    _loop: Any
    _stream_reader: Any
    _filled: memoryview

    def connection_made(self, transport: Any) -> None:
        """Find the loop's buffer."""
        filled = _scratch.get(self._loop)
        if filled is None:
            filled = _scratch[self._loop] = memoryview(bytearray(_SCRATCH_SIZE))
        self._filled = filled
        super().connection_made(transport)  # type: ignore[misc]

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return what the transport receives into."""
        return self._filled

    def buffer_updated(self, nbytes: int) -> None:
        """Feed the reader with the first *nbytes* of the buffer."""
        self._stream_reader.feed_data(self._filled[:nbytes])


_filled_types: dict[type[Any], type[Any]] = {}


def fastest_type(protocol_type: type[T], loop: Any) -> type[T]:
    """Return the type that makes protocols of *protocol_type* for transports of *loop*.

    Where the transports allow it, that is a subclass which they fill; it has the same name, as it does the same. What
    is mixed into it is the type's `_filled_by`, by default `Filled`.
    """
    if not host.reads_into_buffers_at_once(loop):
        return protocol_type
    filled = _filled_types.get(protocol_type)
    if filled is None:
        filled_by = getattr(protocol_type, "_filled_by", Filled)
        namespace = {"__module__": protocol_type.__module__, "__qualname__": protocol_type.__qualname__}
        filled = _filled_types[protocol_type] = type(
            protocol_type.__name__, (filled_by, protocol_type, asyncio.BufferedProtocol), namespace
        )
    return filled
