"""A story: its lead, its drawings, what is known by day, what changed, who said what, and its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dateline_html import story as parts_of
from dateline_html.anchors import Anchors
from dateline_html.brief import Brief
from dateline_html.links import Links
from dateline_html.markup import Html, el, end, join, start
from dateline_html.part import Part, listed, meta
from dateline_web.answers import Answer
from dateline_web.asked import Asked
from dateline_web.links import SiteLinks
from dateline_web.page import AS_OF, Page
from dateline_web.paging import PAGE, SIZE, Paged, number_of
from dateline_web.shown import Shown
from dateline_web.site import Seen

#: Rows of a part that are on this page; the table of the view has all.
_FIRST = 60
#: Parts that are the rows of one view; and parts that have pages of their own here.
_VIEWS = ("statements", "figures")
_LISTS = ("timeline", *_VIEWS)
_ELSEWHERE = ("sources", "record")


class _Window(Brief):
    """A story of which only some rows of each list are written."""

    def __init__(self, seen: Seen, asked: Asked, number: int) -> None:
        super().__init__(seen.story, seen, links=_links(asked))
        self._number = number

    def current_rows(self, view: str) -> list[dict[str, Any]]:
        rows = super().current_rows(view)
        if view == "timeline":
            return rows[(self._number - 1) * SIZE : self._number * SIZE]
        return rows[:_FIRST] if view in _VIEWS else rows


def brief(asked: Asked) -> Brief:
    """The story with the links of this site, made once for all pages of the story at that moment."""
    seen = asked.seen
    if seen.brief is None:
        made = Brief(seen.story, seen, links=_links(asked))
        made.most = _FIRST
        seen.brief = made
    found: Brief = seen.brief
    return found


def _links(asked: Asked) -> Callable[[Anchors], Links]:
    pages: dict[str, int] = {}
    for at, row in enumerate(asked.seen.table("timeline", asked.slug).dicts()):
        pages.setdefault((row["earliest"] or "")[:10], at // SIZE + 1)
    return SiteLinks.of(asked.to, asked.slug, pages)


def _page(asked: Asked) -> Shown:
    seen, number = asked.seen, number_of(asked)
    whole, some = brief(asked), _Window(asked.seen, asked, number)
    days = Paged[Any]([], number, len(whole.current_rows("timeline")))
    return Shown(
        seen.story.title,
        _body(asked, whole, some, days),
        parts_of.head(whole),
        trail=(("Stories", asked.to.home()),),
        slug=asked.slug,
    )


def _body(asked: Asked, whole: Brief, some: Brief, days: Paged[Any]) -> Iterator[Html]:
    found = _parts(asked, whole, some)
    yield el("p", class_="live", data_live=asked.to.live(asked.slug), role="status")
    yield join([start("div", class_="sheet"), parts_of.contents(whole, found), start("div")])
    for part in found:
        yield from part.written(some)
        if part.name == "timeline":
            yield days.links(asked)
        elif part.name in _VIEWS and part.count > _FIRST:
            table = asked.to.view(part.name, asked.slug)
            yield el("p", el("a", f"All {part.count:,} as a table", href=table), class_="say")
    yield join([end("div"), end("div")])


def _parts(asked: Asked, whole: Brief, some: Brief) -> list[Part]:
    """The parts of the page, of which the lists may be shorter than their count says."""
    lists = {part.name: part.body for part in parts_of.parts(some) if part.name in _LISTS}
    found = [
        replace(part, body=lists.get(part.name, part.body))
        for part in parts_of.parts(whole)
        if part.name not in _ELSEWHERE
    ]
    return [*found, *filter(None, (_sources(asked, whole), _more(asked)))]


def _sources(asked: Asked, whole: Brief) -> Part | None:
    documents = whole.documents
    if not documents:
        return None
    return Part("sources", "Sources", len(documents), listed(_listed(asked, whole), "ol"))


def _listed(asked: Asked, whole: Brief) -> Iterator[Html]:
    drawn = Counter(fact.source for fact in whole.story.facts.values())
    for document in whole.documents:
        newest = document.versions[-1].data
        names = [one.id for one in document.sources]
        title = el(
            "a", whole.said(newest.title or "untitled"), href=asked.to.source(asked.slug, names[-1])
        )
        facts = sum(drawn[name] for name in names)
        versions = len(document.versions)
        compare = None
        if versions > 1:
            compare = el("a", f"{versions} versions", href=asked.to.versions(asked.slug, names[-1]))
        withdrawn = any(name in whole.story.withdrawn for name in names)
        yield el(
            "li",
            el(
                "p", title, el("span", "withdrawn", class_="badge withdrawn") if withdrawn else None
            ),
            meta(
                whole.label(newest.publisher),
                whole.when(newest.published) if newest.published else "undated",
                f"{facts} fact{'' if facts == 1 else 's'}",
                compare,
            ),
        )


def _more(asked: Asked) -> Part:
    """The tables and files of the story: those of every plugin that is installed."""
    views, formats = asked.seen.views(), sorted(asked.site.archive.plugins.exporters)
    tables = (el("a", view, href=asked.to.view(view, asked.slug)) for view in views)
    files = (el("a", name, href=asked.to.export(asked.slug, name)) for name in formats)
    failed = sorted(asked.seen.failed)
    body = [
        el("p", "Tables: ", join(tables, ", ")),
        el("p", "Files: ", join(files, ", ")),
        el("p", el("a", "Compare two days", href=asked.to.diff(asked.slug))),
        el("p", f"Left out, because they failed: {', '.join(failed)}") if failed else Html(),
    ]
    return Part("data", "The data", len(views), iter(body))


def _record(asked: Asked) -> Answer:
    text = asked.site.archive.export(asked.slug, format="json", as_of=asked.as_of)
    return Answer("application/json", text.encode())


STORY = Page("/stories/{slug}", "A story.", _page, query=(AS_OF, PAGE), forms={"json": _record})
