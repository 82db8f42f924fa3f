"""Sources: a description of each, and all passages that facts were drawn from, in text order."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import Evidence, Fact, SourceCaptured
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, language, start, text
from dateline_html.part import Part, meta
from dateline_html.quoting import passages

_LEAD = "Each passage that facts were drawn from, in the order of the text, with what was drawn from it."


def sources(brief: Brief) -> Part | None:
    count = len(brief.sources)
    return Part("sources", "Sources", count, _sources(brief)) if count else None


def _sources(brief: Brief) -> Iterator[Html]:
    yield el("p", _LEAD, class_="say")
    drawn: dict[str, list[Fact]] = {}
    for fact in brief.story.facts.values():
        drawn.setdefault(fact.source, []).append(fact)
    for name, number in brief.sources.items():
        source = brief.story.sources.get(name)
        title = (source.title if source is not None else None) or "untitled"
        facts = drawn.get(name, [])
        yield start("div", class_="source", id=brief.id(f"s{number}"))
        withdrawn = el("span", "withdrawn", class_="badge withdrawn")
        taken_back = join([" ", withdrawn]) if name in brief.story.withdrawn else None
        yield brief.heading(2, f"{number}. ", brief.said(title), taken_back)
        yield el("dl", *_about(brief, name, source, len(facts)), class_="facts")
        yield from _passages(brief, name, facts)
        yield end("div")


def _about(brief: Brief, name: str, source: SourceCaptured | None, facts: int) -> Iterator[Html]:
    if source is not None:
        yield from _line("Publisher", brief.label(source.publisher))
        yield from _line(
            "By",
            brief.said(", ".join(map(brief.story.label, source.byline))) if source.byline else None,
        )
        yield from _line("Published", brief.when(source.published) if source.published else None)
        yield from _line("Place", brief.label(source.place) if source.place else None)
        yield from _line("Address", text(source.url) if source.url else None)
        yield from _line("Language", text(source.language) if source.language else None)
        chars = f", {source.chars:,} characters" if source.chars is not None else ""
        yield from _line("Kept as", text(source.media_type + chars))
    yield from _line("Facts drawn", text(str(facts)))
    yield from _line("SHA-256", el("code", name.removeprefix("sha256:").partition(".")[0]))
    reason = brief.story.withdrawn.get(name)
    yield from _line("Withdrawn", brief.said(reason) if reason is not None else None)


def _line(name: str, value: Html | None) -> Iterator[Html]:
    if value is not None:
        yield el("dt", name)
        yield el("dd", value)


def _passages(brief: Brief, name: str, facts: list[Fact]) -> Iterator[Html]:
    cited: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=_order):
        cited.setdefault(brief.passage(fact), []).append(fact)
    if not cited:
        return
    source = brief.story.sources.get(name)
    spoken = language(source.language) if source is not None else None
    yield start("ol", class_="passages")
    for anchor, drawn in cited.items():
        yield el("li", *_passage(brief, drawn, spoken), id=brief.id(anchor))
    yield end("ol")


def _passage(brief: Brief, drawn: list[Fact], spoken: str | None) -> Iterator[Html]:
    span = drawn[0].span
    if span is not None:
        if span.start is not None:
            pages = brief.pages.words(drawn[0].source, span)
            yield el("p", f"{pages}characters {span.start}–{span.end}", class_="meta")
        for _, words in passages([span], brief.texts.get(drawn[0].source)):
            yield el("p", words, class_="words", dir="auto", lang=spoken)
    for fact in drawn:
        yield el("p", brief.named(fact), class_="drawn")
        others = [item for item in fact.data.evidence if item is not span and item != span]
        if others:
            yield meta(*(_other(item) for item in others))
        if fact.data.note:
            yield meta(join(["note: ", brief.said(fact.data.note)]))


def _other(item: Evidence) -> Html:
    """``relay “NORA” 300–304``"""
    place = f" {item.start}–{item.end}" if item.start is not None else ""
    return join([item.role.replace("_", " "), " “", el("bdi", item.exact), "”", place])


def _order(fact: Fact) -> tuple[int, int, int]:
    span = fact.span
    if span is None or span.start is None:
        return (1 << 62, 0, fact.version)
    return (span.start, span.end or 0, fact.version)
