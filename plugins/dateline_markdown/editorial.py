"""Editorial events as list items: disputes, corrections, retractions, reviews and links."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dateline.plugin import (
    EntityAmended,
    EntityMerged,
    EventRevoked,
    EvidenceAdded,
    Fact,
    FactCorrected,
    FactDisputed,
    SourceAmended,
    StoryState,
    act_words,
    changed_fields,
    markdown,
    to_iso,
    worded,
)
from dateline_markdown.notes import Notes

_AGAINST = ("disputes", "contradicts")


def disputed(story: StoryState, notes: Notes) -> Iterator[str]:
    for fact in story.shown():
        for event in fact.history:
            if isinstance(event.data, FactDisputed):
                by = f" by {markdown(story.label(event.data.by))}" if event.data.by else ""
                yield f"- {_named(fact)} is disputed{by}: {markdown(event.data.ground)}{notes.mark(fact)}\n"
    for link in story.links:
        data = link.data
        left, right = story.facts.get(data.from_), story.facts.get(data.to)
        if data.relation not in _AGAINST or left is None or left.hidden:
            continue
        note = f" {markdown(data.note)}" if data.note else ""
        if data.elsewhere:
            yield (
                f"- {_named(left)} *{markdown(left.chain_words)}*{notes.mark(left)} {data.relation} "
                f"{markdown(data.to)}{note}\n"
            )
        elif right and not right.hidden:
            yield (
                f"- {_named(left)} *{markdown(left.chain_words)}*{notes.mark(left)} {data.relation} "
                f"{_named(right)} *{markdown(right.chain_words)}*{notes.mark(right)}{note}\n"
            )


def corrected(story: StoryState, *, updates: bool = False) -> Iterator[str]:
    """Corrections, retractions and rejections in the order in which they were recorded; with
    `updates` the updates instead."""
    history = [(event, fact) for fact in story.facts.values() for event in fact.history]
    for event, fact in sorted(history, key=lambda pair: pair[0].version):
        day = to_iso(event.reported_us or event.recorded_us)[:10]
        data, wording, changes = event.data, worded(event.data), ""
        if wording is None or isinstance(data, FactDisputed | EvidenceAdded):
            continue
        what, who, why = wording
        if what == "accepted" or (what == "update") != updates:
            continue
        if isinstance(data, FactCorrected):
            changes = ": " + "; ".join(
                f"{markdown(field)} was {_value(change.was)}, now {_value(change.now)}"
                for field, change in changed_fields(data.changes)
            )
        reason = f". {markdown(why)}" if why else ""
        yield f"- {day}: {_named(fact)} {markdown(what)}{_by(story, who)}{changes}{reason}\n"


def amended(story: StoryState) -> Iterator[str]:
    """Amendments, merges and revocations in force, in the order in which they were recorded."""
    for event in sorted([*story.acts, *story.revocations], key=lambda event: event.version):
        day, data = to_iso(event.reported_us or event.recorded_us)[:10], event.data
        if isinstance(data, SourceAmended | EntityAmended):
            name = data.source if isinstance(data, SourceAmended) else data.entity
            changes = "; ".join(
                f"{markdown(field)} was {_value(change.was)}, now {_value(change.now)}"
                for field, change in changed_fields(data.changes)
            )
            what = f"{_thing(story, name)} amended{_by(story, data.by)}: {changes}"
        elif isinstance(data, EntityMerged):
            names = f"{markdown(data.entity)} and {markdown(data.into)}"
            what = f"{names} are one: {markdown(story.label(data.into))}{_by(story, data.by)}"
        elif isinstance(data, EventRevoked):
            about = ", ".join(_thing(story, name) for name in data.about) or "the story"
            what = f"{markdown(act_words(data.act))} of {about} taken back{_by(story, data.by)}"
        else:
            continue  # a withdrawal is shown with its source
        yield f"- {day}: {what}. {markdown(data.reason)}\n"


def _thing(story: StoryState, name: str) -> str:
    if (source := story.sources.get(name)) is not None:
        return markdown(source.title or name[:19])
    return markdown(name if name in story.facts else story.label(name))


def erased(story: StoryState) -> Iterator[str]:
    """Erased facts, each under its number, with when and why it was erased."""
    for fact in story.erased.values():
        yield f"- {fact.id} ({fact.kind}) **[erased]** {markdown(fact.why)}\n"


def related(story: StoryState) -> Iterator[str]:
    for link in story.links:
        data = link.data
        left, right = story.facts.get(data.from_), story.facts.get(data.to)
        if data.relation in _AGAINST or not left or left.hidden:
            continue
        if not data.elsewhere and (right is None or right.hidden):
            continue
        origin = {
            "same-origin": " (same origin: no independent confirmation)",
            "independent": " (independent)",
            "unknown": " (independence unknown)",
        }.get(data.independence or "", "")
        note = f". {markdown(data.note)}" if data.note else ""
        other = markdown(data.to) if right is None else _named(right)
        yield f"- {_named(left)} {data.relation.replace('_', ' ')} {other}{origin}{note}\n"


def _named(fact: Fact) -> str:
    return f"{fact.id} ({markdown(fact.data.text)})"


def _by(story: StoryState, who: str | None) -> str:
    return f" by {markdown(story.label(who))}" if who else ""


def _value(value: object) -> str:
    if isinstance(value, str):
        return f"“{markdown(value)}”"
    return "nothing" if value is None else markdown(json.dumps(value, ensure_ascii=False))
