"""What all stories know of one entity."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dateline.events.state import Fact


class Labelled(msgspec.Struct, frozen=True):
    """A label of an entity and its other names, and the first of the `count` stories that use them."""

    label: str
    names: tuple[str, ...]
    count: int
    stories: tuple[str, ...]


class Amended(msgspec.Struct, frozen=True):
    """One change of an amendment: what was ``was`` until then is ``now``. ``at`` is the ISO time at which it was
    reported, else recorded."""

    story: str
    entity: str
    at: str
    path: str
    was: object
    now: object
    reason: str


class Section(msgspec.Struct, frozen=True):
    """The first of `count` facts, by date."""

    count: int
    facts: tuple[Fact, ...]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """An entity in all stories. ``ids`` are all its ids; those after the first were merged into it. Facts have their
    story as ``fact.story.slug``. ``roles`` are the facts about its roles, ``said`` its statements, ``named``
    the other facts that name it."""

    entity: str
    kind: str
    label: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    identifiers: tuple[str, ...]
    part_of: tuple[str, ...]
    places: tuple[str, ...]
    labels: tuple[Labelled, ...]
    amended: tuple[Amended, ...]
    stories: int
    roles: Section
    said: Section
    named: Section


def by_date(facts: Iterable[Fact]) -> list[Fact]:
    """The facts of several stories by date; undated ones come last."""
    return sorted(facts, key=_date)


def _date(fact: Fact) -> tuple[bool, str, str, str, int]:
    when, story = fact.when, fact.story.slug
    if when is None:
        return (True, "", "", story, fact.version)
    return (False, when.earliest or "", when.latest or when.earliest or "", story, fact.version)
