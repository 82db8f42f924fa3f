"""A part of a story's page, with what the table of contents needs before it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, start


@dataclass(frozen=True)
class Part:
    """`name` is its anchor, `count` the number of its items; `body` can be iterated once."""

    name: str
    title: str
    count: int
    body: Iterator[Html]

    def written(self, brief: Brief) -> Iterator[Html]:
        yield start("section", class_="part", id=brief.anchors.part(self.name))
        yield brief.heading(1, self.title)
        yield from self.body
        yield end("section")


def listed(items: Iterator[Html], tag: str = "ul", **attributes: str) -> Iterator[Html]:
    """A list of the given items."""
    yield start(tag, **attributes)
    yield from items
    yield end(tag)


def meta(*items: str | None) -> Html:
    """Small print: the items that are not empty, with dots between them."""
    return el("p", *(el("span", item) for item in items if item), class_="meta")
