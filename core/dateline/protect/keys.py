"""Who is protected under which key. Kept apart from the archive and its backups.

A key's id is random: only the keys database holds the subject's name, which is erased with the key.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from dateline.errors import DatelineError
from dateline.events import strict
from dateline.events.clock import now_us
from dateline.protect import cipher
from dateline.protect.keys_file import KeysFile
from dateline.protect.subjects import subject_name

_HAS_PAIRINGS = "SELECT 1 FROM sqlite_master WHERE name = 'pairings'"
_PAIRING = "SELECT secret FROM pairings WHERE archive = ?"


class Key(msgspec.Struct, frozen=True):
    """A subject's key. ``secret`` and ``subject`` are None once it is destroyed.

    A key that is ``closing`` is about to be destroyed: nothing more is written under it.
    """

    id: str
    subject: str | None
    secret: bytes | None = msgspec.field(default=None)
    state: str = "live"

    def __repr__(self) -> str:  # a secret never reaches a log or a traceback
        return f"Key({self.id!r}, {self.state})"


class Keys:
    """The keys of one archive, in a file that may hold those of several (see `KeysFile`).

    Keys are remembered once read; that is safe, because erased bodies no longer exist.
    """

    def __init__(
        self,
        path: Path | None,
        archive: UUID,
        beside: Path | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        self.file = KeysFile(path, beside, read_only=read_only)
        self._archive = archive.bytes
        self._secrets: dict[str, bytes] = {}
        #: The state of the file when all its keys were read.
        self._read_at: tuple[int, int, int] | None = None
        self._lost: frozenset[str] | None = None

    # -- reading ---------------------------------------------------------------------------

    def secret(self, key_id: str) -> bytes | None:
        """The key with that id. None when it is not here, or was destroyed."""
        if key_id not in self._secrets and self.file.here:
            state = self.file.state()  # taken first, so that a later change is noticed
            # A log with many events under a missing key must not open the file for each of them.
            if state is None or state != self._read_at:
                # Only keys of AES-256 count: the file may have been made by anybody.
                query = (
                    "SELECT id, secret FROM keys WHERE archive = ? AND typeof(secret) = 'blob'"
                    f" AND length(secret) = {cipher.KEY_BYTES}"
                )
                with self.file.transaction(write=False) as run:
                    self._secrets.update(run.execute(query, (self._archive,)).fetchall())
                self._read_at = state
        return self._secrets.get(key_id)

    def get(self, key_id: str) -> Key | None:
        return self._one("id = ?", key_id)

    def find(self, subject: str) -> Key | None:
        """The key of a subject by name. None for an unknown or an erased subject."""
        try:
            return self._one("subject = ?", subject_name(subject))
        except DatelineError:  # not a name
            return None

    def subjects(self) -> list[str]:
        """Names of the protected subjects, in order."""
        return self._column(
            "SELECT subject FROM keys WHERE archive = ? AND typeof(subject) = 'text' ORDER BY subject"
        )

    def lost(self) -> list[str]:
        """Ids of keys that were given up and whose content was not erased since."""
        return self._column("SELECT id FROM keys WHERE archive = ? AND state = 'lost' ORDER BY id")

    def is_lost(self, key_id: str) -> bool:
        """Whether a key was given up. Remembered once read: a log may hold many sealed events."""
        if self._lost is None:
            self._lost = frozenset(self.lost())
        return key_id in self._lost

    def live(self) -> list[str]:
        """Ids of keys that are not destroyed, in order."""
        return self._column(
            "SELECT id FROM keys WHERE archive = ? AND typeof(secret) = 'blob' ORDER BY id"
        )

    def ids(self) -> set[str]:
        """Ids of all keys that were ever made here."""
        return set(self._column("SELECT id FROM keys WHERE archive = ?"))

    def pairing(self) -> bytes | None:
        """The secret whose SHA-256 the archive has, once they are paired."""
        if not self.file.here:
            return None
        with self.file.transaction(write=False) as run:
            # A keys database of an earlier release does not have this table.
            if run.execute(_HAS_PAIRINGS).fetchone() is None:
                return None
            row = run.execute(_PAIRING, (self._archive,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    # -- writing ---------------------------------------------------------------------------

    def propose(self, subject: str) -> Key:
        """The subject's key, or a new one that is not stored yet. Raises DatelineError."""
        self.file.place()
        name = subject_name(subject)
        found = self.find(name)
        if found is None:
            found = Key(str(uuid4()), name, cipher.new_key())
        if found.secret is not None:
            self._secrets[found.id] = found.secret
        return found

    def pair(self) -> bytes:
        """The secret of `pairing`; it is made if there is none."""
        with self.file.transaction() as run:
            run.execute(
                "INSERT OR IGNORE INTO pairings (archive, secret) VALUES (?, ?)",
                (self._archive, os.urandom(cipher.KEY_BYTES)),
            )
            [secret] = run.execute(_PAIRING, (self._archive,)).fetchone()
        if not isinstance(secret, bytes):
            raise DatelineError(
                f"the keys database {self.file.path} holds a pairing that cannot be read",
                hint="bring back the one that belongs to this archive, or name it with --keys",
                code="keys-damaged",
            )
        return secret

    def give_up(self, used: Mapping[str, int]) -> None:
        """Start a keys database in the place of one that is lost for good; it is the archive's own from
        now on. `used` maps the ids of the lost keys to the number of events that still have content; a
        key without any counts as destroyed."""
        self._lost = None
        with self.file.transaction() as run:
            run.executemany(
                "INSERT OR IGNORE INTO keys (id, archive, state, created_us, destroyed_us)"
                " VALUES (?, ?, ?, ?, ?)",
                [
                    (key, self._archive, "lost" if live else "destroyed", now_us(), now_us())
                    for key, live in sorted(used.items())
                ],
            )

    def hold(self, key: Key) -> None:
        """Store a proposed key, or check that a stored one is still open for writing.

        Called under the archive's write lock, so that nothing can be written under a key that is
        closing. Raises KeyMoved when another process gave the subject another key meanwhile.
        """
        with self.file.transaction() as run:
            row = run.execute("SELECT state FROM keys WHERE id = ?", (key.id,)).fetchone()
            if row is not None and row[0] == "live":
                return
            if row is not None or key.secret is None:
                raise DatelineError(
                    "the subject of this is being erased; nothing was written",
                    hint="repeat the command once the erasure is finished: it then gets a new key",
                    code="subject-being-erased",
                )
            taken = run.execute(
                "SELECT 1 FROM keys WHERE archive = ? AND subject = ?", (self._archive, key.subject)
            ).fetchone()
            if taken is not None:
                raise KeyMoved
            run.execute(
                "INSERT INTO keys (id, archive, subject, secret, state, created_us)"
                " VALUES (?, ?, ?, ?, 'live', ?)",
                (key.id, self._archive, key.subject, key.secret, now_us()),
            )

    def destroy(self, key_id: str) -> None:
        """Overwrite the key, and the name of its subject."""
        self._secrets.pop(key_id, None)
        self._lost = None
        with self.file.transaction() as run:
            run.execute(
                "UPDATE keys SET secret = NULL, subject = NULL, state = 'destroyed',"
                " destroyed_us = coalesce(destroyed_us, ?) WHERE id = ?",
                (now_us(), key_id),
            )

    def _column(self, query: str) -> list[str]:
        if not self.file.here:
            return []
        with self.file.transaction(write=False) as run:
            return [row[0] for row in run.execute(query, (self._archive,))]

    def _one(self, condition: str, value: str) -> Key | None:
        if strict.check(value) or not self.file.here:
            return None  # SQLite cannot be asked for text that is not UTF-8
        query = f"SELECT id, subject, secret, state FROM keys WHERE archive = ? AND {condition}"
        with self.file.transaction(write=False) as run:
            row = run.execute(query, (self._archive, value)).fetchone()
        return None if row is None else Key(*row)


class KeyMoved(Exception):
    """Another process gave the subject another key: plan again."""
