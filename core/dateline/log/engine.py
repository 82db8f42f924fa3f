"""Connecting: one engine an archive, and the two kinds of transaction it knows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from dateline.errors import DatelineError, NotAnArchive

_WRITE = {"dateline_write": True}
_BUSY_MS = 10_000


def to_url(db: str | os.PathLike[str]) -> URL:
    """A SQLAlchemy URL as it is; anything else is the path of a SQLite file."""
    text = os.fspath(db)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        return make_url(text)
    except ArgumentError:
        raise DatelineError(
            "the database is neither a path nor a SQLAlchemy URL",
            hint="name a file, or a URL like sqlite:///archive.db",
        ) from None


def shown(url: URL) -> str:
    """`url` for a person's eyes: a path for SQLite, else without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.render_as_string(hide_password=True)


def open_engine(db: str | os.PathLike[str]) -> Engine:
    """An engine with Dateline's settings. Connects to nothing yet."""
    url = to_url(db)
    if url.get_backend_name() != "sqlite":
        raise DatelineError(
            f"{url.get_backend_name()} archives are not supported yet",
            hint="give a path to a SQLite file with --db",
        )
    memory = url.database in (None, "", ":memory:")
    engine = create_engine(
        url,
        poolclass=StaticPool if memory else QueuePool,
        # The driver's own transaction handling leaves half-done migrations; BEGIN is ours.
        connect_args={"isolation_level": None, "timeout": _BUSY_MS / 1000},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "foreign_keys=ON",
        # An acknowledged append must survive a power cut: WAL needs FULL for that.
        "synchronous=FULL",
        # Also what building an index may take: memory must not grow with the log.
        "cache_size=-16384",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A deferred transaction that reads, then writes, fails at once when another wrote between.
    write = connection.get_execution_options().get("dateline_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A snapshot: what is read inside belongs together."""
    with _named_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The one writer. Commits on leaving, rolls back on an exception."""
    with _named_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(**_WRITE)
        with connection.begin():
            yield connection


@contextmanager
def _named_errors(engine: Engine) -> Iterator[None]:
    """The database's own failures as errors with a next step; programming errors pass."""
    try:
        yield
    except DatabaseError as error:
        raise _explained(error, shown(engine.url)) from error


def _explained(error: DatabaseError, where: str) -> Exception:
    text = str(error.orig)
    if "not a database" in text or "malformed" in text:
        return NotAnArchive(f"{where} is no SQLite database, or is damaged: {text}")
    if isinstance(error, OperationalError):
        hints = {
            "locked": "another process is writing: try again",
            "unable to open": "check that the file and its folder exist and may be written",
            "readonly": "check the file's permissions",
            "full": "make room on the disk; nothing was written",
            "disk I/O": "check the disk; nothing was written",
        }
        hint = next((advice for sign, advice in hints.items() if sign in text), None)
        return DatelineError(f"{where}: {text}", hint=hint)
    return error


def create_private_file(path: Path) -> None:
    """An empty file only its owner may read; SQLite gives its WAL the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise DatelineError(
            f"{path} is there already",
            hint="use it as it is, or choose another path with --db",
        ) from None
    except OSError as error:
        raise DatelineError(
            f"cannot create {path}: {error.strerror}", hint="choose another path with --db"
        ) from None


def driver(connection: Connection) -> Any:
    """The database driver's own connection, for statements in bulk."""
    return connection.connection.driver_connection
