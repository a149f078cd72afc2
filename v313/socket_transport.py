"""The transport over a socket as of 3.12: what waits to be sent is what was written, not a copy."""

from __future__ import annotations

import collections
import itertools
import os
from typing import Any

from asyncio_compat.v37 import selector_events

__all__ = ()

# As many buffers as the system takes at once.
_AT_ONCE = os.sysconf("SC_IOV_MAX")


class _SelectorSocketTransport(selector_events._SelectorSocketTransport):
    """A transport over a connected stream socket, for hosts whose own copies.

    Args:
        loop: the event loop.
        sock: the socket; not blocking.
        protocol: what receives the bytes.
        waiter: a future whose result is set when the protocol knows its transport.
        kwds: for the host's transport.
    """

    _buffer: Any

    def __init__(self, loop: Any, sock: Any, protocol: Any, waiter: Any = None, **kwds: Any) -> None:
        super().__init__(loop, sock, protocol, waiter, **kwds)
        self._buffer = collections.deque()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be sent."""
        return sum(map(len, self._buffer))

    def write(self, data: Any) -> None:
        """Send *data*, a bytes-like object: what can be sent at once, and the rest when it can be.

        Raises:
            TypeError: *data* is not a bytes, bytearray or memoryview.
            RuntimeError: `write_eof()` was called.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._empty_waiter is not None:
            raise RuntimeError("unable to write; sendfile is in progress")
        if not data:
            return
        if self._conn_lost:
            self._say_that_nobody_reads()
            return
        unsent = memoryview(data).cast("B")
        if not self._buffer:
            try:
                unsent = unsent[self._sock.send(unsent) :]
            except (BlockingIOError, InterruptedError):
                # All of it waits.
                pass
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as exc:  # noqa: BLE001 - the protocol learns of it
                self._fatal_error(exc, "Fatal write error on socket transport")
                return
            if not unsent:
                return
            self._loop._add_writer(self._sock_fd, self._write_ready)
        self._buffer.append(unsent)
        self._maybe_pause_protocol()

    def _write_ready(self) -> None:
        if self._conn_lost:
            return
        queue = self._buffer
        try:
            sent = self._sock.sendmsg(list(itertools.islice(queue, _AT_ONCE)))
        except (BlockingIOError, InterruptedError):
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:  # noqa: BLE001 - the protocol learns of it
            self._loop._remove_writer(self._sock_fd)
            queue.clear()
            self._fatal_error(exc, "Fatal write error on socket transport")
            if self._empty_waiter is not None:
                self._empty_waiter.set_exception(exc)
            return
        while sent:
            first = queue.popleft()
            if sent < len(first):
                queue.appendleft(first[sent:])
                break
            sent -= len(first)
        # The protocol may write more now.
        self._maybe_resume_protocol()
        if not queue:
            self._loop._remove_writer(self._sock_fd)
            self._all_is_sent()
