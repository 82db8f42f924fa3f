"""The generations of views in the database: a table for each, and a row in `views`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from dateline.errors import Damaged, DatelineError
from dateline.events.status import HIDDEN
from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.log.databases.relation import TABLE, Relation
from dateline.log.databases.sql import quoted
from dateline.log.databases.unwritten import require_done
from dateline.log.tables import views
from dateline.views import stored_rows
from dateline.views.generation import Build
from dateline.views.view_schema import ViewSchema

#: The largest generation number that the column holds on every database.
_GENERATIONS = 2**31 - 1
#: The column of each field of a Build, and the fields that no other process may have changed.
_COLUMNS = dict(
    zip(Build.__struct_fields__, map(quoted, Build.__struct_encode_fields__), strict=True)
)
_COMPARED = ("name", "generation", "position", "cursor", "pending", "state", "fingerprint")


def builds(connection: Connection, name: str | None = None) -> list[Build]:
    """All generations, newest first for each view."""
    where, given = ("", ()) if name is None else (" WHERE name = ?", (name,))
    query = f"SELECT {', '.join(_COLUMNS.values())} FROM views{where}"
    run = of(connection).execute(connection)
    return [_sound(row) for row in run(f"{query} ORDER BY name, generation DESC", given).fetchall()]


def _sound(row: Sequence[Any]) -> Build:
    """The row as a Build. Raises Damaged: its name and generation name a table to read and drop."""
    try:
        columns = zip(Build.__struct_encode_fields__, row, strict=True)
        build = msgspec.convert(dict(columns), Build)
        quoted(build.table)
        if build.generation > _GENERATIONS or len(build.cursor or bytes(16)) != 16:
            raise ValueError
        if len(build.pending or b"") % 16:
            raise ValueError
    except (msgspec.ValidationError, ValueError):
        raise Damaged(f"the table `views` holds an invalid row: {row[0]!r}") from None
    return build


def current(connection: Connection, name: str) -> Build | None:
    """The generation readers see: the one that is live, or was until its fold raised."""
    return next((build for build in builds(connection, name) if build.serves), None)


def all_current(connection: Connection) -> dict[str, Build]:
    """That generation of each view that has one, by the view's name."""
    oldest_first = reversed(builds(connection))
    return {build.name: build for build in oldest_first if build.serves}


def retired(connection: Connection, name: str, mark: str) -> Build | None:
    """The newest generation that stood before and has that fingerprint."""
    fits = (b for b in builds(connection, name) if b.state == "retired" and b.fingerprint == mark)
    return next((build for build in fits if not build.unfinished), None)


def unfinished(connection: Connection, name: str) -> Build | None:
    """The generation that is being built, if there is one."""
    return next((build for build in builds(connection, name) if build.unfinished), None)


def create(
    connection: Connection, schema: ViewSchema, mark: str, plugin: str, target: int
) -> Build:
    """Create the next generation, empty, to be folded up to `target`. Its index is made at the end;
    `mark` is the view's fingerprint. Raises DatelineError if the name of its table is taken."""
    name = schema.name
    generation = 1 + max((build.generation for build in builds(connection, name)), default=0)
    build = Build(name, generation, "building", 0, schema.version, mark, plugin, target=target)
    catalog.require_free(connection, build.table, f"view {name}")
    stored_rows.create(connection, schema, build.table)
    add(connection, build)
    return build


def add(connection: Connection, build: Build) -> None:
    """Insert the row of a generation."""
    of(connection).insert(
        connection, views.name, build.__struct_encode_fields__, [msgspec.structs.astuple(build)]
    )


def advance(connection: Connection, build: Build, **values: Any) -> Build:
    """Compare and set. Raises ChangedElsewhere if another process has changed the row, Unheeded if the row is
    unchanged but the database ignored the update."""
    # By the driver: a rebuild does this for each view and step, and SQLAlchemy takes six times as long.
    run = of(connection).execute(connection)
    same = {name: getattr(build, name) for name in _COMPARED}
    where = " AND ".join(
        f"{_COLUMNS[name]} {'IS NULL' if value is None else '= ?'}" for name, value in same.items()
    )
    there = [value for value in same.values() if value is not None]
    put = ", ".join(f"{_COLUMNS[name]} = ?" for name in values)
    done = run(f"UPDATE views SET {put} WHERE {where}", (*values.values(), *there)).rowcount
    if done != 1:
        if run(f"SELECT name FROM views WHERE {where}", there).fetchone():
            require_done(done, 1, views.name)
        raise ChangedElsewhere
    return msgspec.structs.replace(build, **values)


class ChangedElsewhere(DatelineError):
    """Another process changed a generation: the rows folded here are stale."""

    def __init__(self) -> None:
        super().__init__(
            "another process is rebuilding the same view",
            hint="wait for it, or stop it",
            code="rebuild-running",
        )


def drop(connection: Connection, build: Build, *, others_too: bool = False) -> None:
    """Drop the table of a generation and delete its row. With `others_too`, objects that others built
    on the table are dropped too; without, they are an error."""
    catalog.drop_table(connection, build.table, others_too=others_too)
    row = views.c.name == build.name, views.c.generation == build.generation
    connection.execute(delete(views).where(*row))
    if connection.execute(select(views.c.name).where(*row)).first():
        require_done(0, 1, views.name)


def publish(connection: Connection, build: Build) -> Relation | None:
    """Point the view's SQL VIEW, for readers outside Dateline, at this generation.

    It leaves out rows of retracted and rejected facts, as Dateline does. Objects that others built on
    it are kept. If the name belongs to a relation that Dateline did not make, that relation is kept
    and returned, and there is no SQL VIEW. Raises ChangedElsewhere if the generation's table is gone.
    """
    if build.kernel:
        return None
    found = catalog.find(connection, [build.name, build.table])
    other = found.get(build.name)
    if other is not None and not other.shows(build.name):
        return other
    if build.table not in found:
        raise ChangedElsewhere
    hidden = HIDDEN if found[build.table].has_facts else ()
    of(connection).show(connection, build.name, build.table, hidden)
    return None


def settled(connection: Connection, builds: Sequence[Build]) -> dict[str, Build] | None:
    """The generations of `builds` in this snapshot, by name, kept until it ends. None if one of them is
    not live, complete, of the same shape and at least as far: another process changed it."""
    found = {}
    for build in builds:
        there = current(connection, build.name)
        if (
            there is None
            or there.state != "live"
            or there.pending is not None
            or there.fingerprint != build.fingerprint
            or there.position < build.position
        ):
            return None
        try:
            hold(connection, there)
        except ChangedElsewhere:
            return None
        found[build.name] = there
    return found


def hold(connection: Connection, build: Build) -> None:
    """Keep the generation's table until this snapshot ends. Raises ChangedElsewhere if the table is gone."""
    if not of(connection).hold_table(connection, build.table):
        raise ChangedElsewhere


def hold_all(connection: Connection) -> None:
    """Keep all other processes from reading or folding any view until this transaction ends."""
    # First the rows, then the tables, in the order in which folding processes lock them.
    query = select(views).order_by(views.c.name, views.c.generation).with_for_update()
    found = [_sound(row) for row in connection.execute(query)]
    names = dict.fromkeys(build.name for build in found)
    there = catalog.find(connection, [*names, *(build.table for build in found)])
    shown = [name for name in names if name in there and there[name].shows(name)]
    tables = [b.table for b in found if b.table in there and there[b.table].kind == TABLE]
    of(connection).hold_alone(connection, [*shown, *tables])
