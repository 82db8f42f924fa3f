"""What is known, by day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, moment, start
from dateline_html.part import Part, meta


def timeline(brief: Brief) -> Part | None:
    rows = brief.current_rows("timeline")
    return (
        Part("timeline", "What is known, by day", len(rows), _days(brief, rows)) if rows else None
    )


def _days(brief: Brief, rows: list[dict[str, Any]]) -> Iterator[Html]:
    before = None
    for _, group in groupby(rows, key=lambda row: (row["earliest"], row["latest"], row["undated"])):
        day = list(group)
        begun = (day[0]["earliest"] or "")[:10] or None
        # "13 October" is the heading; an entry of "about 13 October" follows with its own date.
        heading = min(day, key=lambda row: len(row["when"]))
        anchor = brief.anchors.day(begun) if begun is not None and begun != before else None
        before = begun
        yield start("div", class_="day group", id=anchor)
        yield brief.heading(2, moment(heading["edtf"], heading["when"]))
        yield start("ul")
        for row in day:
            yield _entry(brief, row, heading["when"])
        yield join([end("ul"), end("div")])


def _entry(brief: Brief, row: dict[str, Any], heading: str) -> Html:
    fact = brief.story.facts[row["fact"]]
    when = moment(row["edtf"], row["when"]) if row["when"] != heading else None
    return el(
        "li",
        el("p", brief.said(fact.data.text), brief.badge(fact)),
        meta(
            when,
            brief.chain(fact),
            brief.support(fact),
            brief.labels(ref.place for ref in fact.data.places),
            brief.number(fact.id, at=brief.anchors.fact(fact.id)),
            brief.where(fact),
        ),
        id=brief.anchors.fact(fact.id),
    )
