"""What is known of one fact, in parts: its quotations, who says it, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.plugin import (
    Channel,
    Evidence,
    Fact,
    FactCorrected,
    number_words,
    quantity_words,
    to_fields,
)
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, join, language, text
from dateline_html.part import listed, meta
from dateline_html.quoting import passages
from dateline_web.addresses import Addresses

#: Fields of a fact that have a part of their own, or are on the page already.
_PRINTED = frozenset({
    "fact", "text", "source", "evidence", "attribution", "factuality", "times", "places",
    "quantities", "quote", "note",
})  # fmt: skip
#: The part of a fact's page that tells how it changed.
HISTORY = "history"
#: How sure somebody is, by the codes of FactBank.
_SURE = {
    "CT+": "certain", "PR+": "probable", "PS+": "possible", "CT-": "certainly not", "PR-": "probably not",
    "PS-": "possibly not", "CTu": "certain whether or not", "PRu": "probably known whether or not",
    "PSu": "possibly known whether or not", "Uu": "not committed to it",
}  # fmt: skip
_TIMES = (("Said", "said"), ("Held or happened", "valid"), ("Compared with", "baseline"))


def quotations(to: Addresses, brief: Brief, fact: Fact) -> Iterator[Html]:
    """Every quotation in its context, each with a link to its place in the source."""
    document = fact.document
    spoken = language(document.language) if document is not None else None
    items = sorted(fact.data.evidence, key=lambda item: (item.start or 0, -(item.end or 0)))
    apart = [one for one in items if not any(_within(one, other) for other in items)]
    for group, words in passages(apart, brief.texts.get(fact.source)):
        block = el("blockquote", el("p", words), dir="auto", lang=spoken)
        there = [one for one in items if one in group or any(_within(one, two) for two in group)]
        places = (_place(to, brief, fact, item) for item in there)
        yield el("figure", block, el("figcaption", meta(*places)))
    title = (document.title if document is not None else None) or "untitled"
    link = el("a", brief.said(title), href=brief.links.source(fact.source))
    withdrawn = brief.story.withdrawn.get(fact.source)
    yield el("p", "Written in ", link, ".", class_="say")
    if withdrawn is not None:
        yield el("p", "The publisher withdrew it: ", brief.said(withdrawn), class_="say")
    changed = _changed_since(fact)
    if changed is not None:
        link = el("a", "its history", href=f"#{HISTORY}")
        before = f"The fact was {changed} after it was drawn from these words: see "
        yield el("p", before, link, ".", class_="say")


def _changed_since(fact: Fact) -> str | None:
    """How the fact came to have other content than its quotations, if it has."""
    changes = [event.data for event in fact.history if isinstance(event.data, FactCorrected)]
    if any(one.path.startswith("/evidence") for data in changes for one in data.changes):
        return None
    verbs = {"correction": "corrected", "update": "updated"}
    return next((verbs[data.kind] for data in reversed(changes) if data.kind in verbs), None)


def _within(item: Evidence, other: Evidence) -> bool:
    """Whether a quotation is a part of another, longer one."""
    if None in (item.start, item.end, other.start, other.end) or item == other:
        return False
    inside = other.start <= item.start and item.end <= other.end  # type: ignore[operator]
    return inside and (item.start, item.end) != (other.start, other.end)


def _place(to: Addresses, brief: Brief, fact: Fact, item: Evidence) -> Html:
    role = item.role.replace("_", " ")
    if item.start is None or item.end is None:
        return text(role)
    pages = brief.pages.words(fact.source, item)
    href = to.source(brief.story.slug, fact.source, item.start, item.end)
    unseen = el("span", "characters ", class_="unseen")
    return el("a", f"{role}, {pages}", unseen, f"{item.start}–{item.end}", href=href)


def steps(brief: Brief, fact: Fact) -> Iterator[Html]:
    """The steps of the attribution, from the origin to the publisher."""
    items = []
    for step in fact.data.attribution:
        notes = [step.role.replace("_", " "), step.act]
        if step.channel is not None:
            notes.append(", ".join(_channel(step.channel)))
        if step.inferred:
            notes.append("not named in the text, inferred")
        items.append(el("li", el("p", brief.label(step.agent)), meta(*notes)))
    if items:
        yield from listed(iter(items), "ol", class_="chain")


def _channel(channel: Channel) -> Iterator[str]:
    """``interview, TASS, in public``"""
    yield from (one for one in (channel.medium, channel.platform) if one)
    if channel.public is not None:
        yield "in public" if channel.public else "not in public"


def content(brief: Brief, fact: Fact) -> Iterator[Html]:
    """Its dates, places, figures and other fields."""
    lines = [
        *_times(brief, fact),
        *_places(brief, fact),
        *_figures(brief, fact),
        *(
            ("How sure", join([brief.label(one.by), f": {_SURE.get(one.value, one.value)}"]))
            for one in fact.data.factuality
        ),
        *(
            (name.replace("_", " ").capitalize(), _plain(brief, value))
            for name, value in to_fields(fact.data).items()
            if name not in _PRINTED
        ),
    ]
    if fact.data.note:
        lines.append(("Note", brief.said(fact.data.note)))
    if lines:
        yield el("dl", *(join([el("dt", name), el("dd", value)]) for name, value in lines), class_="facts")  # fmt: skip


def _times(brief: Brief, fact: Fact) -> Iterator[tuple[str, Html]]:
    for title, field in _TIMES:
        time = getattr(fact.data.times, field)
        if time is not None:
            given = join([", given as “", brief.said(time.expression), "”"]) if time.expression else None  # fmt: skip
            yield title, join([brief.when(time.edtf), " (", el("code", time.edtf), ")", given])


def _places(brief: Brief, fact: Fact) -> Iterator[tuple[str, Html]]:
    for place in fact.data.places:
        yield "Place", join([brief.label(place.place), f" ({place.role.replace('_', ' ')})"])


def _figures(brief: Brief, fact: Fact) -> Iterator[tuple[str, Html]]:
    for one in fact.data.quantities:
        unit = one.unit if one.unit not in (None, "fraction") else None
        measure = join([brief.said(one.measure), f" ({unit})" if unit else None])
        yield "Figure", join([brief.said(quantity_words(one)), ": ", measure, _bounds(one)])


def _bounds(one: Any) -> Html | None:
    """The least and the most that it may be, if they are given."""
    sides = (
        ("at least" if one.lower_inclusive is not False else "more than", one.lower),
        ("at most" if one.upper_inclusive is not False else "less than", one.upper),
    )
    words = [
        f"{side} {number_words(value, one.unit)}" for side, value in sides if value is not None
    ]
    return text(f"; {', '.join(words)}") if words else None


def _plain(brief: Brief, value: Any) -> Html:
    """A field as words; ids become the names of entities."""
    if isinstance(value, bool):
        return text("yes" if value else "no")
    if isinstance(value, int | float):
        return text(number_words(value))
    if isinstance(value, str):
        if value in brief.story.facts:
            return brief.number(value)
        return brief.label(value) if brief.story.id_of(value) else brief.said(value)
    if isinstance(value, dict):
        if set(value) == {"agent", "role"}:
            return join([_plain(brief, value["agent"]), f" ({value['role']})"])
        pairs = (join([f"{name.replace('_', ' ')}: ", _plain(brief, one)]) for name, one in value.items())  # fmt: skip
        return join(pairs, "; ")
    return join((_plain(brief, one) for one in value or ()), ", ")
