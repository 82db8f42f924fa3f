"""All doubts about a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date as day
from datetime import timedelta
from functools import lru_cache

from dateline.doubts.doubt import Doubt, Doubter, changed, checked
from dateline.doubts.equal import EqualFacts
from dateline.doubts.values import value_doubts
from dateline.events.clock import to_iso
from dateline.events.editorial import FactsLinked
from dateline.events.edtf import parse
from dateline.events.fact import FigureRecorded, OccurrenceRecorded, StateRecorded
from dateline.events.payload import FactPayload
from dateline.events.state import Fact

_DAY_US = 86_400_000_000
#: The kinds of doubts that Dateline has itself.
KINDS = (
    "value-not-in-words", "value-not-in-sentence", "figure-without-quantity", "future-date", "said-after-source",
    "undated-source", "one-origin", "equal-facts", "doubter-failed",
)  # fmt: skip


def open_doubts(fact: Fact, doubters: Iterable[Doubter] = ()) -> list[Doubt]:
    """The doubts about a fact that nobody has checked. A retracted or rejected fact has none."""
    if fact.hidden:
        return []
    since = checked(fact) if fact.history else 0
    return [doubt for doubt in _all(fact, doubters) if doubt.since > since]


def _all(fact: Fact, doubters: Iterable[Doubter]) -> Iterator[Doubt]:
    data = fact.data
    if data.quantities:
        yield from value_doubts(fact)
    elif isinstance(data, FigureRecorded):
        why = "a figure has at least one quantity"
        yield Doubt("figure-without-quantity", "/quantities", "", why, changed(fact, "/quantities"))
    document = fact.document
    yield from _date_doubts(fact, None if document is None else document.published)
    if document is not None and document.published is None:
        title = document.title or fact.label(document.publisher)
        why = "the source has no date of publication, so no day has this fact"
        yield Doubt("undated-source", "/source", title, why, changed(fact, "/source"))
    links = fact.story.linked(fact.id)
    if links:
        yield from _origin_doubts(fact)
    earlier = EqualFacts.of(fact.story).before(fact)
    if earlier is not None:
        other = fact.story.facts[earlier]
        why = f"{earlier} from the same source says the same"
        yield Doubt("equal-facts", "", data.text, why, max(changed(fact), changed(other)))
    for doubter in doubters:
        yield from doubter.doubts(fact)


def corroborating(fact: Fact) -> Iterator[str]:
    """The facts that corroborate it: their doubts depend on it."""
    for link in fact.story.linked(fact.id):
        if link.data.relation == "corroborates":
            yield link.data.from_


def _date_doubts(fact: Fact, published: str | None) -> Iterator[Doubt]:
    """Dates after the day of recording, with a day of grace for time zones. What is planned, said or judged
    may lie in the future."""
    data = fact.data
    said, valid = data.times.said, data.times.valid
    texts = []
    if published is not None:
        texts.append(("/source", published))
    if said is not None:
        texts.append(("/times/said/edtf", said.edtf))
    if valid is not None and _past(data):
        texts.append(("/times/valid/edtf", valid.edtf))
    if isinstance(data, FigureRecorded) and data.as_of is not None:
        texts.append(("/as_of", data.as_of))
    last = _day(fact.recorded_us // _DAY_US + 1)
    if said is not None and published is not None:
        yield from _said_doubts(fact, said.edtf, published, last)
    for path, text in texts:
        date = parse(text)
        if date.earliest is not None and date.earliest[:10] > last:
            why = f"{date.words} is after the day of recording"
            yield Doubt("future-date", path, text, why, changed(fact, path.removesuffix("/edtf")))


def _said_doubts(fact: Fact, said: str, published: str, last: str) -> Iterator[Doubt]:
    """A statement that is later than the source that reports it, with a day of grace for time zones, and
    not after the `last` day of recording."""
    if said <= published:  # most are, and days in EDTF sort like dates
        return
    date, source = parse(said), parse(published)
    if date.earliest is None or source.latest is None:
        return
    grace = (day.fromisoformat(source.latest[:10]) + timedelta(1)).isoformat()
    if grace < date.earliest[:10] <= last:
        why = f"{date.words} is after the publication of the source, {source.words}"
        since = changed(fact, "/times/said", "/source")
        yield Doubt("said-after-source", "/times/said/edtf", said, why, since)


def _past(data: FactPayload) -> bool:
    """Whether it tells of what is or was, and not of what was planned, said or judged."""
    if isinstance(data, OccurrenceRecorded):
        return data.status in ("happened", "ongoing")
    return isinstance(data, FigureRecorded | StateRecorded)


@lru_cache(1024)
def _day(number: int) -> str:
    try:
        return to_iso(number * _DAY_US)[:10]
    except (OverflowError, ValueError):
        return "9999-12-31"


def _origin_doubts(fact: Fact) -> Iterator[Doubt]:
    """Corroboration that is not one: both facts come from one source, or through the same hands."""
    for link in fact.story.linked(fact.id):
        data: FactsLinked = link.data
        other = fact.story.facts.get(data.to)
        if (
            data.relation != "corroborates"
            or data.from_ != fact.id
            or data.independence == "same-origin"
            or other is None
            or other.hidden
        ):
            continue
        shared = _shared(fact, other)
        if shared is not None:
            roots = ("/source", "/attribution")
            since = max(link.event.version, changed(fact, *roots), changed(other, *roots))
            words = f"{fact.id} corroborates {other.id}"
            yield Doubt("one-origin", "", words, f"both facts come from {shared}", since)


def _shared(fact: Fact, other: Fact) -> str | None:
    """The source, or the names in both attributions."""
    if fact.source == other.source:
        return "the same source"
    there = {step.agent for step in other.data.attribution}
    names: Sequence[str] = [step.agent for step in fact.data.attribution if step.agent in there]
    return fact.labels(dict.fromkeys(names)) if names else None
