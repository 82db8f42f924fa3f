"""The story at a glance: its facts on one axis of time, and how its most telling figure moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from dateline.plugin import parse_edtf
from dateline_html.brief import Brief
from dateline_html.drawn import counted, drawing
from dateline_html.marks import RING, Mark, softness
from dateline_html.markup import Html, el, end, join, start
from dateline_html.part import Part
from dateline_html.scales import days
from dateline_html.series import telling
from dateline_html.svg import key, sign

_SOFT = "M-9-4h9v8h-9zM1.5-4h2v8h-2zM5-4h1.5v8h-1.5zM8-4h1v8h-1z"


def glance(brief: Brief) -> Part | None:
    rows = brief.current_rows("timeline")
    dated = [row for row in rows if not row["undated"]]
    if not dated:
        return None
    return Part("glance", "At a glance", len(dated), _body(brief, rows, dated))


def _body(brief: Brief, rows: list[dict[str, Any]], dated: list[dict[str, Any]]) -> Iterator[Html]:
    marks = [_mark(brief, row) for row in dated]
    sentence = _sentence(dated, len(rows) - len(dated))
    name, title = brief.anchors.part("drawn"), f"{len(marks):,} dated facts on an axis of time"
    yield el("a", "Skip the drawing", href=brief.links.part("timeline"), class_="skip inner")
    yield el("p", sentence, class_="say")
    many = counted(marks)
    about = f"{sentence} The list of what is known by day has all of them."
    yield start("figure", class_="plot")
    yield from drawing(marks, name, title, about, brief.language)
    yield join([el("figcaption", key(_signs(marks, many))), end("figure")])
    yield from telling(brief)


def _mark(brief: Brief, row: dict[str, Any]) -> Mark:
    earliest, latest = row["earliest"], row["latest"]
    return Mark(
        row["fact"],
        row["kind"],
        None if earliest is None else days(earliest),
        None if latest is None else days(latest, end=True),
        softness(row["edtf"]),
        None if earliest is None else brief.links.day(earliest[:10]),
        row["when"],
        row["text"],
        brief.links.fact(row["fact"]),
        brief.ring(row["fact"]),
    )


def _sentence(dated: Sequence[dict[str, Any]], undated: int) -> str:
    """``32 facts, from April 1987 to 12 March 2024. The most, 11, are dated 4 March 2024.``"""
    [(when, most)] = Counter(map(_day, dated)).most_common(1)
    many = f"{len(dated):,} dated fact{'' if len(dated) == 1 else 's'}"
    words = [f"{many}."] if most < 2 else [f"{many}. The most, {most:,}, are dated {when}."]
    if undated:
        words.append(
            f"{undated:,} more without a date {'is' if undated == 1 else 'are'} not drawn."
        )
    return " ".join(words)


def _day(row: dict[str, Any]) -> str:
    """When it was, in words; of a time of day, the day."""
    edtf: str = row["edtf"]
    if "T" in edtf and "/" not in edtf:
        return parse_edtf(edtf.partition("T")[0]).words
    return str(row["when"])


def _signs(marks: Sequence[Mark], many: bool) -> Iterator[tuple[Html, str]]:
    """What the marks mean, of those that are drawn."""
    rings = {mark.ring for mark in marks}
    if many:
        yield sign("M-5 7v-14h10v14z", "bar"), "facts that begin then; each bar leads to its day"
    else:
        yield sign("M-8-4h16v8h-16z", "bar"), "a longer time"
        if any(any(mark.soft) for mark in marks):
            yield sign(_SOFT, "bar"), "a soft end: open, or only about known"
    for ring in ("corrected", "disputed"):
        if ring in rings:
            yield sign(RING, f"ring {ring}"), ring
