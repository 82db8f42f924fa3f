"""Connecting to an archive: its engine, and the kinds of transaction."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from dateline.errors import DatelineError
from dateline.log import overwriting
from dateline.log.databases.backend import only_reads
from dateline.log.databases.dialect import backend, named_errors, of
from dateline.log.databases.sqlite_connection import file_of
from dateline.log.databases.unwritten import LockTimeout
from dateline.protect.keys_file import default_path

Result = TypeVar("Result")
#: The connection of the innermost `reading` of an archive in memory, which has but one.
_OPEN: ContextVar[Connection | None] = ContextVar("open", default=None)
_SCHEME = re.compile(r"(postgres|postgresql|sqlite)(\+\w+)?(:|//)")
#: For `patiently`: how long one try waits for a lock, the pause between tries, and their number.
_BRIEF_MS, _PAUSE, _TRIES = 200, 0.2, 50


def to_url(db: str | os.PathLike[str]) -> URL:
    """A SQLAlchemy URL unchanged; anything else as the path of a SQLite file."""
    text = os.fspath(db)
    if "://" not in text:
        # A mistyped URL must not create a file whose name holds the password in it.
        if _SCHEME.match(text):
            raise _no_url()
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # ValueError: a port that is not a number
        raise _no_url() from None
    if "@" in (url.host or ""):  # from a password that was not escaped
        raise _no_url()
    if url.drivername == "postgres":
        return url.set(drivername="postgresql")
    return url


def _no_url() -> DatelineError:
    # Without the text: it may hold a password.
    return DatelineError(
        "the database is neither a path nor a URL",
        hint="name a file, or a URL like postgresql://HOST:5432/DATABASE; in a user name or a "
        "password, write : / ? # @ as %3A %2F %3F %23 %40",
        code="database-url-invalid",
    )


def shown(url: URL) -> str:
    """`url` for display: a path for SQLite, otherwise a URL without secrets."""
    return backend(url.get_backend_name()).shown(url)


def keys_of(url: URL, keys: str | os.PathLike[str] | None) -> Path | None:
    """The path of its keys database: `keys`, or the default next to its file; None without both."""
    return default_path(file_of(url)) if keys is None else Path(keys)


def kept_files(url: URL, keys: str | os.PathLike[str] | None) -> list[Path]:
    """The files of an archive, of its keys and of SQLite next to both, whether they exist or not."""
    mains = [path for path in (file_of(url), keys_of(url, keys)) if path is not None]
    return [Path(f"{path}{suffix}") for path in mains for suffix in ("", *overwriting.BESIDE)]


def open_engine(db: str | os.PathLike[str], *, read_only: bool = False) -> Engine:
    """An engine with Dateline's settings. It does not connect yet."""
    url = to_url(db)
    return backend(url.get_backend_name()).engine(url, read_only=read_only)


def require_writable(engine: Engine) -> None:
    """Raises DatelineError for an archive that was opened to be read only."""
    if only_reads(engine):
        raise DatelineError(
            "this archive was opened read-only",
            hint="open it without `read_only` to write to it",
            code="archive-read-only",
        )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads one snapshot."""
    kind = of(engine)
    with named_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(**kind.reading)
        with connection.begin():
            if not isinstance(engine.pool, StaticPool):
                # A generator that reads may be continued, and ended, in another thread.
                yield connection
                return
            held = _OPEN.set(connection)
            try:
                yield connection
            finally:
                _OPEN.reset(held)


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """A transaction to read what never changes, perhaps within another one: an archive in memory has one
    connection, which then serves both."""
    held = _OPEN.get()
    if held is not None and held.engine.pool is engine.pool:
        yield held
        return
    with reading(engine) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, append: bool = True, limited: bool = False) -> Iterator[Connection]:
    """A transaction that commits at the end of the block and rolls back on an exception.

    It holds the append lock from the start, unless `append` is False, for work that only compares
    and sets a row of its own. A holder of the append lock must not be idle for long, or the database
    ends the transaction; with `limited` this applies without the append lock, too.
    """
    require_writable(engine)
    kind = of(engine)
    with named_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(**kind.writing)
        with connection.begin():
            if append:
                kind.hold_head(connection)
            elif limited:
                kind.limit_idle(connection)
            yield connection


def patiently(
    engine: Engine, work: Callable[[Connection], Result], tries: int | None = None
) -> Result:
    """Run `work` in a transaction with the append lock, waiting only briefly for other locks.

    To replace or drop what an outsider reads, his transaction must end first, and appends must not
    wait for that too. So it is tried again in a new transaction, up to `tries` times. Raises
    LockTimeout.
    """
    left = _TRIES if tries is None else tries
    while True:
        left -= 1
        held = False
        try:
            with writing(engine) as connection:
                held = True
                of(engine).be_brief(connection, _BRIEF_MS)
                return work(connection)
        except LockTimeout:
            # Without the append lock, this waited long enough for its holder.
            if not held or left <= 0:
                raise
            time.sleep(_PAUSE)
