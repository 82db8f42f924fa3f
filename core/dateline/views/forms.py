"""The forms of views: functions of one thing of a story as it is, or of one event.

A form says which things an event touched. So the rows of a thing need not be worked out at each event:
a rebuild folds a story to its end first, and catching up the events that are new; then each thing that
was touched is evaluated once. The rows are those of a fold event by event.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, ClassVar, Generic, TypeVar

from dateline.events import acts
from dateline.events.editorial import ContentErased
from dateline.events.entity import EntityIntroduced
from dateline.events.fold import FoldedEvent
from dateline.events.grouping import Group
from dateline.events.payload import FactPayload, Payload
from dateline.events.source import SourceCaptured
from dateline.events.state import Fact, StoryState
from dateline.events.tombstones import ErasedFact
from dateline.views import touched
from dateline.views.documents import Documents
from dateline.views.projection import Nearby, View
from dateline.views.row_type import Column, FactRow, ViewRow
from dateline.views.rows import Rows
from dateline.views.things import WHOLE, CapturedDocument, Entity, Source, Thing, Whole
from dateline.views.view_schema import FACT_COLUMNS, KEY

T = TypeVar("T", bound=Thing)


class MapView(View, Generic[T]):
    """Rows that are a function of one thing of a story. ``by`` is the column that holds its id.

    `rows` may read the thing, its facts, and the labels of what these name; nothing else of the story.
    """

    def key(self, row: Any, thing: T, item: int) -> str:
        """The key of the thing's row number `item`, which counts from 1. It must be its own in the story."""
        return thing.id if item == 1 else f"{thing.id}#{item}"

    @abstractmethod
    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """The ids of the things whose rows the event may change."""

    @abstractmethod
    def find(self, story: StoryState, name: str) -> T | None:
        """The thing with this id, if it is there."""

    @abstractmethod
    def rows_of(self, thing: T) -> Iterable[ViewRow]:
        """The rows of one thing; there may be none."""

    @abstractmethod
    def all_rows(self, story: StoryState) -> Iterator[tuple[T, Iterable[ViewRow]]]:
        """Every thing of a story, with its rows."""

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        self.evaluate(event.state, rows, self.touched(event))

    def evaluate(
        self,
        story: StoryState,
        rows: Rows,
        names: Iterable[str] | None,
        new: frozenset[str] = frozenset(),
    ) -> None:
        """Set the rows of the things with these ids, or of all: of every one, or of none if one raises.
        Those in `new` had no rows before."""
        if names is None:
            rows.add_all(self, self.all_rows(story))
        else:
            found = ((name, self.find(story, name), name in new) for name in dict.fromkeys(names))
            rows.set_all(self, found)

    @classmethod
    def undoes(cls) -> bool:
        # `set_all` is all or nothing; an author's own fold may raise after it.
        return cls.fold is not MapView.fold

    @property
    def deferred(self) -> bool:
        """Whether its rows may be worked out after many events at once."""
        return type(self).fold is MapView.fold and "fold" not in vars(self)


