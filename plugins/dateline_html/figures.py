"""Figures: a table that becomes a list of cards on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, moment, start
from dateline_html.part import Part, meta

_HEAD = ("Figure", "Of what", "When", "According to", "Written")


def figures(brief: Brief) -> Part | None:
    rows = brief.current_rows("figures")
    return Part("figures", "Figures", len(rows), _table(brief, rows)) if rows else None


def _table(brief: Brief, rows: list[dict[str, Any]]) -> Iterator[Html]:
    yield from table(
        "Numbers as their sources gave them; a range is not narrowed.",
        _HEAD,
        (_cells(brief, row) for row in rows),
        name="figures",
    )


def _cells(brief: Brief, row: dict[str, Any]) -> list[Html]:
    fact = brief.story.facts[row["fact"]]
    unit = row["unit"] if row["unit"] not in (None, "fraction") else None
    when = moment(None if fact.when is None else fact.when.text, row["when"])
    return [
        join([brief.said(row["words"]), brief.badge(fact)]),
        join([brief.said(row["measure"]), join([" (", brief.said(unit), ")"]) if unit else None]),
        when,
        join([brief.chain(fact), brief.support(fact)], " "),
        meta(brief.number(fact.id), brief.where(fact)),
    ]


def table(
    caption: str, head: Sequence[str], rows: Iterator[list[Html]], name: str | None = None
) -> Iterator[Html]:
    """A table whose first column names its rows.

    Roles are set explicitly: some browsers drop them from a table that is laid out as cards.
    """
    columns = [el("th", name, scope="col", role="columnheader") for name in head]
    yield start("table", role="table", class_=name)
    yield el("caption", caption)
    yield el("thead", el("tr", *columns, role="row"), role="rowgroup")
    yield start("tbody", role="rowgroup")
    for first, *rest in rows:
        yield el(
            "tr",
            el("th", first, scope="row", role="rowheader"),
            *(
                el("td", el("div", cell), role="cell", data_label=name)
                for name, cell in zip(head[1:], rest, strict=True)
            ),
            role="row",
        )
    yield join([end("tbody"), end("table")])
