"""`asyncio-compat demo`: every generation's echo server, and every generation's client talking to it.

All of them live in this process, on one event loop of the host's.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.resources
import json
import ssl
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from asyncio_compat.demo_peers import PEERS, Endpoint, Peer
from asyncio_compat.facade import load
from asyncio_compat.table import print_table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

__all__ = ("main",)

# As much of an error as the table shows; below it, it stands whole.
ERROR_WIDTH = 24
TRANSPORTS = ("TCP", "Unix", "TLS")
# What a cell may take beyond the time that its round trips are given: to connect, and to notice that nothing happens.
GRACE_SECONDS = 5.0
# As slow as round trips may be where their number is given.
SECONDS_PER_ROUND_TRIP = 0.1


class Cell(NamedTuple):
    """What one client did with one server: round trips in seconds, or what went wrong.

    The number of round trips is None where the server did not even listen.
    """

    transport: str
    server: str
    client: str
    round_trips: int | None
    seconds: float
    error: str | None = None

    @property
    def rate(self) -> float:
        """Round trips per second."""
        return (self.round_trips or 0) / self.seconds if self.seconds else 0.0

    @property
    def failure(self) -> str:
        """Who failed and why."""
        who = f"{self.server} server" + ("" if self.round_trips is None else f" and {self.client} client")
        return f"{self.transport}, {who}: {self.error}"


class Pace(NamedTuple):
    """How long each cell goes on: for *seconds*, or for a number of round trips."""

    seconds: float
    round_trips: int | None

    def enough(self) -> Callable[[int], bool]:
        """Return what tells, from now on, whether a number of round trips is enough."""
        wanted = self.round_trips
        if wanted is not None:
            return lambda count: count >= wanted
        end = time.perf_counter() + self.seconds
        # At least one, however short the time.
        return lambda count: count > 0 and time.perf_counter() >= end

    @property
    def limit(self) -> float:
        """Seconds after which a cell has failed."""
        expected = self.seconds if self.round_trips is None else self.round_trips * SECONDS_PER_ROUND_TRIP
        return GRACE_SECONDS + expected


def main(*, seconds: float, round_trips: int | None, as_json: bool) -> int:
    """Run the demo and print what came of it.

    Args:
        seconds: how long to measure in all.
        round_trips: how many round trips to make in each cell instead.
        as_json: print JSON instead of a table.

    Returns:
        The exit code: 1 if anything failed.
    """
    pace = Pace(seconds / (len(PEERS) ** 2 * len(TRANSPORTS)), round_trips)
    cells = asyncio.run(_demo(pace))
    if as_json:
        print(json.dumps([cell._asdict() | {"per_second": round(cell.rate, 1)} for cell in cells], indent=2))
    else:
        _print(cells)
    failures = dict.fromkeys(cell.failure for cell in cells if cell.error is not None)
    for failure in failures:
        _say(failure)
    return 1 if failures else 0


async def _demo(pace: Pace) -> list[Cell]:
    cells = []
    progress = _Progress(len(TRANSPORTS) * len(PEERS) ** 2)
    progress.begin()
    with tempfile.TemporaryDirectory(prefix="asyncio-compat-") as folder:
        for transport in TRANSPORTS:
            for server in PEERS:
                endpoint = _endpoint(transport, f"{folder}/{server.generation}")
                async for cell in _row(transport, server, endpoint, pace):
                    cells.append(cell)
                    progress.made(cell)
    progress.end()
    return cells


def _endpoint(transport: str, path: str) -> Endpoint:
    if transport == "Unix":
        return Endpoint(path=path)
    if transport == "TCP":
        return Endpoint()
    certificate = importlib.resources.files("asyncio_compat") / "demo_only.pem"
    with importlib.resources.as_file(certificate) as file:
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(file)
        return Endpoint(server_context=server, client_context=ssl.create_default_context(cafile=str(file)))


async def _row(transport: str, server: Peer, endpoint: Endpoint, pace: Pace) -> AsyncIterator[Cell]:
    """Start one server and let each generation's client talk to it."""
    loop = asyncio.get_running_loop()
    listening: asyncio.Future[int] = loop.create_future()
    serving = loop.create_task(server.serve(load(server.version), endpoint, listening))
    await asyncio.wait([serving, listening], timeout=GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if listening.done():
        endpoint = endpoint._replace(port=listening.result())
        for client in PEERS:
            yield await _cell(transport, server, client, endpoint, pace)
    ended = await _end(serving)
    if not listening.done():
        for client in PEERS:
            yield Cell(transport, server.generation, client.generation, None, 0.0, ended)


async def _cell(transport: str, server: Peer, client: Peer, endpoint: Endpoint, pace: Pace) -> Cell:
    start = time.perf_counter()
    count, error = 0, None
    try:
        talking = client.talk(load(client.version), endpoint, pace.enough())
        count = await asyncio.wait_for(talking, pace.limit)
        if not count:
            error = "ended without a round trip"
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is what the cell shows
        error = _text(problem)
    return Cell(transport, server.generation, client.generation, count, time.perf_counter() - start, error)


async def _end(serving: asyncio.Task[Any]) -> str:
    """Stop a server; return what it died of if it was not us."""
    serving.cancel()
    await asyncio.wait([serving], timeout=GRACE_SECONDS)
    if not serving.done():
        return "does not stop"
    with contextlib.suppress(asyncio.CancelledError):
        problem = serving.exception()
        return "ended by itself" if problem is None else _text(problem)
    return "does not listen"


def _text(problem: BaseException) -> str:
    name = type(problem).__name__
    return f"{name}: {problem}" if str(problem) else name


def _print(cells: list[Cell]) -> None:
    names = [peer.generation for peer in PEERS]
    rows = []
    for place in range(0, len(cells), len(names)):
        row = cells[place : place + len(names)]
        rates = [f"{cell.rate:,.0f}" if cell.error is None else cell.error[:ERROR_WIDTH] for cell in row]
        rows.append((row[0].transport, f"{row[0].server} server", *rates))
    header = ("", "", *(f"{name} client" for name in names))
    print_table("Round trips per second, by transport, server and client", header, rows)
    good = sum(cell.error is None for cell in cells)
    print(f"\n{good} of {len(cells)} pairs talked to each other.")


class _Progress:
    """Says on standard error how far the demo is: in one line on a terminal, else once a server."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._made = 0
        self._terminal = sys.stderr.isatty()

    def begin(self) -> None:
        _say(f"{self._total} pairs of a server and a client, on one event loop")

    def made(self, cell: Cell) -> None:
        self._made += 1
        what = f"[{self._made:2}/{self._total}] {cell.transport:4} {cell.server:>4} server"
        if self._terminal:
            sys.stderr.write(f"\r{what} and {cell.client:>4} client\033[K")
            sys.stderr.flush()
        elif self._made % len(PEERS) == 0:
            _say(what)

    def end(self) -> None:
        if self._terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _say(text: str) -> None:
    print(text, file=sys.stderr)
