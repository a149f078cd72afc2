"""One measurement: a program under test and a peer, each a new process."""

from __future__ import annotations

import functools
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from benchmarks.contestants import PROGRAMS, Contestant

if TYPE_CHECKING:
    from benchmarks.workloads import Workload

__all__ = ("MeasurementFailed", "Sample", "allow_many_sockets", "measure")

# Seconds after which a measurement has failed.
_PATIENCE = 120
_PEER = str(Path(__file__).parent / "peer.py")
# A benchmark without a socket feeds so many operations' worth of bytes at a time.
_OPERATIONS_A_BLOCK = 1000

Sample = dict[str, float]


class MeasurementFailed(Exception):
    """The program or the peer ended before its time; the text is what they said."""


def measure(workload: Workload, contestant: Contestant, share: float, pin: bool) -> Sample:
    """Do *workload* once.

    Args:
        workload: what to do.
        contestant: whose program is under test.
        share: how much of the workload's count to do; 1 is all of it.
        pin: give the program and the peer a CPU each.

    Returns:
        Seconds an operation by name: "wall", "cpu" where it can be known, "p50" and "p99" of exchanges; or "memory", in
        bytes a connection.

    Raises:
        MeasurementFailed: it cannot be done.
    """
    count = workload.scaled(share)
    command = contestant.started(workload) + _options(workload, count)
    with _running(command, cpu=-1 if pin else None) as program:
        said = program.said()
        if not workload.shape:
            return _sample(said, program)
        asked = {"shape": workload.shape, "count": count, "pid": program.pid, "port": int(said), **workload.peer}
        asked["spin"] = pin and len(_cpus()) > 1
        if workload.tls:
            asked["certificate"] = _certificate()
        with _running([sys.executable, _PEER, json.dumps(asked)], cpu=0 if pin else None) as peer:
            return _sample(peer.said(also=program), peer)


def _sample(said: str, process: _Process) -> Sample:
    try:
        return {name: float(value) for name, value in json.loads(said).items()}
    except ValueError:
        raise MeasurementFailed(f"{process.name} said {said!r}") from None


def _options(workload: Workload, count: int) -> list[str]:
    if workload.handler == "load":
        return []
    options = dict(workload.program)
    if not workload.shape:
        options["total"] = max(count // _OPERATIONS_A_BLOCK, 1)
    elif workload.size:
        options["total"] = count * workload.size
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return [*words, "--tls", _certificate()] if workload.tls else words


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="asyncio-compat-benchmarks-")


@functools.cache
def _certificate() -> str:
    """Return the file of a certificate, made for this run, with its key."""
    try:
        import trustme
    except ImportError:
        raise MeasurementFailed("TLS needs a certificate, which trustme makes: install asyncio-compat[bench]") from None
    path = Path(_folder().name, "localhost.pem")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(path)
    authority.cert_pem.write_to_path(path, append=True)
    return str(path)


class _Process:
    def __init__(self, command: list[str], process: subprocess.Popen[str], errors: IO[str]) -> None:
        self._process = process
        self._errors = errors
        self.name = " ".join(Path(word).name for word in command)
        self.pid = process.pid

    def said(self, also: _Process | None = None) -> str:
        """Return its next line.

        Raises:
            MeasurementFailed: it ended without one; the text is what it and *also* wrote to their standard error.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            complaints = "".join(process.complaint() for process in (also, self) if process is not None)
            raise MeasurementFailed(f"{self.name} ended early\n{complaints}".rstrip())
        return line

    def complaint(self) -> str:
        self._errors.seek(0)
        return self._errors.read()


@contextmanager
def _running(command: list[str], cpu: int | None) -> Iterator[_Process]:
    with tempfile.TemporaryFile("w+") as errors:
        started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=PROGRAMS)
        if cpu is not None:
            _pin(started.pid, cpu)
        alarm = threading.Timer(_PATIENCE, started.kill)
        alarm.start()
        try:
            yield _Process(command, started, errors)
        finally:
            alarm.cancel()
            started.kill()
            started.communicate()


def _pin(pid: int, index: int) -> None:
    # Where the two processes of a measurement run decides more than what they do, if that is left to chance.
    if len(_cpus()) > 1:
        os.sched_setaffinity(pid, {_cpus()[index]})


def _cpus() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []


def allow_many_sockets() -> None:
    """Allow this process, and those that it starts, as many open sockets as the system does."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
