"""One story: its head, its contents, its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dateline.plugin import counts, to_iso
from dateline_html.brief import Brief
from dateline_html.changes import changes
from dateline_html.erased import erased
from dateline_html.figures import figures
from dateline_html.glance import glance
from dateline_html.markup import Html, el, join, text
from dateline_html.part import Part
from dateline_html.places import places
from dateline_html.record import record
from dateline_html.relations import disputes, relations
from dateline_html.rows import rows
from dateline_html.series import series
from dateline_html.sources import sources
from dateline_html.statements import statements
from dateline_html.timeline import timeline

_PARTS = (
    glance,
    timeline,
    disputes,
    series,
    figures,
    statements,
    changes,
    relations,
    places,
    erased,
    sources,
    record,
)


def parts(brief: Brief) -> list[Part]:
    """The parts that are not empty; if one view was asked for, only that view."""
    view = brief.material.view
    if view is not None:
        return [rows(brief, view)]
    return [part for make in _PARTS if (part := make(brief)) is not None]


def head(brief: Brief) -> Iterator[Html]:
    story = brief.story
    state = "closed" if story.closed else "open"
    yield el("p", f"{story.slug}", el("span", class_="sep"), f"{state} story", class_="kicker")
    yield brief.heading(0, brief.said(story.title))
    yield el("p", *_counts(brief), class_="lead")


def contents(brief: Brief, found: list[Part]) -> Html:
    links = (
        el(
            "li",
            el(
                "a",
                part.title,
                el("span", f" {part.count:,}", class_="count"),
                href=brief.links.part(part.name),
            ),
        )
        for part in found
    )
    return el("nav", el("ul", *links), aria_label=f"Contents of {brief.story.slug}")


def _counts(brief: Brief) -> Iterator[Html]:
    story = brief.story
    shown = Counter(fact.status for fact in story.shown())
    counted = counts(story)
    yield text(str(counted))
    notable = [f"{shown[status]} {status}" for status in sorted(shown) if status != "recorded"]
    if notable:
        yield text(f", {', '.join(notable)}")
    if counted.unused:
        yield text(f"; nothing is drawn from {_many(counted.unused, 'other document')}")
    left_out = sum(fact.hidden for fact in story.facts.values())
    if left_out:
        yield text(f"; {left_out} retracted or rejected left out")
    yield text(". ")
    day = to_iso(story.recorded_us)[:10]
    yield join(
        ["The last of ", _many(story.version, "event"), " was recorded on ", brief.when(day), "."]
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
