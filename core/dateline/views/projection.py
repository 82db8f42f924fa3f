"""What a view is: rows of a declared shape, and a pure fold of one story's events into them.

Pure means no clock, no randomness, no input or output. The same code then serves catching up,
rebuilding, looking back in time, and tests.
"""

from __future__ import annotations

import hashlib
import re
import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec

from dateline.errors import DatelineError
from dateline.events.editorial import ContentErased
from dateline.events.envelope import Event
from dateline.events.payload import FactPayload
from dateline.events.present import ErasedFact, Fact

if TYPE_CHECKING:
    from dateline.views.rows import Rows

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
#: Tables of the log, and their indexes: names no view may take. A test holds it equal to what is there.
RESERVED = frozenset({
    "log_head", "stories", "events", "plugin_types", "documents", "views", "merkle_nodes",
    "checkpoints", "paired_keys", "alembic_version",
    "alembic_version_pkc", "checkpoints_pkey", "documents_pkey", "documents_subject_key",
    "events_event_id_key", "events_pkey", "events_story_version", "events_subject_key",
    "log_head_pkey", "merkle_nodes_pkey", "paired_keys_pkey", "plugin_types_pkey", "stories_pkey",
    "stories_slug_key", "views_pkey",
})  # fmt: skip
#: How many columns a view may have: a row of PostgreSQL holds what is short of them in one page.
COLUMNS = 250
#: Columns that every PostgreSQL table has of itself.
_SYSTEM = frozenset({"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"})
ColumnType = Literal["text", "integer", "number", "boolean"]


class ViewRow(msgspec.Struct, frozen=True, gc=False):
    """Base of a view's row. Fields are ``str``, ``int``, ``float`` or ``bool``, or None with it."""


class FactRow(ViewRow, frozen=True):
    """A row about a fact. The archive adds ``story, fact, item, status, source, position``."""


class Column(msgspec.Struct, frozen=True):
    """One column of a view's table, of a CSV header, of a JSON Schema."""

    name: str
    type: ColumnType
    nullable: bool = False


class last(str):
    """A column to order by whose empty values come last; without it they come first."""

    __slots__ = ()


STORY = Column("story", "text")
#: What the archive fills in on every fact row.
FACT_COLUMNS = (
    Column("fact", "text"),
    Column("item", "integer"),
    Column("status", "text"),
    Column("source", "text"),
    Column("position", "integer"),
)
KEY = Column("key", "text")


