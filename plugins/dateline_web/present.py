"""Which state of the archive pages show now. While the next one is made ready, they show the one before it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

S = TypeVar("S")
#: For so many seconds the archive is not asked again whether it changed.
_FRESH = 0.05
#: A request waits so many seconds for the next state: that of a short story is ready by then.
_WAITS = 0.05
#: After a state was made ready, the next one waits five times as long as that took, but at most so many seconds.
_PAUSE = 4.0
#: A state that was the last one so many seconds ago is not shown.
_OLD = 10.0


class Present(Generic[S]):
    """`read` returns the last state; `prepare` makes ready what its pages need, in a thread. Whatever that raises,
    the next state is shown: its pages then say what is wrong. `urgent` says whether a state must not be shown any
    longer once there is another: that one is then shown at once."""

    def __init__(
        self,
        read: Callable[[], S],
        prepare: Callable[[], None],
        urgent: Callable[[S, S], bool] = lambda before, after: False,
    ) -> None:
        self._read, self._prepare, self._urgent = read, prepare, urgent
        self._state = read()
        #: When the archive was asked last, and when the state that is shown was known to be the last one.
        self._asked = self._last = time.monotonic()
        self._next = 0.0
        self._lock = threading.Lock()
        self._ready: threading.Event | None = None

    def state(self) -> S:
        """The state that pages show."""
        now = time.monotonic()
        with self._lock:
            if now - self._asked <= _FRESH:
                return self._state
            self._asked = now
            found = self._read()
            if found == self._state:
                self._last = now
            elif now - self._last > _OLD or self._urgent(self._state, found):
                self._show(found, now)
            elif self._ready is None and now >= self._next:
                self._ready = threading.Event()
                threading.Thread(
                    target=self._move, args=(found, now, self._ready), daemon=True
                ).start()
            return self._state

    async def latest(self) -> S:
        """The state that pages show; waits a moment if another one is about to be shown."""
        state, ready = self.state(), self._ready
        if ready is None:
            return state
        until = self._asked + _WAITS
        while not ready.is_set() and time.monotonic() < until:
            await asyncio.sleep(0.005)
        return self._state

    def _move(self, found: S, now: float, ready: threading.Event) -> None:
        with suppress(Exception):
            self._prepare()
        took = time.monotonic() - now
        with self._lock:
            self._show(found, now)
            self._next = time.monotonic() + min(5 * took, _PAUSE)
            self._ready = None
        ready.set()

    def _show(self, found: S, now: float) -> None:
        self._state, self._last = found, now
