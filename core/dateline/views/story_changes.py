"""What changed in a story between two moments. Pure: a function of two states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import msgspec

from dateline.events.editorial import FactCorrected, FactDisputed
from dateline.events.pointer import get, same
from dateline.events.registry import to_fields
from dateline.events.series import AllSeries, Entry
from dateline.events.state import Fact, StoryState
from dateline.events.words import quantity_words

if TYPE_CHECKING:  # it would bring SQLAlchemy into every plugin
    from dateline.views.asof import Moment

Kind = Literal[
    "added", "corrected", "updated", "retracted", "rejected", "disputed", "figure", "erased", "gone"
]


class StoryChange(msgspec.Struct, frozen=True):
    """One difference. ``was`` and ``now`` are in words; ``path`` is a JSON Pointer into the fact."""

    kind: Kind
    fact: str
    text: str
    path: str | None = None
    was: str | None = None
    now: str | None = None
    why: str | None = None


def compare(before: StoryState, after: StoryState) -> Iterator[StoryChange]:
    """Facts that were added, corrected, retracted or disputed, and figures that changed or were superseded."""
    for fact in after.facts.values():
        old = before.facts.get(fact.id)
        if old is None:
            if not fact.hidden:
                yield StoryChange("added", fact.id, fact.data.text, now=fact.chain_words)
        else:
            yield from _changed(old, fact)
    yield from _moved(before, after)
    for name, fact in before.facts.items():
        if name not in after.facts:  # the moments were given the other way round
            yield StoryChange("gone", name, fact.data.text)


def erased(after: StoryState, since: Moment, until: Moment) -> Iterator[StoryChange]:
    """Facts that were erased between the two moments, by this archive's clock. The two states cannot
    show it, because erased content is missing from the past too."""
    for fact in after.erased.values():
        if until.reaches(fact.erased_us, fact.told) and not since.reaches(
            fact.erased_us, fact.told
        ):
            yield StoryChange("erased", fact.id, "[erased]", now="erased", why=fact.why)


def _changed(old: Fact, new: Fact) -> Iterator[StoryChange]:
    text = new.data.text
    if new.hidden and not old.hidden:
        reason = getattr(new.history[-1].data, "reason", None)
        kind: Kind = "retracted" if new.status == "retracted" else "rejected"
        yield StoryChange(kind, new.id, text, was=old.status, now=new.status, why=reason)
        return
    if old.hidden and not new.hidden:
        yield StoryChange("added", new.id, text, was=old.status, now=new.status)
    yield from _corrections(old, new)
    yield from _figures(old, new)
    if new.status == "disputed" and old.status != "disputed":
        grounds = [e.data.ground for e in new.history if isinstance(e.data, FactDisputed)]
        links = [
            link.data.note or link.data.from_
            for link in new.story.linked(new.id)
            if link.data.relation == "disputes" and link.data.to == new.id
        ]
        why = next((str(words) for words in reversed(grounds + links)), None)
        yield StoryChange("disputed", new.id, text, was=old.status, now="disputed", why=why)


def _corrections(old: Fact, new: Fact) -> Iterator[StoryChange]:
    """Values that differ, at the paths of the corrections in between."""
    left, right = to_fields(old.data), to_fields(new.data)
    known = {event.event_id for event in old.history}
    seen = set()
    for event in new.history:
        if event.event_id in known or not isinstance(event.data, FactCorrected):
            continue
        kind: Kind = "updated" if event.data.kind == "update" else "corrected"
        for change in event.data.changes:
            was, now = get(left, change.path), get(right, change.path)
            if change.path not in seen and not same(was, now):
                seen.add(change.path)
                values = _json(was), _json(now)
                yield StoryChange(
                    kind, new.id, new.data.text, change.path, *values, event.data.reason
                )


def _figures(old: Fact, new: Fact) -> Iterator[StoryChange]:
    """Quantities whose words changed, whichever field caused it."""
    was = [quantity_words(quantity) for quantity in old.data.quantities]
    now = [quantity_words(quantity) for quantity in new.data.quantities]
    for at in range(max(len(was), len(now))):
        left = was[at] if at < len(was) else None
        right = now[at] if at < len(now) else None
        if left != right:
            quantity = (new if at < len(now) else old).data.quantities[at]
            yield StoryChange("figure", new.id, quantity.measure, f"/quantities/{at}", left, right)


def _moved(before: StoryState, after: StoryState) -> Iterator[StoryChange]:
    """New figures that superseded one of before; of several that followed one another the last."""
    then, now = AllSeries.of(before), AllSeries.of(after)
    new = [
        (series, entry)
        for fact in after.shown()
        if not then.entries(fact.id)
        for series, entry in now.entries(fact.id)
    ]
    if not new:
        return
    previous = {entry: now.before(series, entry) for series, entry in new}
    last = previous.keys() - previous.values()
    for _, entry in new:
        old = previous[entry]
        while old in previous:
            old = previous[old]
        if entry in last and old is not None:
            # The old figure may have been corrected since.
            own = (one for _, one in then.entries(old.fact) if _is_same(one, old))
            was = next(own, old).words
            if was != entry.words:
                why = f"supersedes {old.fact}"
                yield StoryChange("figure", entry.fact, entry.measure, None, was, entry.words, why)


def _is_same(left: Entry, right: Entry) -> bool:
    return (left.number, left.stage) == (right.number, right.stage)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
