"""How a fact changed: when it was recorded, what was said about it since, what was taken back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from dateline.plugin import (
    Event,
    EventRevoked,
    EvidenceAdded,
    Fact,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    to_iso,
    worded,
)
from dateline_html.brief import Brief
from dateline_html.changes import changed_rows
from dateline_html.markup import Html, el, join
from dateline_html.part import listed

#: The events that give a fact its status.
_SETS: dict[str, type[object]] = {
    "corrected": FactCorrected,
    "updated": FactCorrected,
    "retracted": FactRetracted,
    "rejected": FactReviewed,
    "disputed": FactDisputed,
}


def reason(fact: Fact) -> str | None:
    """Why it has its status, in the words of the last event that gave it; None if it is as recorded."""
    if fact.status == "withdrawn":
        return fact.story.withdrawn.get(fact.source)
    sets = _SETS.get(fact.status)
    for event in reversed(fact.history):
        wording = worded(event.data)
        if sets is not None and isinstance(event.data, sets) and wording is not None:
            return wording.why
    links = (one.data for one in fact.story.linked(fact.id) if one.data.to == fact.id)
    if fact.status == "disputed":
        return next((one.note for one in links if one.relation == "disputes"), None)
    return None


def events(brief: Brief, fact: Fact) -> Iterator[Html]:
    """All events about a fact in the order of recording, those that were taken back, too."""
    later = sorted((*fact.history, *fact.revoked), key=lambda event: event.version)
    revoked = fact.story.revoked
    items = (_event(brief, event, revoked.get(event.event_key)) for event in later)
    yield from listed(chain([_recorded(brief, fact)], items), "ol")


def _recorded(brief: Brief, fact: Fact) -> Html:
    by = fact.recorded_by
    who = brief.by(by.agent) if by.agent else f" ({by.method})"
    if fact.method == "extracted":
        who = join([f", {by.proposal_words}", who])
    public, day = _day(brief, fact.recorded_us, fact.reported_us), _day(brief, fact.recorded_us, None)  # fmt: skip
    since = [public, ": recorded"] if public == day else [public, ": made public; recorded on ", day]  # fmt: skip
    return el("li", el("p", *since, who, class_="verb"))


def _event(brief: Brief, event: Event, revocation: Event | None) -> Html:
    data, wording = event.data, worded(event.data)
    what = event.type if wording is None else wording.what
    who = wording.who if wording is not None else None
    head = [_day(brief, event.recorded_us, event.reported_us), f": {what}", brief.by(who)]
    details = None
    if isinstance(data, FactCorrected):
        details = el("dl", *changed_rows(brief, data.changes), class_="change")
    elif isinstance(data, EvidenceAdded):
        words = (el("bdi", f"“{item.exact}”") for item in data.evidence)
        details = el("p", join(words, ", "))
    why = wording.why if wording is not None else None
    return el(
        "li",
        el("p", *head, class_="verb"),
        details,
        el("p", brief.said(why), class_="say") if why else None,
        _taken_back(brief, revocation) if revocation is not None else None,
        id=f"v{event.version}",
    )


def _taken_back(brief: Brief, revocation: Event) -> Html:
    data = revocation.data
    assert isinstance(data, EventRevoked)
    day = _day(brief, revocation.recorded_us, revocation.reported_us)
    head = el("p", day, ": taken back", brief.by(data.by), class_="verb")
    return el("div", head, el("p", brief.said(data.reason), class_="say"), class_="pair")


def _day(brief: Brief, recorded_us: int, reported_us: int | None) -> Html:
    """The day it was made public; if it was not, the day this archive recorded it."""
    return brief.when(to_iso(reported_us or recorded_us)[:10])
