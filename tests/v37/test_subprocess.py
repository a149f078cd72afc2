"""Subprocesses of 3.7: their pipes are streams of that generation."""

from __future__ import annotations

import sys

import pytest

from asyncio_compat.v37 import runners, streams, subprocess

ECHO = "import sys; sys.stdout.write(sys.stdin.read().upper())"


def test_a_process_answers_on_its_pipes():
    async def main():
        process = await subprocess.create_subprocess_exec(
            sys.executable, "-c", ECHO, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        kinds = type(process.stdin), type(process.stdout)
        output, errors = await process.communicate(b"text")
        await process.stdin.wait_closed()
        return kinds, output, errors, process.returncode

    assert runners.run(main()) == ((streams.StreamWriter, streams.StreamReader), b"TEXT", None, 0)


def test_a_command_of_the_shell_can_be_waited_for():
    async def main():
        process = await subprocess.create_subprocess_shell("exit 3")
        return await process.wait()

    assert runners.run(main()) == 3


def test_the_loop_argument_is_discouraged():
    import asyncio

    async def main():
        with pytest.warns(DeprecationWarning, match="^The loop argument is deprecated since Python 3.8 and scheduled"):
            process = await subprocess.create_subprocess_shell("exit 0", loop=asyncio.get_running_loop())
        return await process.wait()

    assert runners.run(main()) == 0
