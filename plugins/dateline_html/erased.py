"""Erased facts: their numbers remain, with when and why each was erased."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import ErasedFact
from dateline_html.brief import Brief
from dateline_html.markup import Html, el
from dateline_html.part import Part, listed


def erased(brief: Brief) -> Part | None:
    facts = list(brief.story.erased.values())
    return Part("erased", "Erased", len(facts), listed(_items(brief, facts))) if facts else None


def _items(brief: Brief, facts: list[ErasedFact]) -> Iterator[Html]:
    for fact in facts:
        number = el("span", fact.id, class_="no")
        yield el(
            "li",
            el("p", number, f" {fact.kind} ", brief.said(fact.words)),
            id=brief.anchors.fact(fact.id),
        )
