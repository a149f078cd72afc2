"""Subprocesses whose pipes are streams of 3.7, with native coroutines."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from typing import Any

from asyncio_compat.v34 import subprocess as older
from asyncio_compat.v34.flow_control import Closed
from asyncio_compat.v37 import events, loop_argument, streams

__all__ = ("Process", "SubprocessStreamProtocol", "create_subprocess_exec", "create_subprocess_shell")

PIPE = subprocess.PIPE
STDOUT = subprocess.STDOUT
DEVNULL = subprocess.DEVNULL

_STDIN, _STDOUT, _STDERR = range(3)


class SubprocessStreamProtocol(older.SubprocessStreamProtocol, streams.FlowControlMixin):
    """What connects the pipes of a process with streams.

    Args:
        limit: the readers' limit in bytes.
        loop: the event loop.

    Attributes:
        stdin: a `StreamWriter`, or None if the process has no such pipe.
        stdout: a `StreamReader`, or None.
        stderr: a `StreamReader`, or None.
    """

    _reader_type = streams.StreamReader
    _writer_type = streams.StreamWriter

    def __init__(self, limit: int | None, loop: Any) -> None:
        super().__init__(limit, loop)
        self._stdin_closed = Closed(loop=self._loop)

    def pipe_connection_lost(self, fd: int, exc: BaseException | None) -> None:
        """End the stream of the pipe *fd*, with *exc* if the pipe failed."""
        super().pipe_connection_lost(fd, exc)
        if fd == _STDIN:
            self._stdin_closed.end(exc)

    def _get_close_waiter(self, stream: Any) -> Any:
        return self._stdin_closed if stream is self.stdin else super()._get_close_waiter(stream)


class Process(older.Process):
    """A process, as `create_subprocess_exec()` and `create_subprocess_shell()` return it.

    Args:
        transport: the transport of the process.
        protocol: its `SubprocessStreamProtocol`.
        loop: the event loop.

    Attributes:
        stdin: a `StreamWriter`, or None if the process was not started with `stdin=PIPE`.
        stdout: a `StreamReader`, or None.
        stderr: a `StreamReader`, or None.
        pid: the number of the process.

    Source: 3.7 documentation, Subprocesses.
    """

    # Since 3.12 communicate() closes stdin even if there is nothing to send.
    _always_closes_stdin = False

    async def wait(self) -> int | None:
        """Wait for the end of the process; return its return code."""
        code: int | None = await self._transport._wait()
        return code

    async def communicate(self, input: bytes | None = None) -> tuple[bytes | None, bytes | None]:  # noqa: A002
        """Send *input* to the process, read all that it writes, and wait for its end.

        Args:
            input: bytes for its standard input, which is then closed.

        Returns:
            What it wrote to standard output and to standard error, None for what is not a pipe.
        """
        _, output, errors = await asyncio.gather(
            self._feed(input), self._read(_STDOUT, self.stdout), self._read(_STDERR, self.stderr)
        )
        await self.wait()
        return output, errors

    async def _feed(self, data: bytes | None) -> None:
        stdin = self.stdin
        if data is None and (stdin is None or not self._always_closes_stdin):
            return
        try:
            if data is not None:
                stdin.write(data)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            # It does not want to know more.
            pass
        stdin.close()

    async def _read(self, fd: int, reader: Any) -> bytes | None:
        if reader is None:
            return None
        output: bytes = await reader.read()
        self._transport.get_pipe_transport(fd).close()
        return output


async def start(
    process_type: type[Process],
    protocol_type: type[SubprocessStreamProtocol],
    loop: Any,
    limit: int | None,
    begin: Callable[..., Any],
    args: tuple[Any, ...],
    kwds: dict[str, Any],
) -> Any:
    """Start a process by *begin*, a method of *loop*, and return its *process_type*."""
    transport, protocol = await begin(lambda: protocol_type(limit, loop), *args, **kwds)
    return process_type(transport, protocol, loop)


def _chosen(loop: Any) -> Any:
    if loop is None:
        return events.get_event_loop()
    # The same warning, but for a comma.
    loop_argument.warn(stacklevel=4, comma="")
    return loop


async def create_subprocess_shell(
    cmd: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    loop: Any = None,
    limit: int | None = streams._DEFAULT_LIMIT,
    **kwds: Any,
) -> Process:
    """Run a command of the shell.

    Args:
        cmd: the command, a string or bytes.
        stdin: `PIPE`, `DEVNULL`, a file, or None for this process's own.
        stdout: the same.
        stderr: the same, or `STDOUT`.
        loop: the event loop to use; by default the current one.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: for `subprocess.Popen`.

    Returns:
        A `Process`.

    Source: 3.7 documentation, create_subprocess_shell().
    """
    loop = _chosen(loop)
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    process: Process = await start(Process, SubprocessStreamProtocol, loop, limit, loop.subprocess_shell, (cmd,), kwds)
    return process


async def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    loop: Any = None,
    limit: int | None = streams._DEFAULT_LIMIT,
    **kwds: Any,
) -> Process:
    """Run a program.

    Args:
        program: its path or name.
        args: its arguments, strings or bytes.
        stdin: as for `create_subprocess_shell()`.
        stdout: the same.
        stderr: the same.
        loop: the event loop to use; by default the current one.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: for `subprocess.Popen`.

    Returns:
        A `Process`.

    Source: 3.7 documentation, create_subprocess_exec().
    """
    loop = _chosen(loop)
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    begin = loop.subprocess_exec
    process: Process = await start(Process, SubprocessStreamProtocol, loop, limit, begin, (program, *args), kwds)
    return process
