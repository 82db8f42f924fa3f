"""The input of an exporter: stories, views and events at one cut of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from heapq import merge

from sqlalchemy import Connection

from dateline.documents import storage as documents
from dateline.documents.document import Document
from dateline.errors import SealedContent, ViewFailed
from dateline.events.envelope import Event
from dateline.events.payload import Sealed
from dateline.events.present import StoryState
from dateline.log import read, tree
from dateline.log.stored_tree import StoredTree
from dateline.plugins.formats import Cut
from dateline.plugins.loaded import Plugins
from dateline.recording.recorder import fold
from dateline.views import store
from dateline.views.asof import Moment, states, upto
from dateline.views.folding import require_live
from dateline.views.rows import Values
from dateline.views.table import Table, arrange


def _open(events: Iterator[Event]) -> Iterator[Event]:
    """Raise SealedContent instead of leaving out an event whose key is missing."""
    for event in events:
        if isinstance(event.data, Sealed):
            raise SealedContent(event.slug, event.position, event.data.lost)
        yield event


class PastMaterial:
    """The archive at a past moment, folded in memory one story at a time."""

    def __init__(
        self,
        connection: Connection,
        reader: read.Reader,
        plugins: Plugins,
        stories: Sequence[read.StoryRow],
        view: str | None,
        moment: Moment,
    ) -> None:
        self._connection, self._reader, self._plugins = connection, reader, plugins
        self._view, self._moment = view, moment
        self._head = read.head(connection)
        # Only stories that had events by then. Each table of a story needs its fold: keep the last.
        self._stories = [story for story in stories if any(True for _ in self._events(story))]
        self._last: tuple[str, StoryState, dict[str, list[Values]], dict[str, ViewFailed]] | None
        self._last = None

    @property
    def cut(self) -> Cut:
        """With the root at that position, or, for a time, at the present head."""
        at = self._moment.position
        position = self._head.position if at is None else min(at, self._head.position)
        root = tree.root(position, StoredTree(self._connection))
        return Cut(self._head.archive, position, root.hex(), self._moment.words, tuple(self.slugs))

    @property
    def failed(self) -> Mapping[str, store.Build]:
        return {}

    @property
    def view(self) -> str | None:
        return self._view

    @property
    def slugs(self) -> list[str]:
        return [story.slug for story in self._stories]

    def stories(self) -> Iterator[StoryState]:
        for story in self._stories:
            yield self._folded(story)[0].given

    def views(self) -> list[str]:
        return sorted(self._plugins.views)

    def table(self, view: str, story: str, *, everything: bool = False) -> Table:
        found = self._plugins.view(view)
        row = next((row for row in self._stories if row.slug == story), None)
        if row is None:
            return arrange(found, [], everything=everything)
        _, rows, failed = self._folded(row)
        if view in failed:
            raise failed[view]
        return arrange(found, rows[view], everything=everything)

    def events(self) -> Iterator[Event]:
        return _open(merge(*map(self._events, self._stories), key=lambda event: event.position))

    def document(self, source: str) -> Document | None:
        return documents.get(self._connection, source, self._reader.vault)

    def _events(self, story: read.StoryRow) -> Iterator[Event]:
        return upto(self._reader.read_story(self._connection, story.id), self._moment)

    def _folded(
        self, story: read.StoryRow
    ) -> tuple[StoryState, dict[str, list[Values]], dict[str, ViewFailed]]:
        """Its state, the rows of each view, and the views that raised: only an exporter that reads
        one of those fails."""
        if self._last is None or self._last[0] != story.slug:
            views, failed = self._plugins.views.values(), dict[str, ViewFailed]()
            state, rows = states(self._events(story), self._reader.registry, views, failed)
            self._last = (story.slug, state, rows, failed)
        return self._last[1:]


class LiveMaterial:
    """The archive at its head, in one read transaction."""

    def __init__(
        self,
        connection: Connection,
        reader: read.Reader,
        plugins: Plugins,
        stories: Sequence[read.StoryRow],
        view: str | None,
        failed: Mapping[str, store.Build],
    ) -> None:
        head = read.head(connection)
        self._connection, self._reader, self._plugins = connection, reader, plugins
        self._stories = stories
        self._head = head
        self._view, self._failed = view, failed
        # One snapshot is read: a view's generation is looked up once, and not for each story.
        self._build = cache(partial(store.current, connection))

    @property
    def cut(self) -> Cut:
        head = self._head
        return Cut(head.archive, head.position, head.root.hex(), None, tuple(self.slugs))

    @property
    def failed(self) -> Mapping[str, store.Build]:
        """Views that are left out because their fold raised an error."""
        return self._failed

    @property
    def view(self) -> str | None:
        return self._view

    @property
    def slugs(self) -> list[str]:
        return [story.slug for story in self._stories]

    def stories(self) -> Iterator[StoryState]:
        for story in self._stories:
            yield fold(self._connection, self._reader, story.id, self._head.position).given

    def views(self) -> list[str]:
        return sorted(set(self._plugins.views) - set(self._failed))

    def table(self, view: str, story: str) -> Table:
        found = self._plugins.view(view)
        if view in self._failed:
            require_live(self._failed[view])
        build = self._build(view)
        rows = [] if build is None else store.read(self._connection, found, build, [story])
        return arrange(found, rows)

    def events(self) -> Iterator[Event]:
        streams = (
            self._reader.read_story(self._connection, story.id, until=self._head.position)
            for story in self._stories
        )
        return _open(merge(*streams, key=lambda event: event.position))

    def document(self, source: str) -> Document | None:
        return documents.get(self._connection, source, self._reader.vault)
