"""What a version shows is what the genuine release showed: its names, its classes, the signatures of its streams."""

from __future__ import annotations

import asyncio
import inspect
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from asyncio_compat import load
from asyncio_compat.facade import Facade

HERE = Path(__file__).parent
API = json.loads((HERE / "genuine_api.json").read_text(encoding="utf-8"))
SIGNATURES = json.loads((HERE / "genuine_signatures.json").read_text(encoding="utf-8"))
RELEASES: list[str] = API["releases"]
# What works on every host, whatever that lacks of the rest.
OURS = frozenset(
    """
    AbstractServer BaseProtocol BaseTransport BoundedSemaphore BufferedProtocol Condition DatagramProtocol
    DatagramTransport Event Future IncompleteReadError LimitOverrunError Lock Protocol ReadTransport Runner Semaphore
    Server Stream StreamMode StreamReader StreamReaderProtocol StreamServer StreamWriter SubprocessProtocol
    SubprocessTransport Task Transport UnixStreamServer WriteTransport connect connect_read_pipe connect_unix
    connect_write_pipe coroutine get_event_loop iscoroutine open_connection open_unix_connection run start_server
    start_unix_server
    """.split()  # noqa: SIM905
)


def had(bits: str, release: str) -> bool:
    return bool(int(bits, 16) >> RELEASES.index(release) & 1)


def genuine(names: dict[str, str], release: str) -> set[str]:
    return {name for name, bits in names.items() if had(bits, release)} - {""}


def quietly(facade: Facade, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return getattr(facade, name)


@pytest.mark.parametrize("release", RELEASES)
def test_all_has_the_genuine_names_but_for_what_the_host_lacks(release: str) -> None:
    expected = genuine(API["exported"], release)

    actual = set(load(release).__all__)

    assert actual <= expected
    assert not (expected - actual) & OURS
    assert {name for name in expected - actual if hasattr(asyncio, name)} == set()


@pytest.mark.parametrize("release", RELEASES)
def test_classes_have_the_genuine_attributes_but_for_what_the_host_lacks(release: str) -> None:
    facade = load(release)
    wrong = {}
    for name in facade.__all__:
        cls = quietly(facade, name)
        if not isinstance(cls, type) or issubclass(cls, BaseException):
            continue
        expected = genuine(API["classes"].get(name, {}), release)
        actual = {member for member in dir(cls) if not member.startswith("_")}
        missing = {
            member for member in expected - actual if not hasattr(cls, member) and not on_instances(name, member)
        }
        if name not in OURS - {"Task", "Future"}:
            missing = {member for member in missing if hasattr(getattr(asyncio, name, None), member)}
        if missing or actual - expected:
            wrong[name] = (missing, actual - expected)

    assert wrong == {}


def on_instances(name: str, member: str) -> bool:
    """Tell whether *member* is set by the constructor, and so is no attribute of the class."""
    return (name, member) in {
        ("Condition", "acquire"),
        ("Condition", "locked"),
        ("Condition", "release"),
        ("BaseEventLoop", "slow_callback_duration"),
        ("SelectorEventLoop", "slow_callback_duration"),
        ("EventLoop", "slow_callback_duration"),
        ("Server", "active_count"),
        ("Server", "loop"),
        ("Server", "waiters"),
    }


@pytest.mark.parametrize(
    "release", sorted({release for known in SIGNATURES.values() for spans in known.values() for release in spans})
)
def test_signatures_of_streams_are_the_genuine_ones(release: str) -> None:
    facade = load(release)
    expected = {
        name: text for name, known in SIGNATURES.items() for text, releases in known.items() if release in releases
    }

    actual = {name: signature(facade, name) for name in expected}

    assert actual == expected


def signature(facade: Facade, name: str) -> str:
    owner, _, member = name.partition(".")
    found = facade.base_events.Server if owner == "Server" else getattr(facade.streams, owner)
    text = str(inspect.signature(getattr(found, member) if member else found))
    return "(self, warnings=warnings)" if "<module 'warnings'" in text else text
