"""Folding a range of the log into views: their rows and positions change in one transaction."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dateline.errors import stops_plugin
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent, StoryFold
from dateline.log import read as log
from dateline.views import store, stored_rows
from dateline.views.folding import Running, deferred, evaluate, fold, start_again, touched_by
from dateline.views.forms import FactView, MapView
from dateline.views.generation import State
from dateline.views.nearby import Nearby
from dateline.views.present import before
from dateline.views.projection import View
from dateline.views.row_type import Values
from dateline.views.rows import Key, Rows
from dateline.views.store import ChangedElsewhere
from dateline.views.stories import take_own, takes_some

PAGE = 2000
_STORY = attrgetter("story")
_BY_STORY = attrgetter("story", "version")
#: Facts kept in memory over all stories; beyond it the least recently used story is released.
_KEPT_FACTS = 10_000

#: Called with (events folded, events to fold) after each step.
Progress = Callable[[int, int], None]


class RecentStates:
    """The states of the most recently used stories, following the log."""

    def __init__(self, reader: log.Reader) -> None:
        self._reader = reader
        self._states: OrderedDict[UUID, StoryFold] = OrderedDict()
        self._facts = 0

    def apply(self, connection: Connection, event: Event) -> FoldedEvent:
        state = self._states.pop(event.story, None)
        if state is not None and state.version != event.version - 1:
            self._facts -= len(state.facts)  # since then the story was folded in part
            state.release()
            state = None
        if state is None:
            state = StoryFold(self._reader.registry)
            if event.version > 1:
                for earlier in self._reader.read_story(
                    connection, event.story, until=event.position - 1
                ):
                    state.take(earlier)
            self._facts += len(state.facts)
        before = len(state.facts)
        folded = state.apply(event)
        self._facts += len(state.facts) - before
        self._states[event.story] = state
        while self._facts > _KEPT_FACTS and len(self._states) > 1:
            _, oldest = self._states.popitem(last=False)
            self._facts -= len(oldest.facts)
            oldest.release()
        return folded

    def held(self, connection: Connection, event: FoldedEvent) -> FoldedEvent:
        """The same event, with its story's state. Its story is folded again if it was released."""
        if event.story in self._states:
            return event
        state = StoryFold(self._reader.registry)
        for earlier in self._reader.read_story(connection, event.story, until=event.position):
            event = state.apply(earlier)
        return event


class _Touched:
    """What some events of one story touched, for the views that wait: the ids of things of each, those of
    new facts, and the last event."""

    def __init__(self, waiting: Sequence[Running]) -> None:
        self.names: list[tuple[Running, dict[str, None]]] = [(item, {}) for item in waiting]
        self.new: set[str] = set()
        self.last: FoldedEvent

    def take(self, event: FoldedEvent) -> None:
        self.last = event
        if event.fact is not None and event.before is None:
            self.new.add(event.fact.id)
        for item, names in self.names:
            names.update(dict.fromkeys(touched_by(item, event)))


def fold_range(
    connection: Connection,
    reader: log.Reader,
    states: RecentStates,
    group: Sequence[Running],
    after: int,
    until: int,
) -> None:
    """Fold the events in (`after`, `until`] into fresh buffers. Views that can wait are evaluated once for
    each story, at the end. Raises ChangedElsewhere if a generation was dropped."""
    _hold(connection, group)
    events = list(reader.read(connection, after=after, until=until))
    for item in group:
        item.rows = Rows(item.rows.schema, partial(_load, connection, item))
    group = take_own(group, events)
    if not group:
        return
    waiting = [item for item in group if deferred(item.view)]
    others = [item for item in group if not deferred(item.view)]
    stories: dict[UUID, _Touched] = {}
    parts = _parts(connection, reader, group, events, after)
    for event in events:
        part = parts.get(event.story)
        folded = states.apply(connection, event) if part is None else part.apply(event)
        for item in others:
            fold(item, folded)
        if waiting:
            if event.story not in stories:
                stories[event.story] = _Touched(waiting)
            stories[event.story].take(folded)
    for touched in stories.values():
        last = touched.last
        last = last if last.story in parts else states.held(connection, last)
        for item, names in touched.names:
            evaluate(item, last, names, frozenset(touched.new))
    for item in waiting:
        if item.error is not None:  # events of other stories may come first: find where it stops
            start_again(item, Rows(item.rows.schema, partial(_load, connection, item)))
            fresh = RecentStates(reader)
            for event in reader.read(connection, after=after, until=until):
                fold(item, fresh.apply(connection, event))


