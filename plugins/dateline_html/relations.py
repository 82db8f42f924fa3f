"""How facts relate to one another: disputes, and all other links."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import Event, Fact, FactDisputed, Link
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, join
from dateline_html.part import Part, listed, meta

_AGAINST = ("disputes", "contradicts")
_ORIGIN = {
    "same-origin": "same origin: no independent confirmation",
    "independent": "independent of each other",
    "unknown": "independence unknown",
}


def disputes(brief: Brief) -> Part | None:
    said = [
        (fact, event)
        for fact in brief.story.shown()
        for event in fact.history
        if isinstance(event.data, FactDisputed)
    ]
    linked = [link for link in _links(brief) if link.data.relation in _AGAINST]
    items = (
        item
        for group in (
            (_ground(brief, fact, event) for fact, event in said),
            (_linked(brief, link) for link in linked),
        )
        for item in group
    )
    count = len(said) + len(linked)
    return Part("disputed", "Disputed", count, listed(items)) if count else None


def relations(brief: Brief) -> Part | None:
    links = [link for link in _links(brief) if link.data.relation not in _AGAINST]
    items = (_linked(brief, link) for link in links)
    return Part("relations", "How facts relate", len(links), listed(items)) if links else None


def _links(brief: Brief) -> Iterator[Link]:
    """Links between two facts that are both shown, or from one that is shown to another story."""
    for link in brief.story.links:
        names = [link.data.from_, *([] if link.data.elsewhere else [link.data.to])]
        ends = [brief.story.facts.get(name) for name in names]
        if all(fact is not None and not fact.hidden for fact in ends):
            yield link


def _ground(brief: Brief, fact: Fact, event: Event) -> Html:
    data: FactDisputed = event.data  # type: ignore[assignment]
    return el(
        "li",
        _side(brief, fact),
        el("p", "is disputed", brief.by(data.by), class_="verb"),
        el("div", el("p", brief.said(data.ground)), class_="pair"),
        id=brief.anchors.event(event.version),
    )


def _linked(brief: Brief, link: Link) -> Html:
    data = link.data
    origin = _ORIGIN.get(data.independence or "")
    verb = data.relation.replace("_", " ") + (f" ({origin})" if origin else "")
    return el(
        "li",
        _side(brief, brief.story.facts[data.from_]),
        el("p", verb, class_="verb"),
        el("div", el("p", data.to), class_="pair")
        if data.elsewhere
        else _side(brief, brief.story.facts[data.to]),
        el("p", brief.said(data.note), class_="say") if data.note else None,
        id=brief.anchors.event(link.event.version),
    )


def _side(brief: Brief, fact: Fact) -> Html:
    small = meta(brief.chain(fact), brief.where(fact))
    return el("div", el("p", join([brief.named(fact)])), small, class_="pair")
