"""The archive as a program sees it. A facade: what it does is done elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Engine

from dateline.erasure.journal import Erasure, Journal
from dateline.erasure.pairing import Pairing
from dateline.erasure.plan import Plan, sealed
from dateline.erasure.steps import Eraser
from dateline.erasure.survey import Going
from dateline.errors import (
    DatelineError,
    UnfinishedCopy,
    UnknownName,
    described,
    stops_plugin,
)
from dateline.events.envelope import Event, RecordedBy
from dateline.events.present import StoryState
from dateline.log import backup as backups
from dateline.log import documents, read, schema
from dateline.log.append import Expected
from dateline.log.backend import of
from dateline.log.copying.copier import Copied, Progress, copy, open_copy, silent
from dateline.log.document import Document
from dateline.log.engine import file_of, kept_files, keys_of, reading, shown, to_url, writing
from dateline.log.files import same_file
from dateline.log.follow import Follower, Stop
from dateline.plugins.formats import Material
from dateline.plugins.loaded import Plugins
from dateline.proof import checkpoint as signing
from dateline.proof import deep, exported
from dateline.proof.bundle import bundle
from dateline.proof.checkpoint import Signed
from dateline.proof.held import Given
from dateline.proof.keys import SigningKey
from dateline.proof.report import Report
from dateline.proof.verifier import Checkpoint, Vkey
from dateline.proof.verify import verify as verify_log
from dateline.protect.keys import Keys
from dateline.protect.vault import Vault
from dateline.recording.line import Files, Line
from dateline.recording.overview import Overview, overview
from dateline.recording.recorder import Recorded, Recorder, fold
from dateline.served import Served
from dateline.views import rebuild as rebuilding
from dateline.views import runner, store
from dateline.views import shown as sql_views
from dateline.views.asof import Moment, states, upto
from dateline.views.table import Table
from dateline.views.verify import Difference
from dateline.views.verify import verify as verify_rows


class Archive:
    """One database holding one event log, with the plugins that read it.

    ``db`` is the path of a SQLite file or a SQLAlchemy URL. ``keys`` is that of the keys database,
    by default the archive's with ``.keys`` added; it is made when something is first protected.

    ``recorded`` is what the last call of `record` gave; its ``clocks`` say which clocks are wrong.

    An erasure that was interrupted, or undone by restoring a backup, is finished on opening:
    ``resumed`` lists it. Among the ``unfinished_erasures`` are those that another process keeps from
    being finished: one that is purged while somebody still reads a state of before, until its bytes
    are out of the write-ahead log; and one that is not, so that what makes copies is refused. With
    `resume` False all are left as they are: an archive that is damaged opens, to be verified.

    Opening raises NotPaired, and nothing is erased, when the keys database is not this archive's own
    and orders something to be erased: it may be anybody's. To let it, open with `resume` False, look
    at what is `ordered`, and `pair`.

    ``notice`` is called with a sentence when something beside what was asked for is to be said, such as
    that a view has no SQL view because its name is taken. Unless it is set, nothing is said.
    """

    def __init__(
        self,
        engine: Engine,
        plugins: Plugins | None = None,
        keys: str | os.PathLike[str] | None = None,
        *,
        resume: bool = True,
    ) -> None:
        self.plugins = plugins if plugins is not None else Plugins.load()
        self._engine = engine
        with reading(engine) as connection:
            archive = schema.archive_id(connection)
        self._keys = Keys(keys_of(engine.url, keys), archive, file_of(engine.url))
        self._journal = Journal(self._keys, archive)
        vault = Vault(self._keys, archive)
        self._reader = read.Reader(self.plugins.registry(), vault)
        self._pairing = Pairing(engine, self._reader, vault, self._journal)
        self._recorder = Recorder(engine, self._reader.registry, self._reader, self._pairing)
        self.recorded: Recorded | None = None
        self.resumed: list[Erasure] = []
        self.unfinished_erasures: list[Erasure] = []
        self.notice: sql_views.Notice = sql_views.silent
        self._seen: set[str] = set()
        if resume:
            try:
                self.resume()
            except BaseException:
                engine.dispose()
                raise

    @classmethod
    def create(
        cls,
        db: str | os.PathLike[str],
        plugins: Plugins | None = None,
        keys: str | os.PathLike[str] | None = None,
    ) -> Self:
        """Make a new archive. Raises DatelineError when something is there already."""
        return cls(schema.create(db), plugins, keys)

    @classmethod
    def open(
        cls,
        db: str | os.PathLike[str],
        plugins: Plugins | None = None,
        keys: str | os.PathLike[str] | None = None,
        *,
        resume: bool = True,
    ) -> Self:
        """Open an archive. Raises NotAnArchive, SchemaOutdated."""
        return cls(schema.connect(db), plugins, keys, resume=resume)

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
        protect: str | None = None,
        anew: bool = False,
    ) -> Recorded:
        """Record lines of the import format, all or none.

        With `protect`, the name of a subject, they are stored under that subject's key, which
        `erase` destroys. What speaks of protected content goes under its key in any case.

        A line that was recorded adds nothing, also when it was erased since. One that cannot be
        told from what was erased with its key is refused (rule `perhaps-erased`), unless it has an
        `event_id` or is protected itself. With `anew` both are recorded, as new events.

        `story` is the slug they belong to when they open none. `expected` is the version the story
        must be at, or ``"new"``. Raises Refused with every finding, VersionConflict.
        """
        given = [line if isinstance(line, Line) else Line(line) for line in lines]
        owner = None if story is None else self.story(story).id
        self.recorded = self._recorder.record(
            given,
            story=owner,
            files=files,
            recorded_by=recorded_by,
            expected=expected,
            dry_run=dry_run,
            protect=protect,
            anew=anew,
        )
        return self.recorded

    # -- erasing ---------------------------------------------------------------------------

    def plan_erasure(self, subject: str | None = None, positions: Sequence[int] = ()) -> Plan:
        """What `erase` would take, and what would go on naming it. Writes nothing."""
        return self._eraser().plan(subject, positions)

    def erase(
        self,
        subject: str | None = None,
        positions: Sequence[int] = (),
        *,
        reason: str,
        basis: str,
        recorded_by: RecordedBy = RecordedBy(),
        keys_lost: bool = False,
        fold_again: bool = True,
    ) -> Erasure:
        """Destroy what is protected under `subject`, or what is recorded at `positions`, for ever.

        Facts keep their numbers, and the log says what went, why and on what `basis`; its hashes
        stay. `keys_lost` says that the keys of what is protected will not come back: a new keys
        database is begun. Raises UnknownName, NotPaired, and DatelineError for what cannot be erased.

        Once it is done, what is left of its stories is folded again, as `fold_again` does. With that
        False, and where it cannot be done, it is left to the next read.
        """
        self._require_writable("erase in a copy that can be written to")
        erasure = self._eraser().erase(
            subject, positions, reason, basis, recorded_by, keys_lost=keys_lost
        )
        if fold_again:
            with suppress(DatelineError):  # the erasure is done, whatever becomes of the views
                self.fold_again()
        return erasure

    def fold_again(self) -> list[store.Build]:
        """Fold what is left of erased stories into the views that lost their rows; returns those views,
        failed ones too. An erasure folds nothing itself, and the next read of a view does this."""
        views = [self.plugins.view(name) for name in self.pending_views()]
        return runner.fold_again(self._engine, self._reader, views)

    def resume(self) -> list[Erasure]:
        """Finish the erasures that were interrupted or undone, as opening does; returns those that
        are done now. Raises Damaged, and NotPaired when the keys database is not this archive's and
        orders something to be erased."""
        found = self._eraser().resume()
        self.resumed = [erasure for erasure in found if erasure.step == "done"]
        self.unfinished_erasures = [erasure for erasure in found if erasure.step != "done"]
        return self.resumed

    def ordered(self) -> list[Going]:
        """Events that the journal in the keys database orders to be erased and that are still here,
        in order, whoever made it. Erases nothing."""
        return self._pairing.ordered()

    def pair(self) -> list[Erasure]:
        """Take the keys database for this archive's own, and do what its journal orders: what is
        `ordered` is destroyed for ever. Returns the erasures that are done now. Raises DatelineError
        when there is no keys database, or none that holds anything of this archive."""
        if not self._keys.here:
            where = "" if self._keys.path is None else f" at {self._keys.path}"
            raise DatelineError(f"there is no keys database{where}", hint="name it with --keys")
        if not (self._keys.ids() or self._journal.erasures() or self.paired):
            raise DatelineError(
                f"the keys database {self._keys.path} holds nothing of this archive",
                hint="name this archive's own with --keys",
            )
        self._require_writable("pair them in a copy that can be written to")
        self._pairing.pair()
        return self.resume()

    @property
    def paired(self) -> bool:
        """Whether the keys database is this archive's own, as far as can be told."""
        with reading(self._engine) as connection:
            return self._pairing.own(connection, self._journal.erasures())

    def _require_writable(self, hint: str) -> None:
        if of(self._engine).sealed(self._engine):  # the journal could be written to
            raise DatelineError("nobody can write to this archive: it is readonly", hint=hint)

    @property
    def held_up(self) -> list[Erasure]:
        """Those of the ``unfinished_erasures`` whose content is still there."""
        return [erasure for erasure in self.unfinished_erasures if erasure.step != "purged"]

    def _require_erased(self) -> None:
        """See that no copy is made of what is to be forgotten. Raises DatelineError."""
        if self.held_up:
            raise DatelineError(
                f"an erasure is not finished ({self.held_up[0].reason}): a copy would keep what goes",
                hint="end the session that is in its way (on PostgreSQL pg_stat_activity shows it), "
                "then run this again",
            )

    def subjects(self) -> list[str]:
        """Names of those who are protected, as far as the keys are at hand; in order."""
        return self._keys.subjects()

    def key_of(self, subject: str) -> str | None:
        """Id of a subject's key, by name; None for who is not, or no longer, protected."""
        found = self._keys.find(subject)
        return None if found is None else found.id

    def lost_keys(self) -> list[str]:
        """Ids of keys that were given up as lost; `erase` takes such an id for a subject."""
        return self._keys.lost()

    def sealed_keys(self) -> list[str]:
        """Ids of the keys that content is under and that are not at hand, lost ones too."""
        with reading(self._engine) as connection:
            return sorted(sealed(connection, self._keys))

    def _eraser(self) -> Eraser:
        vault = self._reader.vault
        assert vault is not None
        return Eraser(
            self._engine, self._reader, vault, self._journal, self._pairing, self.plugins.views
        )

    # -- reading the log -------------------------------------------------------------------

    @property
    def id(self) -> UUID:
        """The archive's own id. Raises NotAnArchive when the head of its log is gone."""
        with reading(self._engine) as connection:
            return schema.archive_id(connection)

    def head(self) -> read.Head:
        """How far the log goes, and its root hash."""
        with reading(self._engine) as connection:
            return read.head(connection)

    def stories(self) -> list[read.StoryRow]:
        """All stories, by slug."""
        with reading(self._engine) as connection:
            return read.list_stories(connection)

    def overview(self) -> list[Overview]:
        """All stories, by slug, each with its title and how many facts and sources it has.

        Facts are counted, not read. What is sealed is marked, and raises nothing.
        """
        with reading(self._engine) as connection:
            return overview(connection, self._reader)

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
        """Write the whole archive, as it is now, to a SQLite file; `force` overwrites another that is
        there, but never this archive, a keys database or a signing key. Raises DatelineError, Damaged.
        """
        self._require_erased()
        return backups.backup(self._engine, file, force=force, progress=progress, kept=self.kept)

    @property
    def kept(self) -> list[Path]:
        """The files of this archive, of its keys and of what SQLite keeps beside them, there or not:
        what a program writes must replace none of them."""
        return kept_files(self._engine.url, self._keys.path)

    def document(self, source: str) -> Document | None:
        """A captured document by its source id."""
        with reading(self._engine) as connection:
            return documents.get(connection, source, self._reader.vault)

    # -- views -----------------------------------------------------------------------------

    @property
    def _served(self) -> Served:
        return Served(self._engine, self._reader, self.plugins, self._seen, self.notice)

    def view(
        self, name: str, *stories: str, everything: bool = False, at: Moment | None = None
    ) -> Table:
        """A view's rows, caught up to the head: of `stories`, or of all.

        With `at` (`dateline.views.asof.public`, `recorded`) as they stood then, folded in memory.
        Retracted and rejected facts are left out unless `everything`. Raises UnknownName,
        ViewFailed.
        """
        if at is not None:
            chosen = [self.story(slug) for slug in stories] or self.stories()
            return self._served.table_at(name, chosen, at, everything=everything)
        for slug in stories:
            self.story(slug)
        return self._served.table(name, stories, everything=everything)

    def catch_up(
        self,
        names: Sequence[str] | None = None,
        *,
        progress: runner.Progress | None = None,
    ) -> list[store.Build]:
        """Bring views to the head of the log, all by default; a failed one is among the result."""
        return self._served.catch_up(names, progress=progress)

    def rebuild(
        self, names: Sequence[str] | None = None, *, progress: runner.Progress | None = None
    ) -> list[store.Build]:
        """Fold views again from the first event, into their next generation, and swap it in.

        A rebuild that was interrupted goes on where it was. Readers see the old rows until then.
        """
        wanted, owners = self._served.wanted(names)
        return rebuilding.rebuild(
            self._engine, self._reader, wanted, owners, progress=progress, notice=self.notice
        )

    def verify_view(self, name: str) -> list[Difference]:
        """Rows readers see that are not the fold of the log, and rows they miss: none, if all is
        well."""
        found = verify_rows(self._engine, self._reader, [self.plugins.view(name)])
        return found.get(name, [])

    def undo_rebuild(self, name: str) -> store.Build:
        """Bring the generation before the live one back. Raises DatelineError."""
        return rebuilding.undo(
            self._engine, self._reader, self.plugins.view(name), notice=self.notice
        )

    def prune(self, names: Sequence[str] | None = None) -> list[store.Build]:
        """Drop generations that no reader sees; returns them.

        Of a view that is named and that no plugin makes any more (`gone_views`) all are dropped, and
        its SQL view. Raises UnknownName.
        """
        gone = self.gone_views()
        for name in names or ():
            if name not in gone and not any(build.name == name for build in self.builds()):
                self.plugins.view(name)
        return rebuilding.prune(self._engine, names, gone=gone if names else ())

    def gone_views(self) -> list[str]:
        """Views on record whose plugin is not here, or is here and does not make them any more. One
        whose plugin was left out, by choice or for a failure, is not among them."""
        left_out = {plugin.name for plugin in self.plugins.records if plugin.status != "active"}
        there = {build.name: build.plugin for build in reversed(self.builds())}
        return sorted(
            name
            for name, plugin in there.items()
            if name not in self.plugins.views and plugin not in left_out
        )

    def refresh_sql_views(self) -> None:
        """Write the SQL views again that are missing, altered or of an earlier release, as reading each
        view does. What keeps that from being done is left to the next read."""
        sql_views.keep(self._engine, self.builds(), self._seen, self.notice)

    def sql_views(self) -> list[sql_views.Shown]:
        """How the SQL view of each view that was built stands, which outsiders read."""
        with reading(self._engine) as connection:
            return sql_views.look(connection, store.builds(connection))

    def pending_views(self) -> list[str]:
        """Names of the views, of those that are loaded, with stories to be folded again after an
        erasure; their next read does that."""
        pending = {build.name for build in self.builds() if build.serves and build.pending}
        return sorted(pending & self.plugins.views.keys())

    def known_types(self) -> list[str]:
        """``name version`` of the plugins' event types that the log holds and that are known here."""
        with reading(self._engine) as connection:
            return self._reader.known_types(connection)

    def builds(self) -> list[store.Build]:
        """Every generation of every view on record."""
        with reading(self._engine) as connection:
            return store.builds(connection)

    # -- proof -----------------------------------------------------------------------------

    def checkpoint(self, key: SigningKey) -> Signed:
        """Sign the log as it stands. Raises Inconsistent when it does not continue what was signed
        before, DatelineError when there is nothing to sign."""
        with writing(self._engine) as connection:
            return signing.sign(connection, key)

    def last_checkpoint(self) -> Signed | None:
        """The checkpoint that was signed last, if one was."""
        with reading(self._engine) as connection:
            return signing.last(connection)

    def verify(
        self,
        *,
        vkeys: Sequence[Vkey] = (),
        against: Sequence[Given] = (),
        deep_too: bool = False,
        progress: runner.Progress | None = None,
    ) -> Report:
        """Check the log by its own hashes, and against checkpoints kept elsewhere.

        The tables of views and their SQL views are looked at too; with `deep_too` their rows and the
        quotations as well. Nothing is repaired.
        """
        with reading(self._engine) as connection:
            report = verify_log(
                connection,
                vkeys=vkeys,
                against=against,
                vault=self._reader.vault,
                progress=progress,
            )
        if report.root:
            deep.check_tables(self._engine, self._reader, self.plugins.views, report)
        if deep_too and report.root:
            deep.check_views(self._engine, self._reader, self.plugins.views, report)
            deep.check_quotes(self._engine, self._reader, report, progress)
        return report

    def verify_export(self, export: exported.Export, report: Report) -> None:
        """Whether an export's bytes are what this archive gives at the cut it states."""
        try:
            with reading(self._engine) as connection:
                exported.check(connection, self._reader, self.plugins, export, report)
        except BaseException as error:  # noqa: BLE001 - what tampering does to a fold is unknown
            stops_plugin(error)
            report.unchecked.append(
                f"The export {export.name}: the archive cannot give it again ({described(error)})."
            )

    def prove(
        self,
        slug: str,
        fact: str | None,
        signed: Checkpoint,
        *,
        earlier: Checkpoint | None = None,
        with_documents: bool = False,
        only_about: bool = False,
        protected_too: bool = False,
    ) -> dict[str, Any]:
        """A bundle that proves a fact, or the whole story, up to a signed checkpoint.

        What is protected is withheld unless `protected_too`: a proof outlives the erasure.

        Raises UnknownName, DatelineError.
        """
        story = self.story(slug)
        with reading(self._engine) as connection:
            return bundle(
                connection,
                read.head(connection).archive,
                story,
                signed,
                fact=fact,
                earlier=earlier,
                with_documents=with_documents,
                only_about=only_about,
                vault=self._reader.vault if protected_too else None,
            )

    # -- giving out ------------------------------------------------------------------------

    @contextmanager
    def material(
        self, *slugs: str, view: str | None = None, at: Moment | None = None
    ) -> Iterator[Material]:
        """What exporters write from: `slugs`, or all stories, now or as they stood `at` a moment."""
        self._require_erased()
        for slug in slugs:
            self.story(slug)
        if view is not None:
            self.plugins.view(view)
        with self._served.material(slugs, view, at) as material:
            yield material


