"""The journal of erasures, kept with the keys: the step that each has reached, and what to repeat when
the archive is restored from an older backup.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec

from dateline.errors import DatelineError
from dateline.events.envelope import RecordedBy
from dateline.events.identity import sha256, uuid8
from dateline.events.parts import ErasedEvent
from dateline.protect.keys_file import KeysFile

#: The last step taken. ``ordered``: nothing more is written under the key. ``listed``: the events to
#: erase are in the journal. ``destroyed``: the key is. ``purged``: bodies, documents and rows are deleted.
Step = Literal["ordered", "listed", "destroyed", "purged", "done"]


class Listed(msgspec.Struct, frozen=True):
    """One event to erase: what its envelope states, and the number of its fact."""

    story: UUID
    event: ErasedEvent


class Gone(msgspec.Struct, frozen=True):
    """How much was erased."""

    events: int = 0
    facts: int = 0
    documents: int = 0


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure, of a subject's key or of single events (``chosen``). ``gone`` is known once the step is
    ``purged``, unless the erasure was interrupted there."""

    id: UUID
    reason: str
    basis: str
    recorded_by: RecordedBy
    step: Step = "ordered"
    subject_key: str | None = None
    chosen: tuple[UUID, ...] = ()
    listed: tuple[Listed, ...] = ()
    gone: Gone = Gone()

    def event_id(self, story: UUID, again: int = 0) -> UUID:
        """Id of the event that records it in a story. Repeating the erasure gives the same id, unless
        more was erased later (`again`)."""
        more = again.to_bytes(4) if again else b""
        return uuid8(sha256(self.id.bytes + story.bytes + more))

    @property
    def stories(self) -> list[UUID]:
        return list(dict.fromkeys(item.story for item in self.listed))


class Journal:
    """Erasures of one archive, in the order in which they were requested."""

    def __init__(self, file: KeysFile, archive: UUID) -> None:
        self._file, self._archive = file, archive.bytes

    def order(
        self,
        reason: str,
        basis: str,
        recorded_by: RecordedBy,
        *,
        subject_key: str | None = None,
        chosen: tuple[UUID, ...] = (),
    ) -> Erasure:
        """Put an erasure in the journal and close the key, in one transaction.

        Returns the erasure that is already under way for the same key, if there is one.
        """
        erasure = Erasure(
            id=uuid4(),
            reason=reason,
            basis=basis,
            recorded_by=recorded_by,
            subject_key=subject_key,
            chosen=chosen,
        )
        with self._file.transaction() as run:
            if subject_key is not None:
                closed = run.execute(
                    "UPDATE keys SET state = 'closing' WHERE id = ? AND state = 'live'",
                    (subject_key,),
                )
                if closed.rowcount != 1:
                    query = "SELECT record FROM erasures WHERE archive = ? ORDER BY number"
                    for row in run.execute(query, (self._archive,)).fetchall():
                        if (other := _decode(row[0])).subject_key == subject_key:
                            return other
            run.execute(
                "INSERT INTO erasures (id, archive, step, record) VALUES (?, ?, ?, ?)",
                (str(erasure.id), self._archive, erasure.step, _encode(erasure)),
            )
        return erasure

    def advance(self, erasure: Erasure, step: Step, **more: Any) -> Erasure:
        """Record the step that an erasure has reached, and `more` of its fields. If another process
        recorded one first, that one's record is returned."""
        done = msgspec.structs.replace(erasure, step=step, **more)
        with self._file.transaction() as run:
            moved = run.execute(
                "UPDATE erasures SET step = ?, record = ? WHERE id = ? AND step = ?",
                (step, _encode(done), str(done.id), erasure.step),
            )
            if moved.rowcount != 1:
                query = "SELECT record FROM erasures WHERE id = ?"
                done = _decode(run.execute(query, (str(done.id),)).fetchone()[0])
        return done

    def erasures(self) -> list[Erasure]:
        """All erasures of this archive, oldest first."""
        if not self._file.here:
            return []
        query = "SELECT record FROM erasures WHERE archive = ? ORDER BY number"
        with self._file.transaction(write=False) as run:
            return [self._decoded(row[0]) for row in run.execute(query, (self._archive,))]

    def _decoded(self, record: Any) -> Erasure:
        try:
            return _decode(record)
        except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
            raise DatelineError(
                f"the keys database {self._file.path} holds an erasure that cannot be read",
                hint="bring back the one that belongs to this archive, or name it with --keys",
                code="keys-damaged",
            ) from None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Erasure).decode
