"""Past moments: which events count at a moment, and the views of those events, folded in memory.

There are two clocks. *Recorded*: an event counts from its recording in this archive. *Public record*:
an event counts from the moment at which a reader of the sources could know it:

* a story and its entities: always;
* a fact: from the earliest publication of its source, or the latest if only that is known;
* a link: from the later of the two facts it links;
* a correction, retraction, dispute, review or withdrawal: from the time of its notice, or else from
  its recording, but never before its fact, nor before the evidence or item that it corrects;
* the correction of a typo: from the moment at which the corrected value counts: that of the fact, or
  of the correction that introduced the value, or the latest of several;
* an amendment, merge or revocation: as a correction does, and never before the act that it takes back.
  An amendment of when a source was published, if it has no notice of its own, counts as the source
  does, and so do the facts of the source: it says since when they were public.

An erasure counts at every moment at which the erased event does: views of the past show it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict
from uuid import UUID

import msgspec

from dateline.errors import DatelineError, ViewFailed
from dateline.events.clock import from_iso
from dateline.events.editorial import (
    ContentErased,
    EventRevoked,
    EvidenceAdded,
    FactCorrected,
    FactsLinked,
)
from dateline.events.edtf import latest_instant, public_from
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent, StoryFold
from dateline.events.payload import Erased, FactNotice, FactPayload
from dateline.events.registry import Registry
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.events.state import StoryState
from dateline.events.story import StoryOpened
from dateline.views.dated import Dated
from dateline.views.folding import deferred, require_whole
from dateline.views.projection import View, schema_of
from dateline.views.row_type import Values
from dateline.views.rows import Rows


class When(TypedDict, total=False):
    """A past moment, for what reads the archive; without one it is now.

    `as_of`, an EDTF date or time, gives the public record at its end (UTC). `as_recorded` gives what
    this archive held then: a date, a time, or a position of the log.
    """

    as_of: str | None
    as_recorded: str | int | None


class Moment(msgspec.Struct, frozen=True):
    """A moment on one of the clocks. ``text`` is what the user wrote."""

    text: str
    public_us: int | None = None
    recorded_us: int | None = None
    position: int | None = None

    def later_than(self, other: Moment) -> bool:
        """Whether it is certainly later; False for a position and a time, which cannot be compared."""
        pairs = zip(
            msgspec.structs.astuple(self)[1:], msgspec.structs.astuple(other)[1:], strict=True
        )
        return any(a is not None and b is not None and a > b for a, b in pairs)

    def reaches(self, recorded_us: int, position: int) -> bool:
        """Whether an event recorded then and there counts by this moment, on either clock."""
        if self.position is not None:
            return position <= self.position
        until = self.recorded_us if self.public_us is None else self.public_us
        return until is not None and recorded_us <= until

    @property
    def words(self) -> str | None:
        """How an export states its moment; None for `NOW`."""
        if self == NOW:
            return None
        return self.text if self.public_us is not None else f"recorded {self.text}"


#: Everything that is recorded.
NOW = Moment("")
#: The instant of what is on the public record at every moment.
ALWAYS = -(1 << 62)


def public(text: str) -> Moment:
    """The public record at the end of `text`, an EDTF date (UTC) or moment.

    Raises DatelineError if `text` is not a date, or has no end.
    """
    return Moment(text, public_us=_end(text, "give a day like 2022-10-14"))


def recorded(text: str) -> Moment:
    """This archive at a position (``92``), a moment, or the end of a day. Raises DatelineError."""
    if re.fullmatch(r"[0-9]{1,15}", text) and not re.fullmatch(r"[12][0-9]{3}", text):
        return Moment(text, position=int(text))
    if re.fullmatch(r"@[0-9]{1,15}", text):
        return Moment(text[1:], position=int(text[1:]))
    try:
        return Moment(text, recorded_us=from_iso(text))
    except ValueError:
        return Moment(text, recorded_us=_end(text, "give a day, or a position"))


def asked(
    at: Moment | None, as_of: str | None = None, as_recorded: str | int | None = None
) -> Moment | None:
    """The moment that was asked for; None means now. Raises DatelineError for more than one."""
    if sum(one is not None for one in (at, as_of, as_recorded)) > 1:
        raise DatelineError(
            "as_of and as_recorded use different clocks: give only one", code="two-moments"
        )
    if as_of is not None:
        return public(as_of)
    if as_recorded is None:
        return at
    return recorded(f"@{as_recorded}" if isinstance(as_recorded, int) else as_recorded)


def _end(text: str, hint: str) -> int:
    try:
        end = latest_instant(text)
    except ValueError as error:
        raise DatelineError(str(error), code="not-a-date") from None
    if end is None:
        raise DatelineError(f"{text!r} has no end", hint=hint, code="date-without-end")
    return end


def upto(events: Iterable[Event], moment: Moment) -> Iterator[Event]:
    """The events of a story that count at `moment`, in the order of the log."""
    if moment.public_us is not None:
        chosen = _public(events, moment.public_us)
    else:
        chosen = _recorded(events, moment)
    bodiless: set[UUID] = set()
    for event in chosen:
        if isinstance(event.data, Erased):
            bodiless.add(event.event_id)
        if not isinstance(event.data, ContentErased):
            yield event
            continue
        # When an event counted that another archive erased is unknown.
        there = [item for item in event.data.events if item.event_id in bodiless]
        if there or not event.data.positions:
            data = msgspec.structs.replace(event.data, events=tuple(there or event.data.events))
            yield msgspec.structs.replace(event, data=data)


def _recorded(events: Iterable[Event], moment: Moment) -> Iterator[Event]:
    for event in events:
        later = moment.position is not None and event.position > moment.position
        later |= moment.recorded_us is not None and event.recorded_us > moment.recorded_us
        if not later or isinstance(event.data, ContentErased):
            yield event


def _public(events: Iterable[Event], cutoff: int) -> Iterator[Event]:
    return (event for event, since in instants(events) if since <= cutoff)


def instants(events: Iterable[Event]) -> Iterator[tuple[Event, int]]:
    """The events of a story, in the order of the log, each with the microsecond (UTC) from which it is on the
    public record; `ALWAYS` for those that count at every moment."""
    events = list(events)
    clock, amended = _Clock(), _amended(events)
    published: dict[str, str] = {}
    for event in events:
        if isinstance(event.data, SourceCaptured) and event.data.published is not None:
            published.setdefault(event.data.source, event.data.published)
        yield event, clock.public_from(_with_instant(event, published, amended))


def _amended(events: Sequence[Event]) -> dict[str, str | None]:
    """The date of publication of each source whose date was amended, as it is after all of `events`."""
    if not any(isinstance(event.data, SourceAmended) for event in events):
        return {}
    state = StoryFold(Registry())
    for event in events:
        if isinstance(event.data, SourceCaptured | SourceAmended | EventRevoked):
            state.take(event)
    changed = {
        event.data.source
        for event in events
        if isinstance(event.data, SourceAmended) and _redates(event.data)
    }
    found = ((name, state.sources.get(name)) for name in changed)
    return {name: source.published for name, source in found if source is not None}


def _redates(data: SourceAmended) -> bool:
    return any(change.path == "/published" for change in data.changes)


def _with_instant(event: Event, published: dict[str, str], amended: dict[str, str | None]) -> Event:
    """`event` with the instant at which its source was published, if that was amended, or if the log has
    none: earlier versions stored none for a publication date with an open start."""
    data = event.data
    if not isinstance(data, SourceCaptured | FactPayload):
        return event
    if data.source in amended:
        text = amended[data.source]
    elif event.reported_us is not None or (text := published.get(data.source)) is None:
        return event
    instant = None if text is None else public_from(text, event.recorded_us)
    return msgspec.structs.replace(event, reported_us=instant)


class _Clock:
    """The public record's clock: the instants from which events count, in the order of the log."""

    def __init__(self) -> None:
        self._facts: dict[str, Dated] = {}
        self._sources: dict[str, int] = {}
        # Acts that are not about a fact, and those of them that count as what they are about does.
        self._acts: dict[bytes, int] = {}
        self._undated: set[bytes] = set()

    def public_from(self, event: Event) -> int:
        """The instant from which `event` is on the public record."""
        data, facts = event.data, self._facts
        notice = event.reported_us if event.reported_us is not None else event.recorded_us
        if isinstance(data, StoryOpened | EntityIntroduced | ContentErased):
            return ALWAYS
        if isinstance(data, FactPayload):
            facts[data.fact] = Dated(data, notice)
            return notice
        if isinstance(data, FactsLinked):
            # A link counts as soon as both its facts do.
            ends = (facts.get(data.from_), facts.get(data.to))
            notice = max(notice if end is None else end.at for end in ends)
        elif isinstance(data, FactNotice):
            notice = self._notice(data, notice)
        elif isinstance(data, SourceCaptured):
            self._sources[data.source] = notice
        elif isinstance(data, SourceAmended):
            since = self._sources.get(data.source, notice)
            undated = event.reported_us is None and _redates(data)
            notice = since if undated else max(notice, since)
            self._undated.update([event.event_key] if undated else [])
        elif isinstance(data, EventRevoked):
            since = self._acts.get(data.event.bytes, notice)
            undated = event.reported_us is None and data.event.bytes in self._undated
            notice = since if undated else max(notice, since)
            self._undated.update([event.event_key] if undated else [])
        self._acts[event.event_key] = notice
        return notice

    def _notice(self, data: FactNotice, notice: int) -> int:
        fact = self._facts.get(data.fact)
        if fact is None:
            return notice
        if isinstance(data, FactCorrected):
            return fact.correct(data, notice)
        notice = max(notice, fact.at)
        if isinstance(data, EvidenceAdded):
            fact.add(data, notice)
        return notice


def states(
    events: Iterable[Event],
    registry: Registry,
    views: Iterable[View] = (),
    failed: dict[str, ViewFailed] | None = None,
) -> tuple[StoryState, dict[str, list[Values]]]:
    """Fold one story's events in memory: its state, and the rows of each view.

    A view that raises is stopped and added to `failed`, and the others continue; if `failed` is
    None, ViewFailed is raised.
    """
    events, state = list(events), StoryFold(registry)
    buffers = {view.name: (view, Rows(schema_of(view))) for view in views}

    def attempt(view: View, event: FoldedEvent, whole: bool) -> None:
        rows = buffers[view.name][1]
        rows.story = event.slug
        rows.mark()
        try:
            require_whole(view, rows, event, whole=whole)
        except ViewFailed as failure:
            if failed is None:
                raise
            failed[view.name] = failure
            del buffers[view.name]

    waiting = [view for view, _ in buffers.values() if deferred(view)]
    for number, event in enumerate(events, 1):
        folded = state.apply(event)
        for view, _ in list(buffers.values()):
            if view not in waiting:
                attempt(view, folded, whole=False)
            elif number == len(events):
                attempt(view, folded, whole=True)
    return state, {name: list(rows.stored()) for name, (_, rows) in buffers.items()}
