"""Erasing step by step. Each step is on record before the next begins, and may be done twice.

1. ordered: the erasure is in the journal, and the key is closed: no writer uses it any more.
2. listed: what goes is in the journal. Taken under the archive's write lock, so nobody is mid-way.
3. destroyed: the key is gone. From here on what it protected cannot be read, whatever happens.
4. purged: bodies, documents and rows are gone, and the log says so: one transaction.
5. done: no file of the archive holds a byte of it in its log or free pages.

Killed between any two, the archive finishes it when it is next opened; restored from a backup that is
older, it does steps 4 and 5 again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine

from dateline.erasure import survey
from dateline.erasure.journal import Erasure, Journal, Listed
from dateline.erasure.purge import purge, under
from dateline.erasure.survey import Going, Mention
from dateline.errors import DatelineError, Finding, Refused, UnknownName
from dateline.events import strict
from dateline.events.envelope import Event, RecordedBy
from dateline.events.payload import Erased
from dateline.log import documents
from dateline.log.engine import reading, writing
from dateline.log.lock import lock_head
from dateline.log.read import Reader, head
from dateline.protect.vault import Vault
from dateline.views import store
from dateline.views.projection import View

_PATIENCE = 10.0


class Plan(msgspec.Struct, frozen=True):
    """What an erasure would take: events, documents (source, bytes), rows of views (view, story, how
    many are dropped or folded again); and ``still``, live events that go on naming it."""

    subject_key: str | None
    events: tuple[Going, ...]
    documents: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, str, int], ...]
    still: tuple[Mention, ...]


class Eraser:
    """Erases in one archive. `views` are those whose rows can be folded again."""

    def __init__(
        self,
        engine: Engine,
        reader: Reader,
        vault: Vault,
        journal: Journal,
        views: Mapping[str, View],
    ) -> None:
        self._engine, self._reader, self._vault = engine, reader, vault
        self._journal, self._views = journal, views

    # -- looking ---------------------------------------------------------------------------

    def plan(self, subject: str | None, positions: Sequence[int]) -> Plan:
        """What would go; writes nothing. Raises UnknownName, DatelineError."""
        key = None if subject is None else self._key(subject)
        with reading(self._engine) as connection:
            events, still = self._survey(connection, key, positions)
            seen = {item.source: item for item in events if item.source is not None}
            held = {name: documents.get(connection, name, self._vault) for name in seen}
            sizes = [(name, len(found.content)) for name, found in held.items() if found]
            rows = []
            slugs = list(dict.fromkeys(item.slug for item in events))
            for build in store.builds(connection):
                view = self._views.get(build.name)
                for slug in slugs if view is not None else ():
                    assert view is not None
                    count = len(store.read(connection, view, build, [slug]))
                    rows.append((build.table, slug, count))
        return Plan(key, tuple(events), tuple(sizes), tuple(rows), tuple(still))

    def _key(self, subject: str) -> str:
        """The id of a subject's key, by its name or by the id itself."""
        keys = self._vault.keys
        found = keys.find(subject) or keys.get(subject)
        if found is None:
            known = keys.subjects()
            listed = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
            hint = f"protected are {listed}" if known else "nobody is protected in this archive"
            raise UnknownName(
                f"nothing is protected under the name {subject!r} (any more)", hint=hint
            )
        return found.id

    def _survey(
        self, connection: Any, key: str | None, positions: Sequence[int]
    ) -> tuple[list[Going], list[Mention]]:
        if key is not None:
            chosen = under(connection, key)
            strict = False
        else:
            chosen, strict = [], True
            top = head(connection).position
            for position in positions:
                if not 1 <= position <= top:
                    raise UnknownName(f"the log has no position {position}: it goes up to {top}")
                [event] = self._reader.read(connection, after=position - 1, until=position)
                chosen.append((event.story, position))
        events: list[Going] = []
        still: list[Mention] = []
        for story in dict.fromkeys(story for story, _ in chosen):
            stream = list(self._reader.read_story(connection, story))
            here = {position for owner, position in chosen if owner == story}
            going = survey.closure(stream, here, strict=strict)
            events += going
            still += survey.mentions(stream, going)
        return sorted(events, key=lambda item: item.position), still

    # -- erasing ---------------------------------------------------------------------------

    def erase(
        self,
        subject: str | None,
        positions: Sequence[int],
        reason: str,
        basis: str,
        recorded_by: RecordedBy,
    ) -> Erasure:
        """Erase a subject, or what is at `positions`. Doing it again does nothing more.

        Raises UnknownName, and DatelineError for what cannot be erased; nothing was done then.
        """
        _require_words({"reason": reason, "basis": basis})
        plan = self.plan(subject, positions)
        if plan.subject_key is None:
            if not plan.events:
                raise DatelineError(
                    "there is nothing left to erase there", hint="see it with `dateline log`"
                )
            chosen = {item.event_id for item in plan.events}
            erasure = self._journal.order(reason, basis, recorded_by, chosen=tuple(sorted(chosen)))
        else:
            erasure = self._journal.order(reason, basis, recorded_by, subject_key=plan.subject_key)
        return self.finish(erasure)

    def finish(self, erasure: Erasure, *, patience: float = _PATIENCE) -> Erasure:
        """Do what is left to do of an erasure. Raises DatelineError when another process reads for
        longer than `patience` seconds."""
        if erasure.step == "ordered":
            erasure = self._journal.advance(erasure, "listed", self._list(erasure))
        if erasure.step == "listed":
            if erasure.subject_key is not None:
                self._vault.keys.destroy(erasure.subject_key)
            erasure = self._journal.advance(erasure, "destroyed")
        if erasure.step == "destroyed":
            with writing(self._engine) as connection:
                purge(connection, self._reader, self._vault, self._views, erasure)
            erasure = self._journal.advance(erasure, "purged")
        if erasure.step == "purged":
            if not empty_wal(self._engine, patience):
                raise DatelineError(
                    "it is erased, but another process still reads a state of before, which keeps "
                    "it in the archive's write-ahead log",
                    hint="close that process, then run any command on the archive",
                )
            erasure = self._journal.advance(erasure, "done")
        return erasure

    def _list(self, erasure: Erasure) -> tuple[Listed, ...]:
        with writing(self._engine) as connection:
            lock_head(connection)  # nobody is mid-way with the key; nothing is written
            if erasure.subject_key is not None:
                events, _ = self._survey(connection, erasure.subject_key, ())
                return tuple(Listed(item.story, item.told) for item in events)
            found = [self._reader.by_id(connection, event_id) for event_id in erasure.chosen]
            positions = [event.position for event in found if event is not None]
            stories = dict.fromkeys(event.story for event in found if event is not None)
            going: list[Going] = []
            for story in stories:
                stream = list(self._reader.read_story(connection, story))
                going += survey.closure(stream, positions)
            return tuple(Listed(item.story, item.told) for item in going)

    # -- on opening ------------------------------------------------------------------------

    def resume(self) -> list[Erasure]:
        """Finish what was interrupted, and do again what a restored backup undid."""
        done = []
        for erasure in self._pending():
            if erasure.step == "purged":
                # Nothing can be read any more: a reader that holds up the last step is waited for
                # by whoever erases, not by everybody.
                if not empty_wal(self._engine, 0):
                    continue
                done.append(self._journal.advance(erasure, "done"))
            else:
                done.append(self.finish(erasure))
        return done

    def _pending(self) -> list[Erasure]:
        pending = self._journal.unfinished()
        skip = 0
        while (erasure := self._journal.finished(skip)) is not None:
            skip += 1
            with reading(self._engine) as connection:
                told = all(self._told(connection, erasure, story) for story in erasure.stories)
                undone = not told and self._undone(connection, erasure)
            if told and erasure.listed:
                break  # the log begins as it did then: what came before is told, too
            if undone:
                skip -= 1  # it is among the unfinished now
                pending.append(self._journal.advance(erasure, "destroyed"))
        return pending

    def _told(self, connection: Any, erasure: Erasure, story: Any) -> bool:
        return self._reader.by_id(connection, erasure.event_id(story)) is not None

    def _undone(self, connection: Any, erasure: Erasure) -> bool:
        """Whether content that it erased is in this log again."""
        for item in erasure.listed:
            event: Event | None = self._reader.by_id(connection, item.event.event_id)
            if event is not None and not isinstance(event.data, Erased):
                return True
        return False


def _require_words(fields: dict[str, str]) -> None:
    findings = strict.check(fields)
    for name, words in fields.items():
        if not words.strip():
            findings.append(Finding("blank", f"/{name}", "says nothing"))
    if findings:
        raise Refused(findings)


def empty_wal(engine: Engine, patience: float = _PATIENCE) -> bool:
    """Copy SQLite's write-ahead log into the database and truncate it; False when a reader holds it
    up. PostgreSQL keeps none of its own: its vacuum and WAL are the server's to recycle."""
    if engine.dialect.name != "sqlite":
        return True
    until = time.monotonic() + patience
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        while True:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy or time.monotonic() >= until:
                cursor.execute("PRAGMA busy_timeout=10000")
                return not busy
            time.sleep(0.05)
    finally:
        connection.close()
