"""Where views are stored: a table for each generation, and a row in `views` with its checkpoint."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    MetaData,
    Table,
    Text,
    delete,
    func,
    inspect,
    select,
    update,
)

from dateline.errors import Damaged
from dateline.events.present import HIDDEN
from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.log.databases.relation import TABLE, Relation
from dateline.log.databases.sql import quoted
from dateline.log.databases.unwritten import require_done
from dateline.log.tables import views
from dateline.views.projection import Column as ViewColumn
from dateline.views.projection import ColumnType, FactView, View, columns
from dateline.views.rows import Key, Rows, Values

State = Literal["building", "live", "failed", "retired"]
#: The largest generation number that the column holds on every database.
_GENERATIONS = 2**31 - 1
_TYPES: dict[ColumnType, Any] = {
    # Sorted by code points, whatever the locale of the server.
    "text": Text().with_variant(Text(collation="C"), "postgresql"),
    "integer": BigInteger,
    "number": Float,
    "boolean": Boolean,
}


class Build(msgspec.Struct, frozen=True):
    """One generation of one view: a row of the table `views`.

    During a build, `target` is the position to fold to and `cursor` the last story done. `pending`
    holds the ids, 16 bytes each, of stories whose rows an erasure deleted; the next catch-up folds
    them first.
    """

    name: str
    generation: int
    state: State
    checkpoint: int
    version: int
    fingerprint: str
    plugin: str
    failed_position: int | None = None
    error: str | None = None
    target: int | None = None
    cursor: bytes | None = None
    pending: bytes | None = None

    @property
    def pending_stories(self) -> list[UUID]:
        ids = self.pending or b""
        return [UUID(bytes=ids[at : at + 16]) for at in range(0, len(ids), 16)]

    @property
    def table(self) -> str:
        return f"{self.name}__g{self.generation}"

    @property
    def serves(self) -> bool:
        """Whether readers see it: it is live, or was live until its fold raised."""
        return self.state in ("live", "failed") and not self.unfinished

    @property
    def unfinished(self) -> bool:
        """Whether it is still being built; readers do not see it."""
        return self.target is not None


def builds(connection: Connection, name: str | None = None) -> list[Build]:
    """All generations, newest first for each view."""
    query = select(views).order_by(views.c.name, views.c.generation.desc())
    if name is not None:
        query = query.where(views.c.name == name)
    return [_sound(Build(**row._mapping)) for row in connection.execute(query)]


def _sound(build: Build) -> Build:
    """Check the row: its name and generation name a table that is read and dropped. Raises Damaged."""
    try:
        quoted(build.table)
        if build.generation > _GENERATIONS or len(build.cursor or bytes(16)) != 16:
            raise ValueError
        if len(build.pending or b"") % 16:
            raise ValueError
        return msgspec.convert(msgspec.structs.asdict(build), Build)
    except (msgspec.ValidationError, ValueError):
        raise Damaged(f"the table `views` holds an invalid row: {build.name!r}") from None


def current(connection: Connection, name: str) -> Build | None:
    """The generation readers see: the one that is live, or was until its fold raised."""
    found = builds(connection, name)
    return next((build for build in found if build.serves), None)


def retired(connection: Connection, name: str, mark: str) -> Build | None:
    """The newest generation that stood before and has that fingerprint."""
    found = builds(connection, name)
    fits = [b for b in found if b.state == "retired" and b.fingerprint == mark and not b.unfinished]
    return fits[0] if fits else None


def unfinished(connection: Connection, name: str) -> Build | None:
    """The generation that is being built, if there is one."""
    return next((build for build in builds(connection, name) if build.unfinished), None)


def create(connection: Connection, view: View, mark: str, plugin: str, target: int) -> Build:
    """Create the next generation, empty, to be folded up to `target`. Its index is made at the end;
    `mark` is the view's fingerprint. Raises DatelineError if the name of its table is taken."""
    earlier = builds(connection, view.name)
    generation = 1 + max((build.generation for build in earlier), default=0)
    build = Build(view.name, generation, "building", 0, view.version, mark, plugin, target=target)
    catalog.require_free(connection, build.table, f"view {view.name}")
    sql_table(view, build).create(connection)
    add(connection, build)
    return build


def add(connection: Connection, build: Build) -> None:
    """Insert the row of a generation."""
    of(connection).insert(
        connection, views.name, build.__struct_fields__, [msgspec.structs.astuple(build)]
    )


def index(connection: Connection, view: View, build: Build) -> None:
    """Create the index, unique by story and key. Raises DatelineError if its name is taken."""
    table, name = sql_table(view, build), f"{build.table}_key"
    keys = [table.c.story, *(table.c[name] for name in _key_names(view))]
    if any(one["name"] == name for one in inspect(connection).get_indexes(build.table)):
        return  # an earlier process made it and was killed
    catalog.require_free(connection, name, f"view {view.name}")
    Index(name, *keys, unique=True).create(connection)


def advance(connection: Connection, build: Build, **values: Any) -> Build:
    """Compare and set. Raises Moved if another process has changed the row, Unheeded if the row is
    unchanged but the database ignored the update."""
    same = (
        views.c.name == build.name,
        views.c.generation == build.generation,
        views.c.checkpoint == build.checkpoint,
        views.c.cursor.is_(None) if build.cursor is None else views.c.cursor == build.cursor,
        views.c.pending.is_(None) if build.pending is None else views.c.pending == build.pending,
        views.c.state == build.state,
        views.c.fingerprint == build.fingerprint,
    )
    done = connection.execute(update(views).where(*same).values(**values)).rowcount
    if done != 1:
        if connection.execute(select(views.c.name).where(*same)).first():
            require_done(done, 1, views.name)
        raise Moved
    return msgspec.structs.replace(build, **values)


