"""Sources: a description of each, and all passages that facts were drawn from, in text order."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import Fact, SourceCaptured
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, language, start
from dateline_html.part import Part, meta
from dateline_html.quoting import passages

_LEAD = "Each passage that facts were drawn from, in the order of the text, with what was drawn from it."
_REL = "noreferrer nofollow"


def sources(brief: Brief) -> Part | None:
    count = max(brief.sources.values(), default=0)
    return Part("sources", "Sources", count, _sources(brief)) if count else None


def grouped(brief: Brief) -> Iterator[tuple[list[str], SourceCaptured | None, int]]:
    """Each document once: its sources, the newest capture, and how many versions there are."""
    for document in brief.documents:
        names = [one.id for one in document.sources]
        yield names, document.versions[-1].data, len(document.versions)
    for name in brief.sources:
        if name not in brief.story.sources:
            yield [name], None, 1


def _sources(brief: Brief) -> Iterator[Html]:
    yield el("p", _LEAD, class_="say")
    for names, newest, versions in grouped(brief):
        yield from _document(brief, names, newest, versions)


def _document(
    brief: Brief, names: list[str], newest: SourceCaptured | None, versions: int
) -> Iterator[Html]:
    number, taken_back = brief.sources[names[0]], brief.story.withdrawn
    facts = sum(len(brief.drawn.get(name, ())) for name in names)
    yield start("div", class_="source", id=brief.anchors.source(names[0]))
    withdrawn = el("span", "withdrawn", class_="badge withdrawn")
    badge = join([" ", withdrawn]) if any(name in taken_back for name in names) else None
    yield brief.heading(2, f"{number}. ", _title(brief, newest), badge)
    yield meta(
        *_about(brief, newest), f"{versions} versions" if versions > 1 else None, _drawn(facts)
    )
    for name in names:
        if (reason := taken_back.get(name)) is not None:
            yield el("p", "Withdrawn: ", brief.said(reason), class_="say")
    for digest in dict.fromkeys(name.partition(".")[0] for name in names):
        alike = [name for name in names if name.partition(".")[0] == digest]
        facts_alike = [fact for one in alike for fact in brief.drawn.get(one, ())]
        yield from _passages(brief, alike[0], facts_alike)
    yield end("div")


def _title(brief: Brief, source: SourceCaptured | None) -> Html:
    """The title of a source, linked to the address that it was captured from."""
    title = brief.said((source.title if source is not None else None) or "untitled")
    url = source.url if source is not None else None
    href = brief.links.original(url) if url else None
    return title if href is None else el("a", title, href=href, rel=_REL)


def _about(brief: Brief, source: SourceCaptured | None) -> Iterator[Html | None]:
    if source is not None:
        yield brief.label(source.publisher)
        byline = brief.labels(source.byline)
        yield join(["by ", byline]) if byline else None
        yield brief.when(source.published) if source.published else None
        yield brief.label(source.place) if source.place else None
        yield join(["found as ", brief.said(source.container.words)]) if source.container else None


def _drawn(facts: int) -> str:
    return f"{facts:,} fact{'' if facts == 1 else 's'} drawn from it"


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
            pages = brief.pages.words(drawn[0].source, span).removesuffix(", ")
            yield el("p", pages, class_="meta") if pages else Html()
        for _, words in passages([span], brief.texts.get(drawn[0].source)):
            yield el("p", words, class_="words", dir="auto", lang=spoken)
    for fact in drawn:
        yield el("p", brief.named(fact), class_="drawn")
        if fact.data.note:
            yield meta(join(["note: ", brief.said(fact.data.note)]))


def _order(fact: Fact) -> tuple[int, int, int]:
    span = fact.span
    if span is None or span.start is None:
        return (1 << 62, 0, fact.version)
    return (span.start, span.end or 0, fact.version)
