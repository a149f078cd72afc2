"""The heart of every stream here: bytes received and not yet read. It decides and never waits.

Goal: each question a stream asks ("is there a line?", "are there n bytes?", "is the limit passed?") has one answer,
found in one place, and every generation's reader is only a way of waiting around it. It has no loop, no transport, no
futures, so it can be tested with nothing but bytes: fed at once, or cut anywhere, it must give the same answers.

Plan: what arrives while nothing is unread stays the immutable chunk that it came in, and is handed out by slices: one
copy from the chunk to the result, none for a result that is the whole chunk. Only what arrives on top of unread bytes
is joined with them, in a `bytearray` once the joined part would outweigh what is new, so that a long wait stays linear.
Bytes that have been read are stepped over (`_start`), not deleted.

Nothing is scanned twice: the place up to which a separator is known not to begin is remembered until something is
taken. With several separators the search goes by windows, so that one that never occurs costs no more than the result
is long.

Price: legacy code looks at `reader._buffer` and expects a bytearray of exactly the unread bytes that stays the same
object. `expose()` gives it that, and from then on the buffer works on that object in the old way.
"""

from __future__ import annotations

from asyncio import IncompleteReadError, LimitOverrunError

__all__ = ("Buffer", "Separator")

Separator = bytes | bytearray | memoryview

_NOT_FOUND = "Separator is not found, and chunk exceed the limit"
_TOO_LONG = "Separator is found, but chunk is longer than limit"
_FIRST_WINDOW = 4096
# From so many bytes on, it is faster to look for a separator's first byte than for all of it.
_FAR = 256


