"""The first page: all stories, the one that changed last first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline.plugin import parse_edtf, story_row, to_iso
from dateline_html.markup import Html, el
from dateline_web.asked import Asked
from dateline_web.page import AS_OF, Page
from dateline_web.paging import PAGE, SIZE, Paged, number_of
from dateline_web.shown import Shown

_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["story", "title", "state", "facts", "sources", "events"],
    },
}


def _page(asked: Asked) -> Shown:
    archive, number = asked.site.archive, number_of(asked)
    found = archive.overview(latest=SIZE, skip=(number - 1) * SIZE)
    part = Paged(found, number, archive.story_count())
    return Shown(
        "Stories",
        _body(asked, part),
        [el("h1", "Stories"), el("p", _count(part.count), class_="lead")],
        timeless=True,
    )


def _count(count: int) -> str:
    return f"{count:,} {'story' if count == 1 else 'stories'}, the one that changed last first."


def _body(asked: Asked, part: Paged[Any]) -> Iterator[Html]:
    yield el("ul", *(_story(asked, one) for one in part.items), class_="stories")
    yield part.links(asked)


def _story(asked: Asked, one: Any) -> Html:
    day = to_iso(one.story.recorded_us)[:10]
    if one.sealed:
        link = el("a", one.story.slug, href=asked.to.story(one.story.slug))
        return el(
            "li", el("h2", link), el("p", "Some of its content is sealed: its key is not here.")
        )
    state = "closed, " if one.closed else ""
    between = _between(one.earliest, one.latest)
    counts = (
        f"{state}{_many(one.facts, 'fact')} from {_many(one.sources, 'document')} of "
        f"{_many(one.publishers, 'publisher')}{between}; last event on "
    )
    return el(
        "li",
        el("h2", el("a", el("bdi", one.title), href=asked.to.story(one.story.slug))),
        el("p", counts, el("time", parse_edtf(day).words, datetime=day), class_="meta"),
    )


def _between(earliest: str | None, latest: str | None) -> str:
    first, last = (
        None if one is None else parse_edtf(one[:10]).words for one in (earliest, latest)
    )
    if first is None or last is None:
        return ""
    return f", about {first}" if first == last else f", about {first} to {last}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _record(asked: Asked) -> Sequence[dict[str, Any]]:
    return [story_row(one) for one in asked.site.archive.overview()]


HOME = Page("/", "All stories.", _page, _record, (AS_OF, PAGE), schema=_SCHEMA)
