"""Reading views and material: caught up, and consistent with one position of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.export.exporter import Material
from dateline.export.material import LiveMaterial, PastMaterial, find_view
from dateline.log import read
from dateline.log.databases.dialect import of
from dateline.log.engine import reading
from dateline.views import catching_up, kept, sql_view, store, stored_rows
from dateline.views.asof import NOW, Moment, states, upto
from dateline.views.folding import require_live
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of
from dateline.views.question import Question
from dateline.views.row_type import Values
from dateline.views.runner import Progress
from dateline.views.selection import select, selection
from dateline.views.table import Table

#: How often a read is repeated when another process writes between its two steps.
_TRIES = 100


class Served:
    """The views of one archive, for its readers. `owners` names the plugin of each view.

    `seen` holds the tables whose SQL view was checked already; `notice` receives sentences for the
    user.
    """

    def __init__(
        self,
        engine: Engine,
        reader: read.Reader,
        views: Mapping[str, View],
        owners: Mapping[str, str],
        seen: set[str],
        notice: sql_view.Notice,
    ) -> None:
        self._engine, self._reader, self._views, self._owners = engine, reader, views, owners
        self._seen, self._notice = seen, notice

    def wanted(self, names: Sequence[str] | None) -> list[View]:
        """The views with these names, by default all. Raises UnknownName."""
        return [find_view(self._views, name) for name in (names or sorted(self._views))]

    def catch_up(
        self, names: Sequence[str] | None = None, *, progress: Progress | None = None
    ) -> list[Build]:
        """As `dateline.Archive.catch_up`. In a read-only archive, and in a backup that was never written
        to, the views are left alone: there `table` and `material` fold in memory what is not at the head."""
        if of(self._engine).rests(self._engine):
            return []
        builds = catching_up.catch_up(
            self._engine,
            self._reader,
            self.wanted(names),
            self._owners,
            progress=progress,
            notice=self._notice,
        )
        sql_view.keep(self._engine, builds, self._seen, self._notice)
        return builds

    def table(
        self, name: str, stories: Sequence[str], question: Question, *, everything: bool
    ) -> Table:
        """The rows of `stories`, or of all stories, at the head that the question is about. Raises
        ViewFailed."""
        schema = schema_of(find_view(self._views, name))
        asked = selection(schema, question)
        if of(self._engine).rests(self._engine):
            with kept.snapshot(self._engine, self._reader, self.wanted([name]), at_head=True) as (
                connection,
                builds,
            ):
                for build in builds.values():
                    return stored_rows.select(
                        connection, schema, build, stories, asked, everything=everything
                    )
            return self.table_at(name, stories, question, NOW, everything=everything)
        for _ in range(_TRIES):
            [build] = self.catch_up([name])
            require_live(build)
            with reading(self._engine) as connection:
                current = store.current(connection, name)
                if current is None or not _fits(current, build) or not _held(connection, [build]):
                    continue
                return stored_rows.select(
                    connection, schema, current, stories, asked, everything=everything
                )
        raise DatelineError(
            f"other processes changed view {name} during each of {_TRIES} reads",
            hint="try again; `dateline verify` reports whether its table is missing",
            code="view-busy",
        )

    def table_at(
        self,
        name: str,
        stories: Sequence[str],
        question: Question,
        at: Moment,
        *,
        everything: bool,
    ) -> Table:
        """The same at a moment, folded in memory."""
        found = find_view(self._views, name)
        asked = selection(schema_of(found), question)
        rows: list[Values] = []
        with reading(self._engine) as connection:
            for story in _chosen(connection, stories):
                events = upto(self._reader.read_story(connection, story.id), at)
                rows += states(events, self._reader.registry, [found])[1][name]
        return select(schema_of(found), asked, rows, everything=everything)

    @contextmanager
    def material(
        self,
        slugs: Sequence[str],
        view: str | None,
        at: Moment | None,
        question: Question | None = None,
    ) -> Iterator[Material]:
        """The input of an exporter, inside one read transaction."""
        if at is not None or of(self._engine).rests(self._engine):
            views = self.wanted(None) if at is None else []
            with kept.snapshot(self._engine, self._reader, views, at_head=True) as (
                connection,
                found,
            ):
                chosen = _chosen(connection, slugs)
                yield PastMaterial(
                    connection, self._reader, self._views, chosen, view, at or NOW,
                    question=question, kept=found,
                )  # fmt: skip
            return
        for _ in range(_TRIES):
            builds = self.catch_up()
            failed = {build.name: build for build in builds if build.state == "failed"}
            live = [build for build in builds if build.state != "failed"]
            with reading(self._engine) as connection:
                if _of_one_moment(connection, live) and _held(connection, live):
                    chosen = _chosen(connection, slugs)
                    yield LiveMaterial(
                        connection, self._reader, self._views, chosen, view, failed, question,
                        whole=not slugs,
                    )  # fmt: skip
                    return
        raise DatelineError(
            f"other processes wrote to the archive during each of {_TRIES} reads",
            hint="try again",
            code="archive-busy",
        )


def _of_one_moment(connection: Connection, live: Sequence[Build]) -> bool:
    """Whether rows, events and cut are at the same position; if not, an append came between."""
    head = read.head(connection).position
    for build in live:
        current = store.current(connection, build.name)
        if build.position != head or current is None or not _fits(current, build):
            return False
    return True


def _chosen(connection: Connection, slugs: Sequence[str]) -> list[read.StoryRow]:
    return [story for story in read.list_stories(connection) if not slugs or story.slug in slugs]


def _fits(current: Build, build: Build) -> bool:
    """Whether the generation in a snapshot has this shape and is live, complete and not older than
    `build`."""
    return (
        current.state == "live"
        and current.pending is None
        and current.fingerprint == build.fingerprint
        and current.position >= build.position
    )


def _held(connection: Connection, builds: Sequence[Build]) -> bool:
    """Keep the tables of these views until this snapshot ends; False if one of them is gone."""
    try:
        for build in builds:
            current = store.current(connection, build.name)
            assert current is not None
            store.hold(connection, current)
    except store.ChangedElsewhere:
        return False
    return True
