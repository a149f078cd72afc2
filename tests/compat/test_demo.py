from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
from importlib import resources
from typing import Any

import pytest

from asyncio_compat import demo
from asyncio_compat.demo_peers import MESSAGE, PEERS, Endpoint, Peer, WrongEchoError, check

PAIRS = [(server.generation, client.generation) for server in PEERS for client in PEERS]


def results(capsys: pytest.CaptureFixture[str], **options: Any) -> tuple[int, list[dict[str, Any]], str]:
    code = demo.main(seconds=0.01, round_trips=2, as_json=True, **options)
    shown = capsys.readouterr()
    return code, json.loads(shown.out), shown.err


def test_every_client_talks_to_every_server_over_every_transport(capsys: pytest.CaptureFixture[str]) -> None:
    code, cells, _ = results(capsys)

    assert code == 0
    assert [cell["error"] for cell in cells] == [None] * 48
    assert [(cell["transport"], cell["server"], cell["client"]) for cell in cells] == [
        (transport, *pair) for transport in ("TCP", "Unix", "TLS") for pair in PAIRS
    ]
    assert {cell["round_trips"] for cell in cells} == {2}


def test_the_table_has_a_row_for_each_server_and_a_column_for_each_client(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(seconds=0.1, round_trips=None, as_json=False) == 0

    shown = capsys.readouterr().out.splitlines()
    assert shown[2].split() == ["v34", "client", "v37", "client", "v38", "client", "v313", "client"]
    assert [line.split()[:2] for line in shown[4:16]] == [
        [transport, peer.generation] for transport in ("TCP", "Unix", "TLS") for peer in PEERS
    ]
    assert all(int(rate.replace(",", "")) > 0 for line in shown[4:16] for rate in line.split()[3:])
    assert shown[-1] == "48 of 48 pairs talked to each other."


def test_progress_is_shown_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, errors = results(capsys)

    assert errors.splitlines()[1] == "[ 4/48] TCP   v34 server"
    assert errors.splitlines()[-1] == "[48/48] TLS  v313 server"


def test_nothing_is_said_that_nobody_needs(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, errors = results(capsys)

    assert len(errors.splitlines()) == 1 + 12
    assert caplog.messages == []


async def fails(*_: object) -> int:
    raise ValueError("the reason")


async def ends(*_: object) -> None:
    pass


def test_a_client_that_does_nothing_has_failed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PEERS", (PEERS[0]._replace(talk=ends),))

    code, cells, _ = results(capsys)

    assert code == 1
    assert [cell["error"] for cell in cells] == ["ended without a round trip"] * 3


def test_a_client_that_fails_shows_why_and_the_exit_code_is_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PEERS", (PEERS[0], PEERS[1]._replace(talk=fails)))

    code, cells, errors = results(capsys)

    assert code == 1
    assert [cell["error"] for cell in cells if cell["client"] == "v34"] == [None] * 6
    assert [cell["error"] for cell in cells if cell["client"] == "v37"] == ["ValueError: the reason"] * 6
    assert "TCP, v34 server and v37 client: ValueError: the reason\n" in errors


@pytest.mark.parametrize(("serve", "reason"), [(fails, "ValueError: the reason"), (ends, "ended by itself")])
def test_a_server_that_does_not_listen_shows_why_in_each_cell(
    serve: Any, reason: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "PEERS", (PEERS[0], PEERS[1]._replace(serve=serve)))

    code, cells, errors = results(capsys)

    assert code == 1
    assert [cell["error"] for cell in cells if cell["server"] == "v37"] == [reason] * 6
    assert errors.splitlines()[-3:] == [f"{transport}, v37 server: {reason}" for transport in ("TCP", "Unix", "TLS")]


def test_the_table_shows_errors_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PEERS", (PEERS[0]._replace(talk=fails),))

    assert demo.main(seconds=0.01, round_trips=1, as_json=False) == 1

    shown = capsys.readouterr().out
    assert shown.count("ValueError: the reason") == 3
    assert shown.splitlines()[-1] == "0 of 3 pairs talked to each other."


def test_a_wrong_echo_is_an_error() -> None:
    check(MESSAGE)

    with pytest.raises(WrongEchoError, match=r"received b'something else\\n'"):
        check(b"something else\n")


def test_the_pace_is_a_number_of_round_trips_or_a_time() -> None:
    counted, timed = demo.Pace(1.0, 3).enough(), demo.Pace(1e-9, None).enough()

    assert [counted(number) for number in (0, 2, 3, 4)] == [False, False, True, True]
    assert [timed(number) for number in (0, 1)] == [False, True]


def test_a_cell_ends_even_where_nothing_happens() -> None:
    assert demo.Pace(1.0, None).limit < 10
    assert demo.Pace(1.0, 100).limit > demo.Pace(1.0, 1).limit


def test_each_generation_is_in_the_demo_with_a_version_of_its_own() -> None:
    import asyncio_compat
    from asyncio_compat.versions import resolve

    assert [peer.generation for peer in PEERS] == [one.name for one in asyncio_compat.generations()]
    assert [resolve(peer.version).generation for peer in PEERS] == [peer.generation for peer in PEERS]


def test_the_certificate_is_accepted_by_the_strictest_checks() -> None:
    with resources.as_file(resources.files("asyncio_compat") / "demo_only.pem") as file:
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(file)
        client = ssl.create_default_context(cafile=str(file))
    client.verify_flags |= ssl.VERIFY_X509_STRICT

    for name in ("localhost", "127.0.0.1"):
        shake_hands(server, client, name)


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    while sides:
        for side in list(sides):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            sides.remove(side)


def test_control_c_ends_the_demo_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "asyncio_compat", "demo", "--seconds", "1000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "48 pairs of a server and a client, on one event loop\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert output == ""
    assert errors.strip() == "asyncio-compat: interrupted"


def test_an_endpoint_is_tcp_on_a_free_port_by_default() -> None:
    assert Endpoint() == Endpoint(path=None, port=0, server_context=None, client_context=None)
    assert isinstance(PEERS[0], Peer)
