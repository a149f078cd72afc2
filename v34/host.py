"""The one place that knows the Python that runs us.

Each function here hides something that a release of the host's asyncio changed, and names that release. The rest of the
package reads as if there were one Python.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
import itertools
import os
import socket
import sys
import threading
import weakref
from asyncio import base_events, events, selector_events, sslproto, unix_events
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = (
    "COROUTINE_MARKER",
    "accepts",
    "all_tasks",
    "app_transport",
    "as_base_exception",
    "as_exception",
    "begin_waiting",
    "clients_of",
    "create_task_in",
    "current_event_loop",
    "current_event_loop_was_set",
    "datagram_transport_class",
    "default_tls_context",
    "event_loop_class",
    "fills_buffers",
    "function_source",
    "has_written_eof",
    "is_socket_transport",
    "keeps_what_it_queues",
    "known_to",
    "leaving_the_socket_file",
    "lets_writelines_run_ahead",
    "make_server",
    "mark_coroutine_function",
    "pending_task_repr",
    "policy_class",
    "reads_into_buffers_at_once",
    "receive",
    "remember_task",
    "report_fatal_error",
    "send_pieces",
    "servers_know_their_clients",
    "set_current_event_loop",
    "socket_transport_class",
    "subprocess_transport_class",
    "timed_out",
    "tls_protocol_class",
    "uncancel",
)

# What `asyncio.iscoroutinefunction()` looks for; a Python that has lost that function (announced for 3.16) needs none.
COROUTINE_MARKER: object = getattr(asyncio.coroutines, "_is_coroutine", object())


class _Threads:
    """What knows the event loop of each thread where the host's own policy cannot be asked."""

    class _Local(threading.local):
        _loop: Any = None
        _set_called = False

    def __init__(self) -> None:
        self._local = self._Local()

    def set_event_loop(self, loop: Any) -> None:
        self._local._loop = loop
        self._local._set_called = True


_threads = _Threads()


def _policy() -> Any:
    if sys.version_info >= (3, 14):
        # Since 3.14 the public function warns that policies will go (gh-127949).
        policy: Any = events._get_event_loop_policy()
    else:
        policy = asyncio.get_event_loop_policy()
    # A policy of ours may be the host's too: it would ask itself.
    return _threads if getattr(policy, "_asks_the_host", False) else policy


def policy_class() -> Any:
    """Return the class of which the host wants its event loop policies to be; deprecated since 3.14 (gh-127949)."""
    return getattr(events, "_AbstractEventLoopPolicy", None) or events.AbstractEventLoopPolicy


def current_event_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that was set for this thread, or None; never make one.

    The host's `get_event_loop()` makes one silently up to 3.11, with a warning in 3.12 and 3.13 (gh-100160), and raises
    RuntimeError since 3.14 (gh-126353).
    """
    policy = _policy()
    local = getattr(policy, "_local", None)
    if local is None:
        loop: asyncio.AbstractEventLoop | None = policy.get_event_loop()
        return loop
    return getattr(local, "_loop", None)


def current_event_loop_was_set() -> bool:
    """Tell whether anybody has called `set_event_loop()` in this thread, be it with None."""
    return bool(getattr(getattr(_policy(), "_local", None), "_set_called", False))


def set_current_event_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Make *loop* the current event loop of this thread, for the host as for us."""
    policy = _policy()
    policy.set_event_loop(loop)
    local = getattr(policy, "_local", None)
    if local is not None:
        # Since 3.14 the host does not remember that: it makes no loops by itself (gh-126353).
        local._set_called = True


def event_loop_class() -> type[selector_events.BaseSelectorEventLoop]:
    """Return the class of the host's event loop that waits with a selector."""
    return asyncio.SelectorEventLoop


def socket_transport_class() -> Any:
    """Return the class of the host's transports over connected sockets, which has no public name."""
    return selector_events._SelectorSocketTransport  # type: ignore[attr-defined]


def datagram_transport_class() -> Any:
    """Return the class of the host's transports over datagram sockets, which has no public name."""
    return selector_events._SelectorDatagramTransport  # type: ignore[attr-defined]


def subprocess_transport_class() -> Any:
    """Return the class of the host's transports of subprocesses on Unix, which has no public name."""
    return unix_events._UnixSubprocessTransport  # type: ignore[attr-defined]


def tls_protocol_class() -> Any:
    """Return the class of the host's protocol between a transport and an application, which does TLS."""
    return sslproto.SSLProtocol


def default_tls_context(server_side: bool, server_hostname: str | None) -> Any:
    """Return the TLS context of those who give none."""
    return sslproto._create_transport_context(server_side, server_hostname)


def app_transport(protocol: Any) -> Any:
    """Return the transport that *protocol*, one that does TLS, gives to the application's.

    Since 3.11 (bpo-44011) it is made by a function, since 3.11.4 in the constructor as before.
    """
    make = getattr(protocol, "_get_app_transport", None)
    return protocol._app_transport if make is None else make()


