"""The general form of a view: rows of a declared shape, and a pure fold of one story's events into them.

Pure means no clock, no randomness, no input or output. So the same code serves catching up,
rebuilding, past moments, and tests.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Container, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent
from dateline.events.state import StoryState
from dateline.views.generation import KERNEL
from dateline.views.row_type import NAME, Column, RowType, ViewRow
from dateline.views.rows import Rows
from dateline.views.view_schema import FACT_COLUMNS, KEY, STORY, TextIndex, ViewSchema, last

if TYPE_CHECKING:
    from dateline.doubts.doubt import Doubter

#: Tables of the log and their indexes, whose names no view may take. A test compares them with the schema.
RESERVED = frozenset({
    "log_head", "stories", "events", "plugin_types", "documents", "views", "merkle_nodes",
    "checkpoints", "paired_keys", "proposed_facts", "alembic_version",
    "alembic_version_pkc", "checkpoints_pkey", "documents_pkey", "documents_subject_key",
    "events_event_id_key", "events_pkey", "events_story_version", "events_subject_key",
    "log_head_pkey", "merkle_nodes_pkey", "paired_keys_pkey", "plugin_types_pkey", "proposed_facts_pkey",
    "proposed_facts_story", "stories_pkey", "stories_slug_key", "views_pkey",
})  # fmt: skip
#: The most columns that a view may have: PostgreSQL must fit their fixed-size parts into one page.
COLUMNS = 250
#: The most indexes that a view may declare.
INDEXES = 9
#: The attribute in which a view keeps its schema.
_SCHEMA = "_dateline_schema"


class Nearby(Protocol):
    """What is near a thing in a long story that is not folded whole."""

    def drawn(self, source: str) -> set[str]:
        """The facts that are or were drawn from a source or another capture of its document."""

    def beside(self, story: StoryState, source: str) -> set[str]:
        """Sources that may belong to the same document as one of `story`, itself included; call it for each
        of these again."""

    def stored(self, by: str, value: str, *columns: str) -> Iterable[tuple[Any, ...]]:
        """The values of some columns in the view's rows of the story, as they were before the new events, that
        have that value in the column `by`."""


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
    #: The class that `Row` must extend, and the column that names what a row is about, if there is one.
    row_base: ClassVar[type[ViewRow]] = ViewRow
    by: ClassVar[str | None] = None
    #: Whether it is a view of Dateline's own: not offered to readers, and without an SQL view.
    kernel: ClassVar[bool] = False
    #: Whether its rows depend on the texts of sources, which are in no event.
    reads_documents: ClassVar[bool] = False
    #: The full-text index of a view of Dateline's own.
    words: ClassVar[TextIndex | None] = None
    #: Indexes for what is often asked, each of at most three columns: ``(("measure",), ("speaker", "kind"))``.
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: A view that sets it to ``()`` gets the rules of plugins that doubt facts, and is built again when
    #: these change.
    doubters: tuple[Doubter, ...] | None = None

    @abstractmethod
    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        """Fold one event: put, patch or drop rows of its story."""

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        """The ids of other facts and sources that the rows of the things `names` depend on; `names` are those
        that `event` touched. They themselves, the facts linked with them and what all of these name are
        known. None stands for the whole story, which is then folded to catch up: that is always right,
        and slower."""
        return None

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        """The columns between the story and those of `Row`."""
        return (KEY,)

    @classmethod
    def undoes(cls) -> bool:
        """Whether an event that raises may leave rows to undo."""
        return True


class KernelView(View):
    """A view of Dateline's own whose rows follow from each event alone. It reads events of all types alike,
    so it does not depend on the plugins."""

    kernel = True

    @abstractmethod
    def take(self, event: Event, rows: Rows) -> None:
        """Fold one event without its story."""

    @classmethod
    def undoes(cls) -> bool:
        return False


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


def give_doubters(view: View, doubters: tuple[Doubter, ...]) -> None:
    """Give a view the rules of plugins. They are a part of its schema."""
    if view.doubters != doubters:
        view.doubters = doubters
        vars(view).pop(_SCHEMA, None)


def _made(view: View) -> ViewSchema:
    name = getattr(view, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _invalid(f"a view's name consists of lower-case letters, digits and _, not {name!r}")
    if name.startswith(("sqlite_", "pg_")):
        raise _invalid(f"view {name}: the database reserves names that start with sqlite_ or pg_")
    if "__" in name:
        raise _invalid(f"view {name}: two underscores in a row are reserved for generations")
    kernel = view.kernel
    if name in RESERVED or (name in KERNEL) != kernel:
        raise _invalid(f"the view name {name!r} is reserved for the archive")
    if not isinstance(view.version, int) or view.version < 1:
        raise _invalid(f"view {name}: the version is {view.version!r}, not 1, 2, 3 ...")
    row, base = getattr(view, "Row", None), view.row_base
    if not isinstance(row, type) or not issubclass(row, base):
        raise _invalid(f"view {name}: it needs a class Row({base.__name__})")
    fact_rows = view.key_columns() == FACT_COLUMNS
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
    by = None if fact_rows else view.by
    if by is not None and (by not in at or columns[at[by]].type != "text"):
        raise _invalid(f"view {name}: `by` names {by!r}, which is not a column of text")
    if not kernel:
        _require_indexes(name, view.indexes, at)
    return ViewSchema(
        name, view.version, own, columns, tuple(order), fact_rows, by, view.undoes(), kernel,
        isinstance(view, KernelView),
        tuple(f"{rule.name} v{rule.version}" for rule in view.doubters or ()), view.words,
        view.indexes,
    )  # fmt: skip


def _require_indexes(name: str, indexes: object, columns: Container[str]) -> None:
    """Raises DatelineError unless `indexes` are tuples of columns."""
    if not isinstance(indexes, tuple) or len(indexes) > INDEXES:
        raise _invalid(f"view {name}: `indexes` is a tuple of at most {INDEXES} tuples of columns")
    for one in indexes:
        if not isinstance(one, tuple) or not 1 <= len(one) <= 3:
            raise _invalid(f"view {name}: an index is a tuple of one to three columns, not {one!r}")
        for column in one:
            if column not in columns:
                raise _invalid(f"view {name}: an index names {column!r}, which is not a column")


def _invalid(what: str) -> DatelineError:
    return DatelineError(what, code="view-invalid")
