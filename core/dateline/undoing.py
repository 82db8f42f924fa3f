"""Taking back an editorial act, as a method of `dateline.Archive`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any, Protocol, Unpack
from uuid import UUID

from dateline.editing import HowBy, line_of
from dateline.errors import UnknownName
from dateline.events.acts import REVOCABLE, words
from dateline.events.editorial import EventRevoked
from dateline.events.envelope import Event, RecordedBy
from dateline.events.payload import FactPayload
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.log.read import StoryRow
from dateline.recording.recorder import Recorded

#: What `undo` says if no reason is given.
REASON = "Recorded by mistake."
_PAGE = 100


class Desk(Protocol):
    """What undoing needs of `dateline.Archive`."""

    def story(self, slug: str) -> StoryRow: ...
    def events(self, slug: str | None = None, *, after: int = 0) -> Iterator[Event]: ...
    def record(self, *lines: Any, **how: Any) -> Recorded: ...


def undo(
    archive: Desk,
    story: str,
    position: int | None = None,
    *,
    reason: str = REASON,
    **how: Unpack[HowBy],
) -> list[Event]:
    """Take back the editorial act at `position` of the log, by default the last one of the story (see
    `last_act`). Returns what was taken back: an amendment of a document with that of its text, a captured
    document with the text extracted from it. Both the act and its revocation stay in the log.

    A reading that was recorded later than its document is taken back alone.

    Raises UnknownName if there is no such act, and Refused if it cannot be taken back.
    """
    acts = last_act(archive, story) if position is None else _at(archive, story, position)
    lines = [
        line_of({"type": "event.revoked", "event": str(act.event_id), "reason": reason}, **how)
        for act in acts
    ]
    archive.record(lines, story=story, recorded_by=how.get("recorded_by", RecordedBy()))
    return acts


def last_act(archive: Desk, story: str) -> list[Event]:
    """The last editorial act of a story that is in force, with the acts that were recorded together with
    it, last one first. Revocations are passed over, and so are captures of documents that facts rest on.
    Raises UnknownName if there is none."""
    revoked: set[UUID] = set()
    sources: set[str] = set()
    for event in _backwards(archive, story):
        data = event.data
        if isinstance(data, EventRevoked):
            if event.event_id not in revoked:
                revoked.add(data.event)
        elif isinstance(data, FactPayload):
            sources.add(data.source)
        elif isinstance(data, SourceCaptured) and data.source in sources:
            sources.update([data.derived_from] if data.derived_from else [])
        elif isinstance(data, REVOCABLE) and event.event_id not in revoked:
            acts = _together(
                event, archive.events(story, after=max(0, event.version - _PAGE)), revoked
            )
            if sources.isdisjoint(_captured(acts)):
                return acts
    raise UnknownName(
        f"story {story} has no act that can be taken back",
        hint="facts are taken back with `dateline retract`",
        code="act-unknown",
    )


def _at(archive: Desk, story: str, position: int) -> list[Event]:
    revoked: set[UUID] = set()
    for event in _backwards(archive, story):
        if isinstance(event.data, EventRevoked) and event.event_id not in revoked:
            revoked.add(event.data.event)
        if event.position == position:
            near = archive.events(story, after=max(0, event.version - _PAGE))
            return _together(event, near, revoked)
    raise UnknownName(
        f"story {story} has no event at position {position}",
        hint=f"list its events with `dateline log {story}`",
        code="position-unknown",
    )


def _backwards(archive: Desk, story: str) -> Iterator[Event]:
    """The events of a story, newest first."""
    end = archive.story(story).version
    while end > 0:
        start = max(0, end - _PAGE)
        page = [event for event in archive.events(story, after=start) if event.version <= end]
        yield from reversed(page)
        end = start


def _together(act: Event, near: Iterable[Event], revoked: Collection[UUID]) -> list[Event]:
    """An act and the acts in force that were recorded together with it, last one first."""
    last = act.version + _PAGE
    found = [
        event
        for event in takewhile(lambda event: event.version <= last, near)
        if event.position == act.position or (event.event_id not in revoked and _joined(act, event))
    ]
    return sorted(found, key=lambda event: -event.position)


def _captured(acts: Iterable[Event]) -> Iterator[str]:
    return (act.data.source for act in acts if isinstance(act.data, SourceCaptured))


def _joined(act: Event, other: Event) -> bool:
    left, right = act.data, other.data
    if isinstance(left, SourceAmended) and isinstance(right, SourceAmended):
        causes = {act.causation_id, act.event_id} - {None}
        return other.causation_id in causes or other.event_id in causes
    if isinstance(left, SourceCaptured) and isinstance(right, SourceCaptured):
        # A document goes with all its readings; a later reading goes alone.
        with_it = act.recorded_us == other.recorded_us and right.source == left.derived_from
        return left.source == right.derived_from or with_it
    return False


def described(acts: Sequence[Event]) -> str:
    """All of several acts that were recorded together."""
    return "; ".join(words(act) for act in acts)