def fills_buffers(protocol: Any) -> bool:
    """Tell whether *protocol*, one that does TLS, has a transport fill its buffer; it does since 3.11 (bpo-44011)."""
    return isinstance(protocol, asyncio.BufferedProtocol)


def send_pieces(sock: Any, pieces: Any) -> int:
    """Send some of *pieces*, bytes-like objects, through *sock*, as many as it takes at once; return how many bytes."""
    if _PIECES_AT_ONCE:
        sent: int = sock.sendmsg(itertools.islice(pieces, _PIECES_AT_ONCE))
        return sent
    return int(sock.send(b"".join(pieces)))


# Windows cannot send several pieces at once.
_PIECES_AT_ONCE: int = os.sysconf("SC_IOV_MAX") if hasattr(socket.socket, "sendmsg") else 0


def mark_coroutine_function(function: Callable[..., Any]) -> None:
    """Make `iscoroutinefunction()` true for *function*, a plain function that returns a coroutine.

    `asyncio.iscoroutinefunction()` reads the marker of `asyncio.coroutines`, deprecated since 3.14 (gh-122858);
    `inspect.iscoroutinefunction()` has a marker since 3.12 (gh-94912) and cannot be told before.
    """
    function._is_coroutine = COROUTINE_MARKER  # type: ignore[attr-defined]
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(function)


def reads_into_buffers_at_once(loop: Any) -> bool:
    """Tell whether transports of *loop* fill and hand over a protocol's buffer in one step.

    Where they do, one buffer can serve all connections of the loop. The proactor's transports do not: theirs is in use
    while they wait.
    """
    return isinstance(loop, selector_events.BaseSelectorEventLoop)


def leaving_the_socket_file(loop: Any) -> dict[str, Any]:
    """Return the arguments that keep `create_unix_server()` of *loop* from removing the socket's file at close.

    Hosts do that since 3.13 (gh-111246); other makers' event loops may not know the argument.
    """
    if sys.version_info >= (3, 13) and isinstance(loop, selector_events.BaseSelectorEventLoop):
        return {"cleanup_socket": False}
    return {}


def begin_waiting(coroutine: Any) -> Any:
    """Run *coroutine* up to the future that it waits for, and return that; None if it waits for nothing.

    Up to 3.11 a host's `Server.wait_closed()` returns at once when the server is closed, whatever its connections do
    (gh-79033), but waits for them if it was called before. On all hosts the future is done when the last connection is
    gone.
    """
    try:
        return coroutine.send(None)
    except StopIteration:
        return None


def accepts(function: Any, parameter: str) -> bool:
    """Tell whether *function*, a method of an event loop, has *parameter*; hosts and other makers' loops differ."""
    return parameter in inspect.signature(function).parameters


if sys.version_info >= (3, 11):
    # All modules' TimeoutError is the built-in one (bpo-42413).
    timed_out: type[Exception] = TimeoutError
else:

    class _TimeoutError(asyncio.TimeoutError, concurrent.futures.TimeoutError):
        """What 3.10 has as two exceptions was one before 3.8, and is one again since 3.11."""

    _TimeoutError.__name__ = _TimeoutError.__qualname__ = "TimeoutError"
    timed_out = _TimeoutError


_every_task: weakref.WeakSet[Any] = weakref.WeakSet()
remember_task = _every_task.add


def all_tasks(loop: Any) -> set[Any]:
    """Return the tasks of *loop*: the host's that are not done, and all of ours that still exist.

    The host forgets tasks that are done, some releases at once and some when they are collected.
    """
    return asyncio.all_tasks(loop) | {task for task in list(_every_task) if task.get_loop() is loop}


def is_socket_transport(transport: Any) -> bool:
    """Tell whether *transport* is the host's own for a connected socket, without TLS."""
    return isinstance(transport, socket_transport_class())


# Whether a host's transport queues the very object that `write()` is given, which the caller may then change: since
# 3.12 (gh-91166), before they copied it.
SOCKETS_QUEUE_WHAT_IS_WRITTEN = sys.version_info >= (3, 12)


def keeps_what_it_queues(transport: Any) -> bool:
    """Tell whether *transport* queues the very object that `write()` is given."""
    return SOCKETS_QUEUE_WHAT_IS_WRITTEN and is_socket_transport(transport)


def lets_writelines_run_ahead(transport: Any) -> bool:
    """Tell whether `transport.writelines()` may not be relied on, so that `write()` has to be used.

    Up to 3.12.8 and 3.13.1 the hosts' own never paused the protocol (gh-127655), and since 3.12 it has words of its own
    for what comes too late.
    """
    return is_socket_transport(transport)


