"""Following a log: each event once, in order, soon after it is recorded.

A notification may be lost or arrive early, so a follower always reads the log by contiguous position.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, func
from sqlalchemy import select as query

from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.log.databases.backend import Watch
from dateline.log.databases.dialect import of
from dateline.log.engine import reading, shown
from dateline.log.read import Head, Reader, head
from dateline.log.tables import events

PAGE = 500
#: Seconds before trying to connect again: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0


class Stop:
    """Ends a follower, even while it waits, from a signal handler or another thread."""

    def __init__(self) -> None:
        self.requested = False
        self._ear, self._mouth = socket.socketpair()
        self._mouth.setblocking(False)

    def request(self) -> None:
        self.requested = True
        with suppress(BlockingIOError):  # it was requested often enough already
            self._mouth.send(b".")

    def wait(self, seconds: float, *sockets: int) -> bool:
        """Wait until a stop is requested, one of `sockets` is readable, or `seconds` have passed. True
        if a stop was requested."""
        heard: list[Any] = [self._ear, *sockets]
        select.select(heard, [], [], seconds)
        return self.requested

    def close(self) -> None:
        self._ear.close()
        self._mouth.close()


class Follower:
    """The events after a position, of one story or of all, and then new events as they come."""

    def __init__(
        self,
        engine: Engine,
        reader: Reader,
        story: UUID | None,
        after: int | None,
        stop: Stop,
        idle: Callable[[], None],
        report: Callable[[str], None],
    ) -> None:
        """As `dateline.Archive.follow`. Raises DatelineError when the archive has no position `after`."""
        self._engine, self._reader, self._story = engine, reader, story
        self._stop, self._idle, self._report = stop, idle, report
        with reading(engine) as connection:
            self._seen = head(connection)
            self.position = self._seen.position if after is None else after
            self._check(self._seen)
            self._version = 0 if story is None else _version(connection, story, self.position)

    def __iter__(self) -> Generator[Event, None, None]:
        """The events, until `stop`. Raises LogGap, and DatelineError when the archive was replaced by
        another one."""
        pause = _FIRST_PAUSE
        while not self._stop.requested:
            try:
                with of(self._engine).watch(self._engine) as watch:
                    if pause > _FIRST_PAUSE:
                        self._report(f"Connected to {shown(self._engine.url)} again.")
                    pause = _FIRST_PAUSE
                    yield from self._watching(watch)
            except Exception as error:
                if not of(self._engine).lost(error):
                    raise
                if pause == _FIRST_PAUSE:
                    self._report(f"Lost {shown(self._engine.url)}; trying again ...")
                self._engine.dispose()
                self._stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _watching(self, watch: Watch) -> Iterator[Event]:
        while not self._stop.requested:
            page = self._page()
            for event in page:
                self.position, self._version = event.position, event.version
                yield event
                if self._stop.requested:
                    return
            while not page and not self._stop.wait(watch.poll, *watch.sockets()):
                self._idle()
                if watch.changed():
                    break

    def _page(self) -> list[Event]:
        """The next events of the log. No transaction is open while they are handled."""
        with reading(self._engine) as connection:
            self._check(head(connection))
            if self._story is None:
                found = self._reader.read(connection, after=self.position, page=PAGE)
            else:
                found = self._reader.read_story(
                    connection, self._story, after=self._version, page=PAGE
                )
            return list(islice(found, PAGE))

    def _check(self, now: Head) -> None:
        if now.archive != self._seen.archive or now.position < self.position:
            raise DatelineError(
                f"{shown(self._engine.url)} has no position {self.position}: archive "
                f"{now.archive} ends at {now.position}",
                hint="follow from a position that it has; it may have been restored from an earlier "
                "backup",
                code="position-unknown",
            )


def _version(connection: Connection, story: UUID, position: int) -> int:
    """The story's version when the log was at `position`."""
    count = query(func.count()).select_from(events)
    count = count.where(events.c.story == story.bytes, events.c.position <= position)
    return int(connection.execute(count).scalar_one())
