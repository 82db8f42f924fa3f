"""The archive as requests see it: read alone, with what was read last kept in memory."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from dateline.plugin import ContentErased, Cut, DatelineError, StoryState, Table
from dateline_web.present import Present
from dateline_web.problems import Problem

if TYPE_CHECKING:
    from dateline import Archive

#: Of so many events at most all stories are folded for a page.
PAST = 50_000
#: Stories are kept up to so many facts in all.
_FACTS = 20_000
#: The days of so many stories are kept.
_STORIES = 1000
#: So many new events are looked through for erasures.
_LOOKED = 500
#: A story, its version, and the moment asked for.
_Key: TypeAlias = tuple[str, int, str | None]


class State(NamedTuple):
    """The head of the log, and the position up to which search and the register know the archive."""

    head: Any
    indexed: int


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
        self._seen: OrderedDict[_Key, Seen] = OrderedDict()
        self._turns: dict[Hashable, tuple[threading.Lock, int]] = {}
        self._days: dict[str, tuple[int, list[Any]]] = {}
        self._lock = threading.Lock()
        self._start = secrets.token_bytes(16)
        #: The version of each story at a position, and the stories that were asked for lately.
        self._versions: dict[str, tuple[int, int]] = {}
        self._used: set[tuple[str, str | None]] = set()
        self.present = Present(self._state, self._prepare, self._erased)

    def head(self) -> Any:
        """The head of the log that pages show."""
        return self.present.state().head

    def tag(self, state: State, as_of: str | None) -> str:
        """The entity tag of all pages at a state and a moment. Another start of the server has other tags: it may
        have other plugins, or show protected content."""
        known = f"{state.indexed} {as_of or ''}"
        found = hashlib.sha256(self._start + state.head.root + known.encode())
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
        version = self._version(slug)
        with self._turn(("days", slug)):
            found = self._days.get(slug)
            if found is None or found[0] != version:
                if len(self._days) > _STORIES:
                    self._days.clear()
                found = self._days[slug] = (version, self.archive.days(slug))
        return found[1]

    def seen(self, slug: str, as_of: str | None) -> Seen:
        """A story as it is known now, or by the end of a day. Raises UnknownName, SealedContent, DatelineError."""
        key = (slug, self._version(slug), as_of)
        # Whoever asks for the same story meanwhile waits for this reading.
        with self._turn(key):
            with self._lock:
                found = self._kept(key)
            if found is None:
                found = self._read(slug, as_of)
                with self._lock:
                    self._keep(key, found)
        return found

    @contextmanager
    def _turn(self, what: Hashable) -> Iterator[None]:
        """One thread at a time."""
        with self._lock:
            turn, waiting = self._turns.get(what, (threading.Lock(), 0))
            self._turns[what] = (turn, waiting + 1)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, waiting = self._turns.pop(what)
                if waiting > 1:
                    self._turns[what] = (turn, waiting - 1)

    def _kept(self, key: _Key) -> Seen | None:
        self._used.add((key[0], key[2]))
        found = self._seen.get(key)
        if found is not None:
            self._seen.move_to_end(key)
        return found

    def _keep(self, key: _Key, found: Seen) -> None:
        # An older version of a story is not asked for again, and may hold what was erased since.
        for old in [one for one in self._seen if one[0] == key[0] and one[1] < key[1]]:
            del self._seen[old]
        self._seen[key] = found
        while len(self._seen) > 1 and self._facts() > _FACTS:
            self._seen.popitem(last=False)

    def _state(self) -> State:
        return State(self.archive.head(), self.archive.indexed())

    def _erased(self, before: State, after: State) -> bool:
        """Whether something was erased since a state, so that its pages must not be shown any longer. What was read
        for them is forgotten."""
        last = before.head.position
        try:
            found = not 0 <= after.head.position - last <= _LOOKED or any(
                isinstance(event.data, ContentErased)
                for event in islice(self.archive.events(after=last), _LOOKED)
            )
        except DatelineError:  # an erasure is not finished
            found = True
        if found:
            with self._lock:
                self._seen.clear()
        return found

    def _version(self, slug: str) -> int:
        """The version of a story at the state that pages show. Raises UnknownName."""
        position, found = self.head().position, self._versions.get(slug)
        if found is None or found[0] != position:
            if len(self._versions) > _STORIES:
                self._versions.clear()
            found = self._versions[slug] = (position, self.archive.story(slug).version)
        return found[1]

    def _prepare(self) -> None:
        """Read again the stories that changed, if they were asked for since the last time. Pages of the state before
        still need the readings before these; older ones are forgotten."""
        with self._lock:
            kept, used, self._used = list(self._seen), self._used, set()
        for slug, version, as_of in sorted(kept, key=lambda key: -key[1]):
            newest = self.archive.story(slug).version
            if version == newest:
                continue
            found = None
            if (slug, as_of) in used:
                used.discard((slug, as_of))
                found = self._read(slug, as_of)
            with self._lock:
                if found is None:
                    self._seen.pop((slug, version, as_of), None)
                else:
                    self._seen[slug, newest, as_of] = found

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
