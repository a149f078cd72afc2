"""The event loop that waits with a selector, and its transports.

The transports are the host's, with the writing side of this generation: what was written may be changed afterwards, and
every write counts for flow control, whatever the host does. What is still to be sent stays in the pieces in which it
was written, so that large ones are not copied.
"""

from __future__ import annotations

import collections
import socket
from asyncio import DatagramTransport, constants, selector_events
from asyncio.log import logger
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from asyncio_compat.v34 import base_events, host

__all__ = ("BaseSelectorEventLoop",)


def _not_bytes(data: Any, in_early_words: bool) -> TypeError:
    if in_early_words:
        return TypeError("data argument must be byte-ish (%r)", type(data))
    return TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")


class _Switch:
    """A method of the host's transports that a transport has if it can switch protocols.

    The host needs it all the same while it makes one.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, transport: Any, owner: Any) -> Any:
        if not owner._can_switch_protocols and (transport is None or transport._is_made):
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self._name!r}")
        return getattr(host.socket_transport_class(), self._name).__get__(transport, owner)


class _SelectorSocketTransport(host.socket_transport_class()):  # type: ignore[misc]
    """A transport over a connected stream socket.

    Args:
        loop: the event loop.
        sock: the socket; not blocking.
        protocol: what receives the bytes.
        waiter: a future whose result is set when the protocol knows its transport.
        kwds: for the host's transport.
    """

    # Up to 3.6.6 it was an error to pause twice, to resume what is not paused, and to pause what is being closed.
    _pausing_out_of_turn_fails = False
    # Up to 3.6.4 Linux kept small writes waiting for the acknowledgement of others.
    _no_delay = True
    # Up to 3.5.2 a transport kept its protocol, and did not tell which it is.
    _can_switch_protocols = True
    # Up to 3.4.10, and up to 3.5.1, what is not bytes was refused in these words.
    _has_early_words = False
    # Up to 3.6.5 the socket was still shut down if that was asked for after close().
    _write_eof_after_close = False

    _is_made = False
    set_protocol = _Switch()
    get_protocol = _Switch()

    def __init__(self, loop: Any, sock: Any, protocol: Any, waiter: Any = None, **kwds: Any) -> None:
        super().__init__(loop, sock, protocol, waiter, **kwds)
        self._is_made = True
        self._eof: bool = False
        self._buffer: collections.deque[Any] = collections.deque()
        self._buffer_size = 0
        # Where the host chooses among several by an attribute, the method below is to answer.
        self.__dict__.pop("_write_ready", None)
        if not self._no_delay and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, False)

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be sent."""
        return self._buffer_size if self._buffer else 0

    def pause_reading(self) -> None:
        """Stop receiving, until `resume_reading()`."""
        if self._pausing_out_of_turn_fails:
            if self._closing:
                raise RuntimeError("Cannot pause_reading() when closing")
            if self._paused:
                raise RuntimeError("Already paused")
        super().pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        if self._pausing_out_of_turn_fails and not self._paused:
            raise RuntimeError("Not paused")
        super().resume_reading()

    def _read_ready__get_buffer(self) -> None:
        if self._conn_lost:
            return
        protocol = self._protocol
        try:
            get_buffer = protocol.get_buffer
        except AttributeError:
            # A program put it there by itself, as it had to before there was set_protocol().
            self._read_ready_cb = self._read_ready__data_received
            self._read_ready_cb()
            return
        buffer = get_buffer(-1)
        try:
            size = self._sock.recv_into(buffer)
        except (BlockingIOError, InterruptedError):
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:  # noqa: BLE001 - the protocol learns of it
            self._fatal_error(exc, "Fatal read error on socket transport")
            return
        if size:
            protocol.buffer_updated(size)
        else:
            self._read_ready__on_eof()

    def write(self, data: Any) -> None:
        """Send *data*, a bytes-like object: what can be sent at once, and the rest when it can be.

        Raises:
            TypeError: *data* is not a bytes, bytearray or memoryview.
            RuntimeError: `write_eof()` was called.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise _not_bytes(data, self._has_early_words)
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._empty_waiter is not None:
            raise RuntimeError("unable to write; sendfile is in progress")
        if type(data) is memoryview:
            # Of whatever items: what counts is bytes.
            data = data.cast("B")
        if not data:
            return
        if self._conn_lost:
            self._say_that_nobody_reads()
            return
        buffer = self._buffer
        if buffer:
            rest = data
            self._buffer_size += len(rest)
        else:
            try:
                sent = self._sock.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as exc:  # noqa: BLE001 - the protocol learns of it
                self._fatal_error(exc, "Fatal write error on socket transport")
                return
            if sent == len(data):
                return
            rest = memoryview(data)[sent:]
            self._buffer_size = len(rest)
            self._loop._add_writer(self._sock_fd, self._write_ready)
        # Nobody can change bytes, everything else is the program's.
        buffer.append(rest if type(data) is bytes else bytes(rest))
        self._maybe_pause_protocol()

    def _say_that_nobody_reads(self) -> None:
        if self._conn_lost >= constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES:
            logger.warning("socket.send() raised exception.")
        self._conn_lost += 1

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """Send every bytes-like object of *list_of_data*."""
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        """Close the writing side once everything is sent."""
        if self._eof or (self._closing and not self._write_eof_after_close):
            return
        self._eof = True
        if not self._buffer:
            self._sock.shutdown(socket.SHUT_WR)

    def _write_ready(self) -> None:
        if self._conn_lost:
            return
        buffer = self._buffer
        try:
            sent = host.send_pieces(self._sock, buffer)
        except (BlockingIOError, InterruptedError):
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:  # noqa: BLE001 - the protocol learns of it
            self._loop._remove_writer(self._sock_fd)
            buffer.clear()
            self._fatal_error(exc, "Fatal write error on socket transport")
            if self._empty_waiter is not None:
                self._empty_waiter.set_exception(exc)
            return
        self._take_off(sent)
        # The protocol may write more now.
        self._maybe_resume_protocol()
        if not buffer:
            self._loop._remove_writer(self._sock_fd)
            self._all_is_sent()

    def _take_off(self, sent: int) -> None:
        buffer = self._buffer
        self._buffer_size -= sent
        while sent:
            piece = buffer[0]
            if sent < len(piece):
                buffer[0] = memoryview(piece)[sent:]
                return
            sent -= len(piece)
            buffer.popleft()

    def _all_is_sent(self) -> None:
        if self._empty_waiter is not None:
            self._empty_waiter.set_result(None)
        if self._closing:
            if not self._conn_lost:
                self._conn_lost += 1
                self._call_connection_lost(None)
        elif self._eof:
            self._sock.shutdown(socket.SHUT_WR)

    def _fatal_error(self, exc: BaseException, message: str = "Fatal error on transport") -> None:
        if message.startswith("Fatal error: protocol."):
            # What fails in a protocol is reported by the loop, and the connection goes on.
            raise exc
        super()._fatal_error(exc, message)


class _SelectorDatagramTransport(host.datagram_transport_class(), DatagramTransport):  # type: ignore[misc]
    """A transport over a datagram socket."""

    # Up to 3.4.10, and up to 3.5.1, what is not bytes was refused in these words.
    _has_early_words = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send *data* to *addr*, or to the address that the transport is connected to; nothing if *data* is empty.

        Raises:
            TypeError: *data* is not a bytes, bytearray or memoryview.
            ValueError: the transport is connected to another address.
        """
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise _not_bytes(data, self._has_early_words)
        if data:
            super().sendto(data, addr)


