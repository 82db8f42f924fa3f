"""Records lines: plans them on a snapshot, appends under the lock, plans again if the story changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Engine

from dateline.documents import storage as documents
from dateline.documents.document import Document
from dateline.errors import DatelineError, EventIdConflict, SlugTaken, VersionConflict
from dateline.events.envelope import Event, RecordedBy
from dateline.events.present import StoryState
from dateline.events.registry import Registry
from dateline.log.append import Appender, Expected
from dateline.log.databases.dialect import of
from dateline.log.engine import reading, writing
from dateline.log.protected import erased_keys, keys_in_use
from dateline.log.read import Reader, story_by_slug
from dateline.protect.keys import Key, KeyMoved
from dateline.recording.batch import Plan, plan
from dateline.recording.clocks import Clocks
from dateline.recording.known import Archived
from dateline.recording.line import Files, Line

_TRIES = 50


class Recorded(msgspec.Struct, frozen=True):
    """The result of a call. ``new`` and ``already`` count the lines that were added and those that were
    in the archive before; ``version`` is that of the last story added to, 0 if nothing was added.

    ``erased`` counts lines whose events were erased and that were not recorded again; ``anew`` are the
    positions of the erasures of those that were. ``subjects`` are the names of the subjects whose keys
    protect the events; ``opened`` is the one of them that is new. ``rekeyed`` is a subject whose erased
    key came back with an older keys database: it was destroyed again and replaced by a new key.
    ``clocks`` reports clocks that differ much.
    """

    new: int
    already: int
    facts: tuple[str, ...]
    positions: tuple[int, ...]
    version: int
    stories: tuple[str, ...]
    erased: int = 0
    anew: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    opened: str | None = None
    rekeyed: str | None = None
    clocks: Clocks = Clocks()


class OwnKeys(Protocol):
    """Checks whether the keys database at hand belongs to the archive."""

    def require(self, *, settle: bool = True) -> None:
        """Raise DatelineError if it does not; with `settle` pair an unpaired one with the archive."""


class Recorder:
    """Records lines into one archive."""

    def __init__(
        self, engine: Engine, registry: Registry, reader: Reader, keys: OwnKeys | None = None
    ) -> None:
        self._engine, self._registry, self._reader = engine, registry, reader
        self._own = keys
        self._vault = reader.vault

    def record(
        self,
        lines: Sequence[Line],
        *,
        story: UUID | None = None,
        files: Files | None = None,
        recorded_by: RecordedBy = RecordedBy(),
        expected: Expected = None,
        dry_run: bool = False,
        protect: str | None = None,
        anew: bool = False,
    ) -> Recorded:
        """Record all of `lines` or none, in one transaction, under the key of the subject `protect`.

        With `anew` a line whose event was erased becomes a new event. `expected` is the version of the
        first story appended to. Raises Refused with all findings, and VersionConflict if that story is
        not at `expected`.
        """
        rekeyed = None
        for attempt in range(_TRIES):
            key, known = (None, True) if protect is None else self._key(protect)
            with reading(self._engine) as connection:
                snapshot = Snapshot(connection, self._reader)
                accepted = plan(
                    lines,
                    snapshot,
                    self._registry,
                    story=story,
                    files=files,
                    recorded_by=recorded_by,
                    vault=self._vault,
                    protect=key,
                    anew=anew,
                )
            if not dry_run and key is not None and known and self._came_back(key, accepted):
                assert self._vault is not None
                self._vault.keys.destroy(key.id)
                rekeyed = key.subject
                continue
            _check_expected(accepted, expected)
            subjects = self._subjects(accepted, key)
            opened = None if known or key is None or key.subject not in subjects else key.subject
            whose = (subjects, None if rekeyed else opened, rekeyed)
            clocks = Clocks(future_us=accepted.future_us)
            if dry_run or not accepted.events:
                return _recorded(accepted, [], 0, 0, clocks, *whose)
            if key is not None and self._own is not None:
                self._own.require()
            try:
                written = self._write(accepted, key)
                return _recorded(accepted, *written, *whose)
            except (KeyMoved, _ProtectionMoved):
                if attempt == _TRIES - 1:
                    raise
            except (VersionConflict, SlugTaken, EventIdConflict):
                # Another writer was first. The rules must see the current story.
                if expected is not None or attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _key(self, subject: str) -> tuple[Key, bool]:
        """The subject's key, and whether it existed before."""
        if self._vault is None:
            raise DatelineError(
                "this archive was opened without a keys database",
                hint="open it with keys=PATH",
                code="no-keys-database",
            )
        keys = self._vault.keys
        found = keys.propose(subject)
        known = keys.find(subject) is not None
        if self._own is not None:
            self._own.require(settle=False)
        return found, known

    def _came_back(self, key: Key, accepted: Plan) -> bool:
        """Whether the key was erased according to the log: then an older keys database brought it back.

        If readable content is under it, it was not erased: an erasure removes everything under a key.
        """
        if key.id not in accepted.first_used:
            return False
        with reading(self._engine) as connection:
            if key.id not in erased_keys(connection, self._reader):
                return False
            return not keys_in_use(connection).get(key.id)

    def _subjects(self, accepted: Plan, key: Key | None) -> tuple[str, ...]:
        """The names of the subjects whose keys protect the events."""
        ids = {new.subject_key for _, new in accepted.events if new.subject_key is not None}
        if not ids or self._vault is None:
            return ()
        here = (key if key and key.id == one else self._vault.keys.get(one) for one in ids)
        return tuple(sorted(one.subject for one in here if one and one.subject is not None))

    def _write(self, accepted: Plan, key: Key | None) -> tuple[list[int], int, int, Clocks]:
        """Append the events. Returns their positions, the last version, how many are new, and the clocks."""
        # The appender's first statement takes the append lock if it is not held yet.
        with writing(self._engine, append=False) as connection:
            subjects = {new.subject_key for _, new in accepted.events if new.subject_key}
            if subjects or accepted.documents:
                # An erasure closes the key first, then takes this lock to see what was written before.
                of(connection).hold_head(connection)
            self._require_protection(connection, accepted)
            for subject in sorted(subjects):
                assert self._vault is not None
                held = key if key is not None and key.id == subject else Key(subject, None)
                self._vault.keys.hold(held)
            appender = Appender(connection, self._vault)
            positions, new = appender.append_all(accepted.events, accepted.expected)
            for document, under in accepted.documents:
                documents.put(connection, document, self._vault, under)
            version = appender.version(accepted.events[-1][0])
            appender.finish()
        backend = of(self._engine)
        backend.announce(self._engine)
        skew, written = appender.skew_us, backend.written_us(self._engine)
        if skew is None and written is not None:
            skew = appender.now - written
        ahead = {accepted.named[story]: us for story, us in appender.ahead.items()}
        return positions, version, new, Clocks.of(skew, ahead, accepted.future_us)

    def _require_protection(self, connection: Connection, accepted: Plan) -> None:
        """Check that no other process captured the same documents meanwhile."""
        snapshot = Snapshot(connection, self._reader)
        for document, _ in accepted.documents:
            if snapshot.protection(document.source) != accepted.protection[document.source]:
                raise _ProtectionMoved


