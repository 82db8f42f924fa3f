"""What a failure of PostgreSQL means, and the next step."""

from __future__ import annotations

import psycopg

from dateline.errors import DatelineError
from dateline.log.databases.unwritten import ALTERED, LockTimeout, Unwritten

#: What to do about a failed connection, by its message, because libpq gives no code.
_SIGNS = {
    "password authentication failed": "check the user; a password comes from ~/.pgpass, "
    "PGPASSFILE, a service file or the URL",
    "no password supplied": "put the password into ~/.pgpass, PGPASSFILE, a service file or the URL",
    "authentication failed": "check the user and the server's pg_hba.conf",
    "pg_hba.conf": "the server does not admit this user from here: see its pg_hba.conf",
    "does not exist": "create it with `createdb`, or name another in the URL",
    "could not translate host name": "check the host in the URL",
    "failed to resolve host": "check the host in the URL",
    "[Errno": "check the host in the URL",
    "Connection refused": "check host and port, and that the server is running",
    "No such file": "check the socket folder, and that the server is running",
    "timeout expired": "check host and port, and any firewall in between",
    "starting up": "wait a moment and try again",
    "shutting down": "wait until the server is back and try again",
    "too many clients": "close other connections, or raise max_connections",
    "certificate": "check sslmode, sslrootcert and the server's certificate",
    "SSL": "check sslmode and the server's TLS settings",
}
_LOST = "the outcome is unknown: run it again; events that were recorded are not added twice"
_DEPENDENTS = (
    "drop what was built on it (`\\d+ NAME` in psql shows it), then run this again; build on the "
    "views, not on their tables"
)
_DISTURBED = ("database-conflict", "another session interfered: try again")
_REPLACED = ("database-conflict", "the table was replaced meanwhile: try again")
#: By SQLSTATE: the code of our error, and what to do.
_CODES = {
    "25006": ("database-read-only", "this server is read-only: connect to the primary"),
    "3D000": ("connection-failed", "create it with `createdb`, or name another in the URL"),
    "42501": ("permission-denied", "this user needs more rights: it must own the archive's tables"),
    "53300": ("connection-failed", "close other connections, or raise max_connections"),
    "57P01": ("connection-lost", _LOST),
    "57P02": ("connection-lost", _LOST),
    "57P03": ("connection-failed", "wait a moment and try again"),
    "40001": _DISTURBED,
    "40P01": _DISTURBED,
    "42P01": _REPLACED,
    "0A000": _REPLACED,
    "42703": ALTERED,
    "2BP01": ("dependents-exist", _DEPENDENTS),
}

#: By SQLSTATE: what to do, where nothing was written.
_UNWRITTEN = {
    "25P03": "run it again: the session was idle for too long",
    "53100": "make room on the server's disk",
    "53200": "free memory on the server",
    "57014": "run it again, or raise the server's statement_timeout, which ended it",
}


def explained(error: Exception, where: str) -> Exception:
    """An error of the driver as an error with a next step; a programming error unchanged."""
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    code = getattr(error, "sqlstate", None)
    if code == "55P03":
        return LockTimeout(
            f"{where}: {text}",
            hint="another session held a lock for too long: try again, or find it in "
            "pg_stat_activity",
        )
    if code in _UNWRITTEN:
        return Unwritten(f"{where}: {text}", _UNWRITTEN[code])
    if code in _CODES:
        kind, hint = _CODES[code]
        return DatelineError(f"{where}: {text}", hint=hint, code=kind)
    if isinstance(error, psycopg.OperationalError):
        advice = next((step for sign, step in _SIGNS.items() if sign in str(error)), None)
        kind = "connection-failed"
        if advice is None and code is None and "connect" not in text.split(":")[0]:
            kind, advice = "connection-lost", _LOST
        return DatelineError(f"{where}: {text}", hint=advice, code=kind)
    if code is None and isinstance(error, psycopg.ProgrammingError | psycopg.InterfaceError):
        return DatelineError(
            f"{where}: {text}", hint="check the options in the URL", code="database-url-invalid"
        )
    return error