def copy_archive(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    progress: Progress = silent,
    *,
    plugins: Plugins | None = None,
    keys: str | os.PathLike[str] | None = None,
    resume: Callable[[Archive], object] = Archive.resume,
) -> Copied:
    """Make `target`, a path or URL, equal to the archive `source` as it is now.

    It is made when nothing is there; an earlier copy of the same archive, finished or not, is brought
    up to date. First `resume` finishes the erasures of `source`, opened with `plugins` and `keys`;
    an unfinished copy is taken as it is. Raises DatelineError, Damaged.
    """
    _require_elsewhere(source, target, keys)
    try:
        archive = Archive.open(source, plugins, keys, resume=False)
    except UnfinishedCopy:
        return _copied(schema.connect(source, unfinished=True), target, progress)
    with archive:
        resume(archive)
        archive._require_erased()
        return _copied(archive._engine, target, progress)


def _require_elsewhere(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    keys: str | os.PathLike[str] | None,
) -> None:
    """A copy is not made over what it is made of, whatever its name is. Raises DatelineError."""
    one, other = to_url(source), to_url(target)
    file = file_of(other)
    if one == other or (
        file is not None and any(same_file(file, own) for own in kept_files(one, keys))
    ):
        raise DatelineError(
            f"the copy would be made over {shown(one)}, which it is made of, or over its keys",
            hint="copy to a place where nothing is",
        )


def _copied(engine: Engine, target: str | os.PathLike[str], progress: Progress) -> Copied:
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
