"""Search: facts, sources and entities of all stories, by their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from dateline.plugin import (
    AssessmentRecorded,
    FigureRecorded,
    OccurrenceRecorded,
    RoleRecorded,
    StatementRecorded,
    StateRecorded,
    Status,
    UnknownName,
    hit_row,
)
from dateline_html.markup import Html, el, join
from dateline_html.part import listed, meta
from dateline_web.asked import Asked
from dateline_web.forms import any_of, box, choice, field, form
from dateline_web.page import AS_OF, Page, Query
from dateline_web.problems import Problem
from dateline_web.shown import Shown

_WITHIN = {"facts": "fact", "sources": "source", "entities": "entity"}
_FACTS = (
    StatementRecorded, OccurrenceRecorded, FigureRecorded, StateRecorded, RoleRecorded,
    AssessmentRecorded,
)  # fmt: skip
_STATUSES: tuple[str, ...] = get_args(Status)
#: Results of a page, of the longer one, and the most that may be asked for.
_FIRST, _MORE, _MOST = 20, 100, 500
_QUERY = (
    Query("q", 'Words that must all occur; "a phrase", prefix*, -without, OR.'),
    Query("in", "Search these only.", many=True, schema={"enum": list(_WITHIN)}),
    Query("story", "Search this story only.", many=True),
    Query("kind", "Facts of this kind, such as statement."),
    Query("speaker", "Facts that this entity says: its id or a name."),
    Query("publisher", "Facts and sources of this publisher: its id or a name."),
    Query("about", "Facts that name this entity: its id or a name."),
    Query("since", "What is dated on this day or later."),
    Query("until", "What is dated on this day or earlier."),
    Query("status", "Facts with this status.", schema={"enum": list(_STATUSES)}),
    Query("everything", "With 1, also retracted and rejected facts.", schema={"enum": ["0", "1"]}),
    Query("limit", "The most results.", schema={"type": "integer", "minimum": 1, "maximum": _MOST}),
    AS_OF,
)
_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["in", "story", "id", "kind", "text", "matches"],
        "properties": {"in": {"enum": list(_WITHIN.values())}, "id": {"type": "string"}},
    },
}


def _found(asked: Asked) -> Any:
    """The results. Raises Problem for what nobody can search for."""
    query = asked.query
    kind, known = query.get("kind"), _kinds(asked)
    if kind is not None and kind not in known:
        raise Problem(400, f"kind is one of {', '.join(known)}", "query-invalid")
    try:
        return asked.site.archive.search(
            query.get("q", ""),
            *asked.every.get("story", ()),
            within=[_WITHIN[one] for one in asked.every.get("in", ())] or None,  # type: ignore[misc]
            kind=kind,
            speaker=query.get("speaker"),
            publisher=query.get("publisher"),
            entity=query.get("about"),
            since=query.get("since"),
            until=query.get("until"),
            status=query.get("status"),
            everything=query.get("everything") == "1",
            limit=int(query.get("limit", _FIRST)),
            as_of=asked.as_of,
        )
    except UnknownName as error:
        raise Problem(400, str(error), error.code) from None


def _kinds(asked: Asked) -> list[str]:
    types = [one.type for one in _FACTS] + sorted(asked.site.archive.plugins.event_types)
    return [name.rpartition(".")[0] for name in types]


def _record(asked: Asked) -> list[dict[str, Any]]:
    return [hit_row(hit) for hit in _found(asked).hits]


def _page(asked: Asked) -> Shown:
    asks = any(name not in ("as_of", "limit", "everything") for name in asked.query)
    found = _found(asked) if asks else None
    words = asked.query.get("q")
    head = [el("h1", "Search"), _form(asked)]
    title = f"Search: {words}" if words else "Search"
    return Shown(title, _body(asked, found), head, (("Stories", asked.to.home()),))


def _body(asked: Asked, found: Any) -> Iterator[Html]:
    if found is None:
        yield el("p", 'All words must occur, in any form. Also: "a phrase", prefix*, -without, one OR other.', class_="say")  # fmt: skip
        return
    if not found.hits:
        yield el("p", "Nothing was found.", class_="say", role="status")
        return
    count = len(found.hits)
    which = "The first " if found.more else ""
    words = f"{which}{count} result{'' if count == 1 else 's'}, best match first."
    yield el("p", words, class_="say", role="status")
    titles = _titles(asked, {hit.story for hit in found.hits if hit.what != "entity"})
    yield from listed((_hit(asked, hit, titles) for hit in found.hits), "ol", class_="hits")
    if found.more and count < _MORE:
        kept = {name: values for name, values in asked.every.items() if name not in ("as_of", "limit")}  # fmt: skip
        yield el("p", el("a", "Show more", href=asked.to.at("/search", **kept, limit=str(_MORE))))


def _titles(asked: Asked, slugs: Iterable[str]) -> dict[str, str]:
    """The titles of these stories, as they are now."""
    slugs = list(slugs)
    found = asked.site.archive.overview(*slugs) if slugs else []
    return {one.story.slug: one.title or one.story.slug for one in found}


def _hit(asked: Asked, hit: Any, titles: Mapping[str, str]) -> Html:
    to = asked.to
    href = to.entity(hit.id)
    if hit.what != "entity":
        href = (to.fact if hit.what == "fact" else to.source)(hit.story, hit.id)
    status = None
    if hit.status and hit.status != "recorded":
        status = el("span", hit.status, class_=f"badge {hit.status}")
    title = el("bdi", hit.title) if hit.title else el("bdi", _marked(hit.parts))
    quotation = el("p", "“", el("bdi", _marked(hit.quote)), "”", class_="words") if hit.quote else None  # fmt: skip
    return el(
        "li",
        el("p", el("a", title, href=href), " ", status),
        el("p", el("bdi", _marked(hit.parts)), class_="words") if hit.title else None,
        quotation,
        meta(
            hit.kind,
            hit.when or None,
            el("bdi", hit.chain) if hit.chain else None,
            None
            if hit.what == "entity"
            else el("a", el("bdi", titles[hit.story]), href=to.story(hit.story)),
            _others(hit),
        ),
    )


def _others(hit: Any) -> str | None:
    if not hit.others:
        return None
    if hit.what == "entity":
        return f"in {hit.others + 1} stories"
    return f"and {hit.others} other version{'' if hit.others == 1 else 's'}"


def _marked(parts: Iterable[Any]) -> Html:
    """A text with the words that were found in it marked."""
    return join(el("mark", part.text) if part.marked else el("span", part.text) for part in parts)


_TEXTS = ("speaker", "publisher", "about", "since", "until")
_CHOICES = ("story", "kind", "status")
#: So many stories are listed in the form; if there are more, one is named.
_LISTED = 100


def _story(asked: Asked) -> Html:
    """The choice of one story, by its title."""
    archive, given = asked.site.archive, asked.query.get("story")
    if archive.story_count() > _LISTED:
        return field("Story", "story", given)
    known = [(one.story.slug, one.title or one.story.slug) for one in archive.overview()]
    return choice("Story", "story", given, [("", "any"), *known])


def _form(asked: Asked) -> Html:
    query, every = asked.query, asked.every
    known = {"kind": _kinds(asked), "status": _STATUSES}
    within = (box(one, "in", one, checked=one in every.get("in", ())) for one in _WITHIN)
    more = el(
        "details",
        el("summary", "More"),
        el("fieldset", el("legend", "In"), *within),
        _story(asked),
        *(choice(one.capitalize(), one, query.get(one), any_of(known[one])) for one in known),
        *(field(one.capitalize(), one, query.get(one)) for one in _TEXTS),
        open="" if any(one in query for one in ("in", *_CHOICES, *_TEXTS)) else None,
    )
    words = field("Words", "q", query.get("q"), 40, type="search")
    return form(asked, (words, more), "Search")


SEARCH = Page(
    "/search",
    "Facts, sources and entities by their words.",
    _page,
    _record,
    _QUERY,
    schema=_SCHEMA,
)
