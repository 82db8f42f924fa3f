"""The Python API of an archive. A facade: other modules do the work. Calls that are more than a hand-over
are functions beside it, in `editing`, `erasing`, `proposing`, `proving`, `rebuilding` and `undoing`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeAlias, Unpack, overload
from uuid import UUID

from sqlalchemy import Engine

from dateline import editing, erasing, proposing, proving, rebuilding, registering, undoing
from dateline.documents import storage as documents
from dateline.documents.document import Document
from dateline.doubts.weighing import Consider, weighing
from dateline.erasure.batch_keys import BatchKeys
from dateline.erasure.journal import Erasure, Journal
from dateline.erasure.pairing import Pairing
from dateline.erasure.plan import sealed
from dateline.erasure.survey import Going
from dateline.erasure.unfinished import Unfinished, require_erased, require_readable
from dateline.errors import UnfinishedCopy
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Event, RecordedBy
from dateline.events.state import Fact, StoryState
from dateline.export.exporter import Material
from dateline.export.served import Served
from dateline.log import backup as backups
from dateline.log import read, schema
from dateline.log.append import Expected
from dateline.log.collector import collector_paused
from dateline.log.copying.copier import Copied, Progress, silent
from dateline.log.copying.whole import copy_to, require_elsewhere
from dateline.log.databases.backend import only_reads
from dateline.log.databases.dialect import of
from dateline.log.databases.sqlite_connection import file_of
from dateline.log.engine import kept_files, keys_of, reading, require_writable
from dateline.log.follow import Follower, Stop
from dateline.plugins import converting
from dateline.plugins.checks import findings
from dateline.plugins.loaded import Plugins
from dateline.protect.keys import Keys
from dateline.protect.vault import Vault
from dateline.recording.line import Files, Line
from dateline.recording.lookup import find_entity, find_fact, find_source, find_story
from dateline.recording.overview import Overview, overview
from dateline.recording.recorder import Recorded, Recorder
from dateline.search.own import own_views
from dateline.views import kept, runner, sql_view, story_changes
from dateline.views.about import ABOUT
from dateline.views.asof import Moment, When, asked, public, recorded, states, upto
from dateline.views.days import Day, days
from dateline.views.own import keep_up
from dateline.views.present import fold, present
from dateline.views.projection import View
from dateline.views.question import Question, Where
from dateline.views.summaries import SUMMARIES
from dateline.views.table import Table

if TYPE_CHECKING:
    from dateline.capture.bounds import Bounds
    from dateline.capture.capturing import Captured
    from dateline.capture.details import Review
    from dateline.capture.many import Tried
    from dateline.register.profile import Profile
    from dateline.search.memory import InMemory
    from dateline.search.searching import Found, Kind
    from dateline.segments.export import Written


#: A path, or the text of one; where it names an archive, also a SQLAlchemy URL.
Place: TypeAlias = str | os.PathLike[str]


class Archive:
    """An archive: one database that holds one event log, and the plugins that read it.

        with Archive.open("story.db") as archive:
            for row in archive.view("timeline", "ferry").dicts():
                print(row["text"])

    ``db`` is the path of a SQLite file or a SQLAlchemy URL; `create` makes an archive, `open` opens
    one. ``keys`` is the path of the keys database: by default the archive's path with ``.keys``
    added. It is created when content is first protected.

    ``recorded`` is the result of the last `record`; its ``clocks`` name clocks that are wrong.

    Opening finishes erasures that were interrupted, or undone by restoring a backup, and lists them
    in ``resumed``. ``unfinished_erasures`` lists those that another process blocks. Either the
    content is purged, but a process that reads an older snapshot keeps its bytes in the write-ahead
    log; or the content is still present, and then methods that make copies raise DatelineError (see
    `held_up`). With `resume` False nothing is finished, so a damaged archive can be opened and
    verified.

    With `protected` False, protected content is read as if it had been erased. That needs `read_only`.

    With `read_only` nothing is ever written: neither the log nor views nor keys, and methods that write
    raise DatelineError (``archive-read-only``). Views that are not at the head are folded in memory. Search,
    entities and overviews use the indexes as others left them, which may be a little behind (see `indexed`).
    While an erasure is not finished, all that shows content raises DatelineError
    (``erasure-unfinished``).

    Threads may share an archive, unless it is in memory. Each call reads one snapshot; calls that record
    take turns. ``recorded`` is that of the last call of any thread.

    Opening raises NotPaired, and erases nothing, if the keys database is not this archive's own and
    orders events to be erased: it could be anyone's. To accept it, open with `resume` False, inspect
    `ordered`, then call `pair`.

    ``notice`` is called with a sentence about a side effect, such as a view that has no SQL view
    because its name is taken. By default it does nothing.
    """

    def __init__(
        self,
        engine: Engine,
        plugins: Plugins | None = None,
        keys: Place | None = None,
        *,
        resume: bool = True,
        protected: bool = True,
    ) -> None:
        self.plugins = Plugins.load() if plugins is None else plugins
        self._engine = engine
        with reading(engine) as connection:
            archive = schema.archive_id(connection)
        self.read_only = only_reads(engine)
        place, file = keys_of(engine.url, keys), file_of(engine.url)
        self._keys = Keys(place, archive, file, read_only=self.read_only)
        self._journal = Journal(self._keys.file, archive)
        vault = Vault(self._keys, archive)
        self._reader = read.Reader(self.plugins.registry(), vault, withhold=not protected)
        self._pairing = Pairing(engine, self._reader, vault, self._journal)
        self._unfinished = Unfinished(self._pairing)
        self._recorder = Recorder(engine, self._reader, partial(BatchKeys, self._pairing))
        self.recorded: Recorded | None = None
        self.resumed: list[Erasure] = []
        self.unfinished_erasures: list[Erasure] = []
        self.notice: sql_view.Notice = sql_view.silent
        self._seen: set[str] = set()
        if self.read_only:
            self._reader.share()
        if resume and not self.read_only:
            try:
                self.resume()
            except BaseException:
                engine.dispose()
                raise

    @classmethod
    def create(cls, db: Place, plugins: Plugins | None = None, keys: Place | None = None) -> Self:
        """Create an archive. Raises DatelineError if `db` already holds something."""
        return cls(schema.create(db), plugins, keys)

    @classmethod
    def open(
        cls,
        db: Place,
        plugins: Plugins | None = None,
        keys: Place | None = None,
        *,
        resume: bool = True,
        read_only: bool = False,
        protected: bool = True,
    ) -> Self:
        """Open an existing archive; one that is `read_only` is never written to. Raises NotAnArchive,
        SchemaOutdated, NotPaired."""
        if not protected and not read_only:
            raise ValueError(
                "protected content can only be left out of an archive that is read_only"
            )
        engine = schema.connect(db, read_only=read_only)
        return cls(engine, plugins, keys, resume=resume, protected=protected)

    @classmethod
    def upgrade(cls, db: Place, plugins: Plugins | None = None) -> tuple[str, str]:
        """Upgrade the tables of an archive. Returns the schema (before, after). Raises SchemaOutdated."""
        before, after = schema.upgrade(db)
        if before != after:
            with cls.open(db, plugins, resume=False) as archive:
                archive.refresh_sql_views()
        return before, after

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    # -- recording --------------------------------------------------------------------------

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
        doubts: Consider | None = None,
    ) -> Recorded:
        """Record lines of the import format: all of them, or none.

        `story` is the slug of the story that the lines belong to, unless they open one. `expected`
        is the version that the story must be at, or ``"new"``. `files` reads the documents that
        lines name. With `dry_run` the lines are checked and nothing is written.

        With `protect`, the name of a subject, the lines are stored under that subject's key, which
        `erase` destroys. Lines about protected content are always stored under its key.

        A line that is already recorded adds nothing, even if its event has since been erased. A line
        that may repeat an event whose key was destroyed is refused (rule `perhaps-erased`), unless it
        has an `event_id` or is protected itself. With `anew` both kinds are recorded as new events.

        `doubts` is called with the doubts that the lines raise, if there are any, before anything is
        written: what it raises stops the recording. `refuse_doubts` refuses them. Without it nobody
        looks for doubts; the view ``doubts`` has them. Of more than 10,000 facts, any function but
        `refuse_doubts` gets the doubts about the first 10,000.

        Raises Refused with every finding, VersionConflict, EventIdConflict, UnknownName.
        """
        owner = None if story is None else self.story(story).id
        with collector_paused():
            given = [line if isinstance(line, Line) else Line(line) for line in lines]
            self.recorded = self._recorder.record(
                given, owner, files, recorded_by, expected,
                dry_run=dry_run, protect=protect, anew=anew,
                weigh=None if doubts is None else weighing(doubts, self.plugins),
            )  # fmt: skip
        return self.recorded

    def import_file(
        self,
        file: Place | BinaryIO,
        *,
        format: str | None = None,
        files: Place | None = None,
        **how: Any,
    ) -> Recorded:
        """Record the lines of a file: all of them, or none.

        `format` names the importer, by default that of the file's suffix; a stream is NDJSON by
        default. `files` is the folder of the documents that lines name, by default that of the file.
        `how` are arguments of `record`. Raises UnknownName, DatelineError, and what `record` raises.
        """
        from dateline.documents.folder import Folder

        if files is None and isinstance(file, str | os.PathLike):
            files = Path(file).parent
        folder = None if files is None else Folder(Path(files))
        with converting.lines_of(self.plugins, file, format) as lines:
            return self.record(lines, files=folder, **how)

    def capture(
        self,
        file: str,
        *,
        story: str,
        publisher: str | None = None,
        format: str | None = None,
        charset: str | None = None,
        max_bytes: int = 64 << 20,
        allow_network: bool = False,
        protect: str | None = None,
        recorded_by: RecordedBy = RecordedBy(),
        review: Review | None = None,
        new: Iterable[str] = (),
        transcript: str | None = None,
        **about: Any,
    ) -> Captured:
        """Archive a document as a source of a story, and the text extracted from it as another.

        `file` is a path, or with `allow_network` a URL. `publisher` is an entity, or ``ID=Label`` to
        introduce one. `about` can have ``title``, ``published``, ``language``, ``byline`` (a list of
        names, or of ids of persons) and ``url``. `new` are other entities that it names for the first time,
        each written ``ID=Label``. What is left out, the publisher too, is taken from the document. `review` is
        called with the `Details` before they are recorded, if any were taken or the publisher is missing,
        and returns the ones to record. `format` and `charset` say how to read the document, if its name and
        content do not. A file that the story has already, and that now has another text, is read again:
        only the new reading is recorded. `transcript` is the path of a text that a person typed: it becomes the
        text of the document, which can then be an image or a scan.

        Raises UnknownName, Refused, and DatelineError for a document that cannot be read, or that is
        in the archive withdrawn, or protected for somebody else, or whose publisher is not known.
        """
        from dateline.capture.capturing import Wanted, capture
        from dateline.capture.obtain import obtain

        require_writable(self._engine)
        self.story(story)
        obtained = obtain(file, max_bytes, allow_network=allow_network)
        about["publisher"] = publisher
        about["byline"] = list(about.get("byline") or ())
        about["url"] = obtained.url or about.get("url")
        wanted = Wanted(obtained, about, format, charset, protect, recorded_by, review, tuple(new))
        if transcript is not None:
            from dateline.capture.transcript import Transcript

            typed = Transcript(obtained.name, transcript, recorded_by.agent)
            wanted = replace(wanted, reader=typed)
        return capture(self, story, wanted)

    def capture_all(
        self,
        files: Iterable[str],
        *,
        story: str,
        publisher: str | None = None,
        format: str | None = None,
        charset: str | None = None,
        bounds: Bounds | None = None,
        allow_network: bool = False,
        protect: str | None = None,
        recorded_by: RecordedBy = RecordedBy(),
        new: Iterable[str] = (),
        **about: Any,
    ) -> Iterator[Tried]:
        """Archive every document of files, of folders with all that is below them, and of containers such as
        mailboxes and ZIP files, and yield what became of each, one after the other.

        Each is recorded on its own, as by `capture`: what is done stays done, one that fails stops no other,
        and the same again adds nothing. What a container knows of a document (its title, date, publisher,
        address ...) is recorded unless `publisher` or `about` give it. `format` can also name a container.
        `bounds` limit what containers may unpack to.

        Raises UnknownName if there is no such story or format; errors of a document are yielded.
        """
        from dateline.capture.bounds import Bounds
        from dateline.capture.capturing import Wanted
        from dateline.capture.many import capture_all
        from dateline.capture.obtain import Obtained
        from dateline.capture.unpacking import Unpacking

        require_writable(self._engine)
        self.story(story)
        unpacking = Unpacking(self.plugins, bounds or Bounds(), format, allow_network)
        unpacking.require_format()
        details = {**about, "publisher": publisher, "byline": list(about.get("byline") or ())}
        format = None if format in self.plugins.containers else format
        wanted = Wanted(
            *(Obtained("", b""), details, format, charset, protect, recorded_by, None, tuple(new))
        )
        return capture_all(self, story, list(files), unpacking, wanted)

    # -- notices: one event about a story, a fact or a source ------------------------------

    open_story = editing.open_story
    retitle = editing.retitle
    close_story = editing.close_story
    correct = editing.correct
    retract = editing.retract
    dispute = editing.dispute
    review = editing.review
    add_evidence = editing.add_evidence
    link = editing.link
    withdraw = editing.withdraw
    amend = editing.amend
    merge = editing.merge
    undo = undoing.undo

    # -- proposals: facts that tools propose and nobody has accepted yet --------------------

    propose = proposing.propose
    proposals = proposing.proposals
    proposal = proposing.proposal
    accept = proposing.accept
    reject = proposing.reject
    put_off = proposing.put_off

    # -- erasing ---------------------------------------------------------------------------

    plan_erasure = erasing.plan_erasure
    erase = erasing.erase
    fold_again = erasing.fold_again
    resume = erasing.resume
    pair = erasing.pair

    def ordered(self) -> list[Going]:
        """Events that the keys database orders to be erased and that are still in the archive, in
        order, whether or not it is this archive's own. Erases nothing."""
        return self._pairing.ordered()

    @property
    def paired(self) -> bool:
        """Whether the keys database is known to be this archive's own."""
        with reading(self._engine) as connection:
            return self._pairing.own(connection, self._journal.erasures())

    @property
    def held_up(self) -> list[Erasure]:
        """The ``unfinished_erasures`` whose content is still present; until they are done, `backup`,
        `material` and `copy_archive` raise DatelineError. A read-only archive looks for them each time."""
        if self.read_only:
            return self._unfinished.erasures()
        return [erasure for erasure in self.unfinished_erasures if erasure.step != "purged"]

    def subjects(self) -> list[str]:
        """Names of the subjects whose keys are available, sorted."""
        return self._keys.subjects()

    def key_of(self, subject: str) -> str | None:
        """Id of the key of the subject with this name; None if there is none, or it was erased."""
        found = self._keys.find(subject)
        return None if found is None else found.id

    def lost_keys(self) -> list[str]:
        """Ids of keys that were declared lost; `erase` accepts such an id as a subject."""
        return self._keys.lost()

    def sealed_keys(self) -> list[str]:
        """Ids of keys that content needs and that are not available, lost keys included."""
        with reading(self._engine) as connection:
            return sorted(sealed(connection, self._keys))

    # -- reading the log -------------------------------------------------------------------

    @property
    def id(self) -> UUID:
        """The archive's id. Raises NotAnArchive if the log has lost its head."""
        with reading(self._engine) as connection:
            return schema.archive_id(connection)

    def head(self) -> read.Head:
        """The newest position of the log, and the root hash at it."""
        with reading(self._engine) as connection:
            return read.head(connection)

    def stories(self) -> list[read.StoryRow]:
        """All stories, sorted by slug."""
        with reading(self._engine) as connection:
            return read.list_stories(connection)

    def story_count(self) -> int:
        """How many stories there are."""
        with reading(self._engine) as connection:
            return read.count_stories(connection)

    def overview(self, *slugs: str, latest: int | None = None, skip: int = 0) -> list[Overview]:
        """The stories `slugs`, or all, sorted by slug, with their titles, the numbers of their facts, documents and publishers,
        and their first and last dates; or the `latest` stories that changed, after the first `skip` of these, the
        last one first. Sealed stories are marked and raise no error. Raises UnknownName.

        No facts are read: a projection of Dateline's own has these, and is caught up first.
        """
        require_readable(self)
        return overview(self._engine, self._reader, slugs, latest, skip)

    def story(self, slug: str) -> read.StoryRow:
        """The story with this slug. Raises UnknownName."""
        with reading(self._engine) as connection:
            return find_story(connection, slug)

    def state(
        self,
        slug: str,
        at: Moment | None = None,
        *,
        facts: Collection[str] | None = None,
        **when: Unpack[When],
    ) -> StoryState:
        """A story's facts, entities and sources. Raises UnknownName, SealedContent.

        Where only `facts` are needed, or none, give their ids: the state has these, all entities and all
        sources, and takes no longer however many other facts there are. Of other facts it may have some,
        with an older status.
        """
        require_readable(self)
        at = asked(at, **when)
        story = self.story(slug)
        if at is None and facts is not None:
            return self._present(story, facts, context=True)
        with reading(self._engine) as connection:
            if at is None:
                return fold(connection, self._reader, story.id)
            events = upto(self._reader.read_story(connection, story.id), at)
            return states(events, self._reader.registry)[0]

    def fact(self, story: str, name: str, **when: Unpack[When]) -> Fact:
        """A fact by its id, such as ``f3``. Raises UnknownName, SealedContent."""
        require_readable(self)
        if asked(None, **when) is None:
            return find_fact(self._present(self.story(story), [name]), name)
        return find_fact(self.state(story, **when), name)

    entities = registering.entities
    duplicates = registering.duplicates
    links_to = registering.links_to

    @overload
    def entity(
        self, name: str, /, *, everything: bool = ..., limit: int | None = ..., **when: Unpack[When]
    ) -> Profile: ...

    @overload
    def entity(self, story: str, name: str, /, **when: Unpack[When]) -> EntityIntroduced: ...

    def entity(
        self,
        story: str,
        name: str | None = None,
        /,
        *,
        everything: bool = False,
        limit: int | None = None,
        **when: Unpack[When],
    ) -> EntityIntroduced | Profile:
        """An entity by its id, such as ``org:wire``, or by its label or another name: case, accents, white
        space and hyphens do not matter.

        ``entity(story, name)`` is the entity of a story. ``entity(name)`` is a `Profile`: what all stories
        know of it, of each section the first `limit` facts. Retracted and rejected facts are left out unless
        `everything` is true. Raises UnknownName, which lists those that the name may mean.
        """
        if name is None:
            return registering.profile(
                self, story, asked(None, **when), everything=everything, limit=limit
            )
        return find_entity(self.state(story, **when), name)

    def source(self, story: str, start: str | None = None) -> str:
        """The id of the one source whose hash starts with `start`; without it, of the only source that
        facts quote. Raises UnknownName, which lists the sources."""
        return find_source(self.state(story, facts=()), start)

    def _present(
        self, story: read.StoryRow, names: Collection[str], *, context: bool = False
    ) -> StoryState:
        keep_up(self._engine, self._reader, story.version)
        with reading(self._engine) as connection:
            return present(connection, self._reader, story.id, names, context=context)

    def events(self, slug: str | None = None, *, after: int = 0) -> Iterator[Event]:
        """Events in order, read page by page: those of one story with version > `after`, or those of
        the whole log with position > `after`. Raises UnknownName."""
        require_readable(self)
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
        """Events with position > `after` (by default the head), then each new event as soon as any
        process records it, in order and exactly once, until `stop` is requested.

        `idle` is called while there is nothing new, `report` with a sentence about a lost
        connection. Raises UnknownName, DatelineError.
        """
        require_readable(self)
        story = None if slug is None else self.story(slug).id
        return Follower(self._engine, self._reader, story, after, stop, idle, report)

    def backup(self, file: Place, *, force: bool = False, progress: Progress = silent) -> read.Head:
        """Write the whole archive, as it is now, to a SQLite file.

        With `force` an existing file is overwritten, but never this archive, a keys database or a
        signing key. Returns the head of the backup. Raises DatelineError, Damaged.
        """
        require_erased(self)
        return backups.backup(self._engine, file, force=force, progress=progress, kept=self.kept)

    @property
    def kept(self) -> list[Path]:
        """The files of this archive, of its keys database and of SQLite's journals, whether or not
        they exist. A program's output must not replace any of them."""
        return kept_files(self._engine.url, self._keys.file.path)

    def document(self, source: str) -> Document | None:
        """A captured document by its source id (SHA-256); None if there is none."""
        require_readable(self)
        with reading(self._engine) as connection:
            return documents.get(connection, source, self._reader.vault)

    # -- views -----------------------------------------------------------------------------

    @property
    def _served(self) -> Served:
        plugins, seen = self.plugins, self._seen
        return Served(
            self._engine, self._reader, plugins.views, plugins.owners("views"), seen, self.notice
        )

    def view(
        self,
        name: str,
        *stories: str,
        where: Where = (),
        since: str | None = None,
        until: str | None = None,
        sort: str | Iterable[str] = (),
        limit: int | None = None,
        everything: bool = False,
        at: Moment | None = None,
        **when: Unpack[When],
    ) -> Table:
        """The rows of a view for `stories`, or for all stories, caught up to the head.

        `where` has conditions that must all hold: ``"value>=100"`` or ``("value", ">=", 100)``. The
        operators are ``= != < <= > >=`` and, for text, ``~``, which means: contains, whatever the case. `since` and
        `until` are EDTF dates: the rows are those whose dates may lie between them. `sort` names
        columns, with ``-`` before one for the greatest first; by default the rows are in the view's order.
        Of all these rows only the first `limit` are read.

        The rows of a past moment are folded in memory. Rows of retracted and rejected facts are left
        out unless `everything` is true. Raises UnknownName, ViewFailed, DatelineError.
        """
        require_readable(self)
        at, question = asked(at, **when), Question.of(where, since, until, sort, limit)
        for slug in stories:
            self.story(slug)
        if at is not None:
            return self._served.table_at(name, stories, question, at, everything=everything)
        return self._served.table(name, stories, question, everything=everything)

    def search(
        self,
        text: str = "",
        *stories: str,
        within: Collection[Kind] | None = None,
        kind: str | None = None,
        speaker: str | None = None,
        publisher: str | None = None,
        entity: str | None = None,
        since: str | None = None,
        until: str | None = None,
        status: str | None = None,
        everything: bool = False,
        limit: int = 20,
        at: Moment | None = None,
        progress: runner.Progress | None = None,
        **when: Unpack[When],
    ) -> Found:
        """Facts, sources and entities of `stories`, or of all, by their words: the best `limit`.

        `text` has words, which must all occur in any inflected form; ``"a phrase"``, ``prefix*``,
        ``-without`` and ``OR``. `within` are ``fact``, ``source`` and ``entity``. `speaker`, `publisher`
        and `entity` are ids or names, in whatever story; with one of them `text` may be empty. `since`
        and `until` are EDTF dates. At a past moment facts have the words and the status that they had.

        Raises DatelineError (``query-empty``), UnknownName, ViewFailed.
        """
        from dateline.search.own import texts
        from dateline.search.searching import KINDS, Asked, Search

        require_readable(self)
        for slug in stories:
            self.story(slug)
        asked_for = Asked(
            within=within or KINDS,
            stories=stories,
            kind=kind,
            speaker=speaker,
            publisher=publisher,
            entity=entity,
            since=since,
            until=until,
            status=status,
            everything=everything,
        )
        search = Search(
            self._engine,
            self._reader,
            self._own,
            texts(self._engine, self._reader),
            self.state,
            self._memory,
        )
        moment = asked(at, **when)
        return search.search(text, asked_for, limit=limit, at=moment, progress=progress)

    def diff(
        self, story: str, since: str | Moment, until: str | Moment, *, by_record: bool = False
    ) -> list[story_changes.StoryChange]:
        """What changed in a story between two moments of the public record, or with `by_record` of this
        archive's own clock. Raises UnknownName, DatelineError."""
        clock = recorded if by_record else public
        first, last = (clock(one) if isinstance(one, str) else one for one in (since, until))
        before, after = self.state(story, at=first), self.state(story, at=last)
        return [*story_changes.compare(before, after), *story_changes.erased(after, first, last)]

    def days(self, story: str) -> list[Day]:
        """The days on which the public record of a story changed, in order: at any other day the story is as it was
        on the last one before. Folds nothing. Raises UnknownName."""
        return days(self.events(story))

    # -- building views -----------------------------------------------------------------------

    catch_up = rebuilding.catch_up
    catch_up_indexes = rebuilding.catch_up_indexes
    rebuild = rebuilding.rebuild
    own_views = rebuilding.own_views
    kept_view = rebuilding.kept_view
    verify_view = rebuilding.verify_view
    undo_rebuild = rebuilding.undo_rebuild
    prune = rebuilding.prune
    gone_views = rebuilding.gone_views
    refresh_sql_views = rebuilding.refresh_sql_views
    sql_views = rebuilding.sql_views
    pending_views = rebuilding.pending_views
    builds = rebuilding.builds
    open_doubts = rebuilding.open_doubts

    @cached_property
    def _own(self) -> dict[str, View]:
        """The views of Dateline's own by name."""
        return own_views(self._engine, self._reader)

    @cached_property
    def _memory(self) -> InMemory:
        from dateline.search.memory import InMemory

        return InMemory()

    def indexed(self) -> int:
        """The position of the log up to which `search`, `entities` and `entity` know the archive: the head, unless
        it is read-only and nobody has asked for these since."""
        if not of(self._engine).rests(self._engine):
            return self.head().position
        views = [view for view in self._own.values() if view not in (ABOUT, SUMMARIES)]
        with kept.snapshot(self._engine, self._reader, views) as (connection, builds):
            head = read.head(connection).position
            return min((build.position for build in builds.values()), default=head)

    def run_checks(self) -> Iterator[tuple[str, str, str]]:
        """(check, slug, sentence) for each finding of the plugins' checks. A check that raises is a
        finding too."""
        for name, check in sorted(self.plugins.checks.items()):
            owner = self.plugins.owner("checks", name)
            for story in self.stories():
                for finding in findings(check, owner, self.state(story.slug).read_only):
                    yield name, story.slug, finding

    def known_types(self) -> list[str]:
        """``name version`` of each plugin event type that the log holds and that a loaded plugin offers."""
        with reading(self._engine) as connection:
            return self._reader.known_types(connection)

    # -- proof -----------------------------------------------------------------------------

    signing_key = proving.signing_key
    new_key = proving.new_key
    checkpoint = proving.checkpoint
    last_checkpoint = proving.last_checkpoint
    verify = proving.verify
    verify_export = proving.verify_export
    verify_segments = proving.verify_segments
    prove = proving.prove
    checkpoint_to_prove = proving.checkpoint_to_prove
    verifier = staticmethod(proving.verifier)

    # -- exporting ------------------------------------------------------------------------

    def export(
        self, *slugs: str, format: str, view: str | None = None, **when: Unpack[When]
    ) -> str:
        """The stories `slugs`, or all, in a format that is text. Raises UnknownName, ViewFailed, DatelineError."""
        with self.material(*slugs, view=view, **when) as material:
            return converting.text_of(self.plugins, format, material)

    def export_bytes(
        self, *slugs: str, format: str, view: str | None = None, **when: Unpack[When]
    ) -> bytes:
        """As `export`, for formats that are not text as well; text is in UTF-8."""
        with self.material(*slugs, view=view, **when) as material:
            return converting.bytes_of(self.plugins, format, material)

    def export_segments(self, folder: Place, *, progress: Progress = silent) -> Written:
        """Bring a folder of segments up to date: Parquet files with the events of the whole log.

        `folder` is a path, or a URL that fsspec reads. Only new events are written, to new files; files
        that hold content that was erased since are replaced. Protected content stays encrypted.

        Raises MissingLibrary, and DatelineError if the folder holds segments of another archive or
        damaged ones, or if another process writes to it.
        """
        from dateline.segments.export import export

        require_erased(self)
        with reading(self._engine) as connection, progress("writing segments", "events") as step:
            return export(connection, self._reader, folder, step)

    @contextmanager
    def material(
        self,
        *slugs: str,
        view: str | None = None,
        question: Question | None = None,
        at: Moment | None = None,
        **when: Unpack[When],
    ) -> Iterator[Material]:
        """The input of an exporter: the stories `slugs`, or all. `question` says which rows a `tabular` exporter
        writes; other exporters ignore it.

        Valid inside the ``with`` block, which reads one snapshot of the archive. Raises UnknownName,
        DatelineError.
        """
        require_erased(self)
        for slug in slugs:
            self.story(slug)
        if view is not None:
            self.plugins.view(view)
        with self._served.material(slugs, view, asked(at, **when), question) as material:
            yield material


def copy_archive(
    source: Place,
    target: Place,
    progress: Progress = silent,
    *,
    plugins: Plugins | None = None,
    keys: Place | None = None,
    resume: Callable[[Archive], object] = Archive.resume,
) -> Copied:
    """Make `target`, a path or URL, equal to the archive `source` as it is now.

    If nothing is at `target`, the copy is created. An earlier copy of the same archive, finished or
    not, is brought up to date. First `source` is opened with `plugins` and `keys`, and `resume`
    finishes its erasures; if `source` is itself an unfinished copy, it is copied as it is.
    Raises DatelineError, Damaged.
    """
    require_elsewhere(source, target, keys)
    try:
        archive = Archive.open(source, plugins, keys, resume=False)
    except UnfinishedCopy:
        return copy_to(schema.connect(source, unfinished=True), target, progress)
    with archive:
        resume(archive)
        require_erased(archive)
        return copy_to(archive._engine, target, progress)
