"""The schema of a view: the columns, keys and order of its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property, lru_cache

import msgspec

from dateline.views.row_type import Column, RowType

STORY = Column("story", "text")
KEY = Column("key", "text")
#: The columns that Dateline fills in for every fact row.
FACT_COLUMNS = (
    Column("fact", "text"),
    Column("item", "integer"),
    Column("status", "text"),
    Column("source", "text"),
    Column("position", "integer"),
    Column("method", "text"),
)


class last(str):
    """A column name in `order` whose empty values come last; by default they come first."""

    __slots__ = ()


class TextIndex(msgspec.Struct, frozen=True):
    """A full-text index over the column `tokens`, whose words are divided by spaces. The column `number`
    identifies a row among all of its view, and says which rows come first: those with higher numbers."""

    number: str
    tokens: str


class ViewSchema(msgspec.Struct, frozen=True, eq=False, dict=True):
    """What is known of a view before any event is folded. It is made once, when its plugin is loaded.

    ``fact_rows``: whether Dateline keys the rows by fact, as it does for FactRows. ``by`` is the column
    that names what a row is about, if the rows of a thing are replaced together. ``undoes``:
    whether an event that raises may leave rows to undo. ``kernel``: whether it is a view of Dateline's own; ``single``: whether its rows follow
    from single events, of whatever type. ``doubters`` are the rules of plugins that its rows depend on; ``words`` its full-text index, if it has one, and ``indexes`` the
    columns of further indexes. ``order`` holds the column numbers to sort by,
    each with whether empty values come last.
    """

    name: str
    version: int
    row: RowType
    columns: tuple[Column, ...]
    order: tuple[tuple[int, bool], ...]
    fact_rows: bool
    by: str | None
    undoes: bool
    kernel: bool = False
    single: bool = False
    doubters: tuple[str, ...] = ()
    words: TextIndex | None = None
    #: What its indexes begin with.
    indexes: tuple[tuple[str, ...], ...] = ()

    def __deepcopy__(self, memo: object) -> ViewSchema:
        return self  # copies of a view share it

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row: they come first."""
        return self.names[: 3 if self.fact_rows else 2]

    @cached_property
    def thing(self) -> tuple[str, ...]:
        """The columns by which the rows of a thing are found."""
        if self.by == STORY.name:
            return (STORY.name,)
        return (STORY.name, "fact" if self.fact_rows else self.by or "key")

    @cached_property
    def by_at(self) -> int | None:
        """The place of the column `by` among the fields of a row."""
        if self.by is None or self.by == STORY.name:
            return None
        return self.names.index(self.by) - len(self.key)

    @cached_property
    def indexed(self) -> frozenset[str]:
        """The columns in its indexes."""
        return frozenset(name for columns in self.indexes for name in columns)

    @cached_property
    def numbers(self) -> list[int]:
        """The columns that may hold a float."""
        return [at for at, column in enumerate(self.columns) if column.type == "number"]

    def fingerprint(self, types: Iterable[str] = ()) -> str:
        """A hash that changes exactly when the view's version, its columns, its doubters or `types` change.

        `types` are the event types of plugins that the log holds and that are loaded. A view does not
        get facts of an unknown type, so its rows depend on which of these plugins are installed.
        """
        return _fingerprint(self, () if self.single else tuple(sorted(types)))


@lru_cache(256)  # each catch-up compares those of all views
def _fingerprint(schema: ViewSchema, types: tuple[str, ...]) -> str:
    parts = [schema.name, str(schema.version)]
    parts += [f"{c.name}:{c.type}:{c.nullable}" for c in schema.columns]
    return hashlib.sha256("\n".join([*parts, *schema.doubters, *types]).encode()).hexdigest()[:16]
