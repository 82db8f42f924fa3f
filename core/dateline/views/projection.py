"""What a view is: rows of a declared shape, and a pure fold of one story's events into them.

Pure means no clock, no randomness, no input or output. So the same code serves catching up,
rebuilding, past moments, and tests.
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
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FactPayload
from dateline.events.state import Fact
from dateline.events.tombstones import ErasedFact

if TYPE_CHECKING:
    from dateline.views.rows import Rows

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
#: Tables of the log and their indexes, whose names no view may take. A test compares them with the schema.
RESERVED = frozenset({
    "log_head", "stories", "events", "plugin_types", "documents", "views", "merkle_nodes",
    "checkpoints", "paired_keys", "alembic_version",
    "alembic_version_pkc", "checkpoints_pkey", "documents_pkey", "documents_subject_key",
    "events_event_id_key", "events_pkey", "events_story_version", "events_subject_key",
    "log_head_pkey", "merkle_nodes_pkey", "paired_keys_pkey", "plugin_types_pkey", "stories_pkey",
    "stories_slug_key", "views_pkey",
})  # fmt: skip
#: The most columns that a view may have: PostgreSQL must fit their fixed-size parts into one page.
COLUMNS = 250
#: Columns that every PostgreSQL table has.
_SYSTEM = frozenset({"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"})
ColumnType = Literal["text", "integer", "number", "boolean"]


class ViewRow(msgspec.Struct, frozen=True, gc=False):
    """Base of a view's row. A field is a ``str``, ``int``, ``float`` or ``bool``, or one of them or None."""


class FactRow(ViewRow, frozen=True):
    """A row about a fact. Dateline adds the columns ``story, fact, item, status, source, position``."""


class Column(msgspec.Struct, frozen=True):
    """One column of a view's table, and so of a CSV header and a JSON Schema."""

    name: str
    type: ColumnType
    nullable: bool = False


class last(str):
    """A column name in `order` whose empty values come last; by default they come first."""

    __slots__ = ()


STORY = Column("story", "text")
#: The columns that Dateline fills in for every fact row.
FACT_COLUMNS = (
    Column("fact", "text"),
    Column("item", "integer"),
    Column("status", "text"),
    Column("source", "text"),
    Column("position", "integer"),
)
KEY = Column("key", "text")


class View(ABC):
    """A fold of a story's events into rows with keys: the general form of a view.

    Give it a ``name``, a ``version`` (raise it when the rows change their meaning), a class ``Row``
    and, unless rows are read in the order of their keys, an ``order``.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    order: ClassVar[tuple[str, ...]] = ("key",)
    #: Columns that a table on a terminal shows; empty shows all. Data formats always have all.
    summary: ClassVar[tuple[str, ...]] = ()
    Row: ClassVar[type[ViewRow]]

    @abstractmethod
    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        """Fold one event: put, patch or drop rows of its story."""

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        """The columns between the story and those of `Row`."""
        return (KEY,)


class FactView(View):
    """A function from a fact, in its current state, to its rows. Most views are of this kind.

    Corrections, retractions and reviews are applied before `rows` is called. ``of`` names the payload
    types of the facts it takes; None takes every fact.
    """

    order: ClassVar[tuple[str, ...]] = ("position", "item")
    of: ClassVar[type[FactPayload] | tuple[type[FactPayload], ...] | None] = None

    @abstractmethod
    def rows(self, fact: Fact) -> Iterable[FactRow]:
        """The rows of one fact; there may be none."""

    def erased(self, fact: ErasedFact) -> Iterable[FactRow]:
        """The rows that show that a fact was erased; by default none."""
        return ()

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        of, before = self.of, event.before
        if isinstance(event.data, ContentErased):
            names = (item.fact for item in event.data.events if item.fact is not None)
            erased = [event.state.erased[name] for name in names]
            rows.set_all((fact, self.erased(fact), False) for fact in erased)
        wanted = [fact for fact in event.touched if of is None or isinstance(fact.data, of)]
        if wanted:
            rows.set_all((f, self.rows(f), before is None and f is event.fact) for f in wanted)

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        return FACT_COLUMNS


def columns(view: View | type[View]) -> tuple[Column, ...]:
    """Every column of a view's table, in order. Raises DatelineError for a field that cannot be a
    column."""
    kind = view if isinstance(view, type) else type(view)
    return _columns(kind, kind.Row)


@lru_cache(256)
def _columns(kind: type[View], row: type[ViewRow]) -> tuple[Column, ...]:
    hints = typing.get_type_hints(row)
    taken = {STORY.name, *(column.name for column in kind.key_columns())}
    own = []
    for name in row.__struct_fields__:
        if name in taken or name in _SYSTEM or not NAME.fullmatch(name):
            raise DatelineError(
                f"view {kind.name}: a row cannot have a field named {name!r}",
                hint="rename it: lower-case letters, digits and _, and not a column that exists already",
                code="view-invalid",
            )
        own.append(_column(kind.name, name, hints[name]))
    return (STORY, *kind.key_columns(), *own)


def fingerprint(view: View | type[View], types: Iterable[str] = ()) -> str:
    """A hash that changes exactly when the view's version, its columns or `types` change.

    `types` are the event types of plugins that the log holds and that are loaded. A view does not get
    facts of an unknown type, so its rows depend on which of these plugins are installed.
    """
    kind = view if isinstance(view, type) else type(view)
    parts = [kind.name, str(kind.version)]
    parts += [f"{c.name}:{c.type}:{c.nullable}" for c in columns(kind)]
    parts += sorted(types)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def check(view: object) -> None:
    """Raises DatelineError if `view` is not a valid view: the author of the plugin must fix it."""
    if not isinstance(view, View):
        raise _invalid(f"{view!r} is not a View (return instances: `return [MyView()]`)")
    name = getattr(view, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _invalid(f"a view's name consists of lower-case letters, digits and _, not {name!r}")
    if name.startswith(("sqlite_", "pg_")):
        raise _invalid(f"view {name}: the database reserves names that start with sqlite_ or pg_")
    if "__" in name:
        raise _invalid(f"view {name}: two underscores in a row are reserved for generations")
    if name in RESERVED:
        raise _invalid(f"the view name {name!r} is reserved for the archive")
    if not isinstance(view.version, int) or view.version < 1:
        raise _invalid(f"view {name}: the version is {view.version!r}, not 1, 2, 3 ...")
    row = getattr(view, "Row", None)
    base = FactRow if isinstance(view, FactView) else ViewRow
    if not isinstance(row, type) or not issubclass(row, base):
        raise _invalid(f"view {name}: it needs a class Row({base.__name__})")
    known = {column.name for column in columns(view)}
    if len(known) > COLUMNS:
        raise _invalid(f"view {name}: a table has at most {COLUMNS} columns, not {len(known)}")
    for column in (*view.order, *view.summary):
        if column not in known:
            raise _invalid(
                f"view {name}: its order or summary names {column!r}, which is not a column"
            )


def _invalid(what: str) -> DatelineError:
    return DatelineError(what, code="view-invalid")


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
        raise _invalid(f"view {view}: field {name} is {hint}; use str, int, float or bool")
    return Column(name, found, nullable)


def _is_union(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)