class FactView(MapView[Fact | ErasedFact]):
    """A function from a fact, in its current state, to its rows. Most views are of this kind.

    Corrections, retractions and reviews are applied before `rows` is called. ``of`` names the payload
    types of the facts it takes; None takes every fact. If `Row` is a ViewRow and not a FactRow, ``by``
    must name its column with the fact's id, and `key` gives its rows their keys.
    """

    order: ClassVar[tuple[str, ...]] = ("position", "item")
    of: ClassVar[type[FactPayload] | tuple[type[FactPayload], ...] | None] = None
    row_base: ClassVar[type[ViewRow]] = FactRow

    @abstractmethod
    def rows(self, fact: Fact) -> Iterable[ViewRow]:
        """The rows of one fact; there may be none."""

    def erased(self, fact: ErasedFact) -> Iterable[ViewRow]:
        """The rows that show that a fact was erased; by default none."""
        return ()

    def rows_of(self, thing: Fact | ErasedFact) -> Iterable[ViewRow]:
        return self.erased(thing) if isinstance(thing, ErasedFact) else self.rows(thing)

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        if isinstance(event.data, ContentErased):
            return [item.fact for item in event.data.events if item.fact is not None]
        of = self.of
        return [fact.id for fact in event.touched if of is None or isinstance(fact.data, of)]

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        kind = type(self)
        own = kind.touched is FactView.touched and kind.find is FactView.find
        return () if own and self.deferred else None

    def all_rows(self, story: StoryState) -> Iterator[tuple[Fact | ErasedFact, Iterable[ViewRow]]]:
        of, rows = self.of, self.rows
        for fact in story.facts.values():
            if of is None or isinstance(fact.data, of):
                yield fact, rows(fact)
        for erased in story.erased.values():
            yield erased, self.erased(erased)

    def find(self, story: StoryState, name: str) -> Fact | ErasedFact | None:
        return story.erased.get(name) or story.facts.get(name)

    @classmethod
    def key_columns(cls) -> tuple[Column, ...]:
        return FACT_COLUMNS if cls.by is None else (KEY,)


class EntityView(MapView[Entity]):
    """A function from an entity to its rows. It has the facts that name the entity, in the order of
    recording, retracted and rejected ones included. ``kinds`` are the first parts of the ids that it
    takes, such as ``person``; None takes every entity, be it introduced or only named."""

    kinds: ClassVar[tuple[str, ...] | None] = None
    by: ClassVar[str | None] = "entity"

    @abstractmethod
    def rows(self, entity: Entity) -> Iterable[ViewRow]:
        """The rows of one entity; there may be none."""

    def rows_of(self, thing: Entity) -> Iterable[ViewRow]:
        return self.rows(thing)

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        names = {name for fact in event.touched for name in fact.names}
        if event.before is not None:
            names.update(event.before.names)
        if isinstance(event.data, EntityIntroduced):
            names.add(event.data.entity)
        elif not isinstance(event.data, FactPayload):
            names |= touched.renamed(event)
            for name in acts.about(event.data):  # facts name another publisher now
                names |= event.state.publishers.get(name, set())
        return sorted(filter(self._takes, names))

    def all_rows(self, story: StoryState) -> Iterator[tuple[Entity, Iterable[ViewRow]]]:
        by_name = story.facts_by_name()
        shown = {*story.entities, *by_name} - story.sources.keys() - story.merged.keys()
        for name in sorted(filter(self._takes, shown)):
            entity = Entity(name, story.entities.get(name), by_name.get(name, ()), story)
            yield entity, self.rows(entity)

    def find(self, story: StoryState, name: str) -> Entity | None:
        if name in story.merged:
            return None
        return Entity(name, story.entities.get(name), story.naming(name), story)

    def _takes(self, name: str) -> bool:
        return self.kinds is None or name.partition(":")[0] in self.kinds


class SourceView(MapView[Source]):
    """A function from a captured source to its rows. It has the facts drawn from the source, in the
    order of recording, retracted and rejected ones included."""

    by: ClassVar[str | None] = "source"

    @abstractmethod
    def rows(self, source: Source) -> Iterable[ViewRow]:
        """The rows of one source; there may be none."""

    def rows_of(self, thing: Source) -> Iterable[ViewRow]:
        return self.rows(thing)

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        return sorted(touched.sources(event))

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        kind = type(self)
        own = kind.touched is SourceView.touched and kind.find is SourceView.find
        if not own or not self.deferred:
            return None
        return set().union(*map(nearby.drawn, names))

    def all_rows(self, story: StoryState) -> Iterator[tuple[Source, Iterable[ViewRow]]]:
        by_name = story.facts_by_name()
        for name, data in story.sources.items():
            source = _source(story, name, data, by_name.get(name, ()))
            yield source, self.rows(source)

    def find(self, story: StoryState, name: str) -> Source | None:
        data = story.sources.get(name)
        return None if data is None else _source(story, name, data, story.naming(name))


