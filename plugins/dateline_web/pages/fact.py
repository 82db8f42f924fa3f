"""One fact: its words in the source, who says it, what supports it, how it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline.plugin import Fact, Link, erased_record, fact_record
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, join
from dateline_html.part import Part
from dateline_web import detail, history, relating
from dateline_web.asked import Asked
from dateline_web.page import Page
from dateline_web.pages.story import brief
from dateline_web.problems import Problem
from dateline_web.reading import document
from dateline_web.shown import Shown

_SCHEMA = {
    "type": "object",
    "required": ["story", "fact", "status", "position"],
    "properties": {
        "story": {"type": "string"},
        "fact": {"type": "string"},
        "status": {"type": "string"},
        "position": {"type": "integer"},
    },
}


def fact_of(asked: Asked) -> Fact:
    """The fact that the path names. Raises Problem, UnknownName."""
    story, name = asked.seen.story, asked.places["fact"]
    found = story.facts.get(name)
    if found is not None:
        return found
    if asked.as_of is None:
        asked.site.archive.fact(asked.slug, name)  # it says why there is none
    by = f" by {asked.as_of}" if asked.as_of else ""
    raise Problem(404, f"story {asked.slug} has no fact {name!r}{by}", "fact-unknown")


def _linking(asked: Asked) -> Sequence[Link]:
    """The links of other stories to the fact, if the index of them is there: building it reads the whole log."""
    archive = asked.site.archive
    if asked.as_of is not None or "dateline_mentions" not in archive.own_views():
        return ()
    return archive.links_to(asked.slug, asked.places["fact"])


def _record(asked: Asked) -> dict[str, Any]:
    erased = asked.seen.story.erased.get(asked.places["fact"])
    if erased is not None:
        return erased_record(asked.slug, erased)
    fact = fact_of(asked)
    found = document(asked, fact.source)
    return fact_record(fact, None if found is None else found.text, _linking(asked))


def _page(asked: Asked) -> Shown:
    name, shown = asked.places["fact"], brief(asked)
    story = shown.story
    trail = (("Stories", asked.to.home()), (story.title, asked.to.story(asked.slug)))
    if name in story.erased:
        return Shown(
            f"{name}, erased", [_around(asked, name)], _erased(shown, name), trail, asked.slug
        )
    fact = fact_of(asked)
    return Shown(
        f"{name}: {fact.data.text}",
        _body(asked, shown, fact),
        _head(shown, fact),
        trail,
        asked.slug,
    )


def _erased(shown: Brief, name: str) -> Iterator[Html]:
    fact = shown.story.erased[name]
    yield el("p", fact.kind, el("span", class_="sep"), name, class_="kicker")
    yield el("h1", "Erased")
    day, reason = shown.when(fact.why[:10]), fact.why[12:]
    yield el(
        "p", "What this fact said was erased on ", day, ": ", shown.said(reason), class_="lead"
    )


def _head(shown: Brief, fact: Fact) -> Iterator[Html]:
    protected = None
    if fact.id in shown.story.protected:
        protected = el("span", "protected", class_="badge")
    kicker = (fact.kind, el("span", class_="sep"), fact.id, shown.badge(fact), " ", protected)
    yield el("p", *kicker, class_="kicker")
    yield el("h1", shown.said(fact.data.text))
    why = history.reason(fact)
    if why is not None:
        yield el("p", f"{fact.status.capitalize()}: ", shown.said(why), class_="lead")
    yield el("p", shown.chain(fact), class_="lead")


def _body(asked: Asked, shown: Brief, fact: Fact) -> Iterator[Html]:
    linking = _linking(asked)
    titled = (
        ("words", "In its source", detail.quotations(asked.to, shown, fact)),
        ("who", "Who says it", detail.steps(shown, fact)),
        ("content", "What it says", detail.content(shown, fact)),
        ("support", "What supports it", relating.supporting(shown, fact)),
        ("disputes", "What disputes it", relating.disputing(shown, fact)),
        ("links", "How it relates to other facts", relating.links(asked.to, shown, fact, linking)),
        ("history", "Its history", history.events(shown, fact)),
        ("more", "To check it yourself", _more(asked, fact)),
    )
    for name, title, items in titled:
        body = list(items)
        if body:
            yield from Part(name, title, len(body), iter(body)).written(shown)
    yield _around(asked, fact.id)


def _more(asked: Asked, fact: Fact) -> Iterator[Html]:
    proof = asked.to.proof(asked.slug, fact.id)
    about = el("a", "A proof of this fact", href=proof.removesuffix(".json"))
    yield el(
        "p",
        about,
        " that anyone can check without this archive (",
        el("a", "download", href=proof),
        ").",
    )
    command = f"dateline show {asked.slug} {fact.id}"
    yield el("p", "On the archive’s machine: ", el("code", command))


def _around(asked: Asked, name: str) -> Html:
    """The facts before and after it in the story."""
    story = asked.seen.story
    listed = sorted({*(one.id for one in story.shown()), name}, key=_number)
    at = listed.index(name)
    before, after = listed[max(0, at - 1) : at], listed[at + 1 : at + 2]
    links = [
        *(_step(asked, one, "‹ Fact before, ", "prev") for one in before),
        *(_step(asked, one, "Fact after, ", "next", " ›") for one in after),
    ]
    return el("nav", el("p", join(links, " "), class_="steps"), aria_label="Facts around it")


def _step(asked: Asked, fact: str, words: str, rel: str, end: str = "") -> Html:
    return el("a", f"{words}{fact}{end}", href=asked.to.fact(asked.slug, fact), rel=rel)


def _number(fact: str) -> tuple[int, str]:
    digits = fact[1:]
    return (int(digits) if digits.isdecimal() else 0), fact


FACT = Page("/stories/{slug}/facts/{fact}", "A fact.", _page, _record, schema=_SCHEMA)
