"""Lines as they were found before there was `readuntil()`: up to 3.4.4, and in 3.5.0 and 3.5.1."""

from __future__ import annotations

from asyncio_compat.v34.buffer import Buffer

__all__ = ("EarlyBuffer",)


class EarlyBuffer(Buffer):
    """A buffer for whose lines the limit counts the newline."""

    __slots__ = ()

    def take_line(self, limit: int, eof: bool) -> bytes | None:
        r"""Return and remove a line with its `b"\n"`; at *eof* what is left of one; None while neither is there.

        Raises:
            ValueError: the line is longer than *limit*, newline counted. It is removed; where it has no end yet, all
                that is there is removed.
        """
        size = len(self)
        try:
            # What has no end yet may still be as long as the limit.
            line = super().take_line(limit, eof)
        except ValueError:
            raise ValueError("Line is too long") from None
        if line is not None and len(line) > limit:
            raise ValueError("Line is too long")
        if line is None and size > limit:
            self.clear()
            raise ValueError("Line is too long")
        return line
