"""The faster path from a transport to a reader that may be gone."""

from __future__ import annotations

from typing import Any

from asyncio_compat.v34 import filled, host

__all__ = ("Filled",)


class Filled(filled.Filled):
    """Mixed into a `StreamReaderProtocol` whose reader lives as long as somebody reads."""

    _stream_reader_wr: Any
    _reader_is_held_weakly: bool
    _filled_from: Any

    def connection_made(self, transport: Any) -> None:
        """Find the loop's buffer, and remember who fills it."""
        self._filled_from = transport
        super().connection_made(transport)

    def buffer_updated(self, nbytes: int) -> None:
        """Feed the reader with the first *nbytes* of the buffer, if it is still there."""
        reader = self._stream_reader_wr()
        if reader is None and self._reader_is_held_weakly:
            return
        try:
            reader.feed_data(self._filled[:nbytes])
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            # The transport would name buffer_updated(), of which nobody has heard.
            message = "Fatal error: protocol.data_received() call failed."
            if not host.report_fatal_error(self._filled_from, exc, message):
                raise
