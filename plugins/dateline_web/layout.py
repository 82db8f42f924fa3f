"""The frame of every page: its head, its landmarks, the day that it shows, and where the data comes from."""

from __future__ import annotations

from collections.abc import Iterable

from dateline_html.markup import Html, el, end, join, start
from dateline_web.addresses import with_ending
from dateline_web.asked import Asked
from dateline_web.days import slider
from dateline_web.shown import Shown
from dateline_web.static import address

_MAIN = "main"


def document(shown: Shown, asked: Asked) -> Html:
    """The whole page."""
    return join(
        [
            Html("<!doctype html>\n"),
            start("html", lang="en"),
            _head(shown, asked),
            start("body"),
            el("a", "Skip to the text", href=f"#{_MAIN}", class_="skip"),
            _top(asked),
            start("header", class_="masthead"),
            _trail(shown),
            *shown.head,
            None if shown.timeless else slider(shown, asked),
            end("header"),
            start("main", id=_MAIN, tabindex=-1),
            *shown.body,
            end("main"),
            _foot(shown, asked),
            end("body"),
            end("html"),
        ]
    )


def _head(shown: Shown, asked: Asked) -> Html:
    feed = None
    if shown.slug is not None:
        feed = el(
            "link",
            rel="alternate",
            type="application/atom+xml",
            title=f"Changes of {shown.slug}",
            href=asked.to.feed(shown.slug),
        )
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        # Otherwise phones turn the numbers and dates of a source into links.
        el("meta", name="format-detection", content="telephone=no, date=no, address=no, email=no"),
        el("title", f"{shown.title} · Dateline"),
        el("link", rel="stylesheet", href=address("reader.css")),
        el("link", rel="icon", href=address("icon.svg"), type="image/svg+xml"),
        el("link", rel="alternate", type="application/json", href=_form(asked, "json")),
        feed,
        el("script", Html(), src=address("reader.js"), defer=""),
    )


def _top(asked: Asked) -> Html:
    links = (
        el("li", el("a", name, href=href, aria_current=_current(asked, href)))
        for name, href in (("Stories", asked.to.home()), ("Entities", asked.to.entities()))
    )
    kept = el("input", type="hidden", name="as_of", value=asked.as_of) if asked.as_of else None
    find = el(
        "form",
        el("label", "Search", for_="q", class_="unseen"),
        el(
            "input",
            type="search",
            id="q",
            name="q",
            placeholder="Search all stories",
            maxlength=200,
        ),
        kept,
        el("button", "Search", type="submit"),
        action="/search",
        role="search",
        class_="find",
    )
    return el("div", el("nav", el("ul", *links), aria_label="Archive"), find, class_="top")


def _current(asked: Asked, href: str) -> str | None:
    return "page" if asked.to.at(asked.path) == href else None


def _trail(shown: Shown) -> Html | None:
    if not shown.trail:
        return None
    links = (el("li", el("a", label, href=href)) for label, href in shown.trail)
    return el("nav", el("ol", *links), aria_label="Where this page belongs", class_="trail")


def _form(asked: Asked, ending: str) -> str:
    return with_ending(asked.path, ending, asked.every)


def _foot(shown: Shown, asked: Asked) -> Html:
    head = asked.site.head()
    position, root = head.position, head.root.hex()
    if asked.read is not None:
        position, root = asked.read.cut.position, asked.read.cut.root
    forms = [el("a", one.upper(), href=_form(asked, one)) for one in ("json", *shown.forms)]
    if shown.slug is not None:
        forms.append(el("a", "Feed of changes", href=asked.to.feed(shown.slug)))
    lines: Iterable[tuple[str, Html]] = (
        ("This page as", join(forms, ", ")),
        ("Archive", el("code", str(head.archive))),
        ("Position", el("span", f"{position:,}")),
        ("Root", el("code", root)),
    )
    items = (join([el("dt", name), el("dd", value)]) for name, value in lines)
    note = "Nobody can change the archive through these pages."
    return el("footer", el("dl", *items, class_="facts"), el("p", note))
