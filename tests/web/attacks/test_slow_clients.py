"""Clients that are slow, or many, keep nobody else from an answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from tests.web.attacks.wire import HOST, connected, receive, request, send
from tests.web.running import Running

STORY = b"/stories/ferry"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server's limits, made so small that they can be waited for."""
    connection = pytest.importorskip("dateline_web.connection")
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connection, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(connection, "CONNECTIONS", 20)
    yield


def ended_while_dripping(connection: socket.socket) -> bool:
    """Whether the server ends a connection that sends a letter at a time, for at most 3 seconds."""
    until = time.monotonic() + 3
    connection.settimeout(0.05)
    while time.monotonic() < until:
        try:
            connection.sendall(b"a")
            if not connection.recv(1 << 16):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_a_request_that_comes_a_letter_at_a_time_is_ended(server: Running) -> None:
    with connected(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"X: ")
        assert ended_while_dripping(connection)


def test_so_is_the_second_on_a_connection(server: Running) -> None:
    with connected(server) as connection:
        connection.sendall(request(b"/robots.txt", close=False))
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"X: ")
        assert ended_while_dripping(connection)


def test_a_connection_that_says_nothing_is_ended(server: Running) -> None:
    with connected(server, 3) as connection:
        reply = receive(connection)
        assert (reply.data, reply.ended) == (b"", True)


@pytest.mark.slow
def test_a_page_that_nobody_takes_is_not_kept(server: Running) -> None:
    with connected(server, 0.5) as connection:
        with suppress(OSError):
            connection.sendall(request(STORY, close=False) * 2000)
        time.sleep(5)  # a busy machine looks late
        connection.settimeout(3)
        reply = receive(connection)
        assert reply.ended and 0 < len(reply.statuses) < 2000


def test_a_live_page_stays_open(server: Running) -> None:
    with connected(server, 0.6) as connection:
        connection.sendall(request(STORY + b"/live"))
        assert not receive(connection).ended


def test_idle_connections_make_room_for_a_request(server: Running) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connected(server)) for _ in range(40)]
        assert send(server, request()).status == 200
        assert idle[0].recv(1) == b""


def test_live_pages_are_not_ended_for_others(server: Running) -> None:
    with ExitStack() as stack:
        live = []
        for _ in range(20):
            live.append(stack.enter_context(connected(server, 0.05)))
            live[-1].sendall(request(STORY + b"/live"))
            assert b"event-stream" in live[-1].recv(1 << 16)
        assert send(server, request()).data == b""
        assert not any(receive(one).ended for one in live)
    time.sleep(0.2)
    assert send(server, request()).status == 200


def test_live_pages_have_a_limit(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dateline_web.live._LISTENERS", 2)
    with ExitStack() as stack:
        for _ in range(2):
            one = stack.enter_context(connected(server, 0.2))
            one.sendall(request(STORY + b"/live"))
            assert receive(one).status == 200
        assert send(server, request(STORY + b"/live")).status == 503
