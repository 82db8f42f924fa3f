"""One fact in full: its quotation in context, its attribution, its history and its links."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dateline.events.clock import to_iso
from dateline.events.editorial import EventRevoked, EvidenceAdded, FactCorrected
from dateline.events.edtf import parse
from dateline.events.envelope import Event
from dateline.events.links import Link
from dateline.events.parts import Evidence
from dateline.events.payload import worded
from dateline.events.registry import to_fields
from dateline.events.state import Fact
from dateline.events.support import support
from dateline.events.words import chain_words, changed_fields, quantity_words, unit_words
from dateline.export.paging import Pages

_CONTEXT = 70
#: Fields of a fact that `describe` prints in lines of their own, or does not repeat.
_PRINTED = frozenset({
    "fact", "text", "source", "evidence", "attribution", "factuality", "times", "places",
    "quantities", "quote", "note",
})  # fmt: skip


def describe(fact: Fact, text: str | None, linking: Sequence[Link] = ()) -> Iterator[str]:
    """Lines about `fact`, not yet made safe to print. ``text`` is the text of its source, ``linking`` are links
    of other stories to it."""
    mark = "  protected" if fact.id in fact.story.protected else ""
    yield f"{fact.id}  {fact.kind}  {fact.status}{mark}"
    yield f"  {fact.data.text}"
    yield ""
    yield from content(fact.data, fact.label)
    yield from _source(fact, text)
    yield from _support(fact)
    yield from _links(fact, linking)
    yield from _history(fact)


def content(data: Any, label: Callable[[str], str]) -> Iterator[str]:
    """Lines about what a fact says, apart from its sentence and its evidence."""
    yield f"who      {chain_words(data.attribution, label)}"
    times = data.times
    for name, time in (("said", times.said), ("held", times.valid), ("against", times.baseline)):
        if time is not None:
            given = f", given as '{time.expression}'" if time.expression else ""
            yield f"{name:8} {parse(time.edtf).words} ({time.edtf}{given})"
    for place in data.places:
        yield f"place    {label(place.place)} ({place.role})"
    for quantity in data.quantities:
        unit = unit_words(quantity.measure, quantity.unit)
        yield f"figure   {quantity_words(quantity)}: {quantity.measure}{unit}"
    for view in data.factuality:
        yield f"sure     {label(view.by)}: {view.value}"
    for name, value in to_fields(data).items():
        if name not in _PRINTED:
            yield f"{name:8} {_plain(value, label)}"
    if data.note:
        yield f"note     {data.note}"


def _source(fact: Fact, text: str | None) -> Iterator[str]:
    source = fact.document
    yield ""
    title = source.title if source is not None else None
    yield f"written in {title or 'untitled'} ({fact.source[:19]}…)"
    if fact.source in fact.story.withdrawn:
        yield f"  WITHDRAWN: {fact.story.withdrawn[fact.source]}"
    pages = Pages(fact.story, lambda source: text)
    for item in fact.data.evidence:
        place = f"{pages.words(fact.source, item)}{item.start}-{item.end}"
        yield f"  {item.role:9} {place}  {in_context(item, text)}"


def in_context(item: Evidence, text: str | None) -> str:
    """``…before [the words] after…`` on one line, from the text or the recorded context."""
    before, after = item.prefix or "", item.suffix or ""
    if text is not None and item.start is not None and item.end is not None:
        before = text[max(0, item.start - _CONTEXT) : item.start]
        after = text[item.end : item.end + _CONTEXT]
        if (actual := text[item.start : item.end]) != item.exact:
            found = " ".join(f"…{before}[{actual}]{after}…".split())
            return f"NOT IN THE SOURCE AT THIS PLACE: [{item.exact}]; the source says {found}"
    return " ".join(f"…{before}[{item.exact}]{after}…".split())


def _support(fact: Fact) -> Iterator[str]:
    if fact.hidden:
        return
    found = support(fact)
    voices = f"{found.independent} independent voice{'' if found.independent == 1 else 's'}"
    standing = f"{found.standing}; " if found.standing else ""
    yield ""
    yield f"support  {standing}{voices}; published by {fact.labels(found.publishers) or 'nobody named'}"


def _links(fact: Fact, linking: Sequence[Link]) -> Iterator[str]:
    links = fact.story.linked(fact.id)
    if links or linking:
        yield ""
        yield "links"
    for link in links:
        data = link.data
        origin = f" ({data.independence})" if data.independence else ""
        other = fact.story.facts.get(data.to if data.from_ == fact.id else data.from_)
        words = f": {other.data.text}" if other is not None else ""
        yield f"  {data.from_} {data.relation} {data.to}{origin}{words}"
    for link in linking:
        data = link.data
        origin = f" ({data.independence})" if data.independence else ""
        yield f"  {link.event.slug}/{data.from_} {data.relation} {fact.id}{origin}"


def _history(fact: Fact) -> Iterator[str]:
    yield ""
    yield "history"
    by = fact.recorded_by
    who = by.agent or by.method
    if fact.method == "extracted":
        who = f"extracted: {by.proposal_words} by {by.agent or 'nobody named'}"
    yield f"  {to_iso(fact.recorded_us)[:19]}Z  position {fact.position}  recorded ({who})"
    for event in sorted((*fact.history, *fact.revoked), key=lambda event: event.version):
        yield f"  {to_iso(event.recorded_us)[:19]}Z  position {event.position}  {_notice(event, fact)}"
        revocation = fact.story.revoked.get(event.event_key)
        if revocation is not None and isinstance(revocation.data, EventRevoked):
            day, data = to_iso(revocation.recorded_us)[:19], revocation.data
            who = _by(data.by, fact)
            yield f"  {day}Z  position {revocation.position}  taken back{who}: {data.reason}"


def _notice(event: Event, fact: Fact) -> str:
    data, changes = event.data, ""
    if isinstance(data, EvidenceAdded):
        return "evidence added: " + "; ".join(f"“{item.exact}”" for item in data.evidence)
    if (wording := worded(data)) is None:
        return event.type
    if isinstance(data, FactCorrected):
        listed = (
            f"{field} {_json(c.was)} → {_json(c.now)}" for field, c in changed_fields(data.changes)
        )
        changes = "; ".join(listed) + ". "
    return f"{wording.what}{_by(wording.who, fact)}: {changes}{wording.why or ''}"


def _by(who: str | None, fact: Fact) -> str:
    return f" by {fact.label(who)}" if who else ""


def _plain(value: object, label: Callable[[str], str]) -> str:
    if isinstance(value, str):
        return label(value)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(map(label, value))
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
