"""Subprocesses whose pipes are streams."""

from __future__ import annotations

import sys

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")
PIPE = asyncio.subprocess.PIPE

SHOUT = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('done')"


def test_the_pipes_are_streams_of_the_proper_mode():
    async def main():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SHOUT, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        pipes = (process.stdin, process.stdout, process.stderr)
        assert {type(pipe) for pipe in pipes} == {asyncio.Stream}
        modes = [str(pipe.mode) for pipe in pipes]
        await process.stdin.write(b"hello ")
        await process.stdin.writelines([b"big ", b"world"])
        await process.stdin.close()
        assert await process.stdout.read() == b"HELLO BIG WORLD"
        assert await process.stderr.read() == b"done"
        await process.stdout.close()
        await process.stderr.close()
        assert await process.wait() == 0
        return modes

    assert asyncio.run(main()) == ["StreamMode.WRITE", "StreamMode.READ", "StreamMode.READ"]


def test_communicate_feeds_and_reads():
    async def main():
        process = await asyncio.create_subprocess_shell("cat; exit 3", stdin=PIPE, stdout=PIPE)
        output, errors = await process.communicate(b"x" * 300_000)
        assert errors is None
        assert process.stderr is None
        return len(output), process.returncode

    assert asyncio.run(main()) == (300_000, 3)


def test_communicate_gets_over_a_process_that_does_not_read():
    async def main():
        process = await asyncio.create_subprocess_shell("exit 0", stdin=PIPE, stdout=PIPE)
        return await process.communicate(b"x" * 3_000_000), process.returncode

    assert asyncio.run(main()) == ((b"", None), 0)


def test_the_directions_are_kept():
    async def main():
        process = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        with pytest.raises(RuntimeError, match=r"^The stream is write-only$"):
            await process.stdin.read()
        with pytest.raises(RuntimeError, match=r"^The stream is read-only$"):
            process.stdout.write(b"x")
        async with process.stdin as stdin:
            await stdin.write(b"one\ntwo\n")
        lines = [line async for line in process.stdout]
        await process.wait()
        return lines

    assert asyncio.run(main()) == [b"one\n", b"two\n"]


def test_the_limit_is_that_of_what_is_read():
    async def main():
        process = await asyncio.create_subprocess_shell("echo 12345", stdout=PIPE, limit=4)
        with pytest.raises(ValueError, match="chunk is longer than limit"):
            await process.stdout.readline()
        await process.wait()

    asyncio.run(main())


def test_a_limit_that_is_not_positive_is_refused():
    async def main():
        with pytest.raises(ValueError, match=r"^Limit cannot be <= 0$"):
            await asyncio.create_subprocess_shell("exit 0", limit=0)

    asyncio.run(main())


def test_the_loop_argument_is_deprecated():
    async def main():
        text = r"^The loop argument is deprecated since Python 3\.8 and scheduled for removal in Python 3\.10\.$"
        with pytest.warns(DeprecationWarning, match=text) as warned:
            process = await asyncio.create_subprocess_shell("exit 0", loop=asyncio.get_running_loop())
        await process.wait()
        return [warning.filename for warning in warned]

    assert asyncio.run(main()) == [__file__]


def test_the_alphas_had_readers_and_a_writer():
    alpha = asyncio_compat.load("3.8.0a4")

    async def main():
        process = await alpha.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        kinds = type(process.stdin).__name__, type(process.stdout).__name__
        return kinds, await process.communicate(b"x")

    assert alpha.run(main()) == (("StreamWriter", "StreamReader"), (b"x", None))
