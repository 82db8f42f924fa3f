"""The document around the stories: its head, what it may load (nothing), its landmarks."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from dateline.plugin import Cut, Material, StoryState
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, start, text
from dateline_html.part import Part
from dateline_html.story import contents, head, parts

#: Counts the layouts of pages, so that a page of an earlier one is not taken for a changed page.
LAYOUT = 3
MADE = "Dateline"
_MAIN = "page.main"  # no slug contains a dot, so no story has this anchor


@cache
def style() -> str:
    """The style sheet, exactly as it is written between the style tags."""
    return files("dateline_html").joinpath("style.css").read_text(encoding="utf-8")


def policy() -> str:
    """The content security policy: a browser may apply the page's one style sheet, and no more."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page(material: Material) -> Iterator[Html]:
    """The whole document, in pieces."""
    slugs = material.slugs
    yield Html("<!doctype html>\n")
    if len(slugs) == 1:
        for story in material.stories():
            yield from _alone(story, material)
    else:
        yield from _several(slugs, material)
    yield _foot(material.cut)


def _alone(story: StoryState, material: Material) -> Iterator[Html]:
    brief = Brief(story, material)
    yield _top(story.title)
    yield start("header", class_="masthead")
    yield from head(brief)
    yield end("header")
    found = parts(brief)
    yield join([start("div", class_="sheet"), contents(brief, found)])
    yield start("main", id=_MAIN, tabindex=-1)
    yield from _written(brief, found)
    yield join([end("main"), end("div")])


def _several(slugs: list[str], material: Material) -> Iterator[Html]:
    title = f"{len(slugs)} stories" if slugs else "No story"
    yield _top(title)
    yield start("header", class_="masthead")
    yield el("h1", title)
    if slugs:
        links = (el("li", el("a", slug, href=f"#{slug}")) for slug in slugs)
        yield el("nav", el("ul", *links), aria_label="Stories")
    yield join([end("header"), start("main", id=_MAIN, tabindex=-1)])
    for story in material.stories():
        brief = Brief(story, material, level=2)
        yield join([start("article", class_="story", id=story.slug), start("header")])
        yield from head(brief)
        yield end("header")
        found = parts(brief)
        yield join([start("div", class_="sheet"), contents(brief, found), start("div")])
        yield from _written(brief, found)
        yield join([end("div"), end("div"), end("article")])
    yield end("main")


def _written(brief: Brief, found: list[Part]) -> Iterator[Html]:
    for part in found:
        yield from part.written(brief)


def _top(title: str) -> Html:
    return join(
        [
            start("html", lang="en"),
            start("head"),
            el("meta", charset="utf-8"),
            el("meta", http_equiv="Content-Security-Policy", content=policy()),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name="referrer", content="no-referrer"),
            el("meta", name="generator", content=f"{MADE}, layout {LAYOUT}"),
            # Otherwise phones turn the numbers and dates of a source into links.
            el(
                "meta",
                name="format-detection",
                content="telephone=no, date=no, address=no, email=no",
            ),
            el("title", title),
            el("style", Html(style())),
            end("head"),
            start("body"),
            el("a", "Skip to the text", href=f"#{_MAIN}", class_="skip"),
        ]
    )


def _cut(cut: Cut) -> Html:
    """The archive, position and root that the page was made from: enough to make the same bytes
    again."""
    lines = [
        ("Archive", el("code", str(cut.archive))),
        ("Position", text(f"{cut.position:,}")),
        ("Root", el("code", cut.root)),
        ("As of", text(cut.as_of or "all that is recorded up to that position")),
    ]
    items = (join([el("dt", name), el("dd", value)]) for name, value in lines)
    return el("dl", *items, class_="cut facts")


def _foot(cut: Cut) -> Html:
    made = el(
        "p",
        "Written by Dateline out of the archive below. This page loads nothing and runs nothing. "
        "Whoever has the archive can check it with ",
        el("code", "dateline verify --export"),
        ".",
    )
    return join([el("footer", made, _cut(cut)), end("body"), end("html")])