class _ProtectionMoved(Exception):
    """Another process captured the same document after the batch was planned: plan it again."""


class Snapshot(Archived):
    """The archive as one read transaction sees it."""

    def __init__(self, connection: Connection, reader: Reader) -> None:
        self._connection, self._reader = connection, reader
        # Looked up once for all lines: keys of documents, and keys with content that is not erased.
        self._keys: list[str] | None = None
        self._live: set[str] | None = None

    def story_id(self, slug: str) -> UUID | None:
        row = story_by_slug(self._connection, slug)
        return None if row is None else row.id

    def state(self, story: UUID) -> StoryState:
        return fold(self._connection, self._reader, story)

    def event(self, event_id: UUID) -> Event | None:
        return self._reader.by_id(self._connection, event_id)

    def document(self, source: str) -> Document | None:
        return documents.get(self._connection, source, self._reader.vault)

    def protection(self, source: str) -> tuple[bool, set[str]]:
        vault = self._reader.vault
        if vault is None:
            return documents.get(self._connection, source) is not None, set()
        if self._keys is None:
            self._keys = documents.under(self._connection)
        return documents.protection(self._connection, source, vault, self._keys)

    def holds(self, subject_key: str) -> bool:
        if self._live is None:
            used = keys_in_use(self._connection)
            self._live = {key for key, live in used.items() if live}
        return subject_key in self._live


def fold(
    connection: Connection, reader: Reader, story: UUID, until: int | None = None
) -> StoryState:
    """A story's state after its events up to position `until`."""
    state = StoryState(reader.registry)
    for event in reader.read_story(connection, story, until=until):
        state.apply(event)
    return state


def _check_expected(accepted: Plan, expected: Expected) -> None:
    if expected is None or not accepted.events:
        return
    story = accepted.events[0][0]
    actual = accepted.expected[story]
    if actual != (0 if expected == "new" else expected):
        raise VersionConflict(story, expected, actual)


def _recorded(
    accepted: Plan,
    positions: list[int],
    version: int,
    new: int,
    clocks: Clocks,
    subjects: tuple[str, ...],
    opened: str | None,
    rekeyed: str | None,
) -> Recorded:
    return Recorded(
        new=new,
        already=accepted.already + len(positions) - new,
        facts=tuple(accepted.facts),
        positions=tuple(positions),
        version=version,
        stories=tuple(accepted.slugs.values()),
        erased=accepted.erased,
        anew=tuple(dict.fromkeys(accepted.anew)),
        subjects=subjects,
        opened=opened,
        rekeyed=rekeyed,
        clocks=clocks,
    )
