"""Behaviour is that of the version, not of the host."""

from __future__ import annotations

import asyncio
import gc
import pathlib
import warnings
from typing import Any

import pytest

from asyncio_compat import load


def on_a_connection(version: str, check: Any, callback: Any = None) -> Any:
    """Run check(server, writer of the server's side, client's writer) and clean up."""
    module = load(version)

    async def main() -> Any:
        accepted = asyncio.get_running_loop().create_future()

        def handle(reader: Any, writer: Any) -> None:
            accepted.set_result(writer)
            if callback is not None:
                callback()

        server = await module.start_server(handle, "127.0.0.1", 0)
        _, writer = await module.open_connection(*server.sockets[0].getsockname())
        theirs = await accepted
        try:
            return await check(server, theirs, writer)
        finally:
            server.close()
            for one in (theirs, writer):
                one.close()
                await one.wait_closed()

    return module.run(main())


@pytest.mark.parametrize(("version", "waits"), [("3.7", False), ("3.11", False), ("3.12", True), ("3.15", True)])
def test_wait_closed_of_a_closed_server_waits_for_connections_since_3_12(version: str, waits: bool) -> None:
    async def check(server: Any, theirs: Any, writer: Any) -> bool:
        server.close()
        waiting = asyncio.ensure_future(server.wait_closed())
        for _ in range(5):
            await asyncio.sleep(0)
        waited = not waiting.done()
        theirs.close()
        writer.close()
        await waiting
        return waited

    assert on_a_connection(version, check) is waits


@pytest.mark.parametrize(("version", "closes"), [("3.7", False), ("3.10", False), ("3.13", False), ("3.14", True)])
def test_the_failure_of_a_plain_callback_closes_the_connection_since_3_14(version: str, closes: bool) -> None:
    def fail() -> None:
        raise ValueError("in the callback")

    async def check(server: Any, theirs: Any, writer: Any) -> bool:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        for _ in range(3):
            await asyncio.sleep(0)
        closing: bool = theirs.is_closing()
        return closing

    assert on_a_connection(version, check, fail) is closes


@pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")
@pytest.mark.parametrize(("version", "closes"), [("3.9", False), ("3.10", False), ("3.11", True), ("3.13", True)])
def test_a_dropped_writer_closes_its_connection_since_3_11(version: str, closes: bool) -> None:
    module = load(version)

    async def main() -> bool:
        server = await module.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        reader, dropped = await module.open_connection(*server.sockets[0].getsockname())
        transport = dropped.transport
        await reader.read()
        del dropped
        gc.collect()
        closing: bool = transport.is_closing()
        transport.abort()
        server.close()
        return closing

    assert module.run(main()) is closes


@pytest.mark.parametrize(("version", "stays"), [("3.7", True), ("3.12", True), ("3.13", False)])
def test_the_file_of_a_unix_socket_is_removed_since_3_13(version: str, stays: bool, unix_path: str) -> None:
    module = load(version)

    async def main() -> None:
        server = await module.start_unix_server(lambda reader, writer: None, unix_path)
        server.close()
        await server.wait_closed()

    module.run(main())
    assert pathlib.Path(unix_path).exists() is stays


@pytest.mark.parametrize(("version", "warns"), [("3.7", False), ("3.8.18", True), ("3.9", True)])
def test_the_loop_argument_warns_since_3_8(version: str, warns: bool) -> None:
    module = load(version)

    async def main() -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await module.sleep(0, loop=asyncio.get_running_loop())
        return [str(warning.message) for warning in caught]

    told = module.run(main())

    assert (
        told == ["The loop argument is deprecated since Python 3.8, and scheduled for removal in Python 3.10."] * warns
    )


@pytest.mark.parametrize(("version", "text"), [("3.7", "None"), ("3.9", "undefined"), ("3.13", "undefined")])
def test_an_unknown_number_of_bytes_is_called_as_it_was(version: str, text: str) -> None:
    module = load(version)

    async def main() -> str:
        reader = module.StreamReader()
        reader.feed_data(b"ab")
        reader.feed_eof()
        with pytest.raises(module.IncompleteReadError) as caught:
            await reader.readuntil(b";")
        return str(caught.value)

    assert module.run(main()) == f"2 bytes read on a total of {text} expected bytes"


@pytest.mark.parametrize(("version", "kind"), [("3.7", list), ("3.8.18", tuple), ("3.13", tuple)])
def test_the_sockets_of_a_server_are_a_list_up_to_3_7(version: str, kind: type) -> None:
    async def check(server: Any, theirs: Any, writer: Any) -> type:
        return type(server.sockets)

    assert on_a_connection(version, check) is kind


@pytest.mark.parametrize(("version", "is_one"), [("3.10", True), ("3.11", True), ("3.12", False)])
def test_a_generator_is_a_coroutine_up_to_3_11(version: str, is_one: bool) -> None:
    assert load(version).iscoroutine(None for _ in ()) is is_one


def test_several_versions_work_side_by_side_on_one_loop() -> None:
    async def shout(reader: Any, writer: Any) -> None:
        writer.write((await reader.readline()).upper())
        writer.close()

    async def main() -> list[bytes]:
        answers = []
        for old, new in (("3.7", "3.15"), ("3.15", "3.7"), ("3.10.13", "3.9")):
            server = await load(old).start_server(shout, "127.0.0.1", 0)
            reader, writer = await load(new).open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            answers.append(await reader.read())
            writer.close()
            await writer.wait_closed()
            server.close()
            await server.wait_closed()
        return answers

    assert asyncio.run(main()) == [b"HELLO\n"] * 3
    assert load("3.13").run(main()) == [b"HELLO\n"] * 3
