"""A part of a story's page: what the table of contents needs before the part is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, start


@dataclass(frozen=True)
class Part:
    """`name` is its anchor, `count` how many things it holds; `body` is read once."""

    name: str
    title: str
    count: int
    body: Iterator[Html]

    def written(self, brief: Brief) -> Iterator[Html]:
        yield start("section", class_="part", id=brief.id(self.name))
        yield brief.heading(1, self.title)
        yield from self.body
        yield end("section")


def listed(items: Iterator[Html], tag: str = "ul", **attributes: str) -> Iterator[Html]:
    """List items, with the list around them."""
    yield start(tag, **attributes)
    yield from items
    yield end(tag)


def meta(*items: str | None) -> Html:
    """Small print: what there is of `items`, with dots between."""
    return el("p", *(el("span", item) for item in items if item), class_="meta")
