"""The programs in examples/v38, run as their users run them."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples" / "v38"
COMPAT_RUN = [sys.executable, "-W", "error", "-m", "asyncio_compat", "run", "--api", "3.8"]
TIMEOUT = 60


def command(name, *arguments):
    return [*COMPAT_RUN, str(EXAMPLES / name), *map(str, arguments)]


def run(name, *arguments, text=""):
    done = subprocess.run(
        command(name, *arguments), input=text, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@contextmanager
def serving(name, *arguments):
    """Run a server; yield its port and what says what it prints; end it with Ctrl-C, and see it end well."""
    with subprocess.Popen(
        command(name, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            listening = server.stdout.readline()
            assert listening.startswith("listening on "), server.stderr.read()
            yield int(listening.split()[-1]), server.stdout.readline
            server.send_signal(signal.SIGINT)
            output, errors = server.communicate(timeout=TIMEOUT)
        finally:
            server.kill()
    assert (output, errors, server.returncode) == ("goodbye\n", "", 0)


def test_in_a_chat_everybody_hears_the_others():
    with (
        serving("chat_server.py", 0) as (port, said),
        subprocess.Popen(
            command("chat_client.py", "Ann", port), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as ann,
    ):
        assert said() == "Ann comes in\n"
        assert run("chat_client.py", "Bob", port, text="hello\n") == ""
        assert [said(), said(), said()] == ["Bob comes in\n", "Bob: hello\n", "Bob leaves\n"]
        heard, _ = ann.communicate(timeout=TIMEOUT)
        assert said() == "Ann leaves\n"
    assert heard == "Bob comes in\nBob: hello\nBob leaves\n"


def test_a_relay_passes_on_what_comes_either_way():
    with serving("chat_server.py", 0) as (chat_port, said), serving("relay.py", 0, "127.0.0.1", chat_port) as relay:
        relay_port, passed_on = relay
        assert run("chat_client.py", "Ann", relay_port, text="hello\n") == ""
        assert [said(), said(), said()] == ["Ann comes in\n", "Ann: hello\n", "Ann leaves\n"]
        assert passed_on() == "10 bytes there, 0 bytes back\n"


def test_words_are_counted_by_the_tools_of_the_system(tmp_path):
    text = tmp_path / "text"
    text.write_text("the cat and the dog\nand the bird\n")
    assert run("counted_words.py", text) == "and: 2\nbird: 1\ncat: 1\ndog: 1\nthe: 3\n"