class BaseSelectorEventLoop(base_events.BaseEventLoop, selector_events.BaseSelectorEventLoop):
    """An event loop that waits with a selector (a `selectors.BaseSelector`, the platform's best by default).

    Attributes:
        _socket_transport_type: the class of its transports over stream sockets.
        _datagram_transport_type: and over datagram sockets.
    """

    _socket_transport_type: type[Any] = _SelectorSocketTransport
    _datagram_transport_type: type[Any] = _SelectorDatagramTransport

    if TYPE_CHECKING:
        # The host's, without a public name.
        _add_reader: Any
        _add_writer: Any
        _debug: bool
        _ensure_fd_no_transport: Any

    def sock_recv(self, sock: socket.socket, n: int) -> Any:
        """Return a future of up to *n* bytes received from *sock*; `b""` if the other side is closed."""
        return self._when_readable(sock, lambda: sock.recv(n))

    def sock_accept(self, sock: socket.socket) -> Any:
        """Return a future of a connection that *sock* accepts: its socket, not blocking, and the other's address."""

        def accept() -> Any:
            connection, address = sock.accept()
            connection.setblocking(False)
            return connection, address

        return self._when_readable(sock, accept)

    def sock_sendall(self, sock: socket.socket, data: Any) -> Any:
        """Return a future that is done when all of *data* is sent through *sock*."""
        left = memoryview(data).cast("B")

        def send() -> None:
            nonlocal left
            while left:
                left = left[sock.send(left) :]

        return self._when_ready(sock, send, self._add_writer, self.remove_writer)

    def _when_readable(self, sock: socket.socket, receive: Callable[[], Any]) -> Any:
        return self._when_ready(sock, receive, self._add_reader, self.remove_reader)

    def _when_ready(
        self, sock: socket.socket, attempt: Callable[[], Any], watch: Callable[..., Any], unwatch: Callable[[Any], Any]
    ) -> Any:
        """Return a future of what *attempt* returns as soon as it does not block; begin at once."""
        if self._debug and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")
        future = self.create_future()
        handle: Any = None

        def leave(_: Any = None) -> None:
            # Another operation on the same socket may have taken its place.
            if handle is not None and not handle.cancelled():
                unwatch(fd)

        def try_it() -> bool:
            if future.done():
                return True
            try:
                result = attempt()
            except (BlockingIOError, InterruptedError):
                return False
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as exc:  # noqa: BLE001 - whoever waits learns of it
                leave()
                future.set_exception(exc)
            else:
                leave()
                future.set_result(result)
            return True

        if not try_it():
            fd = sock.fileno()
            self._ensure_fd_no_transport(sock)
            handle = watch(fd, try_it)
            future.add_done_callback(leave)
        return future

    def _make_socket_transport(self, sock: Any, protocol: Any, waiter: Any = None, **kwds: Any) -> Any:
        return self._socket_transport_type(self, sock, protocol, waiter, **kwds)

    def _make_datagram_transport(
        self, sock: Any, protocol: Any, address: Any = None, waiter: Any = None, extra: Any = None
    ) -> Any:
        return self._datagram_transport_type(self, sock, protocol, address, waiter, extra)
