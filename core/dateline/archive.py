"""The archive as a program sees it. A facade: what it does is done elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError, UnknownName
from dateline.events.envelope import Event, RecordedBy
from dateline.events.present import StoryState
from dateline.log import backup as backups
from dateline.log import documents, read, schema
from dateline.log.append import Expected
from dateline.log.copying.copier import Copied, Progress, copy, open_copy, silent
from dateline.log.document import Document
from dateline.log.engine import reading
from dateline.log.follow import Follower, Stop
from dateline.material import LiveMaterial, PastMaterial
from dateline.plugins.formats import Material
from dateline.plugins.loaded import Plugins
from dateline.recording.line import Files, Line
from dateline.recording.recorder import Recorded, Recorder, fold
from dateline.views import rebuild as rebuilding
from dateline.views import runner, store
from dateline.views.asof import Moment, states, upto
from dateline.views.folding import require_live
from dateline.views.projection import View
from dateline.views.rows import Values
from dateline.views.table import Table, arrange
from dateline.views.verify import Difference, verify

#: How often a read starts anew when another process writes between its two steps.
_TRIES = 100


class Archive:
    """One database holding one event log, with the plugins that read it.

    ``db`` is the path of a SQLite file or a SQLAlchemy URL.
    """

    def __init__(self, engine: Engine, plugins: Plugins | None = None) -> None:
        self.plugins = plugins if plugins is not None else Plugins.load()
        self._engine = engine
        self._reader = read.Reader(self.plugins.registry())
        self._recorder = Recorder(engine, self._reader.registry, self._reader)

    @classmethod
    def create(cls, db: str | os.PathLike[str], plugins: Plugins | None = None) -> Self:
        """Make a new archive. Raises DatelineError when something is there already."""
        return cls(schema.create(db), plugins)

    @classmethod
    def open(cls, db: str | os.PathLike[str], plugins: Plugins | None = None) -> Self:
        """Open an archive. Raises NotAnArchive, SchemaOutdated."""
        return cls(schema.connect(db), plugins)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- taking in -------------------------------------------------------------------------

    def record(
        self,
        lines: Iterable[Line | Mapping[str, Any]],
        *,
        story: str | None = None,
        files: Files | None = None,
        recorded_by: RecordedBy = RecordedBy(),
        expected: Expected = None,
        dry_run: bool = False,
    ) -> Recorded:
        """Record lines of the import format, all or none.

        `story` is the slug they belong to when they open none. `expected` is the version the story
        must be at, or ``"new"``. Raises Refused with every finding, VersionConflict.
        """
        given = [line if isinstance(line, Line) else Line(line) for line in lines]
        owner = None if story is None else self.story(story).id
        return self._recorder.record(
            given,
            story=owner,
            files=files,
            recorded_by=recorded_by,
            expected=expected,
            dry_run=dry_run,
        )

    # -- reading the log -------------------------------------------------------------------

    def head(self) -> read.Head:
        """How far the log goes, and its root hash."""
        with reading(self._engine) as connection:
            return read.head(connection)

    def stories(self) -> list[read.StoryRow]:
        """All stories, by slug."""
        with reading(self._engine) as connection:
            return read.list_stories(connection)

    def story(self, slug: str) -> read.StoryRow:
        """One story. Raises UnknownName."""
        with reading(self._engine) as connection:
            found = read.story_by_slug(connection, slug)
            if found is None:
                known = [row.slug for row in read.list_stories(connection)]
                listed = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
                hint = f"known are {listed}" if known else "open one with `dateline open`"
                raise UnknownName(f"there is no story {slug!r}", hint=hint)
            return found

    def state(self, slug: str, at: Moment | None = None) -> StoryState:
        """A story's facts, entities and sources: now, or as they stood `at` a moment."""
        story = self.story(slug)
        with reading(self._engine) as connection:
            if at is None:
                return fold(connection, self._reader, story.id)
            events = upto(self._reader.read_story(connection, story.id), at)
            return states(events, self._reader.registry)[0]

    def events(self, slug: str | None = None, *, after: int = 0) -> Iterator[Event]:
        """Events in order: of one story with version > `after`, or of the log with position >
        `after`. Read page by page."""
        story = None if slug is None else self.story(slug)
        with reading(self._engine) as connection:
            if story is None:
                yield from self._reader.read(connection, after=after)
            else:
                yield from self._reader.read_story(connection, story.id, after=after)

    def follow(
        self,
        slug: str | None = None,
        *,
        after: int | None = None,
        stop: Stop,
        idle: Callable[[], None] = lambda: None,
        report: Callable[[str], None] = lambda text: None,
    ) -> Follower:
        """Events with position > `after` (the head, if left out), and then each as it is recorded by
        anybody, in order and once, until `stop` is requested. Raises UnknownName, DatelineError."""
        story = None if slug is None else self.story(slug).id
        return Follower(
            self._engine,
            self._reader,
            story=story,
            after=after,
            stop=stop,
            idle=idle,
            report=report,
        )

    def backup(
        self,
        file: str | os.PathLike[str],
        *,
        force: bool = False,
        progress: Progress = silent,
    ) -> read.Head:
        """Write the whole archive, as it is now, to a SQLite file. Raises DatelineError, Damaged."""
        return backups.backup(self._engine, file, force=force, progress=progress)

    def document(self, source: str) -> Document | None:
        """A captured document by its source id."""
        with reading(self._engine) as connection:
            return documents.get(connection, source)

    # -- views -----------------------------------------------------------------------------

    def view(
        self, name: str, *stories: str, everything: bool = False, at: Moment | None = None
    ) -> Table:
        """A view's rows, caught up to the head: of `stories`, or of all.

        With `at` (`dateline.views.asof.public`, `recorded`) as they stood then, folded in memory.
        Retracted and rejected facts are left out unless `everything`. Raises UnknownName,
        ViewFailed.
        """
        if at is not None:
            return self._past(name, stories, everything, at)
        for slug in stories:
            self.story(slug)
        found = self.plugins.view(name)
        for _ in range(_TRIES):
            [build] = self.catch_up([name])
            require_live(build)
            with reading(self._engine) as connection:
                if self._fits(connection, found, build):
                    current = store.current(connection, name)
                    assert current is not None
                    try:
                        store.hold(connection, current)
                    except store.Moved:
                        continue
                    rows = store.read(connection, found, current, stories or None)
                    return arrange(found, rows, everything=everything)
        raise DatelineError(f"view {name} keeps changing underneath", hint="try again")

    def _past(self, name: str, stories: Sequence[str], everything: bool, at: Moment) -> Table:
        found = self.plugins.view(name)
        chosen = [self.story(slug) for slug in stories] or self.stories()
        rows: list[Values] = []
        with reading(self._engine) as connection:
            for story in chosen:
                events = upto(self._reader.read_story(connection, story.id), at)
                rows += states(events, self._reader.registry, [found])[1][name]
        return arrange(found, rows, everything=everything)

    def _fits(self, connection: Connection, view: View, build: store.Build) -> bool:
        """The generation in this snapshot is of this shape, live, and no older than `build`."""
        current = store.current(connection, view.name)
        return (
            current is not None
            and current.state == "live"
            and current.fingerprint == build.fingerprint
            and current.checkpoint >= build.checkpoint
        )

    def _held(self, connection: Connection, builds: Sequence[store.Build]) -> bool:
        """The tables of these views, in this snapshot, stay until it ends."""
        try:
            for build in builds:
                current = store.current(connection, build.name)
                assert current is not None
                store.hold(connection, current)
        except store.Moved:
            return False
        return True

    def catch_up(
        self,
        names: Sequence[str] | None = None,
        *,
        progress: runner.Progress | None = None,
    ) -> list[store.Build]:
        """Bring views to the head of the log, all by default; a failed one is among the result."""
        wanted, owners = self._wanted(names)
        return runner.catch_up(self._engine, self._reader, wanted, owners, progress=progress)

    def rebuild(
        self, names: Sequence[str] | None = None, *, progress: runner.Progress | None = None
    ) -> list[store.Build]:
        """Fold views again from the first event, into their next generation, and swap it in.

        A rebuild that was interrupted goes on where it was. Readers see the old rows until then.
        """
        wanted, owners = self._wanted(names)
        return rebuilding.rebuild(self._engine, self._reader, wanted, owners, progress=progress)

    def verify_view(self, name: str) -> list[Difference]:
        """Rows readers see that are not the fold of the log, and rows they miss: none, if all is
        well."""
        return list(verify(self._engine, self._reader, self.plugins.view(name)))

    def undo_rebuild(self, name: str) -> store.Build:
        """Bring the generation before the live one back. Raises DatelineError."""
        return rebuilding.undo(self._engine, self._reader, self.plugins.view(name))

    def prune(self, names: Sequence[str] | None = None) -> list[store.Build]:
        """Drop generations that no reader sees; returns them."""
        return rebuilding.prune(self._engine, names)

    def _wanted(self, names: Sequence[str] | None) -> tuple[list[View], dict[str, str]]:
        wanted = [self.plugins.view(name) for name in (names or sorted(self.plugins.views))]
        return wanted, {view.name: self.plugins.owner("views", view.name) for view in wanted}

    def known_types(self) -> list[str]:
        """``name version`` of the plugins' event types that the log holds and that are known here."""
        with reading(self._engine) as connection:
            return self._reader.known_types(connection)

    def builds(self) -> list[store.Build]:
        """Every generation of every view on record."""
        with reading(self._engine) as connection:
            return store.builds(connection)

    # -- giving out ------------------------------------------------------------------------

    @contextmanager
    def material(
        self, *slugs: str, view: str | None = None, at: Moment | None = None
    ) -> Iterator[Material]:
        """What exporters write from: `slugs`, or all stories, now or as they stood `at` a moment."""
        for slug in slugs:
            self.story(slug)
        if view is not None:
            self.plugins.view(view)
        if at is not None:
            with reading(self._engine) as connection:
                known = read.list_stories(connection)
                chosen = [story for story in known if not slugs or story.slug in slugs]
                yield PastMaterial(connection, self._reader, self.plugins, chosen, view, at)
            return
        for _ in range(_TRIES):
            builds = {build.name: build for build in self.catch_up()}
            failed = {name: build for name, build in builds.items() if build.state == "failed"}
            with reading(self._engine) as connection:
                # Rows, events and cut must be of one moment: an append between is waited for.
                head = read.head(connection).position
                live = [build for build in builds.values() if build.name not in failed]
                if all(
                    build.checkpoint == head
                    and self._fits(connection, self.plugins.view(build.name), build)
                    for build in live
                ) and self._held(connection, live):
                    known = read.list_stories(connection)
                    chosen = [story for story in known if not slugs or story.slug in slugs]
                    yield LiveMaterial(connection, self._reader, self.plugins, chosen, view, failed)
                    return
        raise DatelineError("the archive is written to without a pause", hint="try again")


def copy_archive(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    progress: Progress = silent,
) -> Copied:
    """Make `target`, a path or URL, equal to the archive `source` as it is now.

    It is made when nothing is there; an earlier copy of the same archive, finished or not, is brought
    up to date. Raises DatelineError, Damaged.
    """
    engine = schema.connect(source, unfinished=True)
    try:
        with reading(engine) as connection:
            archive = schema.archive_id(connection)
        made = open_copy(target, archive)
        try:
            return copy(engine, made, progress)
        finally:
            made.dispose()
    finally:
        engine.dispose()
