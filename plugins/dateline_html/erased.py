"""Facts that were erased: their numbers stay, with when and why they went."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import ErasedFact
from dateline_html.brief import Brief
from dateline_html.markup import Html, el
from dateline_html.part import Part, listed


def erased(brief: Brief) -> Part | None:
    gone = list(brief.story.erased.values())
    return Part("erased", "Erased", len(gone), listed(_items(brief, gone))) if gone else None


def _items(brief: Brief, gone: list[ErasedFact]) -> Iterator[Html]:
    for fact in gone:
        number = el("span", fact.id, class_="no")
        yield el(
            "li", el("p", number, f" {fact.kind} ", brief.said(fact.words)), id=brief.id(fact.id)
        )
