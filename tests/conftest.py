"""What every test may use, and what every test must leave behind: nothing."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import socket
import ssl
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest

hypothesis.settings.register_profile("asyncio-compat", deadline=None, print_blob=True)
hypothesis.settings.load_profile("asyncio-compat")

CALL_FAILED = pytest.StashKey[bool]()


class TLS(NamedTuple):
    """Contexts of a server and of a client that trusts it as "localhost" and as 127.0.0.1."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def tls() -> TLS:
    """Return the TLS contexts of a server and of a client, with a certificate made for this session."""
    import trustme

    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1", "::1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return TLS(server, client)


@pytest.fixture
def unix_path() -> Iterator[str]:
    """Return a path where a Unix socket may be made, short enough for any system's limit."""
    with tempfile.TemporaryDirectory(prefix="ac-", dir="/tmp") as folder:
        yield f"{folder}/socket"


@pytest.fixture
def reserve_port() -> Iterator[Callable[[int], int]]:
    """Return a function that waits until no other test run on this machine uses a port, and keeps it for the test.

    It is for programs with a port of their own; everything else asks for port 0.
    """
    with ExitStack() as locks:

        def reserve(port: int) -> int:
            lock = locks.enter_context(Path(tempfile.gettempdir(), f"asyncio-compat-port-{port}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            return port

        yield reserve


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember that a test failed: what a failed test leaves open is no news."""
    report = yield
    if call.excinfo is not None:
        item.stash[CALL_FAILED] = True
    return report


def pytest_collection_finish() -> None:
    """Put what the imports made out of the collector's sight, so that looking for leaks costs next to nothing."""
    # Once, before: hypothesis asks the collector whether anybody holds its random generator.
    hypothesis.given(hypothesis.strategies.none())(lambda _: None)()
    gc.collect()
    gc.freeze()


class LostTasks(logging.Handler):
    """Collect asyncio's reports of tasks and futures that were dropped with something left to do or to say."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if "was never retrieved" in message or "was destroyed but it is pending" in message:
            self.messages.append(message)


@pytest.fixture(autouse=True)
def nothing_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a task, a loop or a socket; unclosed transports fail it as warnings.

    A test that asks for ``caplog`` looks at asyncio's log itself; elsewhere a report of a lost task is a failure.
    """
    forget_the_current_loop()
    before = {id(thing): thing for thing in living()}
    lost = LostTasks()
    logging.getLogger("asyncio").addHandler(lost)
    try:
        yield
        # Twice: a finalizer may revive what the next pass then frees.
        gc.collect()
        gc.collect()
    finally:
        logging.getLogger("asyncio").removeHandler(lost)
    left = [repr(thing) for thing in living() if id(thing) not in before]
    running = asyncio._get_running_loop()
    if running is not None:
        asyncio._set_running_loop(None)
        left.append(f"running: {running!r}")
    current = current_loop()
    if current is not None and not current.is_closed():
        left.append(f"current event loop: {current!r}")
    if "caplog" not in request.fixturenames:
        left.extend(lost.messages)
    forget_the_current_loop()
    # What lives on, such as the modules of a version, is no later test's: looking through it again and again took most
    # of the time of the whole suite.
    gc.freeze()
    if left and not request.node.stash.get(CALL_FAILED, False):
        pytest.fail("the test left behind:\n" + "\n".join(left), pytrace=False)


def living() -> list[object]:
    """Return the loops, tasks and sockets that are neither closed nor done."""
    # type(), not isinstance(): the latter would wake lazy proxies that look at their __class__.
    return [thing for thing in gc.get_objects() if is_alive(type(thing), thing)]


def is_alive(kind: type, thing: object) -> bool:
    """Tell whether *thing*, of type *kind*, is a loop, a task or a socket with something left to end."""
    if issubclass(kind, socket.socket):
        return thing.fileno() != -1
    if issubclass(kind, asyncio.Task):
        return not thing.done()
    return issubclass(kind, asyncio.BaseEventLoop) and not asyncio.BaseEventLoop.is_closed(thing)


def current_loop() -> asyncio.AbstractEventLoop | None:
    """Return this thread's current event loop without making one, which the public function would do on some hosts."""
    policy = getattr(asyncio.events, "_event_loop_policy", None)
    return getattr(getattr(policy, "_local", None), "_loop", None)


def forget_the_current_loop() -> None:
    """Make the next test start as a new process does: with the default policy, and no current event loop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop_policy(None)
