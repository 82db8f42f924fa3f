"""A follower is woken by notifications, but does not depend on them."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.events.envelope import Event
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import driver
from dateline.log.follow import Stop
from dateline.testing import samples

PATIENCE = 30.0


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, Plugins()) as archive:
        archive.record(samples.story())
        yield archive


@contextmanager
def followed(archive: Archive) -> Iterator[queue.Queue[Event]]:
    """Events that a follower in another thread yields, from when it waits."""
    heard: queue.Queue[Event] = queue.Queue()
    stop = Stop()
    head = archive.head().position

    def listen() -> None:
        for event in archive.follow(after=head - 1, stop=stop):
            heard.put(event)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        assert heard.get(timeout=PATIENCE).position == head
        time.sleep(0.3)  # now it waits
        yield heard
    finally:
        stop.request()
        thread.join(PATIENCE)
        stop.close()
    assert not thread.is_alive()


def poll_hourly(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make followers look only once an hour without a notification."""
    with of(archive._engine).watch(archive._engine) as watch:
        if watch.sockets():
            monkeypatch.setattr(type(watch), "poll", 3600.0)


def test_a_waiting_follower_is_woken_by_an_append(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll_hourly(archive, monkeypatch)
    with followed(archive) as heard:
        for number in range(3):
            archive.record([samples.figure(text=f"No. {number}")], story="ferry")
            assert heard.get(timeout=PATIENCE).position == archive.head().position


def test_an_append_without_a_notification_is_found(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type(of(archive._engine))
    monkeypatch.setattr(kind, "announce", lambda self, engine: None)
    with followed(archive) as heard:
        archive.record([samples.figure(text="Unheard of")], story="ferry")
        assert heard.get(timeout=PATIENCE).position == archive.head().position


def test_a_notification_that_cannot_be_sent_does_not_fail_the_append(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    if archive._engine.dialect.name != "postgresql":
        pytest.skip("SQLite sends no notifications")
    import psycopg

    plain, sent = driver, []

    def broken(connection: object) -> object:
        sent.append(connection)
        raise psycopg.OperationalError("the connection is lost")

    announce = type(of(archive._engine)).announce
    monkeypatch.setitem(announce.__globals__, "driver", broken)
    of(archive._engine).announce(archive._engine)
    assert sent
    monkeypatch.setitem(announce.__globals__, "driver", plain)
    archive.record([samples.figure(text="One more")], story="ferry")


def test_an_archive_in_memory_is_followed_too() -> None:
    stop = Stop()
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(samples.story())
        seen = []
        for event in archive.follow(after=0, stop=stop):
            seen.append(event.position)
            if event.position == archive.head().position:
                break
        stop.close()
    assert seen == list(range(1, len(seen) + 1)) and len(seen) > 5


def test_a_follower_stops_while_no_event_comes(archive: Archive) -> None:
    stop = Stop()
    timer = threading.Timer(0.5, stop.request)
    timer.start()
    started = time.monotonic()
    assert list(archive.follow(stop=stop)) == []
    assert time.monotonic() - started < 10
    for _ in range(10**5):
        stop.request()  # never blocks
    stop.close()


def test_another_archive_in_its_place_is_detected(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore from an earlier backup."""
    from dateline.log import follow

    heads = itertools.chain([follow.head], itertools.repeat(lambda connection: earlier))
    with Archive.create(":memory:", Plugins()) as other:
        earlier = other.head()
    monkeypatch.setattr(follow, "head", lambda connection: next(heads)(connection))
    stop = Stop()
    with refused("position-unknown"):
        list(archive.follow(stop=stop))
    stop.close()
