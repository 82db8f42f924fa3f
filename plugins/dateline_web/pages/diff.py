"""Two days of a story compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from dateline.plugin import Change, change_rows, change_title, parse_edtf
from dateline_html.brief import Brief
from dateline_html.changes import changed_rows
from dateline_html.markup import Html, el, join, text
from dateline_html.part import Part, listed
from dateline_web.asked import Asked
from dateline_web.forms import choice, form
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
#: Kinds of changes whose values are those of a field, as JSON.
_FIELDS = ("corrected", "updated")
_ARROW = el("span", " → ", aria_hidden="true")
_DAYS = (
    Query("from", "The earlier day. Without it, the last but one on which something changed."),
    Query("to", "The later day. Without it, the last one on which something changed."),
)


def _days(asked: Asked) -> tuple[str, str]:
    """The two days that are asked for. Raises Problem if the story has not two days of its own."""
    known = _known(asked)
    if not known:
        raise Problem(404, "nothing of this story is known", "days-missing")
    until = asked.query.get("to") or asked.as_of or known[-1]
    before = [day for day in known if day < until]
    return asked.query.get("from") or (before[-1] if before else known[0]), until


def _known(asked: Asked) -> list[str]:
    return [one.day for one in asked.site.days(asked.slug)]


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
    return Shown(title, _body(asked, shown, rows), head, trail, asked.slug, timeless=True)


def _words(day: str) -> Html:
    return text(parse_edtf(day).words)


def _form(asked: Asked, since: str, until: str) -> Html:
    known = _known(asked)
    fields = (
        choice(words, name, day, ((one, one) for one in sorted({*known, day})))
        for words, name, day in (("From", "from", since), ("To", "to", until))
    )
    return form(asked, fields, "Compare")


def _body(asked: Asked, shown: Brief, rows: list[dict[str, Any]]) -> Iterator[Html]:
    if not rows:
        yield el("p", "Nothing changed.", class_="say")
    for kind, group in groupby(rows, key=lambda row: str(row["kind"])):
        facts = [list(some) for _, some in groupby(group, key=lambda row: row["fact"])]
        items = (_item(asked, shown, some) for some in facts)
        yield from Part(kind, change_title(kind), len(facts), listed(items)).written(shown)


def _item(asked: Asked, shown: Brief, rows: list[dict[str, Any]]) -> Html:
    """What changed of one fact."""
    name, story = rows[0]["fact"], shown.story
    number = text(name)
    if name in story.facts or name in story.erased:
        number = el("a", name, href=asked.to.fact(asked.slug, name), class_="no")
    values = _changed(shown, rows) if rows[0]["kind"] in _FIELDS else join(map(_moved, rows))
    reasons = dict.fromkeys(row["why"] for row in rows if row["why"])
    return el(
        "li",
        el("p", number, " ", el("bdi", rows[0]["text"])),
        values,
        *(el("p", el("bdi", why), class_="say") for why in reasons),
    )


def _changed(shown: Brief, rows: list[dict[str, Any]]) -> Html:
    """The fields of a fact that differ. Their values are JSON."""
    changes = [
        Change(path=row["path"], was=_value(row["was"]), now=_value(row["now"])) for row in rows
    ]
    return el("dl", *changed_rows(shown, changes), class_="change")


def _value(given: str | None) -> Any:
    return None if given is None else json.loads(given)


def _moved(row: dict[str, Any]) -> Html:
    """What it was and what it is now, in words."""
    was, now = row["was"], row["now"]
    if was is None:
        return el("p", el("bdi", now), class_="meta") if now is not None else Html()
    shown = el("ins", el("bdi", now)) if now is not None else text("nothing")
    return el("p", el("del", el("bdi", was)), _ARROW, shown, class_="was-now")


DIFF = Page(
    "/stories/{slug}/diff",
    "What changed in a story between two days.",
    _page,
    _record,
    (*_DAYS, AS_OF),
    schema=_SCHEMA,
)
