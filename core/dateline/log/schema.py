"""The archive's tables: made, brought up to date, and recognised without importing Alembic."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, inspect, select, text

from dateline.errors import DatelineError, NotAnArchive, SchemaOutdated, UnfinishedCopy
from dateline.events.identity import uuid7
from dateline.log import relations
from dateline.log.backend import of, require_done
from dateline.log.engine import open_engine, reading, shown, writing
from dateline.log.relation import TABLE
from dateline.log.tables import VERSION_TABLE, log_head, metadata, raw

#: The newest migration. A test holds it equal to what Alembic finds.
HEAD = "0008"
#: Stands behind the schema's number while an archive is a copy that is not finished.
_UNFINISHED = "-copy"
# Where it says so already nothing is written: there may be a reader that would keep it in the log.
_SET_VERSION = f"UPDATE {VERSION_TABLE} SET version_num = :version WHERE version_num <> :version"
_OTHER_VERSION = f"SELECT count(*) FROM {VERSION_TABLE} WHERE version_num <> :version"


def migrations() -> Path:
    """Where the migrations are: in the installed package, or beside core/ in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "_alembic"
    return packaged if packaged.is_dir() else package.parents[1] / "alembic"


def create(db: str | os.PathLike[str], *, copy_of: UUID | None = None) -> Engine:
    """Make a new archive. Nothing is left behind when that fails.

    As a copy of the archive `copy_of` it has its id, and opens for copying alone until `finish`.
    """
    engine = open_engine(db)
    kind = of(engine)
    with kind.place(engine) as place, writing(place, append=False) as connection:
        kind.hold_creation(connection)
        taken = relations.find(connection, {VERSION_TABLE, *metadata.tables})
        if taken:
            other = taken[min(taken)]
            whole = all(one.kind == TABLE for one in taken.values()) and len(taken) > len(
                metadata.tables
            )
            there = "an archive" if whole else f"{other.words} {other.name}"
            raise DatelineError(
                f"{shown(engine.url)} has {there} already",
                hint="use it as it is, or name another database or schema with --db",
            )
        _migrate(connection)
        archive = copy_of or uuid7()
        head = {"id": 1, "position": 0, "archive": archive.bytes, "peaks": b""}
        connection.execute(log_head.insert().values(**head))
        if copy_of is not None:
            begin(connection)
    return engine


def begin(connection: Connection) -> None:
    """What changes from now on is an unfinished copy: it opens for copying alone until `finish`."""
    _set_version(connection, HEAD + _UNFINISHED)


def finish(connection: Connection) -> None:
    """An unfinished copy is an archive from now on."""
    _set_version(connection, HEAD)


def _set_version(connection: Connection, version: str) -> None:
    connection.execute(text(_SET_VERSION), {"version": version})
    left = connection.execute(text(_OTHER_VERSION), {"version": version}).scalar_one()
    require_done(1 - left, 1, VERSION_TABLE)


def connect(db: str | os.PathLike[str], *, unfinished: bool = False) -> Engine:
    """An engine on an archive of the current schema; with `unfinished`, on such a copy too.

    Raises NotAnArchive, UnfinishedCopy, SchemaOutdated.
    """
    engine, marked = _open(db, unfinished)
    revision = marked.removesuffix(_UNFINISHED)
    if revision != HEAD:
        engine.dispose()
        if marked != revision:
            raise SchemaOutdated(
                f"{shown(engine.url)} is a copy begun with schema {revision}; this Dateline works "
                f"with {HEAD}",
                hint="copy anew to a place where nothing is",
            )
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
    """The id of the archive. Raises NotAnArchive when the head of its log is gone or no longer one."""
    found = connection.execute(select(raw(log_head.c.archive))).scalar()
    if not isinstance(found, bytes) or len(found) != 16:
        raise NotAnArchive(
            "the log's head is missing, or is none", hint="restore the archive from a backup"
        )
    return UUID(bytes=found)


def _open(db: str | os.PathLike[str], unfinished: bool = False) -> tuple[Engine, str]:
    engine = open_engine(db)
    where = shown(engine.url)
    if not of(engine).exists(engine.url):
        raise NotAnArchive(
            f"no archive at {where}",
            hint=f"create one with `dateline --db {where} init`, or name another with --db",
        )
    try:
        of(engine).require_own_log(engine, HEAD)
        with reading(engine) as connection:
            tables = set(inspect(connection).get_table_names())
            if not {VERSION_TABLE, "log_head", "events"} <= tables:
                raise NotAnArchive(
                    f"{where} is a database, but no Dateline archive",
                    hint="make one in it with `dateline init`"
                    if engine.dialect.name == "postgresql"
                    else None,
                )
            query = text(f"SELECT version_num FROM {VERSION_TABLE}")
            found = connection.execute(query).scalars().all()
            if (
                len(found) != 1
                or not isinstance(found[0], str)
                or not found[0].removesuffix(_UNFINISHED).isalnum()
            ):
                raise NotAnArchive(f"{where} does not say which schema it has")
            [revision] = found
            if revision.endswith(_UNFINISHED) and not unfinished:
                raise UnfinishedCopy(
                    f"{where} is a copy that is not finished",
                    hint=f"wait for the `dateline copy` that runs, or run `dateline copy FROM "
                    f"{where}` again if it was interrupted; if FROM is lost, `dateline copy "
                    f"{where} NEW` makes an archive of what has arrived",
                )
    except BaseException:
        engine.dispose()
        raise
    return engine, revision


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
