"""Subprocesses in 3.8's pre-releases: what is piped to and from them are streams of the proper mode."""

from __future__ import annotations

from typing import Any

from asyncio_compat.v37 import subprocess
from asyncio_compat.v38.flow_control import FlowControlMixin, discourage
from asyncio_compat.v38.legacy_streams import StreamReader, StreamWriter
from asyncio_compat.v38.stream import Stream, StreamMode, check_limit

__all__ = ("Process", "SubprocessStreamProtocol", "create_subprocess_exec", "create_subprocess_shell")

PIPE = subprocess.PIPE
STDOUT = subprocess.STDOUT
DEVNULL = subprocess.DEVNULL

_DEFAULT_LIMIT = 2**16
_STDIN, _STDOUT, _STDERR = range(3)


class SubprocessStreamProtocol(subprocess.SubprocessStreamProtocol, FlowControlMixin):
    """What connects the pipes of a process with streams. That programs make one is deprecated.

    Args:
        limit: the streams' limit in bytes.
        loop: the event loop.

    Attributes:
        stdin: a `Stream` of mode WRITE, or None if the process has no such pipe.
        stdout: a `Stream` of mode READ, or None.
        stderr: a `Stream` of mode READ, or None.
    """

    _reader_type = StreamReader
    _writer_type = StreamWriter

    # Whether pipes are a Stream each; in 3.8.0's alphas they were readers and a writer.
    _pipes_are_streams = True

    def __init__(self, limit: int | None, loop: Any, *, _asyncio_internal: bool = False) -> None:
        discourage(self, _asyncio_internal)
        super().__init__(limit, loop)
        # Done when the pipe of the number is closed.
        self._outputs_closed = {fd: self._loop.create_future() for fd in (_STDOUT, _STDERR)}

    def connection_made(self, transport: Any) -> None:
        """Make streams for the pipes that there are."""
        if not self._pipes_are_streams:
            super().connection_made(transport)
            return
        self._transport = transport
        self.stdin = self._stream_for(_STDIN, StreamMode.WRITE)
        self.stdout = self._stream_for(_STDOUT, StreamMode.READ)
        self.stderr = self._stream_for(_STDERR, StreamMode.READ)
        self._pipe_fds += [fd for fd in (_STDOUT, _STDERR) if self._reader_of(fd) is not None]

    def _stream_for(self, fd: int, mode: StreamMode) -> Stream | None:
        pipe = self._transport.get_pipe_transport(fd)
        if pipe is None:
            return None
        return Stream(mode, transport=pipe, protocol=self, limit=self._limit, loop=self._loop, _asyncio_internal=True)

    def pipe_connection_lost(self, fd: int, exc: BaseException | None) -> None:
        """End the stream of the pipe *fd*, with *exc* if the pipe failed."""
        super().pipe_connection_lost(fd, exc)
        closed = self._outputs_closed.get(fd)
        if closed is not None and not closed.done():
            closed.set_result(None)

    def _get_close_waiter(self, stream: Any) -> Any:
        if stream is self.stdin:
            return super()._get_close_waiter(stream)
        return self._outputs_closed[_STDOUT if stream is self.stdout else _STDERR]


class Process(subprocess.Process):
    """A process, as `create_subprocess_exec()` and `create_subprocess_shell()` return it.

    Args:
        transport: the transport of the process.
        protocol: its `SubprocessStreamProtocol`.
        loop: the event loop.

    Attributes:
        stdin: a `Stream` of mode WRITE, or None if the process was not started with `stdin=PIPE`.
        stdout: a `Stream` of mode READ, or None.
        stderr: a `Stream` of mode READ, or None.
        pid: the number of the process.

    Source: 3.8 documentation, Subprocesses.
    """

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
    """Run a command of the shell; else as `create_subprocess_exec()`.

    Source: 3.8 documentation, create_subprocess_shell().
    """
    loop = subprocess._chosen(loop)
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    return await _started(loop, limit, loop.subprocess_shell, (cmd,), kwds)


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
        program: its path or name.
        args: its arguments, strings or bytes.
        stdin: `PIPE`, `DEVNULL`, a file, or None for this process's own.
        stdout: the same.
        stderr: the same, or `STDOUT`.
        loop: the event loop to use; by default the current one. Deprecated.
        limit: the streams' limit in bytes; None means 64 KiB.
        kwds: for `subprocess.Popen`.

    Returns:
        A `Process`, with a `Stream` for each pipe.

    Raises:
        ValueError: *limit* is zero or negative.

    Source: 3.8 documentation, create_subprocess_exec().
    """
    loop = subprocess._chosen(loop)
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    return await _started(loop, limit, loop.subprocess_exec, (program, *args), kwds)


async def _started(loop: Any, limit: int | None, begin: Any, args: tuple[Any, ...], kwds: dict[str, Any]) -> Process:
    limit = check_limit(limit)
    transport, protocol = await begin(
        lambda: SubprocessStreamProtocol(limit, loop, _asyncio_internal=True), *args, **kwds
    )
    return Process(transport, protocol, loop, _asyncio_internal=True)
