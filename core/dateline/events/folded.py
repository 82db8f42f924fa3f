"""An event together with what it did to its story."""

from __future__ import annotations

from msgspec.structs import astuple

from dateline.events.envelope import Event
from dateline.events.state import Fact, StoryState


class FoldedEvent(Event, frozen=True):
    """An event as a view's fold gets it.

    ``fact`` and ``before`` are the fact that the event is about, as it is after and before the event;
    ``touched`` holds every fact that the event changed, and ``state`` is the story after the event.
    """

    fact: Fact | None
    before: Fact | None
    touched: tuple[Fact, ...]
    state: StoryState


def folded(
    event: Event,
    state: StoryState,
    touched: tuple[Fact, ...],
    fact: Fact | None = None,
    before: Fact | None = None,
) -> FoldedEvent:
    """`event` with what the fold adds to it."""
    # One concatenated tuple: naming each field, or unpacking twice, takes several times as long.
    return FoldedEvent(*(astuple(event) + (fact, before, touched, state)))  # noqa: RUF005
