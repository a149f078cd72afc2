"""What tests of asyncio's users took from asyncio: a loop whose time is made of whole cloth, and more of the kind."""

from __future__ import annotations

import collections
import contextlib
import logging
import re
import selectors
import ssl
import time
import unittest
import weakref
from asyncio.log import logger
from collections.abc import Callable, Generator, Iterator
from typing import Any
from unittest import mock

from asyncio_compat.v34 import base_events, events, futures, host, tasks
from asyncio_compat.v34.coroutines import method_coroutine
from asyncio_compat.v34.web_servers import (
    SilentUnixWSGIServer,
    SilentWSGIRequestHandler,
    SilentWSGIServer,
    SSLWSGIServer,
    SSLWSGIServerMixin,
    UnixHTTPServer,
    UnixSSLWSGIServer,
    UnixWSGIServer,
    gen_unix_socket_path,
    run_test_server,
    run_test_unix_server,
    unix_socket_path,
)

__all__ = (
    "MockCallback",
    "MockPattern",
    "SSLWSGIServer",
    "SSLWSGIServerMixin",
    "SilentUnixWSGIServer",
    "SilentWSGIRequestHandler",
    "SilentWSGIServer",
    "TestCase",
    "TestLoop",
    "TestSelector",
    "UnixHTTPServer",
    "UnixSSLWSGIServer",
    "UnixWSGIServer",
    "disable_logger",
    "dummy_ssl_context",
    "force_legacy_ssl_support",
    "gen_unix_socket_path",
    "get_function_source",
    "make_test_protocol",
    "mock_nonblocking_socket",
    "run_briefly",
    "run_once",
    "run_test_server",
    "run_test_unix_server",
    "run_until",
    "unix_socket_path",
)


def dummy_ssl_context() -> ssl.SSLContext:
    """Return a TLS context that believes everybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@method_coroutine
def _nothing() -> Generator[Any, Any, None]:
    return
    yield


def run_briefly(loop: Any) -> None:
    """Run *loop* for as long as it takes to run a coroutine that does nothing."""
    task = loop.create_task(_nothing())
    task._log_destroy_pending = False
    loop.run_until_complete(task)


def run_until(loop: Any, pred: Callable[[], Any], timeout: float | None = 30) -> None:
    """Run *loop* until *pred* returns something true.

    Args:
        loop: an event loop.
        pred: a function.
        timeout: the most seconds to run; None for no such end.

    Raises:
        TimeoutError: the time is over.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    while not pred():
        if deadline is not None and time.monotonic() >= deadline:
            raise futures.timed_out
        loop.run_until_complete(tasks.sleep(0.001, loop=loop))


def run_once(loop: Any) -> None:
    """Let *loop* make one turn: what is ready, and what the selector has."""
    loop.call_soon(loop.stop)
    loop.run_forever()


def make_test_protocol(base: type[Any]) -> Any:
    """Return an object of a subclass of *base* all of whose public methods are mocks that return None."""
    mocks = {name: MockCallback(return_value=None) for name in dir(base) if not re.fullmatch("__.*__", name)}
    return type("TestProtocol", (base, *base.__bases__), mocks)()


def MockCallback(**kwargs: Any) -> Any:  # noqa: N802
    """Return a mock that can be called and nothing else."""
    return mock.Mock(spec=["__call__"], **kwargs)


