"""The day that a page shows: a form on every page, and the days on which a story changed as steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from dateline.plugin import parse_edtf
from dateline_html.markup import Html, el
from dateline_web.addresses import Addresses
from dateline_web.asked import Asked
from dateline_web.page import Page
from dateline_web.shown import Shown


def slider(shown: Shown, asked: Asked) -> Html:
    """What day it is, the steps before and after, and a form for any other day. It works without JavaScript;
    with it, the list of steps becomes a slider."""
    days = asked.site.days(shown.slug) if shown.slug is not None else []
    if not days:
        return el("nav", _now(asked), _form(asked), aria_label="Day", class_="days")
    listed = (
        el(
            "li",
            el("a", one.day, href=_at(asked, one.day), aria_current=_current(asked, one.day)),
            el("span", f" {_changes(one.changes)}", class_="count"),
        )
        for one in days
    )
    every = el(
        "details",
        el("summary", "Another day"),
        el("ol", *listed),
        _form(asked),
    )
    return el(
        "nav",
        _now(asked),
        _steps(asked, [one.day for one in days]),
        every,
        aria_label="Day",
        class_="days",
    )


def _changes(changes: Mapping[str, int]) -> str:
    """``3 recorded, 1 corrected``. A document that was captured and its text are one."""
    alone = "captured" not in changes
    shown = {what: count for what, count in changes.items() if what != "read" or alone}
    return ", ".join(f"{count:,} {what}" for what, count in shown.items())


def _now(asked: Asked) -> Html:
    if asked.as_of is None:
        return el("p", "What is known now", class_="now")
    day = parse_edtf(asked.as_of).words
    return el("p", "What was known by the end of ", el("b", day), class_="now")


def _steps(asked: Asked, days: Sequence[str]) -> Html:
    """Links to the steps on both sides."""
    before, after = around(days, asked.as_of)
    return el(
        "p",
        _link(asked, "‹ Earlier", before, "prev") if before else el("span", "‹ Earlier"),
        _link(asked, "Later ›", after, "next") if after else el("span", "Later ›"),
        el("a", "Now", href=_at(asked, None)) if asked.as_of else el("span", "Now"),
        class_="steps",
    )


def _record(asked: Asked) -> list[dict[str, object]]:
    return [{"day": one.day, "changes": one.changes} for one in asked.site.days(asked.slug)]


#: The steps of the slider, for programs.
DAYS = Page(
    "/stories/{slug}/days", "The days on which the public record of a story changed.", None, _record, (),
    schema={"type": "array", "items": {"type": "object", "required": ["day", "changes"]}},
)  # fmt: skip


def around(days: Sequence[str], as_of: str | None) -> tuple[str | None, str | None]:
    """The steps before and after a day; after the last step comes now, which has no step after it."""
    if as_of is None:
        return (days[-1] if days else None), None
    day = as_of[:10]
    at = bisect_left(days, day)
    later = at + (at < len(days) and days[at] == day)
    return (days[at - 1] if at else None), (days[later] if later < len(days) else None)


def _link(asked: Asked, words: str, day: str, rel: str) -> Html:
    return el("a", words, href=_at(asked, day), rel=rel, title=parse_edtf(day).words)


def _current(asked: Asked, day: str) -> str | None:
    return "date" if asked.as_of == day else None


def _at(asked: Asked, day: str | None) -> str:
    kept = {name: values for name, values in asked.every.items() if name != "as_of"}
    return Addresses(day).at(asked.path, **kept)


def _form(asked: Asked) -> Html:
    kept = (
        el("input", type="hidden", name=name, value=value)
        for name, values in asked.every.items()
        if name != "as_of"
        for value in values
    )
    return el(
        "form",
        *kept,
        el("label", "As of ", el("input", type="date", name="as_of", value=asked.as_of)),
        el("button", "Go", type="submit"),
        action=asked.path,
        class_="day-form",
    )