class View(ABC):
    """A fold of a story's events into keyed rows: the general form.

    Give it a ``name``, a ``version`` (raise it when the rows change meaning), a ``Row`` and, if
    the key is not it, the ``order`` to read in.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    order: ClassVar[tuple[str, ...]] = ("key",)
    #: Columns that a table on a terminal shows; empty shows all. Data formats always have all.
    summary: ClassVar[tuple[str, ...]] = ()
    Row: ClassVar[type[ViewRow]]

    @abstractmethod
    def fold(self, event: Event, rows: Rows) -> None:
        """Take one event in: put, patch or drop rows of its story."""

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        """The columns in front of those of `Row`, without the story."""
        return (KEY,)


class FactView(View):
    """A map from a fact, as it stands now, to its rows: what most views are.

    Corrections, retractions and reviews are applied before `rows` is asked. ``of`` names the
    payload types it takes; None takes every fact.
    """

    order: ClassVar[tuple[str, ...]] = ("position", "item")
    of: ClassVar[type[FactPayload] | tuple[type[FactPayload], ...] | None] = None

    @abstractmethod
    def rows(self, fact: Fact) -> Iterable[FactRow]:
        """The rows of one fact; none is fine."""

    def erased(self, fact: ErasedFact) -> Iterable[FactRow]:
        """The rows that say that a fact was erased; none unless a view has a place to say it."""
        return ()

    def fold(self, event: Event, rows: Rows) -> None:
        of, before = self.of, event.before
        if isinstance(event.data, ContentErased) and event.state is not None:
            names = (item.fact for item in event.data.events if item.fact is not None)
            gone = [event.state.erased[name] for name in names]
            rows.set_all((fact, self.erased(fact), False) for fact in gone)
        wanted = [fact for fact in event.touched if of is None or isinstance(fact.data, of)]
        if wanted:
            rows.set_all((f, self.rows(f), before is None and f is event.fact) for f in wanted)

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        return FACT_COLUMNS


def columns(view: View | type[View]) -> tuple[Column, ...]:
    """Every column of a view's table, in order. Raises DatelineError for a field that cannot be
    one."""
    kind = view if isinstance(view, type) else type(view)
    return _columns(kind, kind.Row)


@lru_cache(256)
def _columns(kind: type[View], row: type[ViewRow]) -> tuple[Column, ...]:
    hints = typing.get_type_hints(row)
    taken = {STORY.name, *(column.name for column in kind.key_columns())}
    own = []
    for name in row.__struct_fields__:
        if name in taken or name in _SYSTEM or not NAME.fullmatch(name):
            raise DatelineError(f"view {kind.name}: a row cannot have a field {name!r}")
        own.append(_column(kind.name, name, hints[name]))
    return (STORY, *kind.key_columns(), *own)


def fingerprint(view: View | type[View], types: Iterable[str] = ()) -> str:
    """Changes when the view's version or columns do, or `types`, and then only.

    `types` are the plugins' event types that the log holds and that are known here: a fact of a type
    nobody knows is no fact to a view, so its rows differ with the plugin there and away.
    """
    kind = view if isinstance(view, type) else type(view)
    parts = [kind.name, str(kind.version)]
    parts += [f"{c.name}:{c.type}:{c.nullable}" for c in columns(kind)]
    parts += sorted(types)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def check(view: object) -> None:
    """Raises DatelineError when `view` cannot be a view: what a plugin author must mend."""
    if not isinstance(view, View):
        raise DatelineError(f"{view!r} is no View (return instances: `return [MyView()]`)")
    name = getattr(view, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DatelineError(f"a view's name is lower-case letters, digits and _, not {name!r}")
    if name.startswith(("sqlite_", "pg_")):
        raise DatelineError(f"view {name}: names of that kind belong to the database")
    if "__" in name:
        raise DatelineError(f"view {name}: two underscores in a row are kept for generations")
    if name in RESERVED:
        raise DatelineError(f"the view name {name!r} is reserved for the archive")
    if not isinstance(view.version, int) or view.version < 1:
        raise DatelineError(f"view {name}: version is {view.version!r}, not 1, 2, 3 ...")
    row = getattr(view, "Row", None)
    base = FactRow if isinstance(view, FactView) else ViewRow
    if not isinstance(row, type) or not issubclass(row, base):
        raise DatelineError(f"view {name}: it needs a class Row({base.__name__})")
    known = {column.name for column in columns(view)}
    if len(known) > COLUMNS:
        raise DatelineError(f"view {name}: a table has at most {COLUMNS} columns, not {len(known)}")
    for column in (*view.order, *view.summary):
        if column not in known:
            raise DatelineError(f"view {name}: it names {column!r}, which is no column")


_COLUMN_TYPES: dict[frozenset[object], ColumnType] = {
    frozenset({str}): "text",
    frozenset({int}): "integer",
    frozenset({bool}): "boolean",
    frozenset({float}): "number",
    frozenset({int, float}): "number",
}


def _column(view: str, name: str, hint: object) -> Column:
    options = typing.get_args(hint) if _is_union(hint) else (hint,)
    kinds = {option for option in options if option is not type(None)}
    nullable = len(kinds) < len(options)
    found = _COLUMN_TYPES.get(frozenset(kinds))
    if found is None:
        raise DatelineError(f"view {view}: field {name} is {hint}; use str, int, float or bool")
    return Column(name, found, nullable)


def _is_union(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)
