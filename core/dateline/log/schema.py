"""The archive's tables: made, brought up to date, and recognised without importing Alembic."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, inspect, text

from dateline.errors import NotAnArchive, SchemaOutdated
from dateline.events.identity import uuid7
from dateline.log.engine import create_private_file, open_engine, reading, shown, to_url, writing
from dateline.log.tables import log_head

#: The newest migration. A test holds it equal to what Alembic finds.
HEAD = "0004"


def migrations() -> Path:
    """Where the migrations are: in the installed package, or beside core/ in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "_alembic"
    return packaged if packaged.is_dir() else package.parents[1] / "alembic"


def create(db: str | os.PathLike[str]) -> Engine:
    """Make a new archive. Nothing is left behind when that fails."""
    engine = open_engine(db)
    database = to_url(db).database
    path = Path(database) if database and database != ":memory:" else None
    if path is not None:
        create_private_file(path)
    try:
        if path is not None:
            with engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
        with writing(engine) as connection:
            _migrate(connection)
            head = {"id": 1, "position": 0, "archive": uuid7().bytes, "peaks": b""}
            connection.execute(log_head.insert().values(**head))
    except BaseException:
        engine.dispose()
        if path is not None:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
        raise
    return engine


def connect(db: str | os.PathLike[str]) -> Engine:
    """An engine on an archive of the current schema. Raises NotAnArchive, SchemaOutdated."""
    engine, revision = _open(db)
    if revision != HEAD:
        engine.dispose()
        newer = revision > HEAD
        raise SchemaOutdated(
            f"{shown(engine.url)} has schema {revision}; this Dateline works with {HEAD}",
            hint="install a newer Dateline"
            if newer
            else "run `dateline upgrade` (back it up first)",
        )
    return engine


def upgrade(db: str | os.PathLike[str]) -> tuple[str, str]:
    """Bring an archive's tables up to date, in one transaction. Returns (before, after)."""
    engine, revision = _open(db)
    if revision > HEAD:
        raise SchemaOutdated(
            f"{shown(engine.url)} has schema {revision}; this Dateline works with {HEAD}",
            hint="install a newer Dateline",
        )
    if revision != HEAD:
        with writing(engine) as connection:
            _migrate(connection)
    engine.dispose()
    return revision, HEAD


def archive_id(connection: Connection) -> UUID:
    return UUID(bytes=connection.execute(log_head.select()).one().archive)


def _open(db: str | os.PathLike[str]) -> tuple[Engine, str]:
    engine = open_engine(db)
    where = shown(engine.url)
    database = to_url(db).database
    if database and database != ":memory:" and not Path(database).exists():
        raise NotAnArchive(
            f"no archive at {where}",
            hint=f"create one with `dateline --db {where} init`, or name another with --db",
        )
    with reading(engine) as connection:
        tables = set(inspect(connection).get_table_names())
        if not {"alembic_version", "log_head", "events"} <= tables:
            engine.dispose()
            raise NotAnArchive(f"{where} is a database, but no Dateline archive")
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return engine, str(revision)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
