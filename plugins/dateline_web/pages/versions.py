"""The versions of a document: each capture, and word by word what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from dateline.plugin import Piece, drawn, lost, versions, word_diff
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, language, start, text, verbatim
from dateline_html.part import listed, meta
from dateline_web.addresses import short
from dateline_web.asked import Asked
from dateline_web.page import Page
from dateline_web.pages.source import trail_of
from dateline_web.pages.story import brief
from dateline_web.reading import source_of
from dateline_web.shown import Shown

#: The most characters of what stayed the same around a change, on each side.
_AROUND = 160
#: The most pieces of one comparison that are shown.
_PIECES = 2_000
_FIELDS = ("title", "publisher", "published", "language")
_SCHEMA = {
    "type": "object",
    "required": ["versions", "changes"],
    "properties": {
        "versions": {"type": "array", "items": {"type": "object", "required": ["source", "facts"]}},
        "changes": {"type": "array", "items": {"type": "object", "required": ["from", "to"]}},
    },
}


def _record(asked: Asked) -> dict[str, Any]:
    """The captures, and between each two the fields and pieces of text that differ."""
    shown, name = brief(asked), source_of(asked)
    names = versions(shown.story, name)
    return {
        "versions": [
            {"source": one, "published": shown.story.sources[one].published,
             "facts": [fact.id for fact in drawn(shown.story, one)]}
            for one in names
        ],
        "changes": [_change(shown, before, after) for before, after in pairwise(names)],
    }  # fmt: skip


def _change(shown: Brief, before: str, after: str) -> dict[str, Any]:
    pieces = _pieces(shown, before, after)
    return {
        "from": before,
        "to": after,
        "fields": {name: [was, now] for name, was, now in _fields(shown, before, after)},
        "text": pieces if pieces is None else [
            {"kind": one.kind, "text": one.text} for one in pieces if one.kind != "same"
        ],
        "no_longer_there": [fact.id for fact in _gone(shown, before, after)],
    }  # fmt: skip


def _fields(shown: Brief, before: str, after: str) -> Iterator[tuple[str, Any, Any]]:
    old, new = shown.story.sources[before], shown.story.sources[after]
    for name in _FIELDS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield name, was, now


def _pieces(shown: Brief, before: str, after: str) -> list[Piece] | None:
    """The pieces of both texts; None if one is not here."""
    old, new = shown.texts.get(before), shown.texts.get(after)
    return None if old is None or new is None else list(word_diff(old, new))


def _gone(shown: Brief, before: str, after: str) -> list[Any]:
    """The facts whose quotations the newer text does not have."""
    words = shown.texts.get(after)
    return [] if words is None else [one for one in drawn(shown.story, before) if lost(one, words)]


def _page(asked: Asked) -> Shown:
    shown, name = brief(asked), source_of(asked)
    title = shown.story.sources[name].title or "untitled"
    names = versions(shown.story, name)
    head = [
        el("p", "Versions of a document", class_="kicker"),
        el("h1", el("bdi", title)),
        el("p", f"{len(names)} captures, the oldest first.", class_="lead"),
    ]
    trail = (*trail_of(asked), (title, asked.to.source(asked.slug, name)))
    return Shown(f"Versions: {title}", _body(asked, shown, name, names), head, trail, asked.slug)


def _body(asked: Asked, shown: Brief, name: str, names: list[str]) -> Iterator[Html]:
    yield from listed((_capture(asked, shown, one, one == name) for one in names), "ol")
    for number, (before, after) in enumerate(pairwise(names), 1):
        yield join([start("section", class_="part", id=f"change-{number}")])
        yield el("h2", f"From version {number} to {number + 1}")
        yield from _compared(asked, shown, before, after)
        yield end("section")


def _capture(asked: Asked, shown: Brief, name: str, here: bool) -> Html:
    source = shown.story.sources[name]
    link = el(
        "a",
        el("bdi", source.title or "untitled"),
        href=asked.to.source(asked.slug, name),
        aria_current="page" if here else None,
    )
    facts = len(drawn(shown.story, name))
    return el(
        "li",
        el("p", link),
        meta(
            shown.when(source.published) if source.published else "undated",
            f"{facts} fact{'' if facts == 1 else 's'}",
            el("code", short(name)[:12]),
        ),
    )


def _compared(asked: Asked, shown: Brief, before: str, after: str) -> Iterator[Html]:
    fields = list(_fields(shown, before, after))
    if fields:
        yield el("dl", *(_field(shown, *one) for one in fields), class_="change")
    pieces = _pieces(shown, before, after)
    if pieces is None:
        yield el("p", "One of the texts is not here.", class_="say")
    elif all(one.kind == "same" for one in pieces):
        yield el("p", "The text is the same.", class_="say")
    else:
        spoken = language(shown.story.sources[after].language)
        yield el("div", *_shortened(pieces), class_="text compared", lang=spoken, dir="auto")
    gone = _gone(shown, before, after)
    if gone:
        yield el("p", "No longer there are the quotations of", class_="say")
        items = (el("li", el("p", shown.named(one)), _quotations(asked, one)) for one in gone)
        yield from listed(items)


def _quotations(asked: Asked, fact: Any) -> Html:
    links = (
        el("a", el("bdi", f"“{one.exact}”"), href=asked.to.source(asked.slug, fact.source, one.start, one.end))
        for one in fact.data.evidence
    )  # fmt: skip
    return el("p", join(links, ", "), class_="meta")


def _field(shown: Brief, name: str, was: Any, now: Any) -> Html:
    def value(given: Any) -> Html:
        if given is None:
            return text("nothing")
        return shown.label(given) if name == "publisher" else el("bdi", str(given))

    return join(
        [
            el("dt", name, class_="path"),
            *(el("dt", "was"), el("dd", el("del", value(was)))),
            *(el("dt", "now"), el("dd", el("ins", value(now)))),
        ]
    )


def _shortened(pieces: list[Piece]) -> Iterator[Html]:
    """The changes with what is around them; the middle of what stayed the same is left out."""
    last = len(pieces) - 1
    for number, piece in enumerate(pieces[:_PIECES]):
        if piece.kind == "removed":
            yield el("del", verbatim(piece.text))
        elif piece.kind == "added":
            yield el("ins", verbatim(piece.text))
        elif len(piece.text) <= 2 * _AROUND:
            yield verbatim(piece.text)
        else:
            if number:
                yield verbatim(piece.text[:_AROUND])
            yield el("span", " … ", class_="left-out")
            if number < last:
                yield verbatim(piece.text[-_AROUND:])
    if last >= _PIECES:
        yield el("span", f" … {last + 1 - _PIECES:,} further pieces", class_="left-out")


VERSIONS = Page(
    "/stories/{slug}/sources/{id}/versions",
    "The captures of a document, and what changed between them.",
    _page,
    _record,
    schema=_SCHEMA,
)
