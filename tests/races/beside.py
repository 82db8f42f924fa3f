"""Two at once, made deterministic: one is held at a point while the other runs into it."""

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
    """What `work` comes to, which begins inside `holding` and waits there for its end."""
    with ThreadPoolExecutor(1) as pool:
        with holding:
            other = pool.submit(work)
            until_blocked(db, other)
        return other.result(PATIENCE)


def until_blocked(db: str, *who: Future[Any]) -> None:
    """Until so many sessions wait for a lock. SQLite shows nobody waiting, and whoever wants its one
    lock cannot pass while another has it: there is nothing to wait for."""
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
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.005)


class Gate:
    """Stands before or after a function: a call from another thread than the one that set it up
    stops there until `open`. The first `passed` ones may pass, and all after it."""

    def __init__(self, passed: int = 0) -> None:
        self._arrived, self._opened = threading.Event(), threading.Event()
        self._owner, self._turns = threading.get_ident(), count()
        self._passed = passed

    @contextmanager
    def at(
        self, patch: pytest.MonkeyPatch, module: object, name: str, *, after: bool = False
    ) -> Iterator[None]:
        """Opened on leaving, so that nothing stays behind a failed test."""
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
        """Until somebody stands there."""
        assert self._arrived.wait(PATIENCE), "nobody came to the gate"

    def open(self) -> None:
        self._opened.set()

    def _stop(self) -> None:
        if threading.get_ident() != self._owner and next(self._turns) == self._passed:
            self._arrived.set()
            assert self._opened.wait(PATIENCE), "nobody opened the gate"
