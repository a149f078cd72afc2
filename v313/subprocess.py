"""Subprocesses whose pipes are streams of 3.13."""

from __future__ import annotations

import subprocess
from typing import Any

from asyncio_compat.v37 import subprocess as older
from asyncio_compat.v313 import events, streams

__all__ = ("Process", "SubprocessStreamProtocol", "create_subprocess_exec", "create_subprocess_shell")

PIPE = subprocess.PIPE
STDOUT = subprocess.STDOUT
DEVNULL = subprocess.DEVNULL


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

    Source: 3.13 documentation, Subprocesses.
    """

    # Up to 3.11 communicate() left stdin open if there was nothing to send.
    _always_closes_stdin = True


async def create_subprocess_shell(
    cmd: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int | None = streams._DEFAULT_LIMIT,
    **kwds: Any,
) -> Process:
    """Run a command of the shell.

    Args:
        cmd: the command, a string or bytes.
        stdin: `PIPE`, `DEVNULL`, a file, or None for this process's own.
        stdout: the same.
        stderr: the same, or `STDOUT`.
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: for `subprocess.Popen`.

    Returns:
        A `Process`.

    Source: 3.13 documentation, create_subprocess_shell().
    """
    loop = events.get_running_loop()
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    begin = loop.subprocess_shell
    process: Process = await older.start(Process, SubprocessStreamProtocol, loop, limit, begin, (cmd,), kwds)
    return process


async def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
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
        limit: the readers' limit in bytes; None means 64 KiB.
        kwds: for `subprocess.Popen`.

    Returns:
        A `Process`.

    Source: 3.13 documentation, create_subprocess_exec().
    """
    loop = events.get_running_loop()
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    begin = loop.subprocess_exec
    process: Process = await older.start(Process, SubprocessStreamProtocol, loop, limit, begin, (program, *args), kwds)
    return process
