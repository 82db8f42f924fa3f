"""What is known of a source besides its text."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import SourceAmended, original, readings, superseded, versions
from dateline_html.brief import Brief
from dateline_html.changes import changed_rows
from dateline_html.markup import Html, el, join, text
from dateline_web.addresses import short
from dateline_web.reading import Reading


def missing(found: Reading) -> Html:
    """Why there is no text."""
    document = found.asked.seen.document(found.name)
    texts = [one for one in readings(found.brief.story.sources, found.name) if one != found.name]
    if document is not None and texts:
        links = (el("a", _title(found, one), href=found.asked.to.source(found.asked.slug, one)) for one in texts)  # fmt: skip
        return el("p", "This is not text. What was read from it: ", join(links, ", "), class_="say")
    if document is None:
        return el("p", "The document is not here: it was erased, or it is protected.", class_="say")
    return el("p", "No text could be read from it.", class_="say")


def _title(found: Reading, name: str) -> str:
    return found.brief.story.sources[name].title or short(name)[:12]


def lines(found: Reading) -> Iterator[Html]:
    shown, data, to, slug = found.brief, found.data, found.asked.to, found.asked.slug
    story = shown.story
    whole = original(story.sources, found.name)
    url = data.url or (story.sources[whole].url if whole in story.sources else None)
    captures = versions(story, found.name)
    newer = superseded(story.sources).get(found.name)
    chars = f", {data.chars:,} characters" if data.chars is not None else ""
    lines: list[tuple[str, Html | None]] = [
        ("By", shown.labels(data.byline)),
        ("Place", shown.label(data.place) if data.place else None),
        ("Address", _address(shown, url) if url else None),
        ("Found as", shown.said(f"{data.container.words}, SHA-256 {data.container.sha256[:12]}") if data.container else None),
        ("Language", text(data.language) if data.language else None),
        ("Kept as", text(f"{data.media_type}{chars}")),
        ("Text of", el("a", _title(found, whole), href=to.source(slug, whole)) if whole != found.name and whole in story.sources else None),
        ("Read by", text(data.extracted_by) if data.extracted_by else None),
        ("Versions", el("a", f"{len(captures)} versions", href=to.versions(slug, found.name)) if len(captures) > 1 else None),
        ("Newer reading", el("a", _title(found, newer), href=to.source(slug, newer)) if newer else None),
        ("SHA-256", el("code", short(found.name))),
    ]  # fmt: skip
    given = (join([el("dt", name), el("dd", value)]) for name, value in lines if value is not None)
    yield el("dl", *given, class_="facts about")


def _address(shown: Brief, url: str) -> Html:
    """The address that it was captured from; a link only if that is harmless."""
    href = shown.links.original(url)
    return text(url) if href is None else el("a", url, href=href, rel="noreferrer noopener nofollow external")  # fmt: skip


def amendments(found: Reading) -> Iterator[Html]:
    """What was recorded wrongly about it, and how it was amended."""
    shown = found.brief
    for event in shown.story.amendments.get(found.name, ()):
        data = event.data
        assert isinstance(data, SourceAmended)
        yield el("p", "Amended", shown.by(data.by), class_="verb")
        yield el("dl", *changed_rows(shown, data.changes), class_="change")
        yield el("p", shown.said(data.reason), class_="say")
