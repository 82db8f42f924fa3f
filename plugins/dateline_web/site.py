"""The archive as requests see it: read alone, with what was read last kept in memory."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from dateline.plugin import Cut, DatelineError, StoryState, Table
from dateline_web.problems import Problem

if TYPE_CHECKING:
    from dateline import Archive

#: For so many seconds the head of the log is not read again.
_FRESH = 0.05
#: Of so many events at most all stories are folded for a page.
PAST = 50_000
#: Stories are kept up to so many facts in all.
_FACTS = 20_000
#: The days of so many stories are kept.
_STORIES = 1000
#: A story, its version, and the moment asked for.
_Key: TypeAlias = tuple[str, int, str | None]


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
        #: The story with the links of this site, which several pages share.
        self.brief: Any = None

    @property
    def slugs(self) -> list[str]:
        return [self.story.slug]

    def stories(self) -> Iterator[StoryState]:
        yield self.story

    def views(self) -> list[str]:
        return sorted(self._tables)

    def table(self, view: str, story: str) -> Table:
        """The rows of a view: none if it failed, or if its plugin is not here."""
        return self._tables.get(view) or Table(view, (), [])

    def tables(self, view: str) -> Iterator[Table]:
        yield self.table(view, self.story.slug)

    def events(self) -> Iterator[Any]:
        raise NotImplementedError("pages of a story read its state, not its events")


class Site:
    """One archive. It may be used from several threads."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._head: tuple[float, Any] | None = None
        self._seen: OrderedDict[_Key, Seen] = OrderedDict()
        self._turns: dict[_Key, threading.Lock] = {}
        self._days: dict[str, tuple[int, list[Any]]] = {}
        self._lock = threading.Lock()
        self._indexed = (-1, -1, 0.0)
        self._start = secrets.token_bytes(16)

    def head(self, fresh: float = _FRESH) -> Any:
        """The head of the log, as it was at most so many seconds ago."""
        now = time.monotonic()
        if self._head is None or now - self._head[0] > fresh:
            self._head = (now, self.archive.head())
        return self._head[1]

    def indexed(self, head: Any) -> int:
        """The position up to which search and the register know the archive: at a head, or a little before."""
        if self._indexed[0] != head.position or self._indexed[1] < head.position:
            now = time.monotonic()
            if self._indexed[0] != head.position or now - self._indexed[2] > _FRESH:
                self._indexed = (head.position, self.archive.indexed(), now)
        return self._indexed[1]

    def tag(self, head: Any, as_of: str | None) -> str:
        """The entity tag of all pages at a head and a moment. Another start of the server has other tags: it may
        have other plugins, or show protected content."""
        known = f"{self.indexed(head)} {as_of or ''}"
        found = hashlib.sha256(self._start + head.root + known.encode())
        return f'W/"{found.hexdigest()[:24]}"'

    def require_short(self, as_of: str | None) -> None:
        """Raises Problem for a past day of all stories if these are too long to be folded for one page."""
        if as_of is not None and self.head().position > PAST:
            raise Problem(
                400,
                f"this archive has more than {PAST:,} events: the past is shown for one story at a time",
                "past-too-long",
            )

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
        key = (slug, self.archive.story(slug).version, as_of)
        with self._lock:
            if (found := self._kept(key)) is not None:
                return found
            turn = self._turns.setdefault(key, threading.Lock())
        # Whoever asks for the same story meanwhile waits for this reading.
        with turn:
            with self._lock:
                if (found := self._kept(key)) is not None:
                    return found
            try:
                found = self._read(slug, as_of)
                with self._lock:
                    self._keep(key, found)
            finally:
                self._turns.pop(key, None)
        return found

    def _kept(self, key: _Key) -> Seen | None:
        found = self._seen.get(key)
        if found is not None:
            self._seen.move_to_end(key)
        return found

    def _keep(self, key: _Key, found: Seen) -> None:
        # An older version of a story is never asked for again, and may hold what was erased since.
        for old in [one for one in self._seen if one[0] == key[0] and one[1] != key[1]]:
            del self._seen[old]
        self._seen[key] = found
        while len(self._seen) > 1 and self._facts() > _FACTS:
            self._seen.popitem(last=False)

    def _facts(self) -> int:
        return sum(len(one.story.facts) + 50 for one in self._seen.values())

    def _read(self, slug: str, as_of: str | None) -> Seen:
        with self.archive.material(slug, as_of=as_of) as material:
            [story] = material.stories()
            tables, failed = {}, dict(material.failed)
            for view in material.views():
                try:
                    tables[view] = material.table(view, slug)
                except DatelineError as error:
                    if error.code != "view-failed":
                        raise
                    failed[view] = error
            return Seen(story, material.cut, tables, failed, self.archive.document)
