"""The file of the keys database: one SQLite file of mode 0600 that may hold the keys of several archives."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dateline.errors import DatelineError

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


class KeysFile:
    """The file at `path`; None means that no place for keys is known, and nothing can be protected.

    It is made with the first key. `beside` is the archive's file, whose owner may own the keys too. One
    that is `read_only` is never written to.
    """

    def __init__(
        self, path: Path | None, beside: Path | None = None, *, read_only: bool = False
    ) -> None:
        self.path, self._beside, self._made, self._read_only = path, beside, False, read_only

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

    def place(self) -> Path:
        """Its path. Raises DatelineError when no place is known."""
        if self.path is None:
            raise DatelineError(
                "there is no place for keys and for the journal of erasures",
                hint="name a file for the keys database with --keys or DATELINE_KEYS",
                code="keys-place-unknown",
            )
        return self.path

    def state(self) -> tuple[int, int, int] | None:
        """(inode, time of the last change, size) of the file. None when it was changed so recently that
        another change might leave the same time."""
        # The header has a counter, but closing the file would release this process's own locks.
        try:
            found = os.stat(self.place())
        except OSError:
            return None
        if abs(time.time_ns() - found.st_mtime_ns) < _RECENT_NS:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction on the keys database. Raises DatelineError when it cannot be used."""
        path = self.place()
        if write and self._read_only:
            raise DatelineError(
                f"the keys database {path} was opened read-only",
                hint="open the archive without `read_only` to write to it",
                code="archive-read-only",
            )
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
            _require_private(path, self._beside, correct=not self._read_only)
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={'ro' if self._read_only else 'rw'}",
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


def holds_keys(path: Path) -> bool:
    """Whether a SQLite file is a keys database. Only reads the file; locks and makes nothing."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    query = "SELECT count(*) FROM sqlite_master WHERE name IN ('keys', 'erasures')"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return bool(connection.execute(query).fetchone()[0] == 2)
    except sqlite3.Error:
        return False


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


def _require_private(path: Path, archive: Path | None, *, correct: bool) -> None:
    """Check that the file belongs to this user or to the owner of the archive, and that only the owner
    may read it; the mode of an empty file is corrected instead, if `correct`. Raises DatelineError. Owners
    and modes are POSIX: on Windows nothing is checked."""
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
    if correct:
        with suppress(OSError):  # another user's file cannot be used anyway
            path.chmod(0o600)
