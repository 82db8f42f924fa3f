"""What a failure of SQLite means, and the next step."""

from __future__ import annotations

import sqlite3

from dateline.errors import Damaged, DatelineError, NotAnArchive
from dateline.log.databases.unwritten import ALTERED, LockTimeout, Unwritten

#: By part of SQLite's message: the code of our error, and what to do.
_HINTS = {
    "unable to open": (
        "database-not-opened",
        "check that the file and its folder exist and are writable",
    ),
    "readonly": ("database-read-only", "check the file's permissions, or work on a writable copy"),
    "no such table": (
        "table-altered",
        "a part of the archive is missing: run `dateline verify` to see which",
    ),
    "no such column": ALTERED,
}
#: By part of SQLite's message: what to do, where nothing was written.
_UNWRITTEN = {"full": "make room on the disk", "disk I/O": "check the disk"}


def explained(error: Exception, where: str) -> Exception:
    """An error of the driver as an error with a next step; a programming error unchanged."""
    text = str(error)
    if "Could not decode to UTF-8" in text:
        return Damaged(f"{where}: {text}")
    if "not a database" in text or "malformed" in text:
        return NotAnArchive(f"{where} is not a SQLite database, or is damaged: {text}")
    if isinstance(error, sqlite3.OperationalError):
        if "locked" in text:
            return LockTimeout(f"{where}: {text}", hint="another process is writing: try again")
        for sign, step in _UNWRITTEN.items():
            if sign in text:
                return Unwritten(f"{where}: {text}", step)
        known = (advice for sign, advice in _HINTS.items() if sign in text)
        code, hint = next(known, ("database-failed", None))
        return DatelineError(f"{where}: {text}", hint=hint, code=code)
    return error
