"""Readers and writers beside the new API, and what each pre-release had."""

from __future__ import annotations

import gc
import inspect
import socket
import warnings

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")

FUNCTIONS = {
    "open_connection": "connect",
    "start_server": "StreamServer",
    "open_unix_connection": "connect_unix",
    "start_unix_server": "UnixStreamServer",
}
LOOP_IS_DEPRECATED = "The loop argument is deprecated since Python 3.8, and scheduled for removal in Python 3.10."
NOT_FOR_PROGRAMS = "should be instaniated by asyncio internals only, please avoid its creation from user code"


class Caught(warnings.catch_warnings):
    """The warnings given in the block, as texts, which all must point at this file."""

    def __init__(self):
        super().__init__(record=True)

    def __enter__(self):
        self.caught = super().__enter__()
        warnings.simplefilter("always")
        return self

    def texts(self):
        gone_astray = [warning for warning in self.caught if warning.filename != __file__]
        assert not gone_astray, gone_astray
        return [str(warning.message) for warning in self.caught]


def deprecated(name):
    return (
        f"{name}() is deprecated since Python 3.8 in favor of {FUNCTIONS[name]}(), "
        "and scheduled for removal in Python 3.10"
    )


async def use(name, path, **options):
    """Use a deprecated function, and close what it gives."""
    function = getattr(asyncio, name)
    if name.startswith("open"):
        ours, peer = socket.socketpair()
        peer.close()
        _, writer = await function(sock=ours, **options)
        await writer.close()
    else:
        address = (path,) if name == "start_unix_server" else ("127.0.0.1", 0)
        server = await function(lambda reader, writer: writer.close(), *address, **options)
        server.close()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_old_functions_warn_whoever_awaits_them(name, unix_path):
    async def main():
        with Caught() as caught:
            await use(name, unix_path)
        return caught.texts()

    assert asyncio.run(main()) == [deprecated(name)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_loop_argument_gives_a_warning_of_its_own(name, unix_path):
    async def main():
        with Caught() as caught:
            await use(name, unix_path, loop=asyncio.get_running_loop())
        return caught.texts()

    assert asyncio.run(main()) == [deprecated(name), LOOP_IS_DEPRECATED]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("StreamReader", "StreamReader is deprecated since Python 3.8 in favor of Stream"),
        ("StreamWriter", "StreamWriter is deprecated since Python 3.8 in favor of Stream"),
        ("StreamReaderProtocol", "Using asyncio internal class StreamReaderProtocol is deprecated since Python 3.8 "),
    ],
)
def test_asking_for_an_old_class_warns_the_first_time(name, text):
    vars(asyncio).pop(name, None)
    with Caught() as caught:
        first = getattr(asyncio, name)
        assert getattr(asyncio, name) is first
    assert caught.texts() == [f"{text}{' ' if text.endswith(' ') else ', '}and scheduled for removal in Python 3.10"]
    with Caught() as caught:
        assert getattr(asyncio.streams, name) is first
    assert caught.texts() == []


@pytest.mark.parametrize("module", ["streams", "subprocess"])
def test_making_what_is_not_for_programs_warns_once(module):
    loop = asyncio.new_event_loop()
    makers = {
        "streams": {
            "FlowControlMixin": lambda: asyncio.streams.FlowControlMixin(loop=loop),
            "StreamReaderProtocol": lambda: asyncio.streams.StreamReaderProtocol(
                asyncio.streams.StreamReader(loop=loop), loop=loop
            ),
        },
        "subprocess": {
            "SubprocessStreamProtocol": lambda: asyncio.subprocess.SubprocessStreamProtocol(10, loop),
        },
    }
    for name, make in makers[module].items():
        with Caught() as caught:
            make()
        assert caught.texts() == [f"<class 'asyncio.{module}.{name}'> {NOT_FOR_PROGRAMS}"]
    loop.close()


