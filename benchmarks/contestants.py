"""Who takes part: each generation, and whom they are compared with."""

from __future__ import annotations

import functools
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.workloads import Workload

__all__ = ("LIBRARIES", "PROGRAMS", "Contestant", "NotInstalled", "generation", "raw_sockets", "rival")

PROGRAMS = Path(__file__).parent / "programs"

# The version that stands for each generation.
_API = {"v34": "3.6", "v37": "3.7", "v38": "3.8", "v313": "3.13"}

LIBRARIES = ("uvloop", "anyio", "trio")

_TUPLES = {"readuntil_tuple", "readuntil_tuple_backlog"}
_ANYIO = {"echo", "readline", "readuntil", "readexactly", "read", "write", "churn", "idle"}
_TRIO = {"echo", "read", "write", "churn", "idle"}


class NotInstalled(Exception):
    """What is to be compared with is not there."""


@dataclass(frozen=True)
class Contestant:
    """Somebody who can do workloads.

    Attributes:
        name: what it is called, and what tells it from all others.
        command: how its program is started; what follows are the handler's name and options.
        can: whether it has what a workload needs.
        loading: what `programs/importing.py` loads for it.
    """

    name: str
    command: tuple[str, ...]
    can: Callable[[Workload], bool]
    loading: str = ""

    def started(self, workload: Workload) -> list[str]:
        """Return the command that does *workload*, without its options."""
        if workload.handler == "load":
            return [sys.executable, _program("importing"), self.loading]
        return [*self.command, workload.handler]


def _program(name: str) -> str:
    return str(PROGRAMS / f"{name}.py")


def generation(name: str) -> Contestant:
    """Return the contestant that is one of ours."""

    def can(workload: Workload) -> bool:
        if name == "v38" and not workload.shape:
            # Nobody but a connection makes its streams.
            return workload.handler == "load"
        return name == "v313" or workload.handler not in _TUPLES

    program = _program(name if name in ("v34", "v38") else "v37")
    command = (sys.executable, "-m", "asyncio_compat", "run", "--api", _API[name], program)
    return Contestant(name, command, can, _API[name])


def raw_sockets() -> Contestant:
    """Return the contestant that has no event loop."""

    def can(workload: Workload) -> bool:
        return bool(workload.shape) and workload.shape != "send_backlog"

    return Contestant("raw", (sys.executable, _program("raw")), can)


def rival(name: str, generation: str) -> Contestant:
    """Return whom *generation* is compared with.

    Args:
        name: "host", "uvloop", "anyio", "trio", or a Python to be run.
        generation: the name of a generation; a Python with an asyncio of its own runs the program of that.

    Raises:
        NotInstalled: it is not there.
    """
    if name == "host":
        return Contestant(name, (sys.executable, _program("v37")), _can_of_release(sys.version_info[1]), "host")
    if name in LIBRARIES:
        return _library(name)
    return _interpreter(name, generation)


def _can_of_release(minor: int) -> Callable[[Workload], bool]:
    return lambda workload: minor >= 13 or workload.handler not in _TUPLES


def _library(name: str) -> Contestant:
    if importlib.util.find_spec(name) is None:
        raise NotInstalled(f"{name} is not installed")
    runner = (sys.executable, _program(f"on_{name}"))
    if name == "uvloop":
        has = _can_of_release(sys.version_info[1])
        return Contestant(name, (*runner, _program("v37")), lambda workload: bool(workload.shape) and has(workload))
    handlers = _ANYIO if name == "anyio" else _TRIO
    return Contestant(name, runner, lambda workload: workload.handler in handlers and not workload.tls)


def _interpreter(path: str, generation: str) -> Contestant:
    release = _release(path)
    minor = int(release.split(".")[1])
    # The words of 3.4 were understood up to 3.9, those of 3.7 since then; 3.8's came and went before its release.
    first, last = {"v34": (4, 9), "v38": (99, 99)}.get(generation, (7, 99))
    has = _can_of_release(minor)

    def can(workload: Workload) -> bool:
        return first <= minor <= last and workload.handler != "load" and has(workload)

    program = "v34" if generation == "v34" else "v37"
    return Contestant(f"Python {release}, {program}", (path, "-W", "ignore", _program(program)), can)


@functools.cache
def _release(path: str) -> str:
    if shutil.which(path) is None:
        raise NotInstalled(f"{path} cannot be run, and is none of host, uvloop, anyio, trio")
    question = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    asked = subprocess.run([path, "-c", question], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise NotInstalled(f"{path} is no Python")
    return asked.stdout.strip()
