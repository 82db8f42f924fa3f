"""All persons, organisations, places and groups; those that most facts name come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dateline.plugin import entry_row
from dateline_html.markup import Html, el
from dateline_html.part import listed, meta
from dateline_web.asked import Asked
from dateline_web.forms import any_of, choice, field, form
from dateline_web.page import AS_OF, Page, Query
from dateline_web.paging import PAGE, Paged, paged
from dateline_web.shown import Shown

KINDS = ("person", "organization", "place", "group")
_QUERY = (
    Query("kind", "Entities of this kind.", schema={"enum": list(KINDS)}),
    Query("like", "Entities with these words in a name, in any script."),
    Query("story", "Entities of this story only."),
)
_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["entity", "kind", "label", "stories", "facts"],
        "properties": {"entity": {"type": "string"}, "label": {"type": "string"}},
    },
}


def _found(asked: Asked) -> Sequence[Any]:
    like, story = asked.query.get("like"), asked.query.get("story")
    return asked.site.archive.entities(kind=asked.query.get("kind"), like=like, story=story)


def _record(asked: Asked) -> list[dict[str, Any]]:
    return [entry_row(one) for one in _found(asked)]


def _page(asked: Asked) -> Shown:
    part = paged(asked, _found(asked))
    head = [
        el("h1", "Entities"),
        el("p", f"{part.count:,} persons, organisations, places and groups. Those that most facts name come first.", class_="lead"),
        _form(asked),
    ]  # fmt: skip
    trail = (("Stories", asked.to.home()),)
    return Shown("Entities", _body(asked, part), head, trail, timeless=True)


def _form(asked: Asked) -> Html:
    kind = choice("Kind", "kind", asked.query.get("kind"), any_of(KINDS))
    return form(asked, (kind, field("Name", "like", asked.query.get("like"))), "Show", "story")


def _body(asked: Asked, part: Paged[Any]) -> Iterator[Html]:
    if not part.items:
        yield el("p", "There is none.", class_="say")
    yield from listed((_item(asked, one) for one in part.items), class_="entities")
    yield part.links(asked)


def _item(asked: Asked, one: Any) -> Html:
    names = el("bdi", ", ".join(one.names[:6])) if one.names else None
    return el(
        "li",
        el("p", el("a", el("bdi", one.label), href=asked.to.entity(one.entity))),
        meta(
            one.kind,
            names,
            _many(one.facts, "fact"),
            _many(one.statements, "statement") if one.statements else None,
            f"{one.stories:,} {'story' if one.stories == 1 else 'stories'}",
        ),
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


ENTITIES = Page(
    "/entities",
    "The entities of all stories.",
    _page,
    _record,
    (*_QUERY, AS_OF, PAGE),
    schema=_SCHEMA,
)
