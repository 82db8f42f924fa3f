"""How one fact relates to others: what supports it, who disputes it, and its links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline.plugin import Fact, FactDisputed, Link, support
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, text
from dateline_html.part import listed, meta
from dateline_web.addresses import Addresses


def supporting(brief: Brief, fact: Fact) -> Iterator[Html]:
    """How many voices know it independently, who published it, and the facts that say the same."""
    if fact.hidden:
        return
    found = support(fact)
    voices = f"{found.independent} independent voice{'' if found.independent == 1 else 's'}"
    standing = f"{found.standing.capitalize()}; " if found.standing else ""
    by = brief.labels([one for one in found.publishers if one]) or text("nobody named")
    yield el("p", f"{standing}{voices}. Published by ", by, ".")
    if found.saying[1:]:
        same = (el("li", el("p", brief.named(one)), meta(brief.chain(one), brief.where(one))) for one in found.saying[1:])  # fmt: skip
        yield el("p", "Others that say the same:", class_="say")
        yield from listed(same)


def disputing(brief: Brief, fact: Fact) -> Iterator[Html]:
    """Who disputes it, and on what grounds. Facts that dispute it are among its links."""
    grounds = (event.data for event in fact.history if isinstance(event.data, FactDisputed))
    items = [
        el("li", el("p", brief.said(data.ground)), meta(brief.by(data.by) or None))
        for data in grounds
    ]
    if items:
        yield from listed(iter(items))


def links(to: Addresses, brief: Brief, fact: Fact, linking: Sequence[Link]) -> Iterator[Html]:
    """Links from and to it, also those of other stories."""
    items = [_link(to, brief, fact, link) for link in brief.story.linked(fact.id)]
    for link in linking:
        slug, name = str(link.event.slug), link.data.from_
        other = el("a", f"{slug}/{name}", href=to.fact(slug, name))
        items.append(_related(brief, other, link, outward=False))
    if items:
        yield from listed(iter(items))


def _link(to: Addresses, brief: Brief, fact: Fact, link: Link) -> Html:
    data = link.data
    outward = data.from_ == fact.id
    if data.elsewhere is not None:
        slug, name = data.elsewhere
        return _related(brief, el("a", data.to, href=to.fact(slug, name)), link, outward=True)
    name = data.to if outward else data.from_
    found = brief.story.facts.get(name)
    return _related(
        brief, text(name) if found is None else brief.named(found), link, outward=outward
    )


def _related(brief: Brief, other: Html, link: Link, *, outward: bool) -> Html:
    """The other fact, and how this one relates to it; or how it relates to this one, unless the link is `outward`."""
    data = link.data
    relation = data.relation.replace("_", " ")
    verb = el("p", f"This {relation}" if outward else f"{relation} this", class_="verb")
    about = meta(
        f"origin: {data.independence}" if data.independence else None,
        brief.said(data.note) if data.note else None,
    )
    fact = el("p", other)
    return el("li", *((verb, fact) if outward else (fact, verb)), about)
