"""The programs in examples/v34, run as their users run them: unchanged, on a Python that has none of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "v34"
TIMEOUT = 60

OUTPUT = {
    "proxy.py": "THROUGH THE PROXY\n",
    "udp_time.py": "a time\n",
    "pipeline.py": "1999000\n0 0\n",
    "joinable_queue.py": "2470 True\n",
    "shared_lock.py": "10 False\n",
    "line_protocol.py": "b'desserts\\n'\nb'stressed\\n'\nb'rats'\nthe server saw it end: None\n",
    "both_styles.py": "[3, 2, 1]\n7 8\nTrue\nTrue\n[1, 2, 'slept']\n",
    "first_of_many.py": (
        "['quick'] 1\n['first', 'second', 'third']\n['fine', ValueError('broken')]\ntoo late False\n10\nTrue\n"
    ),
    "unix_calculator.py": "12\ninvalid literal for int() with base 10: b'three'\n",
    "echo_until_eof.py": "Separator is found, but chunk is longer than limit\n0 1001\n42\n",
}


def command(name, *arguments, api="3.4"):
    return [
        sys.executable,
        "-W",
        "error",
        "-m",
        "asyncio_compat",
        "run",
        "--api",
        api,
        str(EXAMPLES / name),
        *arguments,
    ]


def run(name, *arguments, api="3.4"):
    done = subprocess.run(
        command(name, *arguments, api=api), capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", OUTPUT)
def test_a_program_of_then_says_what_it_said(name):
    # `async with` came with 3.5.
    assert run(name, api="3.5" if name == "both_styles.py" else "3.4") == OUTPUT[name]


@pytest.mark.parametrize("api", ["3.5", "3.6"])
def test_it_says_the_same_by_the_later_versions(api):
    assert run("first_of_many.py", api=api) == OUTPUT["first_of_many.py"]


def test_in_the_chat_everybody_hears_everybody():
    with subprocess.Popen(
        command("chat_server.py"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            port = server.stdout.readline().split()[-1]
            with subprocess.Popen(
                command("chat_client.py", port, "Ann", "hello"), stdout=subprocess.PIPE, text=True
            ) as ann:
                heard_by_ann, _ = ann.communicate(timeout=TIMEOUT)
            heard_by_bob = run("chat_client.py", port, "Bob", "anybody?", "nobody")
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=TIMEOUT)
        finally:
            server.kill()
    assert heard_by_ann == "Ann comes in\nAnn: hello\n"
    assert heard_by_bob.splitlines()[-2:] == ["Bob: anybody?", "Bob: nobody"]
    assert (server.returncode, errors) == (0, "")
