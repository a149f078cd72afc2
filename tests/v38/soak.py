"""Close a server with many clients, half of whose callbacks hang, and see that it ends in time and leaves nothing.

Run it by itself: `python -W error tests/v38/soak.py 1000`. It prints what it measured, and exits with 1 if anything is
left over or `close()` took longer than the shutdown timeout and one second.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
import warnings
from pathlib import Path

import asyncio_compat

asyncio = asyncio_compat.load("3.8")

SHUTDOWN_TIMEOUT = 1.0
DESCRIPTORS = Path("/proc/self/fd")


async def serve_and_close(clients: int, reports: list[object]) -> float:
    """Return how many seconds it took to close a server with *clients* clients."""
    greeted = 0

    async def handle(stream):
        nonlocal greeted
        number = int(await stream.readline())
        await stream.write(b"hello %d\n" % number)
        greeted += 1
        if number % 2:
            await asyncio.Event().wait()
        async for _ in stream:
            pass

    async def connect(number):
        stream = await asyncio.connect(*address)
        await stream.write(b"%d\n" % number)
        assert await stream.readline() == b"hello %d\n" % number
        return stream

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: reports.append(context))
    server = asyncio.StreamServer(handle, "127.0.0.1", 0, shutdown_timeout=SHUTDOWN_TIMEOUT, backlog=1000)
    async with server:
        await server.start_serving()
        address = server.sockets[0].getsockname()
        streams = await asyncio.gather(*(connect(number) for number in range(clients)))
        assert greeted == clients
        begin = time.perf_counter()
        await server.close()
        took = time.perf_counter() - begin
        # The server's tasks are gone; so are its connections, which every client sees.
        reports.extend(asyncio.all_tasks() - {asyncio.current_task()})
        for stream in streams:
            assert await stream.read() == b""
            await stream.close()
    return took


def open_descriptors() -> int:
    """Return how many file descriptors this process has open, 0 where that cannot be told."""
    return len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.is_dir() else 0


def main(clients: int) -> int:
    """Run the soak; return the exit status."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4 * clients + 100), most))
    reports: list[object] = []
    before = open_descriptors()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        took = asyncio.run(serve_and_close(clients, reports))
        gc.collect()
        gc.collect()
    reports.extend(warning.message for warning in warned)
    left = open_descriptors() - before
    print(f"{clients} clients: closed in {took:.2f} s, {len(reports)} reports, {left} descriptors left")
    for report in reports[:10]:
        print(report)
    return int(bool(reports) or left > 0 or took > SHUTDOWN_TIMEOUT + 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