def _parts(
    connection: Connection,
    reader: log.Reader,
    group: Sequence[Running],
    events: Sequence[Event],
    after: int,
) -> dict[UUID, StoryFold]:
    """The states of long stories before `events`, with just the facts that these touch, where views read
    no others."""
    asking = [item for item in group if not _reads_touched(item.view, events)]
    found: dict[UUID, StoryFold] = {}
    for story, own in groupby(sorted(events, key=_BY_STORY), key=_STORY):
        some = list(own)
        asked = partial(_asked, connection, asking, some) if asking else None
        part = before(connection, reader, some, after, asked)
        if part is not None:
            found[story] = part
    return found


def _reads_touched(view: View, events: Iterable[Event]) -> bool:
    """Whether a view reads only facts that `events` touch."""
    if isinstance(view, FactView):
        kind = type(view)
        own = kind.touched is FactView.touched and kind.find is FactView.find
        return own and deferred(view) and kind.reads is FactView.reads
    return takes_some(view) and not any(isinstance(event.data, view.of) for event in events)


def _asked(
    connection: Connection,
    asking: Sequence[Running],
    events: Sequence[Event],
    state: StoryFold,
    nearby: Nearby,
) -> set[str] | None:
    """The facts, entities and sources that views read when `events` are folded into `state`; None if that
    may be all."""
    found = set[str]()
    for event in events:
        folded = state.apply(event)
        for item in asking:
            view = item.view
            try:
                names = [*view.touched(folded)] if isinstance(view, MapView) else []
                read = view.reads(folded, names, NearbyRows(connection, item, nearby, event.slug))
                found.update(names, () if read is None else read)
            except DBAPIError:
                raise  # the database failed, not the plugin
            except BaseException as error:  # noqa: BLE001 - it is reported when the whole story is folded
                stops_plugin(error)
                return None
            if read is None:
                return None
    return found


class NearbyRows:
    """What is near a thing of a story, as one view gets it."""

    def __init__(self, connection: Connection, item: Running, nearby: Nearby, story: str) -> None:
        self._connection, self._item, self._story = connection, item, story
        self.drawn, self.beside = nearby.drawn, nearby.beside

    def stored(self, by: str, value: str, *columns: str) -> list[Values]:
        build = self._item.build
        store.hold(self._connection, build)
        return stored_rows.having(
            self._connection, self._item.rows.schema, build, self._story, by, value, columns
        )


def _hold(connection: Connection, group: Sequence[Running]) -> None:
    """Raises ChangedElsewhere if another process has dropped a generation since it was looked up."""
    there = {(build.name, build.generation) for build in store.builds(connection)}
    for item in group:
        if (item.build.name, item.build.generation) not in there:
            raise ChangedElsewhere
        if not item.rows.schema.fact_rows:  # its fold reads rows
            store.hold(connection, item.build)


def write(connection: Connection, item: Running, until: int, *, state: State = "live") -> None:
    """Write rows and position together. A view that raised keeps the rows of earlier events, and its
    state is failed; otherwise it is `state`."""
    position = until if item.failed is None else item.failed - 1
    # The compare-and-set comes first: rows folded from a stale position must not be written.
    item.build = store.advance(
        connection,
        item.build,
        position=position,
        state=state if item.failed is None else "failed",
        failed_position=item.failed,
        error=item.error,
    )
    stored_rows.flush(connection, item.build, item.rows)


def _load(connection: Connection, item: Running, key: Key) -> Values | None:
    return stored_rows.load(connection, item.rows.schema, item.build, key)
