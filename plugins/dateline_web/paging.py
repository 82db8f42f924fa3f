"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dateline_html.markup import Html, el
from dateline_web.asked import Asked
from dateline_web.page import Query

T = TypeVar("T")
#: Items of one page.
SIZE = 100
PAGE = Query(
    "page",
    f"Which {SIZE} items of a long list to show, from 1.",
    schema={"type": "integer", "minimum": 1, "maximum": 1_000_000},
)


@dataclass(frozen=True)
class Paged(Generic[T]):
    """Some items of a list with `count` of them in all; `number` counts from 1."""

    items: Sequence[T]
    number: int
    count: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    def links(self, asked: Asked, label: str = "Pages") -> Html:
        """Links to the pages before and after; nothing if there is one page. `label` tells those apart that are on
        one page."""
        if self.pages == 1:
            return Html()
        before, after = self.number - 1, self.number + 1
        return el(
            "nav",
            el(
                "p",
                _link(asked, "‹ Previous", before, "prev") if before else None,
                el("span", f"Page {self.number:,} of {self.pages:,}"),
                _link(asked, "Next ›", after, "next") if after <= self.pages else None,
                class_="steps",
            ),
            aria_label=label,
        )


def number_of(asked: Asked) -> int:
    """The page that is asked for."""
    return int(asked.query.get("page", "1"))


def paged(asked: Asked, items: Sequence[T], size: int = SIZE) -> Paged[T]:
    """The items of the page that is asked for: none after the last."""
    number = number_of(asked)
    return Paged(items[(number - 1) * size : number * size], number, len(items), size)


def _link(asked: Asked, words: str, number: int, rel: str) -> Html:
    kept = {name: values for name, values in asked.every.items() if name not in ("page", "as_of")}
    shown = None if number == 1 else str(number)
    return el("a", words, href=asked.to.at(asked.path, **kept, page=shown), rel=rel)
