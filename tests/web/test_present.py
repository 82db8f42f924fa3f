"""Pages show the state before while the next one is made ready, and never go back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

present = pytest.importorskip("dateline_web.present")


class Log:
    """A state that grows, and a preparation that ends when it is let."""

    def __init__(self) -> None:
        self.state, self.prepared, self.fails = 0, 0, False
        self.go = threading.Event()

    def prepare(self) -> None:
        assert self.go.wait(5)
        self.prepared += 1
        if self.fails:
            raise ValueError("a story cannot be read")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setattr(present, "_FRESH", -1.0)
    found = Log()
    yield found
    found.go.set()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_the_state_before_is_shown_until_the_next_is_ready(log: Log) -> None:
    shown = present.Present(lambda: log.state, log.prepare)
    log.state = 1
    assert [shown.state() for _ in range(5)] == [0] * 5
    log.state = 2
    time.sleep(0.2)  # then a second passes before the next one
    log.go.set()
    until(lambda: shown.state() == 1)
    assert log.prepared == 1


def test_an_error_while_it_is_made_ready_does_not_keep_the_next_back(log: Log) -> None:
    log.fails = True
    log.go.set()
    shown = present.Present(lambda: log.state, log.prepare)
    log.state = 1
    until(lambda: shown.state() == 1)


def test_an_old_state_is_never_shown(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "_OLD", 0.0)
    shown = present.Present(lambda: log.state, log.prepare)
    time.sleep(0.001)
    log.state = 1
    assert shown.state() == 1 and log.prepared == 0


def test_preparations_leave_time_for_pages(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "_PAUSE", 60.0)
    shown = present.Present(lambda: log.state, lambda: time.sleep(0.02))
    log.state = 1
    until(lambda: shown.state() == 1)
    log.state = 2
    before = time.monotonic()
    assert shown.state() == 1
    until(lambda: shown.state() == 2)
    assert time.monotonic() - before > 0.08


def test_a_request_waits_for_a_state_that_is_ready_in_a_moment(log: Log) -> None:
    shown = present.Present(lambda: log.state, lambda: None)
    log.state = 1
    assert asyncio.run(shown.latest()) == 1


def test_a_request_does_not_wait_for_one_that_takes_long(log: Log) -> None:
    shown = present.Present(lambda: log.state, log.prepare)
    log.state = 1
    assert asyncio.run(shown.latest()) == 0
