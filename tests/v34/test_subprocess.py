"""Subprocesses of 3.4 to 3.6, whose pipes are streams; child watchers that no loop needs."""

from __future__ import annotations

import asyncio as host_asyncio
import os
import signal
import sys
import threading

import pytest

from asyncio_compat.v34 import coroutines, events, streams, subprocess, unix_events

coroutine = coroutines.coroutine
PIPE = subprocess.PIPE
ECHO = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('done')"


@pytest.fixture
def loop():
    made = events.new_event_loop()
    events.set_event_loop(None)
    yield made
    made.close()


def python(code, loop, **kwds):
    return subprocess.create_subprocess_exec(sys.executable, "-S", "-c", code, loop=loop, **kwds)


def test_a_process_is_fed_and_read(loop):
    @coroutine
    def main():
        process = yield from python(ECHO, loop, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        assert process.returncode is None
        output = yield from process.communicate(b"input")
        return output, process.returncode

    assert loop.run_until_complete(main()) == ((b"INPUT", b"done"), 0)


def test_its_pipes_are_streams_of_this_generation(loop):
    @coroutine
    def main():
        process = yield from python(ECHO, loop, stdin=PIPE, stdout=PIPE)
        assert type(process.stdin) is streams.StreamWriter
        assert type(process.stdout) is streams.StreamReader
        assert process.stderr is None
        process.stdin.write(b"line\n")
        yield from process.stdin.drain()
        process.stdin.close()
        line = yield from process.stdout.readline()
        return line, (yield from process.wait())

    assert loop.run_until_complete(main()) == (b"LINE\n", 0)


def test_the_limit_is_the_readers(loop):
    @coroutine
    def main():
        process = yield from python("import os; os.write(1, b'x' * 100 + b'\\n')", loop, stdout=PIPE, limit=10)
        with pytest.raises(ValueError, match=r"^Separator is found, but chunk is longer than limit$"):
            yield from process.stdout.readline()
        rest = yield from process.stdout.read()
        return rest, (yield from process.wait())

    assert loop.run_until_complete(main()) == (b"", 0)


def test_a_shell_runs_a_command(loop):
    @coroutine
    def main():
        process = yield from subprocess.create_subprocess_shell("echo $((6 * 7)); exit 3", stdout=PIPE, loop=loop)
        output, _ = yield from process.communicate()
        return output, process.returncode

    assert loop.run_until_complete(main()) == (b"42\n", 3)


@pytest.mark.parametrize(
    ("end", "expected"), [("terminate", signal.SIGTERM), ("kill", signal.SIGKILL), ("send_signal", signal.SIGUSR1)]
)
def test_a_process_can_be_ended(loop, end, expected):
    @coroutine
    def main():
        process = yield from python("import sys; print(flush=True); sys.stdin.read()", loop, stdin=PIPE, stdout=PIPE)
        yield from process.stdout.readline()
        getattr(process, end)(*([signal.SIGUSR1] if end == "send_signal" else []))
        return (yield from process.wait())

    assert loop.run_until_complete(main()) == -expected


def test_a_dead_process_cannot_be_ended_again(loop):
    @coroutine
    def main():
        process = yield from python("", loop)
        yield from process.wait()
        process.kill()

    with pytest.raises(ProcessLookupError):
        loop.run_until_complete(main())


def test_an_input_that_nobody_reads_is_no_error(loop):
    @coroutine
    def main():
        process = yield from python("", loop, stdin=PIPE)
        yield from process.communicate(b"x" * 10**6)
        return process.returncode

    assert loop.run_until_complete(main()) == 0


def test_a_program_that_is_not_there_is_said_so(loop):
    with pytest.raises(FileNotFoundError):
        loop.run_until_complete(subprocess.create_subprocess_exec("/there/is/no/such/program", loop=loop))


def test_a_loop_of_another_thread_can_start_processes():
    results = []

    def thread():
        loop = events.new_event_loop()
        results.append(loop.run_until_complete(loop.run_until_complete(python("", loop)).wait()))
        loop.close()

    other = threading.Thread(target=thread)
    other.start()
    other.join()
    assert results == [0]


def test_a_loop_of_the_host_can_start_them_too():
    async def main():
        process = await python(ECHO, host_asyncio.get_running_loop(), stdin=PIPE, stdout=PIPE, stderr=PIPE)
        return await process.communicate(b"x")

    assert host_asyncio.run(main()) == (b"X", b"done")


@pytest.mark.parametrize("kind", [unix_events.SafeChildWatcher, unix_events.FastChildWatcher])
def test_a_child_watcher_tells_of_the_end_of_a_process(loop, kind):
    ended = loop.create_future()
    with kind() as watcher:
        watcher.attach_loop(loop)
        pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-S", "-c", "raise SystemExit(7)"])
        watcher.add_child_handler(pid, lambda *args: ended.set_result(args), "argument")
    assert loop.run_until_complete(ended) == (pid, 7, "argument")
    watcher.close()


def test_what_was_removed_from_a_child_watcher_is_not_called(loop):
    watcher = unix_events.SafeChildWatcher()
    watcher.attach_loop(loop)
    called = []
    both_ended = loop.create_future()
    first, second = (
        os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-S", "-c", f"raise SystemExit({code})"])
        for code in (1, 2)
    )
    watcher.add_child_handler(first, called.append)
    watcher.add_child_handler(second, lambda *args: both_ended.set_result(args))
    assert watcher.remove_child_handler(first) is True
    assert watcher.remove_child_handler(first) is False
    assert loop.run_until_complete(both_ended) == (second, 2)
    assert called == []
    watcher.close()


def test_a_child_watcher_without_a_loop_says_so():
    with pytest.raises(RuntimeError) as raised:
        unix_events.SafeChildWatcher().add_child_handler(1, print)
    assert str(raised.value) == "Cannot add child handler, the child watcher does not have a loop attached"


def test_the_policy_has_a_child_watcher_and_takes_another(loop):
    policy = unix_events.DefaultEventLoopPolicy()
    assert isinstance(policy.get_child_watcher(), unix_events.SafeChildWatcher)
    watcher = unix_events.FastChildWatcher()
    policy.set_child_watcher(watcher)
    assert policy.get_child_watcher() is watcher
    policy.set_event_loop(loop)
    assert watcher._loop is loop
    policy.set_event_loop(None)
    with pytest.raises(AssertionError):
        policy.set_child_watcher("watcher")
