"""The keys database: who is protected under which key. Kept apart from the archive and its backups.

A SQLite file of mode 0600. A key's id is random: only this file holds the subject's name, which is
erased together with the key.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from dateline.errors import DatelineError
from dateline.events import strict
from dateline.events.clock import now_us
from dateline.protect import cipher
from dateline.protect.subjects import subject_name

SUFFIX = ".keys"
_BUSY_SECONDS = 10.0
#: The coarsest resolution of file times.
_RECENT_NS = 2 * 10**9
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, archive BLOB NOT NULL, subject TEXT, secret BLOB, state TEXT NOT NULL,
  created_us INTEGER NOT NULL, destroyed_us INTEGER
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS keys_subject ON keys (archive, subject) WHERE subject IS NOT NULL;
CREATE TABLE IF NOT EXISTS erasures (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, archive BLOB NOT NULL, step TEXT NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pairings (archive BLOB PRIMARY KEY, secret BLOB NOT NULL) STRICT;
"""
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
    """The keys of one archive, in a file that may hold those of several.

    ``path`` None means that no place for keys is known, and nothing can be protected. The file is made
    with the first key. ``beside`` is the archive's file, whose owner may own the keys too. Keys are
    remembered once read; that is safe, because erased bodies no longer exist.
    """

    def __init__(self, path: Path | None, archive: UUID, beside: Path | None = None) -> None:
        self.path, self._archive, self._beside = path, archive.bytes, beside
        self._made = False
        self._secrets: dict[str, bytes] = {}
        #: The state of the file when all its keys were read.
        self._read_at: tuple[int, int, int] | None = None
        self._lost: frozenset[str] | None = None

    # -- reading ---------------------------------------------------------------------------

    def secret(self, key_id: str) -> bytes | None:
        """The key with that id. None when it is not here, or was destroyed."""
        if key_id not in self._secrets and self.here and not self._unchanged():
            state = self._state()  # taken first, so that a later change is noticed
            # Only keys of AES-256 count: the file may have been made by anybody.
            query = (
                "SELECT id, secret FROM keys WHERE archive = ? AND typeof(secret) = 'blob'"
                f" AND length(secret) = {cipher.KEY_BYTES}"
            )
            with self.transaction(write=False) as run:
                self._secrets.update(run.execute(query, (self._archive,)).fetchall())
            self._read_at = state
        return self._secrets.get(key_id)

    def _unchanged(self) -> bool:
        """Whether the file is as it was last read. A log with many events under a missing key must not
        open the file for each of them."""
        return self._read_at is not None and self._read_at == self._state()

    def _state(self) -> tuple[int, int, int] | None:
        """(inode, time of the last change, size) of the file. None when it was changed so recently that
        another change might leave the same time."""
        # The header has a counter, but closing the file would release this process's own locks.
        try:
            found = os.stat(self._place())
        except OSError:
            return None
        if abs(time.time_ns() - found.st_mtime_ns) < _RECENT_NS:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

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
        if not self.here:
            return None
        with self.transaction(write=False) as run:
            # A keys database of an earlier release does not have this table.
            if run.execute(_HAS_PAIRINGS).fetchone() is None:
                return None
            row = run.execute(_PAIRING, (self._archive,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    @property
    def here(self) -> bool:
        """Whether the keys database is at hand.

        An empty one is not: it is just being made, or the process that was making it died.
        """
        if self.path is None or not self.path.exists():
            return False
        if not self._made:
            with self.transaction(write=False) as run:
                self._made = run.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
        return self._made

    # -- writing ---------------------------------------------------------------------------

    def propose(self, subject: str) -> Key:
        """The subject's key, or a new one that is not stored yet. Raises DatelineError."""
        self._place()
        name = subject_name(subject)
        found = self.find(name)
        if found is None:
            found = Key(str(uuid4()), name, cipher.new_key())
        if found.secret is not None:
            self._secrets[found.id] = found.secret
        return found

    def pair(self) -> bytes:
        """The secret of `pairing`; it is made if there is none."""
        with self.transaction() as run:
            run.execute(
                "INSERT OR IGNORE INTO pairings (archive, secret) VALUES (?, ?)",
                (self._archive, os.urandom(cipher.KEY_BYTES)),
            )
            [secret] = run.execute(_PAIRING, (self._archive,)).fetchone()
        if not isinstance(secret, bytes):
            raise DatelineError(
                f"the keys database {self.path} holds a pairing that cannot be read",
                hint="bring back the one that belongs to this archive, or name it with --keys",
                code="keys-damaged",
            )
        return secret

    def give_up(self, used: Mapping[str, int]) -> None:
        """Start a keys database in the place of one that is lost for good; it is the archive's own from
        now on. `used` maps the ids of the lost keys to the number of events that still have content; a
        key without any counts as destroyed."""
        self._lost = None
        with self.transaction() as run:
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
        with self.transaction() as run:
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
        with self.transaction() as run:
            run.execute(
                "UPDATE keys SET secret = NULL, subject = NULL, state = 'destroyed',"
                " destroyed_us = coalesce(destroyed_us, ?) WHERE id = ?",
                (now_us(), key_id),
            )

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction on the keys database. Raises DatelineError when it cannot be used."""
        path = self._place()
        if path.is_dir():
            raise DatelineError(
                f"the keys database {path} is a directory",
                hint="name a file with --keys or DATELINE_KEYS",
                code="keys-unusable",
            )
        try:
            if write:
                _make(path)
            _require_one_name(path)
            _require_private(path, self._beside)
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
            )
            try:
                # No WAL: the database is one file, to be kept or destroyed as a whole.
                # EXTRA also syncs the folder, so that a destroyed key does not come back.
                for pragma in ("secure_delete=ON", "synchronous=EXTRA", "trusted_schema=OFF"):
                    connection.execute(f"PRAGMA {pragma}")
                connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                if write:  # also makes the tables, so that the file is empty or complete
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        connection.execute(statement)
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise DatelineError(
                f"the keys database {self.path} cannot be used: {error}",
                hint="check the file and its permissions, or name another with --keys",
                code="keys-unusable",
            ) from None

    def _column(self, query: str) -> list[str]:
        if not self.here:
            return []
        with self.transaction(write=False) as run:
            return [row[0] for row in run.execute(query, (self._archive,))]

    def _place(self) -> Path:
        if self.path is None:
            raise DatelineError(
                "there is no place for keys and for the journal of erasures",
                hint="name a file for the keys database with --keys or DATELINE_KEYS",
                code="keys-place-unknown",
            )
        return self.path

    def _one(self, condition: str, value: str) -> Key | None:
        if strict.check(value) or not self.here:
            return None  # SQLite cannot be asked for text that is not UTF-8
        query = f"SELECT id, subject, secret, state FROM keys WHERE archive = ? AND {condition}"
        with self.transaction(write=False) as run:
            row = run.execute(query, (self._archive, value)).fetchone()
        return None if row is None else Key(*row)


def holds_keys(path: Path) -> bool:
    """Whether a SQLite file is a keys database. Only reads the file; locks and makes nothing."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    query = "SELECT count(*) FROM sqlite_master WHERE name IN ('keys', 'erasures')"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return bool(connection.execute(query).fetchone()[0] == 2)
    except sqlite3.Error:
        return False


class KeyMoved(Exception):
    """Another process gave the subject another key: plan again."""


def default_path(archive: Path | None) -> Path | None:
    """The default keys file: next to a SQLite archive's file, with symbolic links resolved. None for an
    archive in memory or on a server."""
    return None if archive is None else Path(f"{os.path.realpath(archive)}{SUFFIX}")


def _make(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise DatelineError(
            f"cannot create the keys database {path}: {error.strerror}",
            hint="name another place with --keys or DATELINE_KEYS",
            code="keys-not-created",
        ) from None


def _require_one_name(path: Path) -> None:
    """Check that the file has only one name. SQLite's journal is named after the name it was opened by,
    so under a hard link an interrupted transaction is not rolled back. Raises DatelineError."""
    if path.exists() and path.stat().st_nlink > 1:
        raise DatelineError(
            f"the keys database {path} has a second name (a hard link)",
            hint=f"remove the other name: `find . -samefile {path}` lists them",
            code="keys-hard-linked",
        )


def _require_private(path: Path, archive: Path | None) -> None:
    """Check that the file belongs to this user or to the owner of the archive, and that only the owner
    may read it; the mode of an empty file is corrected instead. Raises DatelineError. Owners and modes
    are POSIX: on Windows nothing is checked."""
    if os.name == "nt" or not path.exists():
        return
    found = path.stat()
    owners = {os.geteuid()}
    if archive is not None and archive.exists():
        owners.add(archive.stat().st_uid)
    if found.st_uid not in owners:  # only root can open another user's private file
        raise DatelineError(
            f"the keys database {path} belongs to another user (uid {found.st_uid}), who can read it "
            "and change it",
            hint="name your own with --keys; if you trust what is in it, change its owner (chown)",
            code="keys-of-another-user",
        )
    if not found.st_mode & 0o077:
        return
    if found.st_size:
        raise DatelineError(
            f"others can read the keys database {path} (mode {stat.S_IMODE(found.st_mode):04o})",
            hint=f"chmod 600 {path}; whoever read it can read what it protects, also in old backups",
            code="keys-exposed",
        )
    with suppress(OSError):  # another user's file cannot be used anyway
        path.chmod(0o600)
