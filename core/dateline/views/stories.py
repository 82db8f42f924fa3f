"""The fold of whole stories: events in, rows out. It knows no database, so it runs in any process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard, TypeVar

import msgspec

from dateline.events.envelope import Event
from dateline.events.fold import StoryFold
from dateline.events.registry import Registry
from dateline.views.folding import Folding, deferred, evaluate, fold, start_again
from dateline.views.forms import EventView
from dateline.views.projection import KernelView, View, schema_of
from dateline.views.row_type import Values
from dateline.views.rows import Rows


class Failure(msgspec.Struct, frozen=True):
    """A view raised: the position of the event, and the traceback."""

    position: int
    error: str


class Folded(msgspec.Struct, frozen=True):
    """The result of folding some stories: the number of `events`, the id of the `last` story (empty if
    there was none), and for each view either its rows, in the order of its columns, or its failure."""

    events: int
    last: bytes
    rows: dict[str, list[Values]]
    failures: dict[str, Failure]


def fold_stories(
    registry: Registry, views: Iterable[View], stories: Iterable[Sequence[Event]]
) -> Folded:
    """Fold stories, each with all of its events, into rows of `views`. A view that raises stops there, and
    gets no rows; the others go on. Raises SealedContent."""
    group = [Folding(view, Rows(schema_of(view))) for view in views]
    count, last = 0, b""
    for events in stories:
        fold_story(registry, group, events)
        count, last = count + len(events), events[0].story.bytes if events else last
    rows, failures = {}, {}
    for item in group:
        if item.failed is None or item.error is None:
            rows[item.view.name] = list(item.rows.stored())
        else:
            failures[item.view.name] = Failure(item.failed, item.error)
    return Folded(count, last, rows, failures)


def fold_story(registry: Registry, group: Sequence[Folding], events: Sequence[Event]) -> None:
    """Fold all events of one story into views that have no rows of it, and that did not stop earlier.
    Views that can wait are evaluated once, at its end."""
    group = [item for item in group if item.error is None]
    if not events or not group:
        return
    group = take_own(group, events)
    if not group:
        return
    waiting = [item for item in group if deferred(item.view)]
    others = [item for item in group if not deferred(item.view)]
    wanted = [item.view.of for item in others if isinstance(item.view, EventView)]
    selective = all(takes_some(item.view) for item in others)
    types = tuple(kind for of in wanted for kind in (of if isinstance(of, tuple) else (of,)))
    taken = {kind for kind in {type(event.data) for event in events} if issubclass(kind, types)}
    state, last = StoryFold(registry), events[-1]
    for event in events:
        if selective and type(event.data) not in taken and event is not last:
            state.take(event)
            continue
        folded = state.apply(event)
        for item in others:
            fold(item, folded)
    for item in waiting:
        evaluate(item, folded, None, frozenset())
        if item.error is not None:  # nothing was set: find the event at which it stops
            start_again(item, item.rows)
            again = StoryFold(registry)
            for event in events:
                fold(item, again.apply(event))
    state.release()


T = TypeVar("T", bound=Folding)


def take_own(group: Sequence[T], events: Iterable[Event]) -> list[T]:
    """Fold events into the views of Dateline's own in `group`, which need no story. Returns the others."""
    own = [(item.view, item.rows) for item in group if isinstance(item.view, KernelView)]
    if own:
        for event in events:
            for view, rows in own:
                view.take(event, rows)
    return [item for item in group if not isinstance(item.view, KernelView)]


def takes_some(view: View) -> TypeGuard[EventView]:
    """Whether its fold ignores events of other types than ``of``."""
    own = "fold" in vars(view)
    return isinstance(view, EventView) and type(view).fold is EventView.fold and not own