def _source(story: StoryState, name: str, data: SourceCaptured, facts: Iterable[Fact]) -> Source:
    drawn = [fact for fact in facts if fact.source == name]
    return Source(name, data, drawn, story.captured[name], story.withdrawn.get(name), story)


class DocumentView(MapView[CapturedDocument]):
    """A function from a document as a person counts them to its rows. It has the sources that are captures
    of the document or texts extracted from these, each with its facts."""

    by: ClassVar[str | None] = "document"

    @abstractmethod
    def rows(self, document: CapturedDocument) -> Iterable[ViewRow]:
        """The rows of one document; there may be none."""

    def rows_of(self, thing: CapturedDocument) -> Iterable[ViewRow]:
        return self.rows(thing)

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        documents = Documents.after(event)
        found = map(documents.id, touched.sources(event))
        return sorted(documents.moved.union(name for name in found if name is not None))

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        kind = type(self)
        own = kind.touched is DocumentView.touched and kind.find is DocumentView.find
        if not own or not self.deferred:
            return None
        sources, story = {*names, *touched.sources(event)}, event.state
        left = list(sources)
        while left:
            new = nearby.beside(story, left.pop()) - sources
            sources |= new
            left += new
        return sources.union(*map(nearby.drawn, sources))

    def all_rows(self, story: StoryState) -> Iterator[tuple[CapturedDocument, Iterable[ViewRow]]]:
        for document in captured_documents(story):
            yield document, self.rows(document)

    def find(self, story: StoryState, name: str) -> CapturedDocument | None:
        documents = Documents.of(story)
        return (
            _document(story, documents.groups.group(name), story.naming)
            if documents.id(name) == name
            else None
        )


def captured_documents(story: StoryState) -> Iterator[CapturedDocument]:
    """The documents of a story as a person counts them, in the order in which they were first captured."""
    by_name = story.facts_by_name()
    for group in Documents.of(story).groups:
        yield _document(story, group, lambda name: by_name.get(name, ()))


def _document(
    story: StoryState, group: Group, facts: Callable[[str], Iterable[Fact]]
) -> CapturedDocument:
    names, known = group.members, story.sources
    if len(names) > 1:
        names = sorted(names, key=story.captured.__getitem__)
    sources = [_source(story, name, known[name], facts(name)) for name in names]
    return CapturedDocument(group.head, sources, story)


class StoryView(MapView[Whole]):
    """A function from a whole story to its rows, worked out again whenever the story changes. Use it for
    a few rows: counts, or what no single fact, entity or source shows."""

    by: ClassVar[str | None] = "story"

    @abstractmethod
    def rows(self, story: StoryState) -> Iterable[ViewRow]:
        """The rows of one story; there may be none."""

    def key(self, row: Any, thing: Whole, item: int) -> str:
        return str(item)

    def rows_of(self, thing: Whole) -> Iterable[ViewRow]:
        return self.rows(thing.story)

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        return [WHOLE]

    def all_rows(self, story: StoryState) -> Iterator[tuple[Whole, Iterable[ViewRow]]]:
        yield Whole(story), self.rows(story)

    def find(self, story: StoryState, name: str) -> Whole | None:
        return Whole(story)


class EventView(View):
    """A function from an event to its own rows, which no later event changes. ``of`` names the payload
    types of the events that it takes. The keys are ``POSITION/1``, ``POSITION/2`` and so on."""

    of: ClassVar[type[Payload] | tuple[type[Payload], ...]] = Payload

    @abstractmethod
    def rows(self, event: FoldedEvent) -> Iterable[ViewRow]:
        """The rows of one event; there may be none."""

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        if isinstance(event.data, self.of):
            for item, row in enumerate(self.rows(event), 1):
                rows.put(f"{event.position}/{item}", row)
