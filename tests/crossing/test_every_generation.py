"""The same tests on the asyncio of every generation: what they use, every version has, in its own words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from asyncio_compat.testing import CHECKS, Check, check_streams
from asyncio_compat.versions import resolve

# The last is the newest, and whatever else `--asyncio-api` names.
pytestmark = pytest.mark.asyncio_api(
    "3.4", "3.4.3", "3.5.1", "3.6", "3.7", "3.8.0b1", "3.8", "3.8.18", "3.9", "3.10", "3.13", ">=3.4"
)


# The release from which on a version of 3.4 to 3.5 did it.
NOT_YET = {"a_cancelled_read_loses_no_bytes": (3, 5, 3), "one_side_may_end_and_go_on_reading": (3, 4, 4)}


@pytest.fixture
def checks(asyncio_api: Any, request: pytest.FixtureRequest) -> list[Check]:
    """What streams of the version promise."""
    release = resolve(request.node.callspec.params["asyncio_api"]).key
    return [check for check in CHECKS if release >= NOT_YET.get(check.__name__, ())]


class Connections:
    """Connections between a client and a server, both of one version."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self._accepted: asyncio.Queue[Any] = asyncio.Queue()
        self._callbacks: list[asyncio.Future[None]] = []

    async def start(self, **where: Any) -> None:
        """Start the server; on a Unix socket if there is a path."""
        unix = "path" in where
        if hasattr(self.api, "StreamServer"):
            kind = self.api.UnixStreamServer if unix else self.api.StreamServer
            self._server = kind(self._accept_stream, **(where if unix else {"host": "127.0.0.1", "port": 0, **where}))
            await self._server.start_serving()
        elif unix:
            self._server = await self.api.start_unix_server(self._accept, **where)
        else:
            self._server = await self.api.start_server(self._accept, "127.0.0.1", 0, **where)

    async def _accept_stream(self, stream: Any) -> None:
        # It is closed when this ends.
        self._accepted.put_nowait(stream)
        self._callbacks.append(asyncio.get_running_loop().create_future())
        await self._callbacks[-1]

    def _accept(self, reader: Any, writer: Any) -> None:
        self._accepted.put_nowait((reader, writer))

    async def pair(self, **where: Any) -> tuple[Any, Any]:
        """Return the ends of a new connection."""
        unix = "path" in where
        if hasattr(self.api, "StreamServer"):
            connect = self.api.connect_unix if unix else self.api.connect
        else:
            connect = self.api.open_unix_connection if unix else self.api.open_connection
        if not unix:
            where = dict(zip(("host", "port"), self._server.sockets[0].getsockname(), strict=True)) | where
        return await connect(**where), await self._accepted.get()

    async def __aenter__(self) -> Connections:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for callback in self._callbacks:
            callback.set_result(None)
        await _completed(self._server.close())
        if hasattr(self._server, "wait_closed"):
            await self._server.wait_closed()


async def _completed(value: Any) -> Any:
    return value if value is None else await value


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_streams_over_tcp_do_what_is_promised(asyncio_api: Any, check: Check, checks: list[Check]) -> None:
    if check not in checks:
        pytest.skip("this version did not do that yet")

    async def main() -> None:
        async with Connections(asyncio_api) as connections:
            await connections.start()
            await check_streams(connections.pair, checks=[check])

    asyncio.run(main())


def test_streams_over_unix_sockets_do_what_is_promised(asyncio_api: Any, checks: list[Check], unix_path: str) -> None:
    async def main() -> None:
        async with Connections(asyncio_api) as connections:
            await connections.start(path=unix_path)
            await check_streams(lambda: connections.pair(path=unix_path), checks=checks)

    asyncio.run(main())


def test_streams_over_tls_do_what_is_promised(asyncio_api: Any, checks: list[Check], tls: Any) -> None:
    async def main() -> None:
        async with Connections(asyncio_api) as connections:
            await connections.start(ssl=tls.server)
            await check_streams(lambda: connections.pair(ssl=tls.client), checks=checks)

    asyncio.run(main())


def test_streams_do_what_is_promised_on_the_versions_own_loop(asyncio_api: Any, checks: list[Check]) -> None:
    async def main() -> None:
        async with Connections(asyncio_api) as connections:
            await connections.start()
            await check_streams(connections.pair, checks=checks)

    loop = asyncio_api.new_event_loop()
    asyncio_api.set_event_loop(loop)
    try:
        loop.run_until_complete(main())
    finally:
        asyncio_api.set_event_loop(None)
        loop.close()


def test_queues_hand_over_in_order(asyncio_api: Any) -> None:
    async def main() -> list[int]:
        queue = asyncio_api.Queue(1)

        async def put() -> None:
            for number in range(3):
                await queue.put(number)

        putting = asyncio.ensure_future(put())
        received = [await queue.get() for _ in range(3)]
        await putting
        return received

    assert asyncio.run(main()) == [0, 1, 2]


def test_a_lock_lets_one_in_at_a_time(asyncio_api: Any) -> None:
    async def main() -> int:
        lock, most, inside = asyncio_api.Lock(), 0, 0

        async def enter() -> None:
            nonlocal most, inside
            await lock.acquire()
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            lock.release()

        await asyncio.gather(*(enter() for _ in range(4)))
        return most

    assert asyncio.run(main()) == 1


def test_a_timeout_cancels_what_takes_too_long(asyncio_api: Any) -> None:
    async def main() -> bool:
        never = asyncio.get_running_loop().create_future()
        with pytest.raises(asyncio_api.TimeoutError):
            await asyncio_api.wait_for(never, 0.01)
        return never.cancelled()

    assert asyncio.run(main())
