"""Rule V7: the checkpoints on record, and those kept elsewhere, are of this log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.proof import checkpoint as signing
from dateline.proof.report import Report
from dateline.proof.verifier import (
    Checkpoint,
    Unchecked,
    Vkey,
    Wrong,
    check_signature,
    read_checkpoint,
)


class Given(msgspec.Struct, frozen=True):
    """A checkpoint to hold the log against, and what to call it."""

    name: str
    checkpoint: Checkpoint


class Held:
    """Checks signatures at once, and each root when the log has come to its size."""

    def __init__(
        self,
        connection: Connection,
        archive: UUID,
        vkeys: Sequence[Vkey],
        against: Sequence[Given],
        report: Report,
    ) -> None:
        self._archive, self._vkeys, self._report = archive, vkeys, report
        due = [given for given in (*against, *self._stored(connection)) if self._ours(given)]
        self._due = sorted(due, key=lambda given: given.checkpoint.size)
        unsigned = [given.name for given in due if not self._signed(given)]
        if unsigned:
            named = unsigned[0] + (f" and {len(unsigned) - 1} more" if unsigned[1:] else "")
            report.unchecked.append(
                f"The signature of {named}: give the key that signed with --vkey or --key."
            )

    def _stored(self, connection: Connection) -> list[Given]:
        """Those on record; what is wrong with a row is said."""
        found = []
        for signed in signing.stored(connection):
            name = f"the checkpoint of {signed.size} events on record"
            try:
                found.append(Given(name, _read(signed)))
            except (Wrong, TypeError, AttributeError, ValueError) as wrong:
                reason = wrong.reason if isinstance(wrong, Wrong) else "it is no checkpoint"
                self._report.add("V7", f"{name}: {reason}")
        return found

    def _ours(self, given: Given) -> bool:
        """Nothing more can be asked of a checkpoint that was signed for another archive."""
        ours = signing.of_archive(given.checkpoint, self._archive)
        if not ours:
            self._report.add("V7", f"{given.name} is of another archive: not of this log")
        return ours

    def _signed(self, given: Given) -> bool:
        """False when its signature could not be checked."""
        signers = {(name, key_id) for name, key_id, _ in given.checkpoint.signatures}
        known = [vkey for vkey in self._vkeys if (vkey.name, vkey.id) in signers]
        try:
            for vkey in known:
                check_signature(given.checkpoint, vkey)
                self._report.count("signatures")
        except Wrong as wrong:
            self._report.add("V7", f"{given.name}: {wrong.reason}")
        except Unchecked as reason:
            self._report.unchecked.append(f"{str(reason).capitalize()}.")
        return bool(known)

    def due(self, size: int) -> bool:
        """Whether one was signed at just this size."""
        return bool(self._due) and self._due[0].checkpoint.size == size

    def pass_(self, size: int, root: bytes) -> None:
        """The log has come to `size`, and has that root."""
        while self.due(size):
            given = self._due.pop(0)
            self._report.count("checkpoints")
            if given.checkpoint.root != root:
                reason = f"{given.name} has another root: history before it was rewritten"
                self._report.add("V7", reason, size)

    def finish(self, size: int) -> None:
        """The log ends at `size`."""
        for given in self._due:
            reason = f"{given.name} was signed at {given.checkpoint.size} events, and the log has"
            self._report.count("checkpoints")
            self._report.add(
                "V7", f"{reason} {size}: its end was cut off, or an older copy put in its place"
            )


def _read(signed: signing.Signed) -> Checkpoint:
    """The checkpoint in a row. Raises Wrong, and what comes of values of other types."""
    found = read_checkpoint(signed.note)
    if found.size != signed.size:
        raise Wrong("checkpoint", "its row gives another size")
    if not signing.named(signed, found):
        raise Wrong("checkpoint", "its row names a key that did not sign it")
    if type(signed.signed_us) is not int:
        raise Wrong("checkpoint", "its row gives no time")
    return found
