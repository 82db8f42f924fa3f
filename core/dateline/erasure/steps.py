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

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine

from dateline.erasure.journal import Erasure, Journal, Listed
from dateline.erasure.plan import Plan, key_of, plan, surveyed, under
from dateline.erasure.purge import purge
from dateline.errors import DatelineError, Finding, Refused
from dateline.events import strict
from dateline.events.envelope import RecordedBy
from dateline.events.payload import Erased
from dateline.log.backend import of
from dateline.log.engine import reading, writing
from dateline.log.protected import keys_in_use
from dateline.log.read import Reader
from dateline.log.wal import empty_wal, still_read
from dateline.protect.subjects import require_unnamed
from dateline.protect.vault import Vault
from dateline.views.projection import View

_PATIENCE = 10.0


class Eraser:
    """Erases in one archive. `views` are those whose rows can be folded anew."""

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

    def plan(self, subject: str | None, positions: Sequence[int]) -> Plan:
        """What would go; writes nothing. Raises UnknownName, DatelineError."""
        with reading(self._engine) as connection:
            key = None if subject is None else key_of(connection, self._vault.keys, subject)
            return plan(connection, self._reader, self._views, key, positions)

    def erase(
        self,
        subject: str | None,
        positions: Sequence[int],
        reason: str,
        basis: str,
        recorded_by: RecordedBy,
        *,
        keys_lost: bool = False,
    ) -> Erasure:
        """Erase a subject, or what is at `positions`. Doing it again does nothing more.

        `keys_lost` begins a keys database in the place of one that is lost for good.

        Raises UnknownName, and DatelineError for what cannot be erased; nothing was done then.
        """
        words = {"reason": reason, "basis": basis}
        require_words(words)
        found = self.plan(subject, positions)
        require_unnamed(words, self._vault.keys.subjects())
        if found.subject_key is None:
            if not found.events:
                raise DatelineError(
                    "there is nothing left to erase there", hint="see it with `dateline log`"
                )
            with reading(self._engine) as connection:
                used = keys_in_use(connection)
            if keys_lost:
                self._vault.keys.give_up(used)
            else:
                self._vault.keys.require_own(used)
            chosen = {item.event_id for item in found.events}
            erasure = self._journal.order(reason, basis, recorded_by, chosen=tuple(sorted(chosen)))
        else:
            erasure = self._journal.order(reason, basis, recorded_by, subject_key=found.subject_key)
        return self.finish(erasure)

    def finish(self, erasure: Erasure, *, patience: float = _PATIENCE) -> Erasure:
        """Do what is left to do of an erasure. Raises DatelineError when another process reads for
        longer than `patience` seconds."""
        if erasure.step == "ordered":
            erasure = self._journal.advance(erasure, "listed", listed=self._list(erasure))
        if erasure.step == "listed":
            if erasure.subject_key is not None:
                self._vault.keys.destroy(erasure.subject_key)
            erasure = self._journal.advance(erasure, "destroyed")
        if erasure.step == "destroyed":
            with writing(self._engine) as connection:
                gone = purge(connection, self._reader, self._vault, self._views, erasure)
            of(self._engine).announce(self._engine)
            erasure = self._journal.advance(erasure, "purged", gone=gone)
        if erasure.step == "purged":
            if not empty_wal(self._engine, patience):
                raise still_read("it is erased", "run any command on the archive")
            erasure = self._journal.advance(erasure, "done")
        return erasure

    def _list(self, erasure: Erasure) -> tuple[Listed, ...]:
        with writing(self._engine) as connection:
            of(connection).hold_head(
                connection
            )  # nobody is mid-way with the key; nothing is written
            if erasure.subject_key is not None:
                chosen = under(connection, erasure.subject_key)
            else:
                found = (self._reader.by_id(connection, event_id) for event_id in erasure.chosen)
                chosen = [(event.story, event.position) for event in found if event is not None]
            going, _ = surveyed(connection, self._reader, chosen)
        return tuple(Listed(item.story, item.told) for item in going)

    # -- on opening ------------------------------------------------------------------------

    def resume(self) -> list[Erasure]:
        """Finish what was interrupted, and do again what a restored backup undid.

        One whose last step another process holds up is given back as it is, ``purged``.
        """
        found = []
        for erasure in self._pending():
            if erasure.step != "purged":
                erasure = self.finish(erasure)
            # Nothing can be read any more: a reader that holds up the last step is waited for by
            # whoever erases, not by everybody.
            elif empty_wal(self._engine, 0):
                erasure = self._journal.advance(erasure, "done")
            found.append(erasure)
        return found

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

    def _told(self, connection: Connection, erasure: Erasure, story: UUID) -> bool:
        return self._reader.by_id(connection, erasure.event_id(story)) is not None

    def _undone(self, connection: Connection, erasure: Erasure) -> bool:
        """Whether content that it erased is in this log again."""
        for item in erasure.listed:
            event = self._reader.by_id(connection, item.event.event_id)
            if event is not None and not isinstance(event.data, Erased):
                return True
        return False


def require_words(fields: dict[str, str]) -> None:
    """See that each of `fields` says something that can be kept. Raises Refused."""
    findings = strict.check(fields)
    for name, words in fields.items():
        if not words.strip():
            findings.append(Finding("blank", f"/{name}", "says nothing"))
    if findings:
        raise Refused(findings)
