"""The example programs of the newer generations, each server against its client."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def compat_run(api, program, *arguments):
    return [
        sys.executable,
        "-W",
        "error",
        "-m",
        "asyncio_compat",
        "run",
        "--api",
        api,
        str(EXAMPLES / program),
        *arguments,
    ]


@contextmanager
def serving(api, program, *arguments):
    """Run a server, yield the port it prints, end it with Ctrl-C, and see it end well."""
    command = compat_run(api, program, *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            listening = server.stdout.readline()
            assert listening.startswith("listening on "), server.stderr.read()
            yield listening.split()[-1]
            server.send_signal(signal.SIGINT)
            output, errors = server.communicate(timeout=60)
        finally:
            server.kill()
        assert (output, errors, server.returncode) == ("goodbye\n", "", 0)


def output_of(api, program, *arguments):
    done = subprocess.run(compat_run(api, program, *arguments), capture_output=True, text=True, timeout=60, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def test_the_guessing_game_of_3_7_is_won():
    with serving("3.7", "v37/guess_server.py", "0", "71") as port:
        assert output_of("3.7", "v37/guess_client.py", port) == "50 higher\n75 lower\n62 higher\n68 higher\n71 found\n"


def test_the_words_of_3_13_are_counted_whatever_stands_between_them():
    with serving("3.13", "v313/tally_server.py", "0") as port:
        assert output_of("3.13", "v313/tally_client.py", port, "one, two two", "one\r\ntwo") == "3 two\n2 one\n"


def test_programs_of_two_generations_talk_to_each_other():
    with serving("3.13", "v37/guess_server.py", "0", "50") as port:
        assert output_of("3.9", "v37/guess_client.py", port) == "50 found\n"
