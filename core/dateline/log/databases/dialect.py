"""Picks the backend of a connection by its SQLAlchemy dialect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dateline.errors import DatelineError, MissingLibrary, NotAnArchive
from dateline.log.databases.backend import Backend


@lru_cache(8)
def backend(name: str) -> Backend:
    """The backend for the name of a SQLAlchemy dialect. Raises DatelineError, MissingLibrary."""
    if name == "sqlite":
        from dateline.log.databases.sqlite import SQLite

        return SQLite()
    if name == "postgresql":
        try:
            from dateline.log.databases.postgres import PostgreSQL
        except ImportError:  # psycopg is not installed, or libpq not found
            raise MissingLibrary("psycopg 3", "postgres") from None
        return PostgreSQL()
    raise DatelineError(
        f"{name} archives are not supported",
        hint="give the path of a SQLite file with --db, or a URL postgresql://HOST/DATABASE",
        code="database-unsupported",
    )


def of(connection: Connection | Engine) -> Backend:
    """The backend of a connection or an engine."""
    return backend(connection.dialect.name)


@contextmanager
def named_errors(bind: Connection | Engine) -> Iterator[None]:
    """Turn failures of the database into errors with a next step; programming errors pass through."""
    kind, url = of(bind), bind.engine.url
    try:
        yield
    except (DBAPIError, kind.errors) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, kind.errors):
            explained = kind.explained(cause, kind.shown(url))
            if isinstance(explained, DatelineError):
                raise explained from error
        raise
    except UnicodeDecodeError as error:
        # The driver raises this for a message that repeats a name whose bytes are not UTF-8 (any more).
        if b"malformed" not in error.object:
            raise
        message = error.object.decode(errors="replace")
        raise NotAnArchive(f"{kind.shown(url)} is damaged: {message}") from error
