"""The directions of a stream, and that programs do not make streams."""

from __future__ import annotations

import os

import pytest

import asyncio_compat

asyncio = asyncio_compat.load("3.8")
StreamMode = asyncio.StreamMode


def test_a_read_only_stream_refuses_to_write():
    async def main():
        reading, writing = os.pipe()
        async with asyncio.connect_read_pipe(os.fdopen(reading, "rb", 0)) as stream:
            for refused in (
                lambda: stream.write(b"x"),
                lambda: stream.writelines([b"x"]),
                stream.write_eof,
            ):
                with pytest.raises(RuntimeError, match=r"^The stream is read-only$"):
                    refused()
            for refused in (stream.drain, lambda: stream.sendfile(None), lambda: stream.start_tls(None)):
                with pytest.raises(RuntimeError, match=r"^The stream is read-only$"):
                    await refused()
            assert stream.can_write_eof() is False
        os.close(writing)

    asyncio.run(main())


def test_a_write_only_stream_refuses_to_read():
    async def main():
        reading, writing = os.pipe()
        async with asyncio.connect_write_pipe(os.fdopen(writing, "wb", 0)) as stream:
            for refused in (
                stream.read,
                lambda: stream.read(0),
                stream.readline,
                stream.readuntil,
                lambda: stream.readexactly(-1),
            ):
                with pytest.raises(RuntimeError, match=r"^The stream is write-only$"):
                    await refused()
            with pytest.raises(RuntimeError, match=r"^The stream is write-only$"):
                stream.feed_data(b"x")
            with pytest.raises(RuntimeError, match=r"^The stream is write-only$"):
                stream.__aiter__()
            await stream.write(b"x")
        assert os.read(reading, 10) == b"x"
        os.close(reading)

    asyncio.run(main())


def test_the_modes_are_flags():
    assert list(StreamMode) == [StreamMode.READ, StreamMode.WRITE, StreamMode.READWRITE]
    assert len(StreamMode) == 3
    assert {"READ", "WRITE", "READWRITE"} <= set(dir(StreamMode))
    assert list(reversed(StreamMode)) == [StreamMode.READWRITE, StreamMode.WRITE, StreamMode.READ]
    assert StreamMode.READ | StreamMode.WRITE is StreamMode.READWRITE
    assert StreamMode.READ in StreamMode.READWRITE
    assert repr(StreamMode.READWRITE) == "<StreamMode.READWRITE: 3>"
    assert str(StreamMode.READ & StreamMode.WRITE) == "StreamMode.0"


def test_programs_do_not_make_streams():
    with pytest.raises(RuntimeError) as caught:
        asyncio.Stream(StreamMode.READ)
    assert str(caught.value) == "<class 'asyncio.streams.Stream'> should be instantiated by asyncio internals only"