class Buffer:
    """Bytes in the order they came, taken by count, by separator or all at once.

    Methods that find what was asked for return it and step over it. They return `None` when more bytes are needed, and
    leave everything as it was.
    """

    __slots__ = ("_data", "_exposed", "_incomplete", "_overrun", "_searched", "_searched_for", "_start", "_view")

    def __init__(
        self,
        incomplete: type[IncompleteReadError] = IncompleteReadError,
        overrun: type[LimitOverrunError] = LimitOverrunError,
    ) -> None:
        self._incomplete = incomplete
        self._overrun = overrun
        self._data: bytes | bytearray = b""
        self._start = 0
        self._exposed = False
        # No match of _searched_for begins before this index of _data.
        self._searched = 0
        self._searched_for: object = None
        # Of _data, while that is a bytearray which does not grow.
        self._view: memoryview | None = None

    def __len__(self) -> int:
        return len(self._data) - self._start

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Append *data*; it is copied unless it is `bytes`, so its owner may go on to change it."""
        stored = self._data
        start = self._start
        if self._exposed:
            stored += data
        elif start == len(stored):
            self._data = bytes(data)
            self._start = 0
            self._searched_for = None
            self._view = None
        elif len(stored) - start <= len(data):
            self._data = b"".join((memoryview(stored)[start:], data))
            self._searched -= start
            self._start = 0
            self._view = None
        else:
            self._grow(data)

    def _grow(self, data: bytes | bytearray | memoryview) -> None:
        start = self._start
        stored = self._data
        self._let_go()
        if isinstance(stored, bytes):
            self._data = bytearray(memoryview(stored)[start:])
        else:
            del stored[:start]
        self._data += data
        self._searched -= start
        self._start = 0

    def _let_go(self) -> None:
        # As long as there is a view, a bytearray cannot change its size.
        if self._view is not None:
            self._view.release()
            self._view = None

    def expose(self) -> bytearray:
        """Return the unread bytes as a bytearray that from now on *is* the buffer: changes to it count."""
        data = self._data
        self._let_go()
        if isinstance(data, bytes):
            data = bytearray(memoryview(data)[self._start :])
        else:
            del data[: self._start]
        self.replace(data)
        return data

    def replace(self, data: bytearray) -> None:
        """Make *data* the buffer, as code that assigns `reader._buffer` expects."""
        self._data = data
        self._start = 0
        self._searched_for = None
        self._view = None
        self._exposed = True

    def clear(self) -> None:
        """Forget all unread bytes."""
        self.take(len(self))

    def take(self, count: int) -> bytes:
        """Return and remove up to *count* bytes; `b""` when there are none."""
        data = self._data
        start = self._start
        end = start + count
        self._searched_for = None
        if end >= len(data):
            return self._take_rest()
        if self._exposed:
            taken = bytes(memoryview(data)[:end])
            del data[:end]  # type: ignore[union-attr]
            return taken
        self._start = end
        return data[start:end] if type(data) is bytes else self._copied(start, end)

    def _take_rest(self) -> bytes:
        data = self._data
        if isinstance(data, bytes):
            taken = data[self._start :] if self._start else data
        else:
            taken = bytes(memoryview(data)[self._start :])
        if self._exposed:
            del self._data[:]  # type: ignore[union-attr]
        else:
            self._data = b""
            self._view = None
        self._start = 0
        return taken

    def take_exactly(self, count: int, eof: bool) -> bytes | None:
        """Return and remove *count* bytes, or None while there are fewer.

        Raises:
            IncompleteReadError: *eof* is true and there are fewer; `partial` has them, and the buffer is empty.
        """
        data = self._data
        start = self._start
        end = start + count
        if end < len(data) and type(data) is bytes:
            # Within one chunk, as nearly all are: one slice.
            self._start = end
            self._searched_for = None
            return data[start:end]
        if end <= len(data):
            return self.take(count)
        if eof:
            raise self._incomplete(self.take(count), count)
        if start == len(data):
            self.clear()
        return None

    def take_until(self, separator: Separator, limit: int, eof: bool) -> bytes | None:
        """Return and remove everything up to and including *separator*, or None while it is not there.

        Args:
            separator: at least one byte.
            limit: how many bytes may stand before the separator.
            eof: no more bytes will come.

        Raises:
            LimitOverrunError: more than *limit* bytes stand before the separator, or stand there without one; they
                stay.
            IncompleteReadError: *eof* is true and there is no separator; `partial` has all bytes, and the buffer is
                empty.
        """
        data = self._data
        start = self._start
        found = data.find(separator, start) if self._searched_for is None else self._find_again(separator)
        if found < 0:
            # A copy: a bytearray may be another separator when it is asked for again.
            return self._not_found(bytes(separator), len(separator), limit, eof)
        if found - start > limit:
            raise self._overrun(_TOO_LONG, found - start)
        end = found + len(separator)
        if type(data) is bytes and end - start < _FAR:
            self._start = end
            self._searched_for = None
            return data[start:end]
        return self._take_far(end, separator)

    def _take_far(self, end: int, separator: Separator) -> bytes:
        """Take what ends at *end*, and remember if that was far."""
        start = self._start
        if self._exposed:
            return self.take(end - start)
        self._start = self._searched = end
        self._searched_for = None if end - start < _FAR else separator
        return self._copied(start, end)

    def _copied(self, start: int, end: int) -> bytes:
        data = self._data
        if type(data) is bytes:
            return data[start:end]
        view = self._view
        if view is None:
            view = self._view = memoryview(data)
        return view[start:end].tobytes()

    def _find_again(self, separator: Separator) -> int:
        """Find *separator* where it was not found before, or where the last one was far away."""
        data = self._data
        begin = self._searched if self._searched_for == separator else self._start
        if type(separator) is not bytes:
            return data.find(separator, begin)
        found = data.find(separator[0], begin)
        if found < 0 or data.startswith(separator, found):
            return found
        return data.find(separator, found + 1)

    def take_until_any(self, separators: tuple[Separator, ...], limit: int, eof: bool) -> bytes | None:
        """Return and remove the shortest beginning of the buffer that ends with one of *separators*.

        Args:
            separators: one or more, each of at least one byte, the shortest first.
            limit: how many bytes may stand before the separator that matched; of several that end at the same place the
                shortest is the one that matched.
            eof: no more bytes will come.

        Raises:
            LimitOverrunError, IncompleteReadError: as `take_until`.
        """
        start = self._start
        match = self._find_any(separators)
        if match is None:
            return self._not_found(tuple(map(bytes, separators)), len(separators[-1]), limit, eof)
        found, end = match
        if found - start > limit:
            raise self._overrun(_TOO_LONG, found - start)
        return self.take(end - start)

    def _find_any(self, separators: tuple[Separator, ...]) -> tuple[int, int] | None:
        data = self._data
        size = len(data)
        begin = self._searched if self._searched_for == separators else self._start
        longest = len(separators[-1])
        window = _FIRST_WINDOW
        while begin < size:
            # Matches that begin in [begin, begin + window) may end up to `longest` bytes after it.
            end_of_match = min(begin + window + longest, size)
            found = -1
            for separator in separators:
                # A match counts only if it ends before the best so far does.
                at = data.find(separator, begin, end_of_match)
                if at >= 0:
                    found, end_of_match = at, at + len(separator) - 1
            if found >= 0:
                return found, end_of_match + 1
            begin += window
            window *= 2
        return None

    def _not_found(self, searched_for: object, longest: int, limit: int, eof: bool) -> bytes | None:
        size = len(self._data) - self._start
        # A separator that is not there in full may still begin in the last bytes.
        searched = max(size + 1 - longest, 0)
        # Whoever holds the exposed bytearray may change it at any time, so nothing is remembered of it.
        self._searched, self._searched_for = self._start + searched, None if self._exposed else searched_for
        if searched > limit:
            raise self._overrun(_NOT_FOUND, searched)
        if eof:
            raise self._incomplete(self.take(size), None)
        if not size:
            # A stream may be idle from here on: it keeps no chunk of which nothing is left.
            self.clear()
        return None

    def take_line(self, limit: int, eof: bool) -> bytes | None:
        r"""Return and remove a line with its `b"\n"`; at *eof* what is left of one; None while neither is there.

        Raises:
            ValueError: the line is longer than *limit*, newline not counted. It is removed; where it has no end
                yet, all that is there is removed.
        """
        data = self._data
        if type(data) is bytes and self._searched_for is None:
            # The next line of a chunk, as nearly all are: one find and one slice.
            start = self._start
            end = data.find(b"\n", start) + 1
            if 0 < end <= start + limit + 1:
                self._start = end
                return data[start:end]
            if not end:
                self._searched, self._searched_for = len(data), b"\n"
        try:
            return self.take_until(b"\n", limit, eof)
        except IncompleteReadError as error:
            return error.partial
        except LimitOverrunError as error:
            if self._data.startswith(b"\n", self._start + error.consumed):
                self.take(error.consumed + 1)
            else:
                self.clear()
            # The overrun is the error's context, not its cause, as it was in asyncio.
            raise ValueError(error.args[0])  # noqa: B904
