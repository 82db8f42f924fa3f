"""The days on which a story changed on the public record: the steps from one state to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dateline.events.clock import to_iso
from dateline.events.editorial import FactCorrected
from dateline.events.envelope import Event
from dateline.events.payload import Erased
from dateline.events.source import SourceCaptured
from dateline.views.asof import ALWAYS, instants


class Day(msgspec.Struct, frozen=True):
    """A day, such as ``2022-10-14`` (UTC), and how many events count from then on, by what they did.

    ``changes`` has, in order, the last word of an event's type (``captured``, ``recorded``, ``corrected``,
    ``retracted``, ``disputed``, ``reviewed``, ``added`` for evidence, ``linked``, ``withdrawn``, ``amended``,
    ``merged``, ``revoked``, ``retitled``, ``closed``), ``read`` for a text that was read from a captured document,
    ``updated`` for a correction that is an update, and ``erased`` for an event that was erased since.
    """

    day: str
    changes: dict[str, int]

    @property
    def events(self) -> int:
        return sum(self.changes.values())


def days(events: Iterable[Event]) -> list[Day]:
    """The days on which the public record of a story changed, in order; `events` are all of the story.

    On every other day the story is as it was on the last of these before it. Before the first one it has no
    facts. What counts at every moment (the story's opening, its entities and erasures) makes no day.
    """
    found: dict[str, dict[str, int]] = {}
    for event, since in instants(events):
        if since != ALWAYS:
            changes = found.setdefault(to_iso(since)[:10], {})
            changes[_change(event)] = changes.get(_change(event), 0) + 1
    return [Day(day, dict(sorted(found[day].items()))) for day in sorted(found)]


def _change(event: Event) -> str:
    if isinstance(event.data, Erased):
        return "erased"
    if isinstance(event.data, FactCorrected) and event.data.kind == "update":
        return "updated"
    if isinstance(event.data, SourceCaptured) and event.data.derived_from is not None:
        return "read"
    return event.type.rpartition(".")[2]
