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
    count = max(brief.sources.values(), default=0)
    return Part("sources", "Sources", count, _sources(brief)) if count else None


def _sources(brief: Brief) -> Iterator[Html]:
    yield el("p", _LEAD, class_="say")
    drawn: dict[str, list[Fact]] = {}
    for fact in brief.story.facts.values():
        drawn.setdefault(fact.source, []).append(fact)
    for document in brief.documents:
        newest, names = document.versions[-1].data, [one.id for one in document.sources]
        yield from _document(brief, names, newest, len(document.versions), drawn)
    for name in brief.sources:
        if name not in brief.story.sources:
            yield from _document(brief, [name], None, 1, drawn)


def _document(
    brief: Brief,
    names: list[str],
    newest: SourceCaptured | None,
    versions: int,
    drawn: dict[str, list[Fact]],
) -> Iterator[Html]:
    number, taken_back = brief.sources[names[0]], brief.story.withdrawn
    title = (newest.title if newest is not None else None) or "untitled"
    facts = sum(len(drawn.get(name, ())) for name in names)
    yield start("div", class_="source", id=brief.anchors.source(names[0]))
    withdrawn = el("span", "withdrawn", class_="badge withdrawn")
    badge = join([" ", withdrawn]) if any(name in taken_back for name in names) else None
    yield brief.heading(2, f"{number}. ", brief.said(title), badge)
    yield el("dl", *_about(brief, names, newest, versions, facts), class_="facts")
    for digest in dict.fromkeys(name.partition(".")[0] for name in names):
        alike = [name for name in names if name.partition(".")[0] == digest]
        yield from _passages(
            brief, alike[0], [fact for one in alike for fact in drawn.get(one, ())]
        )
    yield end("div")


def _about(
    brief: Brief, names: list[str], source: SourceCaptured | None, versions: int, facts: int
) -> Iterator[Html]:
    if source is not None:
        yield from _line("Publisher", brief.label(source.publisher))
        yield from _line(
            "By",
            brief.labels(source.byline),
        )
        yield from _line("Published", brief.when(source.published) if source.published else None)
        yield from _line("Place", brief.label(source.place) if source.place else None)
        yield from _line("Address", text(source.url) if source.url else None)
        yield from _line("Language", text(source.language) if source.language else None)
        chars = f", {source.chars:,} characters" if source.chars is not None else ""
        yield from _line("Kept as", text(source.media_type + chars))
    yield from _line("Versions", text(str(versions)) if versions > 1 else None)
    yield from _line("Facts drawn", text(str(facts)))
    for digest in dict.fromkeys(name.removeprefix("sha256:").partition(".")[0] for name in names):
        yield from _line("SHA-256", el("code", digest))
    for name in names:
        reason = brief.story.withdrawn.get(name)
        yield from _line("Withdrawn", brief.said(reason) if reason is not None else None)


def _line(name: str, value: Html | None) -> Iterator[Html]:
    if value is not None:
        yield el("dt", name)
        yield el("dd", value)


def _passages(brief: Brief, name: str, facts: list[Fact]) -> Iterator[Html]:
    cited: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=_order):
        cited.setdefault(brief.anchors.passage(fact), []).append(fact)
    if not cited:
        return
    source = brief.story.sources.get(name)
    spoken = language(source.language) if source is not None else None
    yield start("ol", class_="passages")
    for anchor, drawn in cited.items():
        yield el("li", *_passage(brief, drawn, spoken), id=anchor)
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
