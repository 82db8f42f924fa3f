"""A source: what it is, and its whole text with every quotation marked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from dateline.plugin import Fact, source_record
from dateline_html.markup import Html, el, end, join, start, text
from dateline_html.part import listed, meta
from dateline_web import about_source
from dateline_web.addresses import TEXT
from dateline_web.asked import Asked
from dateline_web.marked_text import MarkedText, pages_of
from dateline_web.marking import Mark
from dateline_web.page import AS_OF, Page
from dateline_web.paging import PAGE, Paged, number_of
from dateline_web.problems import Problem
from dateline_web.reading import Reading, document, reading, source_of
from dateline_web.shown import Shown

_SCHEMA = {
    "type": "object",
    "required": ["source", "facts", "versions", "text"],
    "properties": {
        "source": {"type": "string"},
        "facts": {"type": "array", "items": {"type": "string"}},
        "versions": {"type": "array", "items": {"type": "string"}},
        "text": {"type": ["string", "null"]},
    },
}


def _record(asked: Asked) -> dict[str, Any]:
    return source_record(asked.seen.story, source_of(asked), partial(document, asked))


def _page(asked: Asked) -> Shown:
    found = reading(asked)
    number = number_of(asked)
    count = 1 if found.text is None else pages_of(found.text)
    if number > count:
        raise Problem(404, f"this text has {count:,} pages", "page-unknown")
    return Shown(
        found.data.title or "untitled",
        _body(found, number, count),
        _head(found),
        trail_of(asked),
        asked.slug,
    )


def trail_of(asked: Asked) -> tuple[tuple[str, str], ...]:
    """The pages above that of a source."""
    title, home = asked.seen.story.title, asked.to.home()
    return (("Stories", home), (title, asked.to.story(asked.slug)))


def _head(found: Reading) -> Iterator[Html]:
    shown, data = found.brief, found.data
    badges = []
    if found.name in shown.story.withdrawn:
        badges.append(el("span", "withdrawn", class_="badge withdrawn"))
    if found.name in shown.story.protected:
        badges.append(el("span", "protected", class_="badge"))
    yield el("p", "Source", el("span", class_="sep"), join(["", shown.label(data.publisher)]), " ", *badges, class_="kicker")  # fmt: skip
    yield el("h1", el("bdi", data.title or "untitled"))
    day = join(["Published ", shown.when(data.published)]) if data.published else text("Undated")
    yield el("p", day, ". ", _many(len(found.facts), "fact"), " drawn from it.", class_="lead")
    if found.name in shown.story.withdrawn:
        why = shown.said(shown.story.withdrawn[found.name])
        yield el("p", "The publisher withdrew it: ", why, class_="say")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _body(found: Reading, number: int, count: int) -> Iterator[Html]:
    yield from about_source.lines(found)
    yield from about_source.amendments(found)
    words = found.text
    if not words:
        yield about_source.missing(found)
        yield from _listed(found, found.facts)
        return
    paging = Paged[Any]([], number, count * 100)
    yield join([start("div", class_="reading", data_text=TEXT), start("div")])
    yield el("h2", "The text")
    yield paging.links(found.asked)
    shown = MarkedText(found.asked.to, found.asked.slug, words, found.marks)
    paged = found.brief.pages.paged(found.name)
    yield from shown.written(number, found.data.language, paged)
    yield join([end("div"), start("aside", aria_label="Facts drawn from it")])
    yield el("h2", "Facts drawn from it")
    here = {fact for one in found.marks if one.start // TEXT + 1 == number for fact in one.facts}
    placed = {fact for one in found.marks for fact in one.facts}
    facts = [fact for fact in found.facts if fact.id in here or (fact.id not in placed and number == 1)]  # fmt: skip
    yield from _listed(found, facts)
    if len(facts) < len(found.facts):
        yield el("p", f"{len(found.facts) - len(facts):,} others are drawn from other pages.", class_="say")  # fmt: skip
    yield join([end("aside"), end("div")])
    yield paging.links(found.asked, "Pages, below the text")


def _listed(found: Reading, facts: list[Fact]) -> Iterator[Html]:
    """Facts with links to their words."""
    to, slug = found.asked.to, found.asked.slug
    places: dict[str, list[Mark]] = {}
    for mark in found.marks:
        for name in mark.facts if mark.main else ():
            places.setdefault(name, []).append(mark)
    gone = {fact.id for fact in found.gone}

    def item(fact: Fact) -> Html:
        links = (
            el("a", f"{one.start}–{one.end}", href=to.source(slug, found.name, one.start, one.end))
            for one in places.get(fact.id, ())
        )
        words = join(["characters ", join(links, ", ")]) if fact.id in places else None
        lost_ = "not in the newest text" if fact.id in gone else None
        return el("li", el("p", found.brief.named(fact)), meta(words, lost_))

    order = {name: places[name][0] for name in places}
    facts = sorted(facts, key=lambda fact: order.get(fact.id, (1 << 62, 0)))
    yield from listed(map(item, facts), "ol", class_="drawn-list")


SOURCE = Page(
    "/stories/{slug}/sources/{id}",
    "A source, with its text and the facts drawn from it.",
    _page,
    _record,
    (AS_OF, PAGE),
    schema=_SCHEMA,
)
