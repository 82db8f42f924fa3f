"""The rows of any view, also of a third-party plugin: one card per row."""

from __future__ import annotations

from typing import Any

from dateline.plugin import number_words
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, text
from dateline_html.part import Part, listed


def rows(brief: Brief, view: str) -> Part:
    table = brief.material.table(view, brief.story.slug)
    cards = (_card(brief, row) for row in table.dicts())
    return Part("rows", f"View: {view}", len(table), listed(cards))


def _card(brief: Brief, row: dict[str, Any]) -> Html:
    lines = (
        (el("dt", name.replace("_", " ")), el("dd", _value(brief, value)))
        for name, value in row.items()
        if value is not None and value != "" and name != "story"
    )
    return el(
        "li", el("dl", *(part for line in lines for part in line), class_="facts"), class_="row"
    )


def _value(brief: Brief, value: Any) -> Html:
    if isinstance(value, bool):
        return text("yes" if value else "no")
    return text(number_words(value)) if isinstance(value, int | float) else brief.said(str(value))
