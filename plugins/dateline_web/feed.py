"""The feed of a story: its newest events, as Atom (RFC 4287)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from dateline.plugin import Event, FactPayload, SourceCaptured, legible_line, to_iso, worded
from dateline_html.markup import Html, el, end, join, start
from dateline_web.answers import Answer
from dateline_web.asked import Asked
from dateline_web.page import Page

_NEWEST = 50


def _feed(asked: Asked) -> Answer:
    archive, slug = asked.site.archive, asked.slug
    state = asked.seen.story
    events = deque(archive.events(slug), _NEWEST)
    home, itself = asked.base + asked.to.story(slug), asked.base + asked.to.feed(slug)
    body = join(
        [
            Html('<?xml version="1.0" encoding="utf-8"?>\n'),
            start("feed", xmlns="http://www.w3.org/2005/Atom"),
            el("id", f"urn:uuid:{state.id}"),
            el("title", state.title),
            el("updated", to_iso(state.recorded_us)),
            el("author", el("name", "Dateline")),
            Html(start("link", rel="self", href=itself)[:-1] + "/>"),
            Html(start("link", href=home)[:-1] + "/>"),
            *(_entry(asked, event) for event in reversed(events)),
            end("feed"),
        ]
    )
    return Answer("application/atom+xml; charset=utf-8", str(body).encode())


def _entry(asked: Asked, event: Event) -> Html:
    title, address = _about(asked, event)
    return el(
        "entry",
        el("id", f"urn:uuid:{event.event_id}"),
        el("title", title),
        el("updated", to_iso(event.recorded_us)),
        Html(start("link", href=asked.base + address)[:-1] + "/>"),
        el("content", "\n".join(_lines(asked, event)), type="text"),
    )


def _about(asked: Asked, event: Event) -> tuple[str, str]:
    """What an event is, in a line, and the page about it."""
    data, slug, state = event.data, asked.slug, asked.seen.story
    name = getattr(data, "fact", None)
    fact = state.facts.get(name) if isinstance(name, str) else None
    if fact is not None:
        wording = worded(data)
        what = (
            "recorded" if isinstance(data, FactPayload) else wording.what if wording else event.type
        )
        return legible_line(f"{fact.id} {what}: {fact.data.text}"), asked.to.fact(slug, fact.id)
    if isinstance(data, SourceCaptured) and data.source in state.sources:
        return f"captured: {data.title or 'untitled'}", asked.to.source(slug, data.source)
    return event.type, asked.to.story(slug)


def _lines(asked: Asked, event: Event) -> Iterator[str]:
    wording = worded(event.data)
    if wording is not None and wording.why:
        yield wording.why
    name = getattr(event.data, "fact", None)
    fact = asked.seen.story.facts.get(name) if isinstance(name, str) else None
    if fact is not None:
        yield fact.chain_words


FEED = Page(
    "/stories/{slug}/feed", "The newest events of a story.", query=(), forms={"atom": _feed}
)
