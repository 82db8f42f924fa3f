"""What the page rests on, for those who check it: each source's hash, and where each fact is written."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import Evidence, Fact, SourceCaptured
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, start, text
from dateline_html.part import Part
from dateline_html.sources import grouped

_SPANS = (
    "The hash of each source, and the characters (Unicode code points) of its text that each fact rests "
    "on, counted from 0, the end left out."
)


def record(brief: Brief) -> Part | None:
    found = list(grouped(brief))
    return Part("record", "For the record", len(found), _sources(brief)) if found else None


def _sources(brief: Brief) -> Iterator[Html]:
    yield el("p", _SPANS, class_="say")
    for names, source, _ in grouped(brief):
        link = el("a", f"source {brief.sources[names[0]]}", href=brief.links.source(names[0]))
        yield start("div", class_="group record")
        yield brief.heading(2, link)
        yield el("dl", *_about(names, source), class_="facts")
        facts = [fact for name in names for fact in brief.drawn.get(name, ())]
        if facts:
            yield start("ul")
            yield from (el("li", _place(brief, fact)) for fact in facts)
            yield end("ul")
        yield end("div")


def _about(names: list[str], source: SourceCaptured | None) -> Iterator[Html]:
    for digest in dict.fromkeys(name.removeprefix("sha256:").partition(".")[0] for name in names):
        yield from _line("SHA-256", el("code", digest))
    if source is not None:
        chars = f", {source.chars:,} characters" if source.chars is not None else ""
        yield from _line("Kept as", text(source.media_type + chars))
        yield from _line("Language", text(source.language) if source.language else None)
        yield from _line("Address", text(source.url) if source.url else None)


def _line(name: str, value: Html | None) -> Iterator[Html]:
    if value is not None:
        yield el("dt", name)
        yield el("dd", value)


def _place(brief: Brief, fact: Fact) -> Html:
    """``f4 449–481; source “Brandt” 429–435``; a quotation from a PDF also has its page."""
    span = fact.span
    number = el("a", fact.id, href=brief.links.passage(fact), class_="no")
    others = (_other(item) for item in fact.data.evidence if item is not span and item != span)
    if span is None:
        return join([number, *others], "; ")
    return join([join([number, _span(span, brief.pages.words(fact.source, span))]), *others], "; ")


def _other(item: Evidence) -> Html:
    return join([item.role.replace("_", " "), " “", el("bdi", item.exact), "”", _span(item)])


def _span(item: Evidence, pages: str = "") -> Html | None:
    if item.start is None:
        return None
    return join([" ", pages, el("span", f"{item.start}–{item.end}", class_="span")])
