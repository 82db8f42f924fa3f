"""The archive as requests see it: read alone, with what was read last kept in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from dateline.plugin import Cut, StoryState, Table

if TYPE_CHECKING:
    from dateline import Archive

T = TypeVar("T")
#: For so many seconds the head of the log is not read again.
_FRESH = 0.05
#: Stories are kept up to so many facts in all.
_FACTS = 50_000
#: The days of so many stories are kept.
_STORIES = 1000


class Seen:
    """One story at a moment, with the rows of all views: the material of pages and of `dateline_html`."""

    view = None

    def __init__(
        self,
        story: StoryState,
        cut: Cut,
        tables: Mapping[str, Table],
        failed: Mapping[str, Any],
        document: Callable[[str], Any],
    ) -> None:
        self.story, self.cut, self.failed, self.document = story, cut, failed, document
        self._tables = tables

    @property
    def slugs(self) -> list[str]:
        return [self.story.slug]

    def stories(self) -> Iterator[StoryState]:
        yield self.story

    def views(self) -> list[str]:
        return sorted(self._tables)

    def table(self, view: str, story: str) -> Table:
        return self._tables[view]

    def tables(self, view: str) -> Iterator[Table]:
        yield self._tables[view]

    def events(self) -> Iterator[Any]:
        raise NotImplementedError("pages of a story read its state, not its events")


class Site:
    """One archive. It may be used from several threads."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._head: tuple[float, Any] | None = None
        self._seen: OrderedDict[tuple[str, int, str | None], Seen] = OrderedDict()
        self._days: dict[str, tuple[int, list[Any]]] = {}
        self._lock = threading.Lock()

    def head(self) -> Any:
        """The head of the log, as it was at most `_FRESH` seconds ago."""
        now = time.monotonic()
        if self._head is None or now - self._head[0] > _FRESH:
            self._head = (now, self.archive.head())
        return self._head[1]

    def days(self, slug: str) -> list[Any]:
        """The days on which something changed in a story, ascending. Raises UnknownName."""
        version = self.archive.story(slug).version
        found = self._days.get(slug)
        if found is None or found[0] != version:
            if len(self._days) > _STORIES:
                self._days.clear()
            found = self._days[slug] = (version, self.archive.days(slug))
        return found[1]

    def seen(self, slug: str, as_of: str | None) -> Seen:
        """A story as it is known now, or by the end of a day. Raises UnknownName, SealedContent, DatelineError."""
        row = self.archive.story(slug)
        key = (slug, row.version, as_of)
        with self._lock:
            found = self._seen.get(key)
            if found is not None:
                self._seen.move_to_end(key)
                return found
        found = self._read(slug, as_of)
        with self._lock:
            # An older version of a story is never asked for again, and may hold what was erased since.
            for old in [one for one in self._seen if one[0] == slug and one[1] != row.version]:
                del self._seen[old]
            self._seen[key] = found
            while len(self._seen) > 1 and self._facts() > _FACTS:
                self._seen.popitem(last=False)
        return found

    def _facts(self) -> int:
        return sum(len(one.story.facts) + 50 for one in self._seen.values())

    def _read(self, slug: str, as_of: str | None) -> Seen:
        with self.archive.material(slug, as_of=as_of) as material:
            [story] = material.stories()
            tables = {view: material.table(view, slug) for view in material.views()}
            return Seen(story, material.cut, tables, material.failed, self.archive.document)
