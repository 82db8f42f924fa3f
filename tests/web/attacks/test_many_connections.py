"""A server as it is started, with its real limits: connections that do nothing, and those that take nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tests.bundled import plugins
from tests.web.attacks.wire import HOST, connected, receive, request, send
from tests.web.running import Running, served

from dateline import Archive
from dateline.testing import samples

STORY = b"/stories/ferry"
#: The server may have held so many bytes more after an attack than before.
GROWTH = 64 << 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    pytest.importorskip("uvicorn")
    resource = pytest.importorskip("resource")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1500:
        pytest.skip("this process may open fewer than 1,500 files")
    with Archive.create(tmp_path / "a.db", plugins()) as archive:
        archive.record(samples.story())
    with served(tmp_path / "a.db", errors=tmp_path / "errors") as running:
        assert send(running, request(STORY)).status == 200
        yield running
    assert (tmp_path / "errors").read_text() == ""


def test_1000_connections_that_say_nothing_keep_nobody_out(server: Running) -> None:
    with ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(connected(server))
        began = time.monotonic()
        assert send(server, request(STORY)).status == 200
        assert time.monotonic() - began < 1


def test_1000_half_requests_are_ended(server: Running) -> None:
    before = server.memory
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(server, 20)) for _ in range(1000)]
        for one in slow:
            with suppress(OSError):
                one.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 10_000)
        assert send(server, request(STORY)).status == 200
        assert all(receive(one).ended for one in slow)
    assert server.memory - before < GROWTH


def test_pages_that_nobody_takes_are_not_kept(server: Running) -> None:
    memory, files = server.memory, server.files
    with ExitStack() as stack:
        for _ in range(50):
            one = stack.enter_context(connected(server, 0.05))
            with suppress(OSError):
                one.sendall(request(STORY, close=False) * 400)
        assert send(server, request(STORY)).status == 200
        assert server.files > files + 40
        # The server ends the connections, though none of them reads on.
        until = time.monotonic() + 60
        # Files of the archive are opened on first use.
        while server.files > files + 12:
            assert time.monotonic() < until
            time.sleep(0.5)
    assert server.memory - memory < 2 * GROWTH


def test_the_first_requests_of_a_server_are_answered(tmp_path: Path) -> None:
    """All threads begin at once then."""
    with Archive.create(tmp_path / "a.db", plugins()) as archive:
        archive.record(samples.story())
    for _ in range(12):
        with served(tmp_path / "a.db") as running, ThreadPoolExecutor(4) as pool:
            targets = (STORY, STORY + b".json", b"/", STORY + b"/facts/f1")
            replies = pool.map(lambda target, to=running: send(to, request(target)), targets)
            assert [reply.status for reply in replies] == [200] * 4


def test_readers_are_answered_while_others_attack(server: Running) -> None:
    attack = [b"\x16\x03\x01" + b"a" * 60_000, request(b"/" + b"a" * 60_000), request(method=b"POST") * 50,
              request(STORY + b"?as_of=" + b"9" * 4000), b"GET / HTTP/1.1\r\n" * 3000]  # fmt: skip
    with ThreadPoolExecutor(8) as pool:
        attacking = [pool.submit(send, server, data) for data in attack * 40]
        times = []
        for _ in range(50):
            began = time.monotonic()
            assert send(server, request(STORY)).status == 200
            times.append(time.monotonic() - began)
        for one in attacking:
            one.result()
    assert sorted(times)[len(times) // 2] < 1
