"""One person, organisation, place or group in all stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.plugin import Fact, Profile, parse_edtf, profile_record
from dateline_html.markup import Html, el, end, join, start, text
from dateline_html.part import listed, meta
from dateline_web.asked import Asked
from dateline_web.page import Page
from dateline_web.problems import Problem
from dateline_web.shown import Shown

#: So many facts of each section, as ``dateline show`` has them.
_FIRST = 50
_SECTIONS = (("roles", "Roles"), ("said", "Statements"), ("named", "Other facts"))
_SCHEMA = {
    "type": "object",
    "required": ["entity", "kind", "label", "names", "stories", "roles", "said", "appears_in"],
}


def _profile(asked: Asked) -> Profile:
    """The entity that the path names. Raises UnknownName; Problem, to lead from an id that was merged, or from a
    name, to the id that is shown."""
    asked.site.require_short(asked.as_of)
    given = asked.places["id"]
    found = asked.site.archive.entity(given, limit=_FIRST, as_of=asked.as_of)
    if found.entity != given:
        ending = asked.path.rpartition("/")[2].endswith(".json")
        to = asked.to.at(_path(asked, found.entity) + (".json" if ending else ""))
        raise Problem(302, f"it is shown as {found.entity}", headers=(("location", to),))
    return found


def _path(asked: Asked, entity: str) -> str:
    return asked.to.entity(entity).partition("?")[0]


def _record(asked: Asked) -> dict[str, Any]:
    return profile_record(_profile(asked))


def _page(asked: Asked) -> Shown:
    found = _profile(asked)
    trail = (("Stories", asked.to.home()), ("Entities", asked.to.entities()))
    return Shown(found.label, _body(asked, found), _head(asked, found), trail)


def _head(asked: Asked, found: Profile) -> Iterator[Html]:
    yield el("p", found.kind, el("span", class_="sep"), found.entity, class_="kicker")
    yield el("h1", el("bdi", found.label))
    count = sum(getattr(found, name).count for name, _ in _SECTIONS)
    facts = f"{count:,} fact{'' if count == 1 else 's'}"
    stories = f"{found.stories:,} {'story' if found.stories == 1 else 'stories'}"
    words = f"Named in {facts} of {stories}."
    if not count:
        have = "has" if found.stories == 1 else "have"
        words = f"No fact names it. {stories} {have} it, for example as a publisher or in a byline."
    yield el("p", words, class_="lead")


def _body(asked: Asked, found: Profile) -> Iterator[Html]:
    about = list(_about(asked, found))
    yield el("dl", *about, class_="facts about") if about else Html()
    yield from _names(asked, found)
    for name, title in _SECTIONS:
        section = getattr(found, name)
        if section.count:
            yield start("section", class_="part", id=name)
            yield el("h2", title)
            if section.count > len(section.facts):
                words = f"The first {len(section.facts):,} of {section.count:,}, by date."
                yield el("p", words, " ", _search(asked, found, name), class_="say")
            yield from listed((_fact(asked, fact) for fact in section.facts), "ol")
            yield end("section")


def _search(asked: Asked, found: Profile, name: str) -> Html:
    """A link to a longer list, by how well they fit."""
    by = {"said": "speaker"}.get(name, "about")
    return el("a", "Search them", href=asked.to.search(**{by: found.entity, "limit": "500"}))


def _about(asked: Asked, found: Profile) -> Iterator[Html]:
    lines = (
        ("Also called", [el("bdi", one) for one in found.names]),
        ("Merged with", [el("code", one) for one in found.ids[1:]]),
        ("Known as", [el("code", one.replace(":", ": ", 1)) for one in found.identifiers]),
        ("Part of", [_entity(asked, one) for one in found.part_of]),
        ("At", [text(one) for one in found.places]),
    )
    for name, values in lines:
        if values:
            yield join([el("dt", name), el("dd", join(values, ", "))])


def _entity(asked: Asked, given: str) -> Html:
    """A place that it is part of: an id, or a label."""
    known = given.startswith("place:")
    return el("a", given, href=asked.to.entity(given)) if known else el("bdi", given)


def _names(asked: Asked, found: Profile) -> Iterator[Html]:
    """Its names in the stories, and how they were amended."""
    if len(found.labels) < 2 and not found.amended:
        return
    yield join([start("section", class_="part", id="names"), el("h2", "Names over time")])
    items = [_label(asked, one) for one in found.labels]
    items += [_amended(asked, one) for one in found.amended]
    yield from listed(iter(items))
    yield end("section")


def _label(asked: Asked, one: Any) -> Html:
    links = join((el("a", slug, href=asked.to.story(slug)) for slug in one.stories), ", ")
    more = f" and {one.count - len(one.stories):,} more" if one.count > len(one.stories) else None
    names = el("bdi", ", ".join(one.names)) if one.names else None
    return el("li", el("p", el("bdi", one.label)), meta(names, join(["in ", links, more])))


def _amended(asked: Asked, one: Any) -> Html:
    day = el("time", parse_edtf(one.at[:10]).words, datetime=one.at[:10])
    field = one.path.strip("/").replace("/", ", ").replace("_", " ")
    was, now = (el(tag, el("bdi", _words(value))) for tag, value in (("del", one.was), ("ins", one.now)))  # fmt: skip
    arrow = el("span", " → ", aria_hidden="true")
    story = el("a", one.story, href=asked.to.story(one.story))
    return el("li", el("p", f"{field}: ", was, arrow, now), meta(day, story, el("bdi", one.reason)))


def _words(value: Any) -> str:
    if value is None:
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _fact(asked: Asked, fact: Fact) -> Html:
    """A fact of some story, with its day, who says it, and its story."""
    slug, when = fact.story.slug, fact.when
    number = el("a", fact.id, href=asked.to.fact(slug, fact.id), class_="no")
    badge = None
    if fact.status != "recorded":
        badge = join([" ", el("span", fact.status, class_=f"badge {fact.status}")])
    return el(
        "li",
        el("p", number, " ", el("bdi", fact.data.text), badge),
        meta(
            "undated" if when is None else when.words,
            el("bdi", fact.chain_words),
            el("a", el("bdi", fact.story.title or slug), href=asked.to.story(slug)),
        ),
    )


ENTITY = Page(
    "/entities/{id}",
    "An entity in all stories.",
    _page,
    _record,
    schema=_SCHEMA,
)
