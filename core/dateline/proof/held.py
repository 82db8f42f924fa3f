"""Rule V7: stored checkpoints, and those kept elsewhere, belong to this log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.proof import checkpoint as signing
from dateline.proof.keys import origin
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
    """A checkpoint to compare the log with, and what to call it."""

    name: str
    checkpoint: Checkpoint


class Held:
    """Checks signatures at once, and each root when the log has reached its size.

    The root of a checkpoint with a false signature is not compared: it proves nothing.
    """

    def __init__(
        self,
        connection: Connection,
        archive: UUID,
        vkeys: Sequence[Vkey],
        against: Sequence[Given],
        report: Report,
    ) -> None:
        self._archive, self._vkeys, self._report = archive, vkeys, report
        self._unsigned: list[str] = []
        due = [given for given in against if self._usable(given, "against")]
        due += [given for given in self._stored(connection) if self._usable(given, "V7")]
        # In reverse order: the next one is the last item.
        self._due = sorted(due, key=lambda given: given.checkpoint.size, reverse=True)
        if self._unsigned:
            first, *more = self._unsigned
            named = f"{first} and {len(more)} more" if more else first
            report.unchecked.append(f"The signature of {named}: {_wanting()}.")

    def _stored(self, connection: Connection) -> Iterator[Given]:
        """The stored checkpoints. Malformed rows are reported."""
        for signed in signing.stored(connection):
            name = f"the stored checkpoint of {signed.size} events"
            try:
                yield Given(name, _read(signed))
            except (Wrong, TypeError, AttributeError, ValueError) as wrong:
                reason = wrong.reason if isinstance(wrong, Wrong) else "it is not a checkpoint"
                self._report.add("V7", f"{name}: {reason}")

    def _usable(self, given: Given, rule: str) -> bool:
        """Whether it belongs to this archive and has no false signature."""
        signed_for = given.checkpoint.origin
        if not signing.of_archive(given.checkpoint, self._archive):
            reason = f"belongs to {signed_for}, and this archive is {origin(self._archive)}"
            self._report.add(rule, f"{given.name} {reason}")
            return False
        signers = {(name, key_id) for name, key_id, _ in given.checkpoint.signatures}
        known = [vkey for vkey in self._vkeys if (vkey.name, vkey.id) in signers]
        try:
            for vkey in known:
                check_signature(given.checkpoint, vkey)
                self._report.count("signatures")
        except Wrong:
            reason = "it was altered, or signed by somebody else, and was not compared with the log"
            self._report.add(rule, f"{given.name} has a false signature; {reason}")
            return False
        except Unchecked:
            known = []
        if not known:
            self._unsigned.append(given.name)
        return True

    def due(self, size: int) -> bool:
        """Whether a checkpoint was signed at exactly this size."""
        return bool(self._due) and self._due[-1].checkpoint.size == size

    def pass_(self, size: int, root: bytes) -> None:
        """Compare the checkpoints of `size` with the log's root at that size."""
        while self.due(size):
            given = self._due.pop()
            self._report.count("checkpoints")
            if given.checkpoint.root != root:
                reason = f"{given.name} has a different root: history before it was rewritten"
                self._report.add("V7", reason, size)

    def finish(self, size: int) -> None:
        """Report the checkpoints beyond `size`, where the log ends."""
        for given in reversed(self._due):
            reason = f"{given.name} was signed at {given.checkpoint.size} events, but the log has"
            self._report.count("checkpoints")
            self._report.add(
                "V7", f"{reason} {size}: its end was cut off, or it was replaced by an older copy"
            )


def _read(signed: signing.Signed) -> Checkpoint:
    """The checkpoint in a row. Raises Wrong, or TypeError and the like for values of other types."""
    found = read_checkpoint(signed.note)
    if found.size != signed.size:
        raise Wrong("checkpoint", "its row gives another size")
    if not signing.named(signed, found):
        raise Wrong("checkpoint", "its row names a key that did not sign it")
    if type(signed.signed_us) is not int:
        raise Wrong("checkpoint", "its row gives no time")
    return found


def _wanting() -> str:
    """What is needed to check a signature here."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return "this needs the package cryptography (pip install 'dateline[proof]')"
    return "give the key that signed with --vkey or --key"
