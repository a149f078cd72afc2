"""Subprocesses in 3.8's pre-releases: what is piped to and from them are streams of the proper mode."""

from __future__ import annotations

import asyncio.subprocess
import warnings
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from typing import Any

from asyncio_compat.v37 import events
from asyncio_compat.v38.flow_control import FlowControlMixin, discourage
from asyncio_compat.v38.legacy_streams import StreamReader, StreamWriter
from asyncio_compat.v38.stream import Stream, StreamMode, check_limit

__all__ = (
    "DEVNULL",
    "PIPE",
    "STDOUT",
    "Process",
    "SubprocessStreamProtocol",
    "create_subprocess_exec",
    "create_subprocess_shell",
)

_DEFAULT_LIMIT = 2**16

# Whether the loop argument is deprecated: since 3.8.0b2.
_LOOP_DEPRECATED = True

_STDIN, _STDOUT, _STDERR = range(3)


class SubprocessStreamProtocol(FlowControlMixin, asyncio.SubprocessProtocol):
    """A protocol that feeds the streams of a subprocess.

    Args:
        limit: the limit of the streams that can be read, in bytes.
        loop: the event loop.

    Attributes:
        stdin: the stream to write to, None if it is not piped.
        stdout: a stream to read from, None if it is not piped.
        stderr: a stream to read from, None if it is not piped.
    """

    # Whether pipes are a Stream each; in 3.8.0's alphas they were readers and a writer.
    _pipes_are_streams = True

    def __init__(self, limit: int, loop: Any, *, _asyncio_internal: bool = False) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(loop=loop)
        self._limit = limit
        self.stdin: Any = None
        self.stdout: Any = None
        self.stderr: Any = None
        self._transport: Any = None
        self._process_exited = False
        self._streams: dict[int, Any] = {}
        # Done when a pipe is closed.
        self._closed: dict[int, asyncio.Future[None]] = {}

    def __repr__(self) -> str:
        said = [type(self).__name__]
        for name in ("stdin", "stdout", "stderr"):
            stream = getattr(self, name)
            if stream is not None:
                said.append(f"{name}={stream!r}")
        return f"<{' '.join(said)}>"

    def connection_made(self, transport: Any) -> None:
        """Make a stream for each pipe."""
        self._transport = transport
        self.stdout = self._stream(_STDOUT, StreamMode.READ)
        self.stderr = self._stream(_STDERR, StreamMode.READ)
        self.stdin = self._stream(_STDIN, StreamMode.WRITE)

    def _stream(self, fd: int, mode: StreamMode) -> Any:
        transport = self._transport.get_pipe_transport(fd)
        if transport is None:
            return None
        self._closed[fd] = self._loop.create_future()
        stream: Any
        if self._pipes_are_streams:
            stream = Stream(
                mode, transport=transport, protocol=self, limit=self._limit, loop=self._loop, _asyncio_internal=True
            )
        elif mode is StreamMode.READ:
            stream = StreamReader(self._limit, self._loop)
            stream.set_transport(transport)
        else:
            stream = StreamWriter(transport, self, None, self._loop)
        self._streams[fd] = stream
        return stream

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Feed *data* to the stream of *fd*."""
        if fd in self._streams:
            self._streams[fd].feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: BaseException | None) -> None:
        """End the stream of *fd*, with *exc* if the pipe failed."""
        if fd == _STDIN:
            if self.stdin is not None:
                self.stdin.close()
            self.connection_lost(exc)
        elif fd in self._streams:
            if exc is None:
                self._streams[fd].feed_eof()
            else:
                self._streams[fd].set_exception(exc)
        self._end(fd, exc)
        self._maybe_close_transport()

    def _end(self, fd: int, exc: BaseException | None) -> None:
        closed = self._closed.get(fd)
        if closed is None or closed.done():
            return
        if exc is None:
            closed.set_result(None)
        else:
            closed.set_exception(exc)
            # Nobody needs to wait for it: then the failure is no news either.
            closed.exception()

    def process_exited(self) -> None:
        """The process ended; what it wrote before can still be read."""
        self._process_exited = True
        self._maybe_close_transport()

    def _maybe_close_transport(self) -> None:
        reading = [fd for fd, closed in self._closed.items() if fd != _STDIN and not closed.done()]
        if self._process_exited and not reading and self._transport is not None:
            self._transport.close()
            self._transport = None

    def _get_close_waiter(self, stream: Any) -> Any:
        return next(self._closed[fd] for fd, one in self._streams.items() if one is stream)


class Process(asyncio.subprocess.Process):
    """A subprocess.

    Args:
        transport: its transport.
        protocol: its protocol.
        loop: the event loop.

    Attributes:
        stdin: a `Stream` of mode WRITE, None if standard input is not piped.
        stdout: a `Stream` of mode READ, None if standard output is not piped.
        stderr: a `Stream` of mode READ, None if standard error is not piped.
        pid: its number.

    Source: 3.8 documentation, Process.
    """

    stdin: Stream | None  # type: ignore[assignment]
    stdout: Stream | None  # type: ignore[assignment]
    stderr: Stream | None  # type: ignore[assignment]

    # Whether it is deprecated to make instances: since 3.8.0b1.
    _discouraged = True

    def __init__(self, transport: Any, protocol: Any, loop: Any, *, _asyncio_internal: bool = False) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(transport, protocol, loop)


async def create_subprocess_shell(
    cmd: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Process:
    """Run a shell command; else as `create_subprocess_exec()`.

    Source: 3.8 documentation, create_subprocess_shell().
    """
    _warn(loop)
    return await _created("subprocess_shell", (cmd,), loop, limit, stdin=stdin, stdout=stdout, stderr=stderr, **kwds)


async def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    loop: Any = None,
    limit: int | None = _DEFAULT_LIMIT,
    **kwds: Any,
) -> Process:
    """Run a program.

    Args:
        program: its name or path.
        args: its arguments.
        stdin: PIPE, DEVNULL, a file or a file descriptor; None leaves it as it is.
        stdout: the same.
        stderr: the same, or STDOUT.
        loop: the event loop to use; by default the running one. Deprecated.
        limit: the streams' limit in bytes; None means 64 KiB.
        kwds: passed to `loop.subprocess_exec()`.

    Returns:
        The process, with a `Stream` for each pipe.

    Source: 3.8 documentation, create_subprocess_exec().
    """
    _warn(loop)
    return await _created(
        "subprocess_exec", (program, *args), loop, limit, stdin=stdin, stdout=stdout, stderr=stderr, **kwds
    )


def _warn(loop: Any) -> None:
    if loop is not None and _LOOP_DEPRECATED:
        warnings.warn(
            "The loop argument is deprecated since Python 3.8 and scheduled for removal in Python 3.10.",
            DeprecationWarning,
            stacklevel=3,
        )


async def _created(method: str, command: tuple[Any, ...], loop: Any, limit: int | None, **kwds: Any) -> Process:
    loop = events.get_event_loop() if loop is None else loop
    limit = check_limit(limit)
    transport, protocol = await getattr(loop, method)(
        lambda: SubprocessStreamProtocol(limit, loop, _asyncio_internal=True), *command, **kwds
    )
    return Process(transport, protocol, loop, _asyncio_internal=True)
