"""Erasing step by step. Each step is recorded before the next begins, and may be done twice.

1. ordered: the erasure is in the journal, and the key is closed: writers no longer use it.
2. listed: the events to erase are in the journal. The list is made under the archive's write lock, so
   that no writer is half-way.
3. destroyed: the key is destroyed. From now on nothing that it protected can be read.
4. purged: bodies, documents and rows are deleted, and the log records it, in one transaction.
5. done: no file of the archive holds a byte of the content in its log or its free pages.

An erasure that was interrupted between two steps is finished when the archive is next opened. On an
archive restored from an older backup, steps 4 and 5 are done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from sqlalchemy import Connection

from dateline.erasure.journal import Erasure, Gone, Listed
from dateline.erasure.pairing import Pairing
from dateline.erasure.plan import surveyed, under
from dateline.erasure.purge import purge
from dateline.errors import DatelineError, Finding, Refused
from dateline.events import strict
from dateline.log.databases.dialect import of
from dateline.log.databases.unwritten import LockTimeout, Unwritten
from dateline.log.databases.wal import empty_wal, still_read
from dateline.log.engine import patiently, reading, writing
from dateline.log.protected import live_keys
from dateline.log.read import present
from dateline.search.own import own_views
from dateline.views.projection import View

_PATIENCE = 10.0


class HeldUp(DatelineError):
    """An erasure is recorded, and waits for another session to end."""

    code = "erasure-held-up"


class Eraser:
    """Erases in one archive. `views` returns those whose rows can be folded again, and is called only
    when something is erased."""

    def __init__(self, pairing: Pairing, views: Callable[[], Mapping[str, View]]) -> None:
        self._pairing, self._views = pairing, views
        self._engine, self._reader = pairing.engine, pairing.reader
        self._vault, self._journal = pairing.vault, pairing.journal

    def finish(self, erasure: Erasure, *, patience: float = _PATIENCE) -> Erasure:
        """Do the remaining steps of an erasure. Raises HeldUp, and DatelineError when another process
        keeps reading for longer than `patience` seconds."""
        erasure = self._purged(erasure)
        if erasure.step == "purged":
            if not empty_wal(self._engine, patience):
                raise still_read("it is erased", "run any command on the archive")
            erasure = self._journal.advance(erasure, "done")
        return erasure

    def _purged(self, erasure: Erasure, tries: int | None = None) -> Erasure:
        """Do all but the last step. `tries` limits how often to wait for other sessions."""
        with _on_record():
            if erasure.step == "ordered":
                erasure = self._journal.advance(erasure, "listed", listed=self._list(erasure))
            if erasure.step == "listed":
                if erasure.subject_key is not None:
                    self._vault.keys.destroy(erasure.subject_key)
                erasure = self._journal.advance(erasure, "destroyed")
            if erasure.step == "destroyed":
                gone = patiently(self._engine, partial(self._purge, erasure), tries)
                of(self._engine).announce(self._engine)
                erasure = self._journal.advance(erasure, "purged", gone=gone)
        return erasure

    def _purge(self, erasure: Erasure, connection: Connection) -> Gone:
        return purge(
            connection, self._reader, self._vault, {**self._views(), **own_views()}, erasure
        )

    def _list(self, erasure: Erasure) -> tuple[Listed, ...]:
        with writing(self._engine) as connection:
            of(connection).hold_head(connection)  # no writer is half-way with the key
            if erasure.subject_key is not None:
                chosen = under(connection, erasure.subject_key)
            else:
                found = (self._reader.by_id(connection, event_id) for event_id in erasure.chosen)
                chosen = [(event.story, event.position) for event in found if event is not None]
            going, _ = surveyed(connection, self._reader, chosen)
        return tuple(Listed(item.story, item.told) for item in going)

    # -- on opening ------------------------------------------------------------------------

    def resume(self) -> list[Erasure]:
        """Finish what was interrupted, and repeat what a restored backup undid.

        Unlike `erase`, this does not wait for other sessions that hold it up. It returns such an erasure
        unfinished: ``purged`` means that only the last step is left, and that nothing can be read.
        Raises NotPaired.
        """
        found = []
        for erasure in self._pending():
            with suppress(HeldUp):
                erasure = self._purged(erasure, tries=1)
            if erasure.step == "purged" and empty_wal(self._engine, 0):
                erasure = self._journal.advance(erasure, "done")
            found.append(erasure)
        return found

    def _pending(self) -> list[Erasure]:
        """The erasures that were interrupted, and those whose content is in this log again."""
        erasures = self._journal.erasures()
        if not self._pairing.obeyed(erasures):
            return []
        pending = [erasure for erasure in erasures if erasure.step != "done"]
        if finished := [erasure for erasure in erasures if erasure.step == "done"]:
            with reading(self._engine) as connection:
                undone = unrecorded(connection, finished)
            pending += [self._journal.advance(erasure, "destroyed") for erasure in undone]
        return pending


def unrecorded(connection: Connection, finished: Sequence[Erasure]) -> list[Erasure]:
    """The erasures that this log does not record although it has their content. All are checked,
    because they may have been recorded in another order than requested."""
    ids = {erasure.event_id(story) for erasure in finished for story in erasure.stories}
    recorded = present(connection, ids)
    missing = [
        erasure
        for erasure in finished
        if not all(erasure.event_id(story) in recorded for story in erasure.stories)
    ]
    listed = {item.event.event_id for erasure in missing for item in erasure.listed}
    live = present(connection, listed, live=True)
    keys = live_keys(connection, {erasure.subject_key for erasure in missing} - {None})
    return [
        erasure
        for erasure in missing
        if erasure.subject_key in keys
        or any(item.event.event_id in live for item in erasure.listed)
    ]


@contextmanager
def _on_record() -> Iterator[None]:
    """Report an interruption as such: the erasure is recorded, and need not be requested again."""
    try:
        yield
    except LockTimeout:
        raise HeldUp(
            "the erasure is on record, and waits for another session: one that writes, or reads a view "
            "in a transaction that it leaves open",
            hint="end that session (on PostgreSQL pg_stat_activity shows it); the next command on the "
            "archive finishes the erasure",
        ) from None
    except Unwritten as error:
        raise DatelineError(
            f"the erasure is on record, but could not be finished: {error.what}",
            hint=f"{error.step}; the next command on the archive finishes the erasure",
            code="erasure-unfinished",
        ) from error


def require_words(fields: dict[str, str]) -> None:
    """Check that each of `fields` has a text that can be stored. Raises Refused."""
    findings = strict.check(fields)
    for name, words in fields.items():
        if not words.strip():
            findings.append(Finding("blank", f"/{name}", "has no text"))
    if findings:
        raise Refused(findings)
