"""Figures over time: a chart and a table for each series of at least two figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dateline_html.brief import Brief
from dateline_html.figures import table
from dateline_html.markup import Html, el, end, join, moment, start
from dateline_html.part import Part, meta
from dateline_html.plotted import Row, Series, brief_words, plot

_HEAD = ("When", "Figure", "Supersedes", "According to", "Written")


def series(brief: Brief) -> Part | None:
    found = _all(brief)
    return Part("series", "Figures over time", len(found), _body(brief, found)) if found else None


def telling(brief: Brief) -> Iterator[Html]:
    """The chart of the series with the most figures, with a sentence: for the top of the page."""
    found = _all(brief)
    number = _most_telling(found)
    if number is None:
        return
    one = found[number]
    yield start("div", class_="telling")
    yield brief.heading(2, el("a", brief.said(one.title), href=brief.links.part(_name(number))))
    yield el("p", _sentence(brief, one), class_="say")
    yield plot(one, brief.anchors.part("telling"))
    yield end("div")


def _all(brief: Brief) -> list[Series]:
    """Each series of at least two figures."""
    if "series" not in brief.material.views():
        return []
    rows = brief.current_rows("series")
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row["series"]))
    return [Series(group) for group in groups if len(group) > 1]


def _most_telling(found: Sequence[Series]) -> int | None:
    """The number of the series with the most numbers, then the most publishers, then the first."""
    ranks = [
        (len(one.numbered), len(one.publishers), -number)
        for number, one in enumerate(found)
        if len(one.numbered) > 1 and one.drawable
    ]
    return -max(ranks)[2] if ranks else None


def _sentence(brief: Brief, one: Series) -> Html:
    """``First 2,104 of 8,400 (4 March 2024, The Wire), last 2,140 (6 March 2024, The Courier).``"""
    first, last = _figure(brief, one.numbered[0]), _figure(brief, one.numbered[-1])
    return join(["First ", first, ", last ", last, "."])


def _figure(brief: Brief, row: Row) -> Html:
    number = el("b", brief.said(brief_words(row)))
    return join([number, f" ({row['when']}, ", brief.said(row["publisher"]), ")"])


def _name(number: int) -> str:
    return f"series.{number + 1}"


def _body(brief: Brief, found: Sequence[Series]) -> Iterator[Html]:
    above = _most_telling(found)
    for number, one in enumerate(found):
        name, rows = brief.anchors.part(_name(number)), one.rows
        yield start("div", class_="group series", id=name)
        yield brief.heading(2, brief.said(one.title))
        if number == above:
            top = el("a", "at the top of the page", href=brief.links.part("glance"))
            yield el("p", "The chart is ", top, ".", class_="say")
        elif one.drawable:
            yield plot(one, name)
        order = "In the order of what the figures are about"
        if brief.most is not None and len(rows) > brief.most:
            order = f"{order}: the last {brief.most} of {len(rows):,}"
            rows = rows[-brief.most :]
        yield from table(f"{order}.", _HEAD, (_cells(brief, row) for row in rows), name="series")
        yield end("div")


def _cells(brief: Brief, row: Row) -> list[Html]:
    fact = brief.story.facts[row["fact"]]
    was = None
    if row["corrected"] is not None:
        was = join([" was ", el("del", brief.said(row["corrected"]))])
    before = None
    if row["before"] is not None:
        before = join(
            [
                brief.said(row["before"]),
                " ",
                brief.number(row["supersedes"]),
            ]
        )
    badge = None if row["earlier"] else brief.badge(fact)
    return [
        moment(row["edtf"], row["when"]),
        join([el("b", brief.said(row["words"])), badge, was]),
        before or el("span", "–"),
        brief.chain(fact),
        meta(brief.number(fact.id), brief.where(fact)),
    ]
