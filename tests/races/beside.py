"""Deterministic races: one thread is held at a point while another one runs into it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from itertools import count
from typing import Any, TypeVar

import pytest

from dateline.testing.postgres import connect

Result = TypeVar("Result")
PATIENCE = 20.0
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def race(db: str, holding: AbstractContextManager[Any], work: Callable[[], Result]) -> Result:
    """The result of `work`, which starts inside `holding` and blocks there until its end."""
    with ThreadPoolExecutor(1) as pool:
        with holding:
            other = pool.submit(work)
            until_blocked(db, other)
        return other.result(PATIENCE)


def until_blocked(db: str, *who: Future[Any]) -> None:
    """Wait until so many sessions wait for a lock. SQLite does not show who waits, but nobody can
    proceed while another has its only lock, so there is nothing to wait for."""
    if "://" not in db:
        return
    with connect(db) as outside:
        _poll(
            lambda: (
                any(each.done() for each in who)
                or outside.execute(_WAITING).fetchone()[0] >= len(who)
            )
        )
    for each in who:
        assert not each.done(), f"it did not wait: {each.exception() or each.result()}"


def _poll(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "the condition was never reached"
        time.sleep(0.005)


class Gate:
    """A gate before or after a function. A call from another thread than the one that made the gate
    waits there until `open`. The first `passed` calls pass, and so do all after the one that waits."""

    def __init__(self, passed: int = 0) -> None:
        self._arrived, self._opened = threading.Event(), threading.Event()
        self._owner, self._turns = threading.get_ident(), count()
        self._passed = passed

    @contextmanager
    def at(
        self, patch: pytest.MonkeyPatch, module: object, name: str, *, after: bool = False
    ) -> Iterator[None]:
        """Put the gate at a function. It opens at the end of the block, even if the test fails."""
        inner = getattr(module, name)

        @wraps(inner)
        def gated(*arguments: Any, **keywords: Any) -> Any:
            if after:
                result = inner(*arguments, **keywords)
                self._stop()
                return result
            self._stop()
            return inner(*arguments, **keywords)

        patch.setattr(module, name, gated)
        try:
            yield
        finally:
            self.open()

    def wait(self) -> None:
        """Wait until a call has arrived at the gate."""
        assert self._arrived.wait(PATIENCE), "no call arrived at the gate"

    def open(self) -> None:
        self._opened.set()

    def _stop(self) -> None:
        if threading.get_ident() != self._owner and next(self._turns) == self._passed:
            self._arrived.set()
            assert self._opened.wait(PATIENCE), "the gate was not opened"
