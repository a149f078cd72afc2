"""What happens to a connection whose stream the program drops while it is open."""

from __future__ import annotations

from typing import Any

__all__ = ("EndsWhenDropped",)


class EndsWhenDropped:
    """Mixed into a protocol that holds what it feeds weakly: the connection ends with that, and not in silence.

    A connection that is closing already is left to do so: the program has done its part.
    """

    _loop: Any
    _transport: Any = None
    _source_traceback: Any = None
    _dropped_before_connected = False

    def _on_gc(self, _: object) -> None:
        """End the connection, or its beginning, now that what was fed is gone."""
        if self._transport is None:
            self._dropped_before_connected = True
        else:
            self._end_dropped(
                self._transport, 'An open stream object is being garbage collected; call "stream.close()" explicitly.'
            )

    def _ends_before_it_begins(self, transport: Any) -> bool:
        """Tell whether the program dropped the stream before there was a *transport*, which is then aborted."""
        if self._dropped_before_connected:
            self._end_dropped(
                transport,
                "An open stream was garbage collected prior to establishing network connection; "
                'call "stream.close()" explicitly.',
            )
        return self._dropped_before_connected

    def _end_dropped(self, transport: Any, message: str) -> None:
        # When the loop is closed, nothing can be ended any more; the transport warns of itself.
        if transport.is_closing() or self._loop.is_closed():
            return
        context = {"message": message}
        if self._source_traceback:
            context["source_traceback"] = self._source_traceback
        self._loop.call_exception_handler(context)
        transport.abort()
