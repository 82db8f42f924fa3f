"""Two days of a story compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from dateline.plugin import StoryState, change_rows, change_title, parse_edtf
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, join, text
from dateline_html.part import Part, listed
from dateline_web.asked import Asked
from dateline_web.page import AS_OF, Page, Query
from dateline_web.pages.story import brief
from dateline_web.problems import Problem
from dateline_web.shown import Shown

_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["kind", "fact", "text", "path", "was", "now", "why"],
        "properties": {"kind": {"type": "string"}, "fact": {"type": "string"}},
    },
}
_DAYS = (
    Query("from", "The earlier day. Without it, the last but one on which something changed."),
    Query("to", "The later day. Without it, the last one on which something changed."),
)


def _days(asked: Asked) -> tuple[str, str]:
    """The two days that are asked for. Raises Problem if the story has not two days of its own."""
    known = asked.site.days(asked.slug)
    if not known:
        raise Problem(404, "nothing of this story is known", "days-missing")
    until = asked.query.get("to") or asked.as_of or known[-1]
    before = [day for day in known if day < until]
    return asked.query.get("from") or (before[-1] if before else known[0]), until


def _record(asked: Asked) -> list[dict[str, Any]]:
    return change_rows(asked.site.archive.diff(asked.slug, *_days(asked)))


def _page(asked: Asked) -> Shown:
    since, until = _days(asked)
    rows = change_rows(asked.site.archive.diff(asked.slug, since, until))
    shown = brief(asked)
    trail = (("Stories", asked.to.home()), (shown.story.title, asked.to.story(asked.slug)))
    head = [
        el("p", "Two days compared", class_="kicker"),
        el("h1", _words(since), " to ", _words(until)),
        el("p", f"{len(rows):,} change{'' if len(rows) == 1 else 's'}.", class_="lead"),
        _form(asked, since, until),
    ]
    title = f"{asked.slug}: {since} to {until}"
    return Shown(title, _body(asked, shown, rows), head, trail, asked.slug)


def _words(day: str) -> Html:
    return text(parse_edtf(day).words)


def _form(asked: Asked, since: str, until: str) -> Html:
    known = asked.site.days(asked.slug)
    kept = el("input", type="hidden", name="as_of", value=asked.as_of) if asked.as_of else None
    return el(
        "form",
        _choice("From", "from", since, known),
        _choice("To", "to", until, known),
        kept,
        el("button", "Compare", type="submit"),
        action=asked.path,
        class_="questions",
    )


def _choice(words: str, name: str, chosen: str, known: Sequence[str]) -> Html:
    days = sorted({*known, chosen})
    options = (
        el("option", day, value=day, selected="" if day == chosen else None) for day in days
    )
    return el("label", f"{words} ", el("select", *options, name=name))


def _body(asked: Asked, shown: Brief, rows: list[dict[str, Any]]) -> Iterator[Html]:
    if not rows:
        yield el("p", "Nothing changed.", class_="say")
    for kind, group in groupby(rows, key=lambda row: str(row["kind"])):
        items = [_item(asked, shown.story, row) for row in group]
        part = Part(kind, change_title(kind), len(items), listed(iter(items)))
        yield from part.written(shown)


def _item(asked: Asked, story: StoryState, row: dict[str, Any]) -> Html:
    fact = row["fact"]
    number = el("a", fact, href=asked.to.fact(asked.slug, fact), class_="no")
    if fact not in story.facts and fact not in story.erased:
        number = text(fact)
    words = el("p", number, " ", el("bdi", row["text"]))
    why = el("p", el("bdi", row["why"]), class_="say") if row["why"] else None
    return el("li", words, _values(row), why)


def _values(row: dict[str, Any]) -> Html | None:
    """What it was and what it is now, as words."""
    was, now = row["was"], row["now"]
    if row["kind"] == "added" and was is None:
        return el("p", el("bdi", now), class_="meta") if now else None
    if was is None and now is None:
        return None
    field = row["path"].strip("/").replace("/", ", ").replace("_", " ") if row["path"] else None
    arrow = el("span", " → ", aria_hidden="true")
    values = (
        el("del", el("bdi", was)) if was is not None else None,
        arrow if was is not None else None,
        el("ins", el("bdi", now)) if now is not None else "nothing",
    )
    return el("p", f"{field}: " if field else None, join(values), class_="was-now")


DIFF = Page(
    "/stories/{slug}/diff",
    "What changed in a story between two days.",
    _page,
    _record,
    (*_DAYS, AS_OF),
    schema=_SCHEMA,
)
