"""What is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ("GENERATIONS", "WORKLOADS", "Workload")

GENERATIONS = ("v34", "v37", "v38", "v313")

_MIB = 2**20
_LINE = (b"x" * 59 + b"\n").hex()
_MESSAGE = (b"x" * 56 + b"\r\n\r\n").hex()
_LONG_MESSAGE = (b"x" * 1020 + b"\r\n\r\n").hex()


@dataclass(frozen=True)
class Workload:
    """One thing to measure.

    Attributes:
        name: what it is called on the command line.
        title: what it is called in the table.
        handler: the function of the programs that does it.
        shape: the function of the peer that lets them do it; empty if the program needs no peer.
        count: how many operations are one measurement.
        aim: the ratio to the host's asyncio that v37, v38 and v313 are to reach.
        aim_v34: the same for v34.
        program: options of the program.
        peer: what the peer wants to know beside the count.
        unit: what an operation is.
        size: bytes that one operation moves, where bytes are what counts.
        tls: whether the connection is encrypted.
    """

    name: str
    title: str
    handler: str
    shape: str
    count: int
    aim: float | None
    aim_v34: float | None = 1.1
    program: Mapping[str, int] = field(default_factory=dict)
    peer: Mapping[str, Any] = field(default_factory=dict)
    unit: str = "operation"
    size: int = 0
    tls: bool = False

    @property
    def figure(self) -> str:
        """What the ratio is of: the time on the wall that an operation takes, or its memory."""
        return "memory" if self.shape == "hold" else "wall"

    def scaled(self, share: float) -> int:
        """Return how many operations are *share* of one measurement; the connections to be held stay as many."""
        return self.count if self.shape == "hold" else max(round(self.count * share), 1)


def _echo(size: int, connections: int, count: int, aim: float, tls: bool = False) -> Workload:
    label = f"{size} B" if size < 1024 else f"{size // 1024} KiB"
    short = label.replace(" B", "").replace(" KiB", "k")
    return Workload(
        name=f"{'tls-' if tls else ''}echo-{short}" + (f"-{connections}" if connections > 1 else ""),
        title=f"{'TLS ' if tls else ''}echo, {label}" + (f", {connections} connections" if connections > 1 else ""),
        handler="echo",
        shape="ping_pong_many" if connections > 1 else "ping_pong",
        count=count,
        aim=aim,
        program={"connections": connections},
        peer={"size": size, "connections": connections},
        unit="exchange",
        tls=tls,
    )


def _lines(name: str, title: str, handler: str, count: int, aim: float, aim_v34: float, **peer: Any) -> Workload:
    shape = "send_backlog" if "messages" in peer else "send"
    # More than the backlog, so that all of it is received before anything is read.
    program = {"limit": 4 * _MIB} if shape == "send_backlog" else {}
    return Workload(name, title, handler, shape, count, aim, aim_v34, program=program, peer=peer, unit="message")


def _exactly(size: int, count: int) -> Workload:
    return Workload(
        name=f"readexactly-{size}",
        title=f"readexactly({size})",
        handler="readexactly",
        shape="send",
        count=count,
        aim=1.5,
        program={"size": size},
        peer={"size": size},
        unit="message",
    )


def _bulk(
    name: str, title: str, handler: str, total: int, size: int, aim: float | None, aim_v34: float, **more: Any
) -> Workload:
    return Workload(
        name=name,
        title=title,
        handler=handler,
        shape="receive" if handler == "write" else "send",
        count=total // size,
        aim=aim,
        aim_v34=aim_v34,
        program={"size": size} | {key: more[key] for key in more if key != "tls"},
        peer={"size": size},
        unit="block",
        size=size,
        tls=more.get("tls", False),
    )


def _without_socket(name: str, title: str, handler: str, count: int, aim: float, aim_v34: float = 1.1) -> Workload:
    program = {"size": 64}
    return Workload(name, title, handler, "", count, aim, aim_v34, program=program, unit="message")


WORKLOADS = (
    _echo(64, 1, 10_000, 1.4),
    _echo(1024, 1, 10_000, 1.4),
    _echo(16384, 1, 10_000, 1.7),
    _echo(64, 100, 20_000, 1.4),
    _echo(1024, 100, 20_000, 1.4),
    _echo(16384, 100, 10_000, 1.7),
    _lines("readline", "readline(), 60 B", "readline", 600_000, 2.0, 1.5, message=_LINE),
    _lines("async-for", "async for, 60 B", "async_for", 600_000, 2.0, 1.1, message=_LINE),
    _lines("readuntil", "readuntil(4 B), 60 B", "readuntil", 600_000, 1.8, 1.1, message=_MESSAGE),
    _lines("readuntil-tuple", "readuntil(3 separators), 60 B", "readuntil_tuple", 300_000, 3.0, 1.1, message=_MESSAGE),
    _lines(
        "readuntil-backlog",
        "readuntil(4 B), 1 KiB, 1 MiB waits",
        "readuntil_backlog",
        20 * 1024,
        1.8,
        1.1,
        message=_LONG_MESSAGE,
        messages=1024,
    ),
    _lines(
        "readuntil-tuple-backlog",
        "readuntil(3 separators), 1 KiB, 1 MiB waits",
        "readuntil_tuple_backlog",
        10 * 1024,
        3.0,
        1.1,
        message=_LONG_MESSAGE,
        messages=1024,
    ),
    _exactly(16, 600_000),
    _exactly(64, 600_000),
    _exactly(4096, 200_000),
    _bulk("read", "read(65536), 1 GiB", "read", 1024 * _MIB, 65536, 2.0, 1.5),
    _bulk("read-all", "read(-1), 1 GiB", "read_all", 1024 * _MIB, 65536, 2.0, 1.5),
    _bulk("write", "write(4 KiB), drain() each time", "write", 256 * _MIB, 4096, 1.1, 1.1, drain_every=1),
    _bulk("write-64", "write(4 KiB), drain() each 64", "write", 256 * _MIB, 4096, 1.1, 1.1, drain_every=64),
    Workload("churn", "accept, exchange, close", "churn", "churn", 2000, 1.1, unit="connection"),
    Workload("dial", "connect, exchange, close", "dial", "answer_calls", 1500, 1.1, unit="connection"),
    Workload("idle", "idle connection, memory", "idle", "hold", 5000, 1.0, 1.0, unit="connection"),
    _echo(1024, 1, 8_000, 1.0, tls=True),
    _bulk("tls-read", "TLS read(65536), 256 MiB", "read", 256 * _MIB, 65536, 1.0, 1.0, tls=True),
    _bulk("tls-write", "TLS write(16 KiB), 256 MiB", "write", 256 * _MIB, 16384, 1.0, 1.0, tls=True, drain_every=1),
    _without_socket("buffer-readline", "readline() without a socket", "buffer_readline", 600_000, 2.0, 1.5),
    _without_socket("buffer-readuntil", "readuntil() without a socket", "buffer_readuntil", 600_000, 1.8),
    _without_socket("buffer-readexactly", "readexactly(64) without a socket", "buffer_readexactly", 600_000, 1.5),
    Workload("load", "import asyncio, or load()", "load", "", 1, None, None, unit="import"),
)