class Moved(Exception):
    """Another process changed a generation: the rows folded here are stale."""


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
    and returned, and there is no SQL VIEW. Raises Moved if the generation's table is gone.
    """
    found = catalog.find(connection, [build.name, build.table])
    other = found.get(build.name)
    if other is not None and not other.shows(build.name):
        return other
    if build.table not in found:
        raise Moved
    hidden = HIDDEN if found[build.table].has_facts else ()
    of(connection).show(connection, build.name, build.table, hidden)
    return None


def hide(connection: Connection, name: str, *, others_too: bool = True) -> None:
    """Drop the SQL VIEW, and objects that others built on it, since it has nothing left to show.
    Without `others_too` such objects are an error."""
    catalog.drop_view(connection, name, others_too=others_too)


def hold(connection: Connection, build: Build) -> None:
    """Keep the generation's table until this snapshot ends. Raises Moved if the table is gone."""
    if not of(connection).hold_table(connection, build.table):
        raise Moved


def hold_all(connection: Connection) -> None:
    """Keep all other processes from reading or folding any view until this transaction ends."""
    # First the rows, then the tables, in the order in which folding processes lock them.
    query = select(views).order_by(views.c.name, views.c.generation).with_for_update()
    found = [_sound(Build(**row._mapping)) for row in connection.execute(query)]
    names = dict.fromkeys(build.name for build in found)
    there = catalog.find(connection, [*names, *(build.table for build in found)])
    shown = [name for name in names if name in there and there[name].shows(name)]
    tables = [b.table for b in found if b.table in there and there[b.table].kind == TABLE]
    of(connection).hold_alone(connection, [*shown, *tables])


def fill(connection: Connection, view: View, build: Build, rows: Iterable[Values]) -> None:
    """Insert the rows of whole stories that have no rows yet."""
    if listed := list(rows):
        of(connection).insert(connection, build.table, _names(view), listed)


def fill_stories(
    connection: Connection, view: View, build: Build, slugs: Iterable[str], rows: Iterable[Values]
) -> None:
    """Replace the rows of some stories with `rows`."""
    of(connection).delete(connection, build.table, ("story",), [(slug,) for slug in slugs])
    fill(connection, view, build, rows)


def flush(connection: Connection, view: View, build: Build, rows: Rows) -> None:
    """Write the buffered rows: first deletions, then the present rows."""
    backend, names, stored = of(connection), _names(view), list(rows.stored())
    if rows.cleared:
        backend.delete(connection, build.table, ("story", "fact"), sorted(rows.cleared))
    if isinstance(view, FactView):
        if stored:
            backend.insert(connection, build.table, names, stored)
        return
    key = ("story", *_key_names(view))
    dropped = list(rows.dropped())
    if dropped:
        backend.delete(connection, build.table, key, dropped)
    if stored:
        backend.replace(connection, build.table, names, stored, key)


def load(connection: Connection, view: View, build: Build, key: Key) -> Values | None:
    """The values of one row of a general view, without story and key."""
    table = _stored(build.table, columns(view))
    row = connection.execute(
        select(table).where(table.c.story == key[0], table.c.key == key[1])
    ).first()
    return None if row is None else tuple(row)[2:]


def read(
    connection: Connection, view: View, build: Build, stories: Iterable[str] | None = None
) -> list[Values]:
    table = _stored(build.table, columns(view))
    query = select(table)
    if stories is not None:
        query = query.where(table.c.story.in_(list(stories)))
    return [tuple(row) for row in connection.execute(query)]


def counts(
    connection: Connection, view: View, build: Build, stories: Collection[str]
) -> dict[str, int]:
    """The number of rows that each of `stories` has in a generation, if it has any."""
    story = _stored(build.table, columns(view)).c.story
    query = select(story, func.count()).where(story.in_(stories)).group_by(story)
    return {row[0]: row[1] for row in connection.execute(query)}


def strays(
    connection: Connection, view: View, build: Build, stories: Collection[str]
) -> list[Values]:
    """Rows that belong to none of `stories`."""
    table = _stored(build.table, columns(view))
    there = connection.execute(select(table.c.story).distinct()).scalars()
    strange = [slug for slug in there if slug not in stories]
    if not strange:
        return []
    query = select(table).where(table.c.story.in_(strange) | table.c.story.is_(None))
    return [tuple(row) for row in connection.execute(query)]


def sql_table(view: View, build: Build) -> Table:
    """The table of a generation, to be made."""
    return _table(build.table, columns(view))


@lru_cache(256)
def _stored(name: str, shape: tuple[ViewColumn, ...]) -> Table:
    """The table of a generation, to be read: made once, since an export asks for each story's rows."""
    return _table(name, shape)


def _table(name: str, shape: tuple[ViewColumn, ...]) -> Table:
    made = [Column(column.name, _TYPES[column.type], nullable=column.nullable) for column in shape]
    return Table(name, MetaData(), *made)


def _key_names(view: View) -> tuple[str, ...]:
    return ("fact", "item") if isinstance(view, FactView) else ("key",)


def _names(view: View) -> tuple[str, ...]:
    return tuple(column.name for column in columns(view))