class MockPattern(str):
    """A regular expression that equals what it is found in.

    Use it where texts are compared: `callback.assert_called_with(MockPattern("spam.*ham"))`.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return re.search(str(self), str(other), re.DOTALL) is not None

    __hash__ = str.__hash__


class TestSelector(selectors.BaseSelector):
    """A selector for which nothing is ever ready."""

    __test__ = False

    def __init__(self) -> None:
        self.keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Remember *fileobj*."""
        key = self.keys[fileobj] = selectors.SelectorKey(fileobj, 0, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Forget *fileobj*."""
        return self.keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return nothing, at once."""
        return []

    def get_map(self) -> Any:
        """Return what was remembered."""
        return self.keys


def _no_timers() -> Generator[Any, Any, None]:
    yield


class TestLoop(base_events.BaseEventLoop):
    """An event loop with a time of its own, and with files that are ready when a test says so.

    Args:
        gen: a generator function that makes the time. Each `yield` gives it the time that a callback was asked for, and
            takes the seconds by which the loop's time goes on; it must have come to its end when the loop is closed.

    Attributes:
        readers: the handles of what is to be read, by file descriptor.
        writers: the handles of what is to be written.
        remove_reader_count: how often reading was ended, by file descriptor.
        remove_writer_count: how often writing was ended.
    """

    __test__ = False

    def __init__(self, gen: Callable[[], Generator[Any, Any, Any]] | None = None) -> None:
        super().__init__()
        self._check_on_close = gen is not None
        self._gen = (_no_timers if gen is None else gen)()
        next(self._gen)
        self._time: float = 0
        self._clock_resolution = 1e-9
        self._timers: list[float] = []
        self._selector = TestSelector()
        self._transports: Any = weakref.WeakValueDictionary()
        self.readers: dict[int, Any] = {}
        self.writers: dict[int, Any] = {}
        self.reset_counters()

    def time(self) -> float:
        """Return the loop's time, in seconds from its making."""
        return self._time

    def advance_time(self, advance: float | None) -> None:
        """Let the loop's time go on by *advance* seconds."""
        self._time += advance or 0

    def close(self) -> None:
        """Close the loop.

        Raises:
            AssertionError: the generator of the time has not come to its end.
        """
        super().close()
        if self._check_on_close:
            with contextlib.suppress(StopIteration):
                self._gen.send(0)
                raise AssertionError("Time generator is not finished")

    def reset_counters(self) -> None:
        """Begin to count anew what is removed."""
        self.remove_reader_count: dict[int, int] = collections.defaultdict(int)
        self.remove_writer_count: dict[int, int] = collections.defaultdict(int)

    def _ensure_fd_no_transport(self, fd: Any) -> None:
        transport = self._transports.get(fd)
        if transport is not None:
            raise RuntimeError(f"File descriptor {fd!r} is used by transport {transport!r}")

    def _add_reader(self, fd: int, callback: Callable[..., Any], *args: Any, **kwds: Any) -> None:
        self.readers[fd] = events.Handle(callback, args, self, **kwds)

    def _remove_reader(self, fd: int) -> bool:
        self.remove_reader_count[fd] += 1
        return self.readers.pop(fd, None) is not None

    def _add_writer(self, fd: int, callback: Callable[..., Any], *args: Any, **kwds: Any) -> None:
        self.writers[fd] = events.Handle(callback, args, self, **kwds)

    def _remove_writer(self, fd: int) -> bool:
        self.remove_writer_count[fd] += 1
        return self.writers.pop(fd, None) is not None

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:  # type: ignore[override]
        """Call *callback* when a test says that *fd* can be read."""
        self._ensure_fd_no_transport(fd)
        self._add_reader(fd, callback, *args)

    def remove_reader(self, fd: Any) -> bool:
        """Forget who reads *fd*; return whether there was anybody."""
        self._ensure_fd_no_transport(fd)
        return self._remove_reader(fd)

    def add_writer(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:  # type: ignore[override]
        """Call *callback* when a test says that *fd* can be written to."""
        self._ensure_fd_no_transport(fd)
        self._add_writer(fd, callback, *args)

    def remove_writer(self, fd: Any) -> bool:
        """Forget who writes to *fd*; return whether there was anybody."""
        self._ensure_fd_no_transport(fd)
        return self._remove_writer(fd)

    def assert_reader(self, fd: int, callback: Callable[..., Any], *args: Any) -> None:
        """Fail unless *fd* is to be read by `callback(*args)`."""
        _assert_handle(self.readers, fd, callback, args)

    def assert_no_reader(self, fd: int) -> None:
        """Fail if *fd* is to be read."""
        if fd in self.readers:
            raise AssertionError(f"fd {fd} is registered")

    def assert_writer(self, fd: int, callback: Callable[..., Any], *args: Any) -> None:
        """Fail unless *fd* is to be written to by `callback(*args)`."""
        _assert_handle(self.writers, fd, callback, args)

    def _run_once(self) -> None:
        super()._run_once()  # type: ignore[misc]
        timers, self._timers = self._timers, []
        for when in timers:
            self.advance_time(self._gen.send(when))

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any, **kwds: Any) -> Any:  # type: ignore[override]
        """Call *callback* when the loop's time is *when*, which the generator of the time learns."""
        self._timers.append(when)
        return super().call_at(when, callback, *args, **kwds)

    def _process_events(self, event_list: Any) -> None:
        """Do nothing: files are ready when a test says so."""

    def _write_to_self(self) -> None:
        """Do nothing: nothing has to be woken."""


def _assert_handle(handles: dict[int, Any], fd: int, callback: Any, args: tuple[Any, ...]) -> None:
    if fd not in handles:
        raise AssertionError(f"fd {fd} is not registered")
    handle = handles[fd]
    if handle._callback != callback:
        raise AssertionError(f"unexpected callback: {handle._callback} != {callback}")
    if handle._args != args:
        raise AssertionError(f"unexpected callback args: {handle._args} != {args}")


def get_function_source(func: Callable[..., Any]) -> Any:
    """Return the file and the first line of a function.

    Raises:
        ValueError: it has no source.
    """
    source = host.function_source(func)
    if source is None:
        raise ValueError(f"unable to get the source of {func!r}")
    return source


class TestCase(unittest.TestCase):
    """A test in which nothing can fall back to a current or a running event loop."""

    @staticmethod
    def close_loop(loop: Any) -> None:
        """Close *loop*, after what its executor still does."""
        executor = loop._default_executor
        if executor is not None:
            executor.shutdown(wait=True)
        loop.close()

    def set_event_loop(self, loop: Any, *, cleanup: bool = True) -> None:
        """Leave the thread without a current event loop, so that *loop* has to be passed; close it after the test."""
        if loop is None:
            raise AssertionError
        events.set_event_loop(None)
        if cleanup:
            self.addCleanup(self.close_loop, loop)

    def new_test_loop(self, gen: Callable[[], Generator[Any, Any, Any]] | None = None) -> TestLoop:
        """Return a new `TestLoop`, to be passed to all that needs one."""
        loop = TestLoop(gen)
        self.set_event_loop(loop)
        return loop

    def setUp(self) -> None:
        """Hide the running event loop."""
        self._running = mock.patch.object(events, "_get_running_loop", return_value=None)
        self._running.start()

    def unpatch_get_running_loop(self) -> None:
        """Show the running event loop again."""
        if self._running is not None:
            self._running.stop()
            self._running = None  # type: ignore[assignment]

    def tearDown(self) -> None:
        """Leave no current event loop behind."""
        self.unpatch_get_running_loop()
        events.set_event_loop(None)
        self.doCleanups()


@contextlib.contextmanager
def disable_logger() -> Iterator[None]:
    """Keep asyncio's log silent."""
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def mock_nonblocking_socket(proto: int = 0, type: int = 1, family: int = 2) -> Any:  # noqa: A002
    """Return a mock of a socket, TCP over IPv4 by default, that does not block."""
    sock = mock.MagicMock()
    sock.proto, sock.type, sock.family = proto, type, family
    sock.gettimeout.return_value = 0.0
    return sock


def force_legacy_ssl_support() -> Any:
    """Return a context manager that does nothing: TLS has been the same with and without it since 3.5."""
    return contextlib.nullcontext()
