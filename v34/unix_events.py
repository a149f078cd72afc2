"""Event loops on Unix."""

from __future__ import annotations

import threading
from typing import Any

from asyncio_compat.v34 import events, host
from asyncio_compat.v34.child_watchers import (
    AbstractChildWatcher,
    BaseChildWatcher,
    FastChildWatcher,
    SafeChildWatcher,
    watch,
)
from asyncio_compat.v34.selector_events import BaseSelectorEventLoop

__all__ = (
    "AbstractChildWatcher",
    "BaseChildWatcher",
    "DefaultEventLoopPolicy",
    "FastChildWatcher",
    "SafeChildWatcher",
    "SelectorEventLoop",
)


class _UnixSelectorEventLoop(BaseSelectorEventLoop, host.event_loop_class()):  # type: ignore[misc]
    """An event loop with Unix sockets, signals, pipes and subprocesses.

    Args:
        selector: a `selectors.BaseSelector`; by default the platform's best.

    Source: 3.4 documentation, "Event loops".
    """

    async def _make_subprocess_transport(
        self,
        protocol: Any,
        args: Any,
        shell: bool,
        stdin: Any,
        stdout: Any,
        stderr: Any,
        bufsize: int,
        extra: Any = None,
        **kwds: Any,
    ) -> Any:
        started = self.create_future()
        popen = (args, shell, stdin, stdout, stderr, bufsize)
        transport = host.subprocess_transport_class()(self, protocol, *popen, waiter=started, extra=extra, **kwds)
        watch(self, transport.get_pid(), transport._process_exited)
        try:
            await started
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            transport.close()
            await transport._wait()
            raise
        return transport


class _UnixDefaultEventLoopPolicy(events.BaseDefaultEventLoopPolicy):
    """The default policy on Unix: it has a child watcher besides, attached to the main thread's event loop.

    Source: 3.4 documentation, "Event loop policies and the default policy".
    """

    _loop_factory = _UnixSelectorEventLoop

    def __init__(self) -> None:
        self._watcher: AbstractChildWatcher | None = None

    def set_event_loop(self, loop: Any) -> None:
        """Make *loop* the thread's event loop, and in the main thread the child watcher's; None for none."""
        super().set_event_loop(loop)
        if self._watcher is not None and threading.current_thread() is threading.main_thread():
            self._watcher.attach_loop(loop)

    def get_child_watcher(self) -> Any:
        """Return the child watcher: a `SafeChildWatcher` if none was set."""
        if self._watcher is None:
            self._watcher = SafeChildWatcher()
            if threading.current_thread() is threading.main_thread():
                self._watcher.attach_loop(host.current_event_loop())
        return self._watcher

    def set_child_watcher(self, watcher: Any) -> None:
        """Make *watcher* the child watcher, and close the one that was; None for one that is made when needed.

        Raises:
            AssertionError: *watcher* is not an `AbstractChildWatcher`.
        """
        if not (watcher is None or isinstance(watcher, AbstractChildWatcher)):
            raise AssertionError
        if self._watcher is not None:
            self._watcher.close()
        self._watcher = watcher


SelectorEventLoop = _UnixSelectorEventLoop
DefaultEventLoopPolicy = _UnixDefaultEventLoopPolicy
