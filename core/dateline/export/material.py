"""The input of an exporter: stories, views and events at one cut of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from heapq import merge
from types import MappingProxyType

from sqlalchemy import Connection

from dateline.documents import storage as documents
from dateline.documents.document import Document
from dateline.errors import SealedContent, ViewFailed, named
from dateline.events.envelope import Event
from dateline.events.payload import Sealed
from dateline.events.state import StoryState
from dateline.export.cut import Cut, StatedCut
from dateline.log import read, tree
from dateline.log.stored_tree import StoredTree
from dateline.views import store, stored_rows
from dateline.views.asof import NOW, Moment, states, upto
from dateline.views.folding import require_live
from dateline.views.generation import Build
from dateline.views.present import fold
from dateline.views.projection import View, schema_of
from dateline.views.question import Question
from dateline.views.row_type import Values
from dateline.views.selection import select, selection
from dateline.views.table import Table, arrange


def find_view(views: Mapping[str, View], name: str) -> View:
    """The view with this name. Raises UnknownName."""
    return named(views, name, "view", "view-unknown")


def _open(events: Iterator[Event]) -> Iterator[Event]:
    """Raise SealedContent instead of leaving out an event whose key is missing."""
    for event in events:
        if isinstance(event.data, Sealed):
            raise SealedContent(event.slug, event.position, event.data.lost_key)
        yield event


class PastMaterial:
    """The archive at a past moment, folded in memory one story at a time.

    With `stated`, it is the archive at the cut of an earlier export: later events do not count. With
    `erasures`, later erasures do, as in an export that was made after them. The rows of views that are
    `kept` at that moment are read instead of folded.
    """

    failed: Mapping[str, Build] = {}

    def __init__(
        self,
        connection: Connection,
        reader: read.Reader,
        views: Mapping[str, View],
        stories: Sequence[read.StoryRow],
        view: str | None,
        moment: Moment,
        stated: StatedCut | None = None,
        question: Question | None = None,
        *,
        erasures: bool = False,
        kept: Mapping[str, Build] = MappingProxyType({}),
    ) -> None:
        self._connection, self._reader, self._views = connection, reader, views
        self.view, self._moment, self._stated = view, moment, stated
        self._question = question if stated is None else stated.cut.question
        self._kept = kept
        self.selected: Table | None = None
        self._until = None if stated is None or erasures else stated.cut.position
        # Only stories that had events by then. Each table of a story needs its fold: keep the last.
        self._stories = list(stories)
        if moment != NOW or self._until is not None:
            self._stories = [one for one in stories if any(True for _ in self._events(one))]
        self.slugs = [story.slug for story in self._stories]
        self._last: tuple[str, StoryState, dict[str, list[Values]], dict[str, ViewFailed]] | None
        self._last = None

    @property
    def cut(self) -> Cut:
        """With the root at that position, or, for a time, at the present head."""
        head, at, words = read.head(self._connection), self._moment.position, self._moment.words
        if self._stated is not None:
            at, words = self._stated.cut.position, self._stated.cut.as_of
        position = head.position if at is None else min(at, head.position)
        root = tree.root(position, StoredTree(self._connection))
        slugs = tuple(self.slugs)
        return Cut(head.archive, position, root.hex(), words, slugs, self._question)

    def stories(self) -> Iterator[StoryState]:
        for story in self._stories:
            yield self._folded(story)[0].read_only

    def views(self) -> list[str]:
        """The views, or those in the earlier export: others may be loaded now."""
        listed = None if self._stated is None else self._stated.views
        return sorted(self._views) if listed is None else list(listed)

    def table(self, view: str, story: str) -> Table:
        schema = schema_of(find_view(self._views, view))
        row = next((row for row in self._stories if row.slug == story), None)
        return arrange(schema, [] if row is None else self._rows(view, row))

    def _rows(self, view: str, story: read.StoryRow) -> list[Values]:
        if view in self._kept:
            schema, build = schema_of(self._views[view]), self._kept[view]
            return stored_rows.read(self._connection, schema, build, [story.slug])
        _, rows, failed = self._folded(story)
        if view in failed:
            raise failed[view]
        return rows[view]

    def tables(self, view: str) -> Iterator[Table]:
        if self._question is None:
            yield from (self.table(view, slug) for slug in self.slugs)
            return
        schema = schema_of(find_view(self._views, view))
        asked, rows = selection(schema, self._question), list[Values]()
        for story in self._stories:
            rows += self._rows(view, story)
        self.selected = select(schema, asked, rows)
        yield self.selected

    def events(self) -> Iterator[Event]:
        return _open(merge(*map(self._events, self._stories), key=lambda event: event.position))

    def document(self, source: str) -> Document | None:
        return documents.get(self._connection, source, self._reader.vault)

    def _events(self, story: read.StoryRow) -> Iterator[Event]:
        events = self._reader.read_story(self._connection, story.id, until=self._until)
        return upto(events, self._moment)

    def _folded(
        self, story: read.StoryRow
    ) -> tuple[StoryState, dict[str, list[Values]], dict[str, ViewFailed]]:
        """Its state, the rows of each view, and the views that raised: only an exporter that reads
        one of those fails."""
        if self._last is None or self._last[0] != story.slug:
            failed = dict[str, ViewFailed]()
            registry = self._reader.registry
            views = [view for name, view in self._views.items() if name not in self._kept]
            state, rows = states(self._events(story), registry, views, failed)
            self._last = (story.slug, state, rows, failed)
        return self._last[1:]


class LiveMaterial:
    """The archive at its head, in one read transaction. `failed` are views that are left out because
    their fold raised an error; `selected` is the table of rows that were asked for, once it was made."""

    def __init__(
        self,
        connection: Connection,
        reader: read.Reader,
        views: Mapping[str, View],
        stories: Sequence[read.StoryRow],
        view: str | None,
        failed: Mapping[str, Build],
        question: Question | None = None,
        *,
        whole: bool = False,
    ) -> None:
        """With `whole`, `stories` are all that there are."""
        self._connection, self._reader, self._views = connection, reader, views
        self._stories, self.view, self.failed = stories, view, failed
        self.slugs = [story.slug for story in stories]
        head = read.head(connection)
        slugs = tuple(self.slugs)
        self.cut = Cut(head.archive, head.position, head.root.hex(), None, slugs, question)
        self._whole = whole
        self.selected: Table | None = None
        # One snapshot is read: a view's generation is looked up once, and not for each story.
        self._build = cache(partial(store.current, connection))

    def stories(self) -> Iterator[StoryState]:
        for story in self._stories:
            yield fold(self._connection, self._reader, story.id, self.cut.position).read_only

    def views(self) -> list[str]:
        return sorted(set(self._views) - set(self.failed))

    def table(self, view: str, story: str) -> Table:
        schema = schema_of(find_view(self._views, view))
        if view in self.failed:
            require_live(self.failed[view])
        build = self._build(view)
        rows = [] if build is None else stored_rows.read(self._connection, schema, build, [story])
        return arrange(schema, rows)

    def tables(self, view: str) -> Iterator[Table]:
        question = self.cut.question
        if question is None:
            yield from (self.table(view, slug) for slug in self.slugs)
            return
        schema = schema_of(find_view(self._views, view))
        asked, build = selection(schema, question), self._build(view)
        if view in self.failed:
            require_live(self.failed[view])
        if build is None or not self.slugs:
            self.selected = select(schema, asked, [])
        else:
            some = () if self._whole else self.slugs
            self.selected = stored_rows.select(self._connection, schema, build, some, asked)
        yield self.selected

    def events(self) -> Iterator[Event]:
        streams = (
            self._reader.read_story(self._connection, story.id, until=self.cut.position)
            for story in self._stories
        )
        return _open(merge(*streams, key=lambda event: event.position))

    def document(self, source: str) -> Document | None:
        return documents.get(self._connection, source, self._reader.vault)
