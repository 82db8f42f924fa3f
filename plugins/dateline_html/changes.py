"""What changed: corrections with old and new values, retractions, reviews, evidence added later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.plugin import (
    Event,
    EvidenceAdded,
    Fact,
    FactCorrected,
    FactDisputed,
    number_words,
    to_iso,
    worded,
)
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, join, text
from dateline_html.part import Part, listed

_VERBS = {
    "correction": "corrected",
    "clarification": "clarified",
    "typo": "typo mended",
    "update": "updated",
    "accepted": "reviewed and accepted",
    "rejected": "reviewed and rejected",
    "checked": "doubts checked",
}


def changes(brief: Brief) -> Part | None:
    history = [
        (fact, event)
        for fact in brief.story.facts.values()
        for event in fact.history
        if worded(event.data) and not isinstance(event.data, FactDisputed)
    ]
    history.sort(key=lambda pair: pair[1].version)
    items = (_item(brief, fact, event) for fact, event in history)
    return Part("changes", "What changed", len(history), listed(items, "ol")) if history else None


def _item(brief: Brief, fact: Fact, event: Event) -> Html:
    data = event.data
    wording = worded(data)
    assert wording is not None
    verb, details = _VERBS.get(wording.what, wording.what), Html()
    if isinstance(data, FactCorrected):
        details = el("dl", *_rows(brief, data), class_="change")
    elif isinstance(data, EvidenceAdded):
        verb = f"rests on more evidence ({len(data.evidence)})"
    return el(
        "li",
        el("p", _day(brief, event), ": ", verb, brief.by(wording.who), class_="verb"),
        el("p", brief.named(fact), el("span", class_="sep"), _small(brief, fact)),
        details,
        el("p", brief.said(wording.why), class_="say") if wording.why else None,
        id=brief.id(f"v{event.version}"),
    )


def _small(brief: Brief, fact: Fact) -> Html:
    return el("span", brief.where(fact), class_="meta")


def _day(brief: Brief, event: Event) -> Html:
    """The day the change was made public; if it was not, the day this archive recorded it."""
    if event.reported_us is not None:
        return brief.when(to_iso(event.reported_us)[:10])
    return join(["recorded ", brief.when(to_iso(event.recorded_us)[:10])])


def _rows(brief: Brief, data: FactCorrected) -> Iterator[Html]:
    for change in data.changes:
        yield el("dt", el("code", change.path), class_="path")
        yield el("dt", "was")
        yield el("dd", el("del", _value(brief, change.was)))
        yield el("dt", "now")
        yield el("dd", el("ins", _value(brief, change.now)))


def _value(brief: Brief, value: Any) -> Html:
    """A JSON value as an editor would write it."""
    if value is None:
        return text("nothing")
    if isinstance(value, bool):
        return text("yes" if value else "no")
    if isinstance(value, int | float):
        return text(number_words(value))
    if isinstance(value, dict):
        return join((join([name, ": ", _value(brief, item)]) for name, item in value.items()), "; ")
    if isinstance(value, list):
        return join((_value(brief, item) for item in value), ", ")
    return brief.said(str(value))
