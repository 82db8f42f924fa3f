"""What a view is: rows of a declared shape, and a pure fold of one story's events into them.

Pure means no clock, no randomness, no input or output. So the same code serves catching up,
rebuilding, past moments, and tests.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from dateline.errors import DatelineError
from dateline.events.editorial import ContentErased
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FactPayload
from dateline.events.state import Fact
from dateline.events.tombstones import ErasedFact
from dateline.views.row_type import NAME, Column, FactRow, RowType, ViewRow
from dateline.views.rows import Rows
from dateline.views.view_schema import FACT_COLUMNS, KEY, STORY, ViewSchema, last

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
#: The attribute in which a view keeps its schema.
_SCHEMA = "_dateline_schema"


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
        made = [
            (fact, self.rows(fact), before is None and fact is event.fact)
            for fact in event.touched
            if of is None or isinstance(fact.data, of)
        ]
        if made:
            rows.set_all(made)

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        return FACT_COLUMNS


def schema_of(view: object) -> ViewSchema:
    """The schema of a view. It is made by the first call, when the view's plugin is loaded.

    Raises DatelineError if `view` is not a valid view: the author of the plugin must fix it.
    """
    if not isinstance(view, View):
        raise _invalid(f"{view!r} is not a View (return instances: `return [MyView()]`)")
    kept: dict[str, ViewSchema] = vars(view)
    if _SCHEMA not in kept:
        kept[_SCHEMA] = _made(view)
    return kept[_SCHEMA]


def _made(view: View) -> ViewSchema:
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
    row, fact_rows = getattr(view, "Row", None), isinstance(view, FactView)
    base = FactRow if fact_rows else ViewRow
    if not isinstance(row, type) or not issubclass(row, base):
        raise _invalid(f"view {name}: it needs a class Row({base.__name__})")
    filled_in = (STORY, *view.key_columns())
    own = RowType(name, row, {column.name for column in filled_in})
    columns = (*filled_in, *own.columns)
    if len(columns) > COLUMNS:
        raise _invalid(f"view {name}: a table has at most {COLUMNS} columns, not {len(columns)}")
    at = {column.name: number for number, column in enumerate(columns)}
    for column in (*view.order, *view.summary):
        if column not in at:
            raise _invalid(
                f"view {name}: its order or summary names {column!r}, which is not a column"
            )
    order = ((at[column], isinstance(column, last)) for column in (STORY.name, *view.order))
    undoes = type(view).fold is not FactView.fold
    return ViewSchema(name, view.version, own, columns, tuple(order), fact_rows, undoes)


def _invalid(what: str) -> DatelineError:
    return DatelineError(what, code="view-invalid")
