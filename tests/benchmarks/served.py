"""The measurements on PostgreSQL, on the server of the test wheel with fsync."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from run import (
    PEER_REPLAY,
    PER_STORY,
    VIEWS,
    Bench,
    Run,
    replayed,
    replayed_views,
    require_alike,
    require_same,
    say,
    step,
)
from sqlalchemy.engine import make_url

from dateline.testing.postgres import Server, connect, server

BATCH = 100
WRITERS = 8
REPLAY = 20_000
#: Where others keep events.
STORED = {"peer": "archive_events", "plain": "events"}


class Served(Bench):
    """Like Bench, with a database for each measurement. `events` is the size of an append."""

    def __init__(self, server: Server, events: int, rounds: int) -> None:
        super().__init__(Path(), events, rounds)
        self._server = server
        with connect(server.url) as connection:
            self.version = connection.execute("SHOW server_version").fetchone()[0]

    def _one_writer(self) -> None:
        self._at_once("one_writer", 1)

    def _writers(self) -> None:
        self._at_once("writers", WRITERS)

    def _making_one(self) -> None:
        self._at_once("making_one", 1, making=True)

    def _making_all(self) -> None:
        self._at_once("making_all", WRITERS, making=True)

    def _at_once(self, name: str, writers: int, *, making: bool = False) -> None:
        stories = max(2, self.stories // writers)
        wrote: dict[str, Any] = {}

        def contend(who: str) -> Run:
            with self._server.database() as db:
                step("ours" if who == "limit" else who, "create", db)
                run: Run = step(
                    "writers",
                    "append",
                    db,
                    who=who,
                    writers=writers,
                    stories=stories,
                    batch=BATCH,
                    making=making,
                )
                if who in STORED:
                    count = step("checks", "count", db, table=STORED[who])
                    require_same(name, run["events"], count)
                else:
                    wrote[who] = step("checks", "log", db)
                return run

        others = ["peer"] if making else ["limit", "peer", "plain"]
        self._round_robin(name, ["ours", *others], contend)
        if not making:
            require_same(name, wrote["ours"], wrote["limit"])

    def _pg_replay(self) -> None:
        """A server copies a database fast, but only one at a time, so each contender has its own."""
        wrote: dict[str, Any] = {}
        database = self._server.database
        with database() as ours, database() as peers, database() as plain:
            say(f"writing logs of {REPLAY:,} events and, for eventsourcing, {PEER_REPLAY:,}")
            step("ours", "create", ours)
            step("ours", "append", ours, stories=REPLAY // PER_STORY, batch=10_000)
            step("plain", "append", plain, stories=REPLAY // PER_STORY, batch=10_000)
            if self.peer:
                # One story for each save, because a pipeline of 1,000 events or more never ends.
                step("peer", "append", peers, stories=PEER_REPLAY // PER_STORY, batch=BATCH)

            def contend(who: str) -> Run:
                base = {"peer": peers, "plain": plain}.get(who, ours)
                with self._server.database(template=make_url(base).database or "") as db:
                    run: Run = step(who if who != "limit" else "limit_postgres", "replay", db)
                    if who not in wrote:
                        wrote[who] = replayed(db, who, run["events"])
                    return run

            self._round_robin("pg_replay", ["ours", "limit", "peer", "plain"], contend)
        require_alike(wrote)

    def _pg_views(self) -> None:
        self._pg_mixed("pg_views", 1)

    def _pg_jobs(self) -> None:
        self._pg_mixed("pg_jobs", 2)

    def _pg_mixed(self, name: str, jobs: int) -> None:
        """Replay of all views from a log with every kind of fact."""
        with self._server.database() as base:
            say(f"writing a log of {self.events:,} events")
            step("ours", "create", base)
            step("ours", "append_mixed", base, stories=self.stories, batch=10_000)

            def contend(who: str) -> tuple[Run, Any]:
                with self._server.database(template=make_url(base).database or "") as db:
                    return replayed_views(who, db, "limit_postgres", "replay_views", VIEWS, jobs)

            self._contend(name, jobs, contend)


@contextmanager
def running(events: int, rounds: int) -> Iterator[Served]:
    """A separate server for the block."""
    with server(()) as served:
        yield Served(served, events, rounds)
