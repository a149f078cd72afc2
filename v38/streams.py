"""Streams of 3.8 as its documentation introduced them: `asyncio.streams` of the pre-releases.

The parts stand in modules of their own; this one only has the names under which programs know them.
"""

from __future__ import annotations

from asyncio_compat.v37.stream_errors import IncompleteReadError, LimitOverrunError
from asyncio_compat.v38 import awaiting, stream, stream_protocols, stream_server
from asyncio_compat.v38.connecting import connect, connect_read_pipe, connect_unix, connect_write_pipe
from asyncio_compat.v38.flow_control import FlowControlMixin
from asyncio_compat.v38.legacy_streams import (
    StreamReader,
    StreamReaderProtocol,
    StreamWriter,
    open_connection,
    open_unix_connection,
    start_server,
    start_unix_server,
)
from asyncio_compat.v38.stream import Stream, StreamMode
from asyncio_compat.v38.stream_server import StreamServer, UnixStreamServer

__all__ = (
    "FlowControlMixin",
    "IncompleteReadError",
    "LimitOverrunError",
    "Stream",
    "StreamMode",
    "StreamReader",
    "StreamReaderProtocol",
    "StreamServer",
    "StreamWriter",
    "UnixStreamServer",
    "connect",
    "connect_read_pipe",
    "connect_unix",
    "connect_write_pipe",
    "open_connection",
    "open_unix_connection",
    "start_server",
    "start_unix_server",
)

_DEFAULT_LIMIT = 2**16

# Private, and yet known to those who test streams.
_BaseStreamProtocol = stream_protocols.BaseStreamProtocol
_BaseStreamServer = stream_server.BaseStreamServer
_ContextManagerHelper = awaiting.ContextManagerHelper
_OptionalAwait = awaiting.OptionalAwait
_ServerStreamProtocol = stream_protocols.ServerStreamProtocol
_StreamProtocol = stream_protocols.StreamProtocol
_ensure_can_read = stream.ensure_can_read
_ensure_can_write = stream.ensure_can_write
