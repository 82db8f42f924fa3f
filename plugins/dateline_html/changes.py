"""What changed: corrections with old and new values, retractions, reviews, evidence added later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline.plugin import (
    Change,
    EntityAmended,
    EntityMerged,
    Event,
    EventRevoked,
    EvidenceAdded,
    Fact,
    FactCorrected,
    FactDisputed,
    SourceAmended,
    SourceWithdrawn,
    act_words,
    changed_fields,
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
    story = brief.story
    acts = [event for event in story.acts if not isinstance(event.data, SourceWithdrawn)]
    items = [(event.version, _item(brief, fact, event)) for fact, event in history]
    items += [(event.version, _act(brief, event)) for event in (*acts, *story.revocations)]
    listing = listed((item for _, item in sorted(items, key=lambda pair: pair[0])), "ol")
    return Part("changes", "What changed", len(items), listing) if items else None


def _act(brief: Brief, event: Event) -> Html:
    """An amendment, a merge or a revocation."""
    data, details = event.data, Html()
    if isinstance(data, SourceAmended | EntityAmended):
        verb = "amended"
        name = data.source if isinstance(data, SourceAmended) else data.entity
        about = _thing(brief, name)
        details = el("dl", *changed_rows(brief, data.changes), class_="change")
    elif isinstance(data, EntityMerged):
        verb = "recognised as one"
        about = join([el("code", data.entity), " and ", _thing(brief, data.into)])
    else:
        assert isinstance(data, EventRevoked)
        verb = f"{act_words(data.act)} taken back"
        about = join(
            [_thing(brief, name) for name in data.about] or [brief.said("the story")], ", "
        )
    return el(
        "li",
        el("p", _day(brief, event), ": ", verb, brief.by(data.by), class_="verb"),
        el("p", about),
        details,
        el("p", brief.said(data.reason), class_="say"),
        id=brief.anchors.event(event.version),
    )


def _thing(brief: Brief, name: str) -> Html:
    story = brief.story
    if (fact := story.facts.get(name)) is not None:
        return brief.named(fact)
    if (source := story.sources.get(name)) is not None:
        return brief.said(source.title or "untitled")
    return brief.label(name)


def _item(brief: Brief, fact: Fact, event: Event) -> Html:
    data = event.data
    wording = worded(data)
    assert wording is not None
    verb, details = _VERBS.get(wording.what, wording.what), Html()
    if isinstance(data, FactCorrected):
        details = el("dl", *changed_rows(brief, data.changes), class_="change")
    elif isinstance(data, EvidenceAdded):
        verb = f"rests on more evidence ({len(data.evidence)})"
    return el(
        "li",
        el("p", _day(brief, event), ": ", verb, brief.by(wording.who), class_="verb"),
        el("p", brief.named(fact), el("span", class_="sep"), _small(brief, fact)),
        details,
        el("p", brief.said(wording.why), class_="say") if wording.why else None,
        id=brief.anchors.event(event.version),
    )


def _small(brief: Brief, fact: Fact) -> Html:
    return el("span", brief.where(fact), class_="meta")


def _day(brief: Brief, event: Event) -> Html:
    """The day the change was made public; if it was not, the day this archive recorded it."""
    if event.reported_us is not None:
        return brief.when(to_iso(event.reported_us)[:10])
    return join(["recorded ", brief.when(to_iso(event.recorded_us)[:10])])


def changed_rows(brief: Brief, changes: Sequence[Change]) -> Iterator[Html]:
    """What each field was, and what it is now: the items of a ``dl`` of the class ``change``."""
    for field, change in changed_fields(changes):
        yield el("dt", field, class_="path")
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
