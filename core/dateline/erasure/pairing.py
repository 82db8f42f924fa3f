"""Which keys database is this archive's own. The journal in any other one is not obeyed without asking,
because anybody who has a copy of the archive can make one.

When something is first protected or erased, the two are paired: the keys database keeps a random
secret, and the archive the secret's SHA-256. A keys database without that secret (because one of the
two is from before the pairing) is the archive's own if it knows something that a copy of the archive
does not reveal: a key that opens content, or the random id from which the id of a recorded erasure was
made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Connection, Engine, select

from dateline.erasure.journal import Erasure, Journal
from dateline.erasure.plan import surveyed
from dateline.erasure.purge import present_of
from dateline.erasure.survey import Going
from dateline.errors import DatelineError, NotPaired
from dateline.events.editorial import ContentErased
from dateline.log.engine import reading, writing
from dateline.log.protected import keys_in_use, live_keys
from dateline.log.read import Reader, present
from dateline.log.tables import events, paired_keys
from dateline.protect.vault import Vault


class Pairing:
    """One archive and the keys database that it was opened with."""

    def __init__(self, engine: Engine, reader: Reader, vault: Vault, journal: Journal) -> None:
        self.engine, self.reader, self.vault, self.journal = engine, reader, vault, journal
        self._keys = vault.keys
        self._settled = False

    # -- whether it is the archive's own ---------------------------------------------------

    def own(self, connection: Connection, erasures: Sequence[Erasure]) -> bool:
        """Whether the keys database is this archive's. `erasures` are those of its journal."""
        return (
            self._is_paired(connection)
            or self._recorded(connection, erasures)
            or self._opens(connection)
        )

    def _is_paired(self, connection: Connection) -> bool:
        secret = self._keys.pairing()
        return secret is not None and _sha256(secret) in _paired(connection)

    def _recorded(self, connection: Connection, erasures: Sequence[Erasure]) -> bool:
        """Whether the log records one of the erasures: the id of that event is a hash of what the
        journal holds. Imported records prove nothing, and have no positions."""
        ids = {erasure.event_id(story) for erasure in erasures for story in erasure.stories}
        for event_id in present(connection, ids):
            event = self.reader.by_id(connection, event_id)
            data = None if event is None else event.data
            if isinstance(data, ContentErased) and data.positions:
                return True
        return False

    def _opens(self, connection: Connection) -> bool:
        """Whether one of its keys opens content that is under it."""
        for key in live_keys(connection, self._keys.live()):
            query = select(events.c.event_id, events.c.body)
            query = query.where(events.c.subject_key == key, events.c.body.is_not(None))
            row = connection.execute(query.limit(1)).one()
            with suppress(DatelineError):
                if self.vault.open_event(key, row.event_id, row.body) is not None:
                    return True
        return False

    # -- what it orders --------------------------------------------------------------------

    def ordered(self) -> list[Going]:
        """What the journal orders to be erased in this archive, in order. Erases nothing."""
        erasures = self.journal.erasures()
        if not erasures:
            return []
        going: dict[int, Going] = {}
        with reading(self.engine) as connection:
            for erasure in erasures:
                found = list(present_of(connection, self.reader, erasure))
                if erasure.step == "ordered":  # not listed yet
                    picked = (self.reader.by_id(connection, one) for one in erasure.chosen)
                    places = [(event.story, event.position) for event in picked if event]
                    found += surveyed(connection, self.reader, places)[0]
                going.update((item.position, item) for item in found)
        return [going[position] for position in sorted(going)]

    def obeyed(self, erasures: Sequence[Erasure]) -> bool:
        """Whether to carry out these erasures of the journal. Raises NotPaired when the keys database is
        not this archive's own and they would erase something."""
        if not erasures:
            return False
        with reading(self.engine) as connection:
            if self.own(connection, erasures):
                return True
            count = _count(connection, erasures)
        if count:
            raise self._not_paired(count)
        return False

    # -- becoming the archive's own --------------------------------------------------------

    def require(self, *, anew: bool = False, settle: bool = True) -> None:
        """Check that the keys database is this archive's own, before anything is put under its keys or in
        its journal. With `settle` the two are paired, unless something contradicts it.

        With `anew` the keys of protected content were given up, and new ones take their place. Raises
        NotPaired, DatelineError.
        """
        if self._settled:
            return
        with reading(self.engine) as connection:
            self._settled = self._is_paired(connection)
            if self._settled:
                return
            erasures = self.journal.erasures()
            if not self.own(connection, erasures):
                used = keys_in_use(connection)
                if erasures:
                    raise self._not_paired(_count(connection, erasures))
                self._require_new(used, _paired(connection), anew)
        if settle:
            self.pair()

    def _require_new(self, used: Mapping[str, int], paired: Collection[bytes], anew: bool) -> None:
        """Check that it can become the archive's own: that it takes the place of no other."""
        here = self._keys.ids()
        if not here.isdisjoint(used):
            raise self._not_paired(0)
        if used and not anew:
            raise DatelineError(
                f"this archive holds protected content, and its keys are not here ({self._keys.file.path})",
                hint="bring them back or name them with --keys: a new keys database would take their "
                "place (lost for good? `dateline erase` by positions with --keys-lost)",
                code="keys-missing",
            )
        if here and paired:
            raise self._not_paired(0)

    def pair(self) -> None:
        """Make the keys database this archive's own, for good. Raises DatelineError."""
        sha256 = _sha256(self._keys.pair())
        with writing(self.engine) as connection:
            if sha256 not in _paired(connection):
                connection.execute(paired_keys.insert().values(sha256=sha256))
        self._settled = True

    def _not_paired(self, count: int) -> NotPaired:
        return NotPaired(str(self._keys.file.path), count)


def _count(connection: Connection, erasures: Sequence[Erasure]) -> int:
    """How many live events they name, by id or by key. Opens none of them."""
    listed = {item.event.event_id for erasure in erasures for item in erasure.listed}
    new = [erasure for erasure in erasures if erasure.step == "ordered"]  # not listed yet
    chosen = {event_id for erasure in new for event_id in erasure.chosen}
    found = {event_id.bytes for event_id in present(connection, listed | chosen, live=True)}
    for key in live_keys(connection, {erasure.subject_key for erasure in erasures}):
        query = select(events.c.event_id).where(events.c.subject_key == key)
        found.update(connection.execute(query.where(events.c.body.is_not(None))).scalars())
    return len(found)


def _paired(connection: Connection) -> set[bytes]:
    return set(connection.execute(select(paired_keys.c.sha256)).scalars())


def _sha256(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
