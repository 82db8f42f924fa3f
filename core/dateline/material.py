"""What an export is written from: stories, views and events at one cut of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge

from sqlalchemy import Connection

from dateline.events.envelope import Event
from dateline.events.present import StoryState
from dateline.log import documents, read
from dateline.log.document import Document
from dateline.plugins.formats import Cut
from dateline.plugins.loaded import Plugins
from dateline.recording.recorder import fold
from dateline.views import store
from dateline.views.folding import require_live
from dateline.views.table import Table, arrange


class LiveMaterial:
    """The archive at its head, as one read transaction sees it."""

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

    @property
    def cut(self) -> Cut:
        return Cut(self._head.archive, self._head.position, self._head.root.hex())

    @property
    def failed(self) -> Mapping[str, store.Build]:
        """Views that are left out because their fold raised."""
        return self._failed

    @property
    def view(self) -> str | None:
        return self._view

    @property
    def slugs(self) -> list[str]:
        return [story.slug for story in self._stories]

    def stories(self) -> Iterator[StoryState]:
        for story in self._stories:
            yield fold(self._connection, self._reader, story.id, self._head.position)

    def views(self) -> list[str]:
        return sorted(set(self._plugins.views) - set(self._failed))

    def table(self, view: str, story: str) -> Table:
        found = self._plugins.view(view)
        if view in self._failed:
            require_live(self._failed[view])
        build = store.current(self._connection, view)
        rows = [] if build is None else store.read(self._connection, found, build, [story])
        return arrange(found, rows)

    def events(self) -> Iterator[Event]:
        streams = (
            self._reader.read_story(self._connection, story.id, until=self._head.position)
            for story in self._stories
        )
        return merge(*streams, key=lambda event: event.position)

    def document(self, source: str) -> Document | None:
        return documents.get(self._connection, source)
