"""Sockets that are bound to addresses, for servers and for datagrams."""

from __future__ import annotations

import errno
import os
import socket
import sys
import warnings
from asyncio.log import logger
from collections.abc import Iterable
from typing import Any

__all__ = ("NOT_GIVEN", "datagram_socket", "listening_sockets", "unix_socket")

# The default of arguments for which None means something.
NOT_GIVEN = object()


async def listening_sockets(
    loop: Any, host: Any, port: Any, *, family: int, flags: int, reuse_address: bool | None, reuse_port: bool | None
) -> list[socket.socket]:
    """Return sockets bound to every address that *host*, a name, several names or None for all, stands for.

    Raises:
        OSError: one of the addresses cannot be bound to; its `strerror` says which.
    """
    if reuse_address is None:
        reuse_address = os.name == "posix" and sys.platform != "cygwin"
    sockets: list[socket.socket] = []
    try:
        for info in await _addresses(loop, host, port, family, flags):
            sock = _socket(loop, info)
            if sock is None:
                continue
            sockets.append(sock)
            if reuse_address:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
            if reuse_port:
                _set(sock, _so_reuseport())
            if info[0] == socket.AF_INET6:
                # IPv4 has a socket of its own.
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, True)
            _bind(sock, info[4])
    except BaseException:
        for sock in sockets:
            sock.close()
        raise
    return sockets


async def _addresses(loop: Any, host: Any, port: Any, family: int, flags: int) -> Iterable[Any]:
    if host == "":
        hosts: Iterable[Any] = [None]
    elif isinstance(host, str) or not isinstance(host, Iterable):
        hosts = [host]
    else:
        hosts = host
    found = []
    for one in hosts:
        infos = await loop._ensure_resolved((one, port), family=family, type=socket.SOCK_STREAM, flags=flags, loop=loop)
        if not infos:
            raise OSError(f"getaddrinfo({one!r}) returned empty list")
        found += infos
    # Each only once, though several names may lead to it.
    return dict.fromkeys(found)


def _socket(loop: Any, info: Any) -> socket.socket | None:
    try:
        return socket.socket(*info[:3])
    except OSError:
        # The system has no sockets of this family.
        if loop.get_debug():
            logger.warning("create_server() failed to create socket.socket(%r, %r, %r)", *info[:3], exc_info=True)
        return None


def _bind(sock: socket.socket, address: Any) -> None:
    try:
        sock.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"error while attempting to bind on address {address!r}: {reason}"
        raise OSError(error.errno, message) from None


def _so_reuseport() -> int:
    if not hasattr(socket, "SO_REUSEPORT"):
        raise ValueError("reuse_port not supported by socket module")
    return socket.SO_REUSEPORT


def _set(sock: socket.socket, option: int) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, option, True)
    except OSError:
        if option != getattr(socket, "SO_REUSEPORT", None):
            raise
        raise ValueError(
            "reuse_port not supported by socket module, SO_REUSEPORT defined but not implemented."
        ) from None


async def datagram_socket(
    loop: Any,
    local_addr: Any,
    remote_addr: Any,
    *,
    reuse_address: Any,
    reuse_port: bool | None,
    allow_broadcast: bool | None,
    sock: Any,
    shared: bool,
    **resolving: int,
) -> tuple[Any, Any]:
    """Return a datagram socket, and the resolved address that it was connected to or None.

    Args:
        loop: the event loop.
        local_addr: the host and the port to bind to, or None.
        remote_addr: the host and the port to connect to, or None.
        reuse_address: whether the local address may be another socket's too.
        reuse_port: the same, for sockets that all say so.
        allow_broadcast: whether the socket may send to broadcast addresses.
        sock: a socket to use instead of a new one.
        shared: whether *reuse_address* is allowed, and the default.
        resolving: the family, the protocol and the flags to resolve the addresses with.

    Raises:
        ValueError: there are no such addresses of one family, or *sock* was given with other arguments.
        OSError: no socket could be bound and connected; this is what happened to the first.
    """
    if sock is not None:
        given = {"local_addr": local_addr, "remote_addr": remote_addr, **resolving}
        given["reuse_address"] = reuse_address is not NOT_GIVEN and reuse_address
        _check_datagram_socket(sock, given | {"reuse_port": reuse_port, "allow_broadcast": allow_broadcast})
        sock.setblocking(False)
        return sock, None
    if reuse_address is not NOT_GIVEN and not shared:
        _refuse_to_share(reuse_address)
    options = [_so_reuseport()] if reuse_port else []
    if shared and reuse_address in (NOT_GIVEN, None, True):
        options.append(socket.SO_REUSEADDR)
    if allow_broadcast:
        options.append(socket.SO_BROADCAST)
    first_error: OSError | None = None
    for (family, proto), (local, remote) in await _pairs(loop, (local_addr, remote_addr), **resolving):
        try:
            sock = socket.socket(family=family, type=socket.SOCK_DGRAM, proto=proto)
            try:
                for option in options:
                    _set(sock, option)
                sock.setblocking(False)
                if local is not None:
                    sock.bind(local)
                if remote is not None:
                    await loop.sock_connect(sock, remote)
            except BaseException:
                sock.close()
                raise
        except OSError as error:
            first_error = first_error or error
        else:
            return sock, remote
    raise first_error or ValueError("can not get address information")


def _check_datagram_socket(sock: Any, given: dict[str, Any]) -> None:
    if sock.type != socket.SOCK_DGRAM:
        raise ValueError(f"A UDP Socket was expected, got {sock!r}")
    if any(given.values()):
        problems = ", ".join(f"{name}={value}" for name, value in given.items() if value)
        raise ValueError(f"socket modifier keyword arguments can not be used when sock is specified. ({problems})")


def _refuse_to_share(reuse_address: Any) -> None:
    if reuse_address:
        raise ValueError(
            "Passing `reuse_address=True` is no longer supported, as the usage of SO_REUSEPORT in UDP poses a "
            "significant security concern."
        )
    warnings.warn(
        "The *reuse_address* parameter has been deprecated as of 3.6.10 and is scheduled for removal in 3.11.",
        DeprecationWarning,
        stacklevel=2,
    )


async def _pairs(loop: Any, addresses: tuple[Any, Any], family: int, proto: int, flags: int) -> list[Any]:
    """Return by family and protocol the local and the remote address, where all that are wanted can be had."""
    if not any(addresses):
        if family == 0:
            raise ValueError("unexpected address family")
        return [((family, proto), (None, None))]
    found: dict[Any, list[Any]] = {}
    for index, address in enumerate(addresses):
        if address is None:
            continue
        if not (isinstance(address, tuple) and len(address) == 2):
            raise AssertionError("2-tuple is expected")
        infos = await loop._ensure_resolved(
            address, family=family, type=socket.SOCK_DGRAM, proto=proto, flags=flags, loop=loop
        )
        if not infos:
            raise OSError("getaddrinfo() returned empty list")
        for one_family, _, one_proto, _, resolved in infos:
            found.setdefault((one_family, one_proto), [None, None])[index] = resolved
    pairs = [
        (key, pair)
        for key, pair in found.items()
        if all(not wanted or resolved is not None for wanted, resolved in zip(addresses, pair, strict=True))
    ]
    if not pairs:
        raise ValueError("can not get address information")
    return pairs


def unix_socket(path: Any) -> socket.socket:
    """Return a Unix socket bound to *path*, where there must be no file yet.

    Raises:
        OSError: there is one, be it of a socket that nobody listens on.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(path)
    except BaseException as error:
        sock.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise OSError(errno.EADDRINUSE, f"Address {path!r} is already in use") from None
        raise
    return sock
