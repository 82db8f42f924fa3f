"""Creates, upgrades and recognises the archive's tables. Only changes import Alembic."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, inspect, select, text

from dateline.errors import DatelineError, NotAnArchive, SchemaOutdated, UnfinishedCopy
from dateline.events.identity import uuid7
from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.log.databases.relation import TABLE
from dateline.log.databases.unwritten import require_done
from dateline.log.engine import open_engine, reading, shown, writing
from dateline.log.pages import require_sound
from dateline.log.tables import VERSION_TABLE, log_head, metadata, raw

#: The newest migration. A test compares it with what Alembic finds.
HEAD = "0009"
_NEWER = "install a newer Dateline"
#: Follows the schema's number while an archive is an unfinished copy.
_UNFINISHED = "-copy"
# Writes nothing if the version is set already: a reader could keep that write in the WAL.
_SET_VERSION = f"UPDATE {VERSION_TABLE} SET version_num = :version WHERE version_num <> :version"
_OTHER_VERSION = f"SELECT count(*) FROM {VERSION_TABLE} WHERE version_num <> :version"


def migrations() -> Path:
    """The folder of the migrations: in the installed package, or next to core/ in a checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "_alembic"
    return packaged if packaged.is_dir() else package.parents[1] / "alembic"


def create(db: str | os.PathLike[str], *, copy_of: UUID | None = None) -> Engine:
    """Create a new archive. Nothing is left behind when that fails.

    A copy of the archive `copy_of` has its id, and opens only for copying until `finish` is called.
    """
    engine = open_engine(db)
    kind = of(engine)
    with kind.place(engine) as place, writing(place, append=False) as connection:
        kind.hold_creation(connection)
        taken = catalog.find(connection, {VERSION_TABLE, *metadata.tables})
        if taken:
            other = taken[min(taken)]
            whole = all(one.kind == TABLE for one in taken.values()) and len(taken) > len(
                metadata.tables
            )
            there = "an archive" if whole else f"{other.words} {other.name}"
            raise DatelineError(
                f"{shown(engine.url)} already has {there}",
                hint="use it as it is, or name another database or schema with --db",
                code="target-occupied",
            )
        _migrate(connection)
        archive = copy_of or uuid7()
        head = {"id": 1, "position": 0, "archive": archive.bytes, "peaks": b""}
        connection.execute(log_head.insert().values(**head))
        if copy_of is not None:
            begin(connection)
    return engine


def begin(connection: Connection) -> None:
    """Mark the archive as an unfinished copy, which opens only for copying until `finish`."""
    _set_version(connection, HEAD + _UNFINISHED)


def finish(connection: Connection) -> None:
    """Remove the mark of an unfinished copy: it is an archive from now on."""
    _set_version(connection, HEAD)


def _set_version(connection: Connection, version: str) -> None:
    connection.execute(text(_SET_VERSION), {"version": version})
    left = connection.execute(text(_OTHER_VERSION), {"version": version}).scalar_one()
    require_done(1 - left, 1, VERSION_TABLE)


def connect(
    db: str | os.PathLike[str], *, unfinished: bool = False, read_only: bool = False
) -> Engine:
    """An engine on an archive of the current schema; with `unfinished`, also on an unfinished copy. One
    that is `read_only` writes nothing.

    Raises NotAnArchive, UnfinishedCopy, SchemaOutdated.
    """
    engine, marked = _open(db, unfinished, read_only=read_only)
    revision = marked.removesuffix(_UNFINISHED)
    if revision != HEAD:
        engine.dispose()
        if marked != revision:
            raise _outdated(
                engine,
                f"is a copy begun with schema {revision}",
                "copy the archive again, to a new file or an empty database",
            )
        newer = revision > HEAD
        hint = _NEWER if newer else "run `dateline upgrade` (back it up first)"
        raise _outdated(engine, f"has schema {revision}", hint)
    return engine


def upgrade(db: str | os.PathLike[str]) -> tuple[str, str]:
    """Upgrade an archive's tables in one transaction. Returns the schema (before, after).

    Raises SchemaOutdated if no migration leads from its schema to the newest one.
    """
    from alembic.util import CommandError

    engine, revision = _open(db)
    try:
        if revision > HEAD:
            raise _outdated(engine, f"has schema {revision}", _NEWER)
        if revision != HEAD:
            with writing(engine) as connection:
                _migrate(connection)
    except CommandError:
        hint = "export it with the Dateline that wrote it, and import that into a new archive"
        raise _outdated(engine, f"has schema {revision}", hint) from None
    finally:
        engine.dispose()
    return revision, HEAD


def _outdated(engine: Engine, what: str, hint: str) -> SchemaOutdated:
    where = shown(engine.url)
    return SchemaOutdated(f"{where} {what}; this Dateline needs {HEAD}", hint=hint)


def archive_id(connection: Connection) -> UUID:
    """The id of the archive. Raises NotAnArchive when the head of its log is missing or damaged."""
    found = connection.execute(select(raw(log_head.c.archive))).scalar()
    if not isinstance(found, bytes) or len(found) != 16:
        raise NotAnArchive(
            "the head of the log is missing or damaged", hint="restore the archive from a backup"
        )
    return UUID(bytes=found)


def _open(
    db: str | os.PathLike[str], unfinished: bool = False, *, read_only: bool = False
) -> tuple[Engine, str]:
    engine = open_engine(db, read_only=read_only)
    where = shown(engine.url)
    if not of(engine).exists(engine.url):
        raise NotAnArchive(
            f"no archive at {where}",
            hint=f"create one with `dateline --db {where} init`, or name another with --db",
        )
    try:
        of(engine).require_own_log(engine, _read_through)
        with reading(engine) as connection:
            tables = set(inspect(connection).get_table_names())
            if not {VERSION_TABLE, "log_head", "events"} <= tables:
                raise NotAnArchive(
                    f"{where} is a database, but not a Dateline archive",
                    hint="create one in it with `dateline init`"
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
                raise NotAnArchive(
                    f"{where} does not state which schema it has",
                    hint="restore the archive from a backup",
                )
            [revision] = found
            if revision.endswith(_UNFINISHED) and not unfinished:
                raise UnfinishedCopy(
                    f"{where} is an unfinished copy",
                    hint=f"wait for the running `dateline copy`, or run `dateline copy FROM {where}` "
                    f"again if it was interrupted; if FROM is lost, `dateline copy {where} NEW` makes "
                    "an archive of the events copied so far",
                )
    except BaseException:
        engine.dispose()
        raise
    return engine, revision


def _read_through(connection: Connection, where: str) -> None:
    """Check the whole log of an archive of the current schema."""
    [revision] = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars()
    if revision.removesuffix(_UNFINISHED) == HEAD:
        require_sound(connection, where)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