def test_a_subclass_is_named_by_its_own_name():
    class Mine(asyncio.streams.StreamReaderProtocol):
        pass

    loop = asyncio.new_event_loop()
    with Caught() as caught:
        Mine(asyncio.streams.StreamReader(loop=loop), loop=loop)
    assert caught.texts() == [f"{Mine} {NOT_FOR_PROGRAMS}"]
    loop.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_readers_and_writers_work_as_before():
    async def main():
        async def shout(reader, writer):
            async for line in reader:
                writer.write(line.upper())
                await writer.drain()
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(shout, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.writelines([b"one\n", b"two\n"])
        writer.write_eof()
        answer = await reader.read()
        await writer.close()
        server.close()
        await server.wait_closed()
        return answer, type(reader).__name__, type(writer).__name__

    assert asyncio.run(main()) == (b"ONE\nTWO\n", "StreamReader", "StreamWriter")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_writers_results_leave_no_coroutine_when_nobody_awaits_them():
    async def main():
        ours, peer = socket.socketpair()
        _, writer = await asyncio.open_connection(sock=ours)
        for result in (writer.write(b"x"), writer.write(b"x" * 5_000_000), writer.close()):
            assert inspect.isawaitable(result)
            assert not inspect.iscoroutine(result)
        writer.transport.abort()
        peer.close()
        with pytest.raises(ConnectionResetError):
            await writer.write(b"x")

    asyncio.run(main())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_writer_over_a_protocol_of_the_programs_own_can_be_awaited():
    class Own(asyncio.Protocol):
        drained = 0

        async def _drain_helper(self):
            self.drained += 1

    async def main():
        ours, peer = socket.socketpair()
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_connection(Own, sock=ours)
        writer = asyncio.streams.StreamWriter(transport, protocol, None, loop)
        await writer.write(b"x")
        transport.abort()
        peer.close()
        await asyncio.sleep(0)
        return protocol.drained

    assert asyncio.run(main()) == 1


def test_the_final_release_has_none_of_it():
    final = asyncio_compat.load("3.8.18")
    for name in ("Stream", "StreamMode", "StreamServer", "UnixStreamServer", "connect", "connect_unix"):
        assert not hasattr(final, name)


def test_the_first_beta_only_warns_of_making_streams():
    first_beta = asyncio_compat.load("3.8.0b1")

    async def main():
        with Caught() as caught:
            stream = first_beta.Stream(first_beta.StreamMode.READ)
            stream.feed_data(b"line\n")
            assert await stream.readline() == b"line\n"
        return caught.texts()

    assert first_beta.run(main()) == [f"<class 'asyncio.streams.Stream'> {NOT_FOR_PROGRAMS}"]


def test_the_first_beta_takes_a_loop_in_silence(unix_path):
    first_beta = asyncio_compat.load("3.8.0b1")

    async def main():
        ours, peer = socket.socketpair()
        with Caught() as caught:
            _, writer = await first_beta.open_connection(sock=ours, loop=first_beta.get_running_loop())
        await writer.close()
        peer.close()
        return caught.texts()

    assert first_beta.run(main()) == [deprecated("open_connection")]


def test_the_alphas_had_awrite_and_aclose():
    alpha = asyncio_compat.load("3.8.0a4")
    assert not hasattr(alpha, "Stream")

    async def main():
        ours, peer = socket.socketpair()
        reader, writer = await alpha.open_connection(sock=ours)
        assert writer.write(b"one ") is None
        await writer.awrite(b"two")
        assert isinstance(reader, alpha.StreamReader)
        await writer.aclose()
        assert writer.close() is None
        with peer:
            return peer.recv(100)

    assert alpha.run(main()) == b"one two"


def test_the_alphas_ended_the_connection_of_a_dropped_reader():
    alpha = asyncio_compat.load("3.8.0a4")

    async def main():
        reports = []
        alpha.get_running_loop().set_exception_handler(lambda loop, context: reports.append(context["message"]))
        ours, peer = socket.socketpair()
        peer.setblocking(False)
        reader, writer = await alpha.open_connection(sock=ours)
        del reader, writer
        gc.collect()
        with peer:
            assert await alpha.get_running_loop().sock_recv(peer, 1) == b""
        return reports

    assert alpha.run(main()) == ['An open stream object is being garbage collected; call "stream.close()" explicitly.']
