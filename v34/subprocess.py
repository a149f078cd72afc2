"""Subprocesses whose pipes are streams of this generation."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Generator
from typing import Any

from asyncio_compat.v34 import events, protocols, streams, tasks
from asyncio_compat.v34.coroutines import iterable, method_coroutine
from asyncio_compat.v34.flow_control import FlowControlMixin

__all__ = ("Process", "SubprocessStreamProtocol", "create_subprocess_exec", "create_subprocess_shell")

PIPE = subprocess.PIPE
STDOUT = subprocess.STDOUT
DEVNULL = subprocess.DEVNULL

_STDIN, _STDOUT, _STDERR = range(3)


class SubprocessStreamProtocol(FlowControlMixin, protocols.SubprocessProtocol):
    """What connects the pipes of a process with streams.

    Args:
        limit: the readers' limit in bytes.
        loop: the event loop.

    Attributes:
        stdin: a `StreamWriter`, or None if the process has no such pipe.
        stdout: a `StreamReader`, or None.
        stderr: a `StreamReader`, or None.
    """

    _reader_type: type[streams.StreamReader] = streams.StreamReader
    _writer_type: type[streams.StreamWriter] = streams.StreamWriter

    def __init__(self, limit: int | None, loop: Any) -> None:
        super().__init__(loop=loop)
        self._limit = limit
        self.stdin: Any = None
        self.stdout: Any = None
        self.stderr: Any = None
        self._transport: Any = None
        self._process_exited = False
        self._pipe_fds: list[int] = []

    def __repr__(self) -> str:
        pipes = [f"{name}={getattr(self, name)!r}" for name in ("stdin", "stdout", "stderr") if getattr(self, name)]
        return f"<{' '.join([type(self).__name__, *pipes])}>"

    def connection_made(self, transport: Any) -> None:
        """Make streams for the pipes that there are."""
        self._transport = transport
        self.stdout = self._reader_for(_STDOUT)
        self.stderr = self._reader_for(_STDERR)
        pipe = transport.get_pipe_transport(_STDIN)
        if pipe is not None:
            self.stdin = self._writer_type(pipe, protocol=self, reader=None, loop=self._loop)

    def _reader_for(self, fd: int) -> Any:
        pipe = self._transport.get_pipe_transport(fd)
        if pipe is None:
            return None
        reader = self._reader_type(limit=self._limit, loop=self._loop)
        reader.set_transport(pipe)
        self._pipe_fds.append(fd)
        return reader

    def _reader_of(self, fd: int) -> Any:
        return {_STDOUT: self.stdout, _STDERR: self.stderr}.get(fd)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Feed the reader of the pipe *fd*."""
        reader = self._reader_of(fd)
        if reader is not None:
            reader.feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: BaseException | None) -> None:
        """End the stream of the pipe *fd*, with *exc* if the pipe failed."""
        if fd == _STDIN:
            if self.stdin is not None:
                self.stdin.close()
            self.connection_lost(exc)
            return
        reader = self._reader_of(fd)
        if reader is not None and exc is None:
            reader.feed_eof()
        elif reader is not None:
            reader.set_exception(exc)
        if fd in self._pipe_fds:
            self._pipe_fds.remove(fd)
        self._close_when_all_is_over()

    def process_exited(self) -> None:
        """Close the transport, once the pipes have been read to their end."""
        self._process_exited = True
        self._close_when_all_is_over()

    def _close_when_all_is_over(self) -> None:
        if self._process_exited and not self._pipe_fds:
            transport, self._transport = self._transport, None
            transport.close()


class Process:
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

    Source: 3.4 documentation, Process.
    """

    # Before 3.4.5 and 3.5.2 stdin stayed open when there was an empty input.
    _feeds_empty_input = True

    def __init__(self, transport: Any, protocol: Any, loop: Any) -> None:
        self._transport = transport
        self._protocol = protocol
        self._loop = loop
        self.stdin: Any = protocol.stdin
        self.stdout: Any = protocol.stdout
        self.stderr: Any = protocol.stderr
        self.pid: int = transport.get_pid()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pid}>"

    @property
    def returncode(self) -> int | None:
        """What the process returned, None while it runs; -N if the signal N ended it."""
        code: int | None = self._transport.get_returncode()
        return code

    @method_coroutine
    def wait(self) -> Generator[Any, Any, Any]:
        """Wait for the end of the process; return its return code."""
        return (yield from iterable(self._transport._wait()))

    def send_signal(self, signal: int) -> None:
        """Send a signal to the process.

        Raises:
            ProcessLookupError: it has ended.
        """
        self._transport.send_signal(signal)

    def terminate(self) -> None:
        """Ask the process to end: SIGTERM.

        Raises:
            ProcessLookupError: it has ended.
        """
        self._transport.terminate()

    def kill(self) -> None:
        """End the process: SIGKILL.

        Raises:
            ProcessLookupError: it has ended.
        """
        self._transport.kill()

    @method_coroutine
    def communicate(self, input: bytes | None = None) -> Generator[Any, Any, tuple[bytes | None, bytes | None]]:  # noqa: A002
        """Send *input* to the process, read all that it writes, and wait for its end.

        Args:
            input: bytes for its standard input, which is then closed.

        Returns:
            What it wrote to standard output and to standard error, None for what is not a pipe.

        Source: 3.4 documentation, Process.communicate().
        """
        feeds = bool(input) or (input is not None and self._feeds_empty_input)
        _, output, errors = yield from tasks.gather(
            self._feed_stdin(input) if feeds else _nothing(),
            self._read_stream(_STDOUT, self.stdout),
            self._read_stream(_STDERR, self.stderr),
            loop=self._loop,
        )
        yield from self.wait()  # type: ignore[misc]
        return output, errors

    @method_coroutine
    def _feed_stdin(self, data: Any) -> Generator[Any, Any, None]:
        self.stdin.write(data)
        try:
            yield from self.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            # It does not want to know more.
            pass
        self.stdin.close()

    @method_coroutine
    def _read_stream(self, fd: int, reader: Any) -> Generator[Any, Any, bytes | None]:
        if reader is None:
            return None
        pipe = self._transport.get_pipe_transport(fd)
        output: bytes = yield from reader.read()
        pipe.close()
        return output


@method_coroutine
def _nothing() -> Generator[Any, Any, None]:
    return
    yield


def _process_on(
    loop: Any, limit: int | None, start: Callable[..., Any], args: tuple[Any, ...], kwds: dict[str, Any]
) -> Generator[Any, Any, Process]:
    transport, protocol = yield from iterable(start(lambda: SubprocessStreamProtocol(limit, loop), *args, **kwds))
    return Process(transport, protocol, loop)


@method_coroutine
def create_subprocess_shell(
    cmd: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    loop: Any = None,
    limit: int | None = streams._DEFAULT_LIMIT,
    **kwds: Any,
) -> Generator[Any, Any, Process]:
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

    Source: 3.4 documentation, "Create a subprocess: high-level API using Process".
    """
    loop = events.get_event_loop() if loop is None else loop
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    return (yield from _process_on(loop, limit, loop.subprocess_shell, (cmd,), kwds))


@method_coroutine
def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    loop: Any = None,
    limit: int | None = streams._DEFAULT_LIMIT,
    **kwds: Any,
) -> Generator[Any, Any, Process]:
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

    Source: 3.4 documentation, "Create a subprocess: high-level API using Process".
    """
    loop = events.get_event_loop() if loop is None else loop
    kwds.update(stdin=stdin, stdout=stdout, stderr=stderr)
    return (yield from _process_on(loop, limit, loop.subprocess_exec, (program, *args), kwds))
