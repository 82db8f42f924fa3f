"""Erasing, as methods of `dateline.Archive`. The steps of an erasure are in the room of erasure."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from dateline.erasure.journal import Erasure
from dateline.erasure.pairing import Pairing
from dateline.erasure.plan import Plan, key_of, plan
from dateline.erasure.steps import Eraser, require_words
from dateline.errors import DatelineError
from dateline.events.envelope import RecordedBy
from dateline.log.databases.dialect import of
from dateline.log.engine import reading, require_writable
from dateline.log.protected import keys_in_use
from dateline.plugins.loaded import Plugins
from dateline.protect.subjects import require_unnamed
from dateline.views import catching_up
from dateline.views.generation import Build


class Erasable(Protocol):
    """What erasing needs of `dateline.Archive`."""

    plugins: Plugins
    resumed: list[Erasure]
    unfinished_erasures: list[Erasure]
    _pairing: Pairing

    @property
    def paired(self) -> bool: ...
    @property
    def held_up(self) -> list[Erasure]: ...
    def pending_views(self) -> list[str]: ...
    def fold_again(self) -> list[Build]: ...


def plan_erasure(
    archive: Erasable, subject: str | None = None, positions: Sequence[int] = ()
) -> Plan:
    """What `erase` would erase, and which other content would still name it. Writes nothing."""
    pairing = archive._pairing
    with reading(pairing.engine) as connection:
        key = None if subject is None else key_of(connection, pairing.vault.keys, subject)
        return plan(connection, pairing.reader, archive.plugins.views, key, positions)


def erase(
    archive: Erasable,
    subject: str | None = None,
    positions: Sequence[int] = (),
    *,
    reason: str,
    basis: str,
    recorded_by: RecordedBy = RecordedBy(),
    keys_lost: bool = False,
    fold_again: bool = True,
) -> Erasure:
    """Permanently erase the content protected for `subject`, or the events at `positions`.

    The log keeps a tombstone with the `reason` and the legal `basis`. Facts keep their numbers,
    and the hashes of the log still hold. `keys_lost` states that the keys of protected content
    will not come back, and starts a new keys database.

    Then the rest of the affected stories is folded into the views, as `fold_again` does. If the
    argument `fold_again` is False, or the folding fails, the next read of a view does it.

    Raises UnknownName, NotPaired, and DatelineError for content that cannot be erased.
    """
    pairing = archive._pairing
    keys, journal = pairing.vault.keys, pairing.journal
    _require_writable(pairing, "erase in a writable copy")
    words = {"reason": reason, "basis": basis}
    require_words(words)
    found = plan_erasure(archive, subject, positions)
    require_unnamed(words, (*keys.subjects(), *found.people))
    key = found.subject_key
    if key is None and not found.events:
        raise DatelineError(
            "nothing is left to erase there",
            hint="look at the position with `dateline log`",
            code="nothing-to-erase",
        )
    pairing.require(anew=keys_lost and key is None)
    if keys_lost and key is None:
        with reading(pairing.engine) as connection:
            used = keys_in_use(connection)
        keys.give_up(used)
    chosen = () if key else tuple(sorted(item.event_id for item in found.events))
    erasure = journal.order(reason, basis, recorded_by, subject_key=key, chosen=chosen)
    if erasure.step in ("purged", "done") and found.events:
        # Recorded before, and yet there is more: this log diverged since.
        erasure = journal.advance(erasure, "destroyed")
    erasure = Eraser(pairing, lambda: archive.plugins.views).finish(erasure)
    if fold_again:
        with suppress(DatelineError):  # the erasure is done, even if a view fails
            archive.fold_again()
    return erasure


def fold_again(archive: Erasable) -> list[Build]:
    """Fold stories again whose rows an erasure deleted from the views. Returns the builds of those
    views, failed ones included. Without this call the next read of each view does it."""
    require_writable(archive._pairing.engine)
    views = [archive.plugins.view(name) for name in archive.pending_views()]
    return catching_up.fold_again(archive._pairing.engine, archive._pairing.reader, views)


def resume(archive: Erasable) -> list[Erasure]:
    """Finish erasures that were interrupted or undone, as opening does. Returns those that are
    now done. Raises Damaged; NotPaired if the keys database is not this archive's own and orders
    events to be erased."""
    require_writable(archive._pairing.engine)
    found = Eraser(archive._pairing, lambda: archive.plugins.views).resume()
    archive.resumed = [erasure for erasure in found if erasure.step == "done"]
    archive.unfinished_erasures = [erasure for erasure in found if erasure.step != "done"]
    return archive.resumed


def pair(archive: Erasable) -> list[Erasure]:
    """Accept the keys database as this archive's own, and permanently erase what it has `ordered`.
    Returns the erasures that are now done. Raises DatelineError if there is no keys database, or
    if it holds nothing for this archive."""
    pairing = archive._pairing
    keys = pairing.vault.keys
    if not keys.file.here:
        where = "" if keys.file.path is None else f" at {keys.file.path}"
        raise DatelineError(
            f"there is no keys database{where}", hint="name it with --keys", code="keys-not-found"
        )
    if not (keys.ids() or pairing.journal.erasures() or archive.paired):
        raise DatelineError(
            f"the keys database {keys.file.path} holds nothing for this archive",
            hint="name this archive's own keys database with --keys",
            code="keys-of-another-archive",
        )
    _require_writable(pairing, "pair them in a writable copy")
    pairing.pair()
    return resume(archive)


def _require_writable(pairing: Pairing, hint: str) -> None:
    require_writable(pairing.engine)
    if of(pairing.engine).sealed(pairing.engine):  # although its keys database may be writable
        raise DatelineError("this archive is read-only", hint=hint, code="archive-read-only")