def report_fatal_error(transport: Any, exc: BaseException, message: str) -> bool:
    """Make *exc* the end of *transport*'s connection, reported as *message*; return False if it cannot be told so."""
    if not is_socket_transport(transport):
        return False
    transport._fatal_error(exc, message)
    return True


def has_written_eof(transport: Any) -> bool:
    """Tell whether `write_eof()` of *transport*, for which `is_socket_transport()` is true, has been called."""
    return bool(transport._eof)


def receive(protocol: Any, data: bytes) -> None:
    """Let *protocol* receive *data*, in the way it wants to: TLS fills a buffer since 3.11 (bpo-44011)."""
    if not isinstance(protocol, asyncio.BufferedProtocol):
        protocol.data_received(data)
        return
    rest = memoryview(data)
    while rest:
        buffer = memoryview(protocol.get_buffer(len(rest)))
        size = min(len(buffer), len(rest))
        buffer[:size] = rest[:size]
        protocol.buffer_updated(size)
        rest = rest[size:]


def servers_know_their_clients(loop: Any) -> bool:
    """Tell whether servers made by *loop* know their connections: the hosts' own do since 3.13 (gh-113538)."""
    return sys.version_info >= (3, 13) and isinstance(loop, selector_events.BaseSelectorEventLoop)


def clients_of(server: Any) -> Any:
    """Return the transports of the connections that *server*, the host's own, has accepted; None if it does not know.

    It does since 3.13 (gh-113538).
    """
    return getattr(server, "_clients", None)


def known_to(method: Any, kwds: dict[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments *kwds* as *method*, one of an event loop's, takes them.

    *ssl_shutdown_timeout* came with 3.11 (bpo-44011), *all_errors* with 3.12 (gh-100108).

    Raises:
        TypeError: one of them cannot be done without.
        ValueError: the timeout is not positive, or there is no TLS to end.
    """
    kwds = dict(kwds)
    if "ssl_shutdown_timeout" in kwds and not accepts(method, "ssl_shutdown_timeout"):
        timeout = kwds.pop("ssl_shutdown_timeout")
        if timeout is not None and not (kwds.get("ssl") or method.__name__ == "start_tls"):
            raise ValueError("ssl_shutdown_timeout is only meaningful with ssl")
        if timeout is not None and timeout <= 0:
            raise ValueError(f"ssl_shutdown_timeout should be a positive number, got {timeout}")
    if "all_errors" in kwds and not accepts(method, "all_errors") and kwds.pop("all_errors"):
        raise TypeError(f"{method.__name__}() takes all_errors= on Python 3.12 and newer only")
    return kwds


def make_server(
    loop: Any,
    sockets: list[Any],
    protocol_factory: Callable[[], Any],
    ssl: Any,
    backlog: int,
    *,
    ssl_handshake_timeout: float | None = None,
    **later: Any,
) -> Any:
    """Return a server of the host's on *sockets*, which does not listen yet.

    Its class has no public constructor. 3.11 added the parameter `ssl_shutdown_timeout` (bpo-44011).
    """
    for sock in sockets:
        sock.setblocking(False)
    return base_events.Server(loop, sockets, protocol_factory, ssl, backlog, ssl_handshake_timeout, **later)


def create_task_in(loop: Any, coro: Any, context: Any) -> Any:
    """Return a task of *loop* that runs *coro* in *context*; on 3.10, where tasks take none, in a copy (bpo-45390)."""
    if sys.version_info >= (3, 11):
        return loop.create_task(coro, context=context)
    return context.run(loop.create_task, coro)


def pending_task_repr(task: Any) -> str:
    """Return the repr of *task*, which is not done; since 3.11 that says so if it is being cancelled (bpo-46622)."""
    return repr(task).replace("<Task cancelling ", "<Task pending ", 1)


def uncancel(task: Any) -> int:
    """Take back one cancellation of *task*, and return how many are left; 3.10 does not count them (gh-90908)."""
    if sys.version_info >= (3, 11):
        return int(task.uncancel())
    return 0


def function_source(function: Any) -> tuple[str, int] | None:
    """Return the file and the first line of *function*, None if it has no source."""
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    code = getattr(function, "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)


class _CancelledError(asyncio.CancelledError, Exception):
    """What `asyncio.CancelledError` was before 3.8: an Exception (bpo-32528)."""


_CancelledError.__name__ = _CancelledError.__qualname__ = "CancelledError"


def as_exception(cancelled: asyncio.CancelledError) -> asyncio.CancelledError:
    """Return *cancelled* as an exception that `except Exception` catches as well."""
    if isinstance(cancelled, Exception):
        return cancelled
    return _CancelledError(*cancelled.args).with_traceback(cancelled.__traceback__)


def as_base_exception(cancelled: asyncio.CancelledError) -> asyncio.CancelledError:
    """Return what `as_exception()` made as the host has it."""
    return asyncio.CancelledError(*cancelled.args).with_traceback(cancelled.__traceback__)
