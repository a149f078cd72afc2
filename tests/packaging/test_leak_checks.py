"""The checks of tests/conftest.py, run on tests that break them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CAREFUL = """
def test_a_clean_exchange(tls, unix_path, reserve_port):
    async def answer(reader, writer):
        writer.write(await reader.readline())
        writer.close()
        await writer.wait_closed()

    async def main():
        server = await asyncio.start_unix_server(answer, unix_path, ssl=tls.server)
        reader, writer = await asyncio.open_unix_connection(unix_path, ssl=tls.client, server_hostname="localhost")
        writer.write(b"ping\\n")
        assert await reader.read() == b"ping\\n"
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    assert reserve_port(8888) == 8888
    asyncio.run(main())

def test_a_closed_current_loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.close()

def test_a_current_loop_is_forgotten():
    asyncio.run(asyncio.sleep(0))

@hypothesis.given(hypothesis.strategies.booleans())
def test_a_property(value):
    asyncio.run(asyncio.sleep(0))

def test_a_lost_exception_that_is_looked_for(caplog):
    async def fail():
        raise ValueError

    async def main():
        asyncio.create_task(fail())
        await asyncio.sleep(0)

    asyncio.run(main())
"""

CARELESS = {
    "an_unclosed_socket": "socket.socket()",
    "a_kept_socket": "kept.append(socket.socket())",
    "a_kept_loop": "kept.append(asyncio.new_event_loop())",
    "a_current_loop": "asyncio.set_event_loop(asyncio.new_event_loop())",
    "a_pending_task": """
        loop = asyncio.new_event_loop()
        kept.append(loop.create_task(asyncio.sleep(9)))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
    """,
    "a_dropped_task": """
        loop = asyncio.new_event_loop()
        loop.create_task(asyncio.sleep(9))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
    """,
    "a_lost_exception": """
        async def fail():
            raise ValueError

        async def main():
            asyncio.create_task(fail())
            await asyncio.sleep(0)

        asyncio.run(main())
    """,
    "a_running_loop": """
        loop = asyncio.new_event_loop()
        asyncio._set_running_loop(loop)
        loop.close()
    """,
    "a_forgotten_await": "asyncio.sleep(0)",
    "an_unclosed_transport": """
        async def main():
            ours, theirs = socket.socketpair()
            kept.append(await asyncio.open_connection(sock=ours))
            theirs.close()

        asyncio.run(main())
    """,
}


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the closing lines of a run of careful and careless tests under the project's own configuration."""
    folder = tmp_path_factory.mktemp("careless")
    for name in ("pyproject.toml", "tests/conftest.py"):
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text((ROOT / name).read_text())
    tests = ["import asyncio, socket", "import hypothesis, hypothesis.strategies", "kept = []", CAREFUL]
    for name, body in CARELESS.items():
        tests.append(f"def test_{name}():\n        {body}\n")
    (folder / "tests" / "test_careless.py").write_text("\n".join(tests))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=no", "-q"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ended.stdout + ended.stderr


@pytest.mark.parametrize("name", CARELESS)
def test_a_test_that_leaves_something_behind_fails(summary: str, name: str) -> None:
    assert re.search(rf"^(ERROR|FAILED) .*::test_{name}\b", summary, re.MULTILINE), summary


def test_a_test_that_cleans_up_passes(summary: str) -> None:
    failed = set(re.findall(r"^(?:ERROR|FAILED) .*::test_(\w+)", summary, re.MULTILINE))

    assert failed == set(CARELESS), summary
