"""Rules for references: what a payload names must be in the story or in the batch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from dateline.events.editorial import (
    EventRevoked,
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FactsLinked,
)
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.fact import OccurrenceRecorded, RoleRecorded, StatementRecorded, StateRecorded
from dateline.events.payload import FACT, FactNotice, FactPayload, Payload, Raw
from dateline.events.registry import to_fields
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
from dateline.events.story import is_slug

_FACT = re.compile(r"f[0-9]+")
_ENTITY = re.compile(r"(person|org|place|group):.+")


#: The fields of each kind of payload that name entities: ``credits.agent`` is the agent of each credit.
_ENTITIES: dict[type[Payload], tuple[str, ...]] = {
    FactPayload: ("attribution.agent", "factuality.by", "places.place"),
    StatementRecorded: ("speakers", "addressees"),
    OccurrenceRecorded: ("actors.agent",),
    StateRecorded: ("subject", "object"),
    RoleRecorded: ("person", "organization", "appointed_by"),
    SourceCaptured: ("publisher", "credits.agent", "byline"),
    SourceAmended: ("by",),
    EntityIntroduced: ("part_of",),
    EntityAmended: ("entity", "by"),
    EntityMerged: ("entity", "into", "by"),
    EventRevoked: ("by",),
    FactCorrected: ("by",),
    FactRetracted: ("by",),
    FactDisputed: ("by",),
    FactReviewed: ("reviewer",),
}
#: A person may be named in plain words here, but text that looks like an entity id must be one.
_LOOSE = frozenset({"byline", "by", "reviewer"})


@rule("entity-unknown", *_ENTITIES)
def entity_unknown(payload: Payload, context: Context) -> Findings:
    known, ahead = context.state.entities, context.ahead.entities
    for name, index, part, entity in _mentions(payload):
        if (
            entity not in known
            and entity not in ahead
            and not context.may_be_erased(EntityIntroduced.type)
        ):
            yield _pointer(name, index, part), f"{entity!r} is not introduced in this story"


@rule("reference-self", FactPayload, EntityIntroduced, SourceCaptured)
def reference_self(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, FactPayload):
        for field, fact in facts(payload):
            if fact == payload.fact:
                yield field, f"{fact} cannot refer to itself"
    elif isinstance(payload, EntityIntroduced):
        if payload.part_of == payload.entity:
            yield "/part_of", f"{payload.entity} cannot be part of itself"
    elif isinstance(payload, SourceCaptured) and payload.derived_from == payload.source:
        yield "/derived_from", "a source cannot be derived from itself"


@rule("fact-unknown", FactPayload, FactNotice, FactsLinked)
def fact_unknown(payload: Payload, context: Context) -> Findings:
    for field, fact in facts(payload):
        known = context.state.knows(fact) or fact in context.ahead.facts
        if not known and not context.erased(fact):
            yield field, f"there is no fact {fact!r} in this story"
    if not isinstance(payload, FactNotice):
        return
    # A notice is about a recorded fact: the fact itself must come first.
    if not context.state.knows(payload.fact):
        if payload.fact in context.state.erased and not context.imported:
            yield "/fact", f"{payload.fact!r} was erased"
        elif not context.erased(payload.fact):
            yield "/fact", f"there is no fact {payload.fact!r} in this story yet"
    elif payload.fact in context.state.tombstones.unread and isinstance(
        payload, FactCorrected | EvidenceAdded
    ):
        yield (
            "/fact",
            f"{payload.fact} has a type that no installed plugin knows: install its plugin",
        )


@rule("fact-elsewhere", FactsLinked)
def fact_elsewhere(payload: FactsLinked, context: Context) -> Findings:
    """What another archive accepted may be about a story that is not here."""
    if payload.elsewhere is None:
        return
    story, fact = payload.elsewhere
    if not is_slug(story) or not FACT.fullmatch(fact):
        yield "/to", f"{payload.to!r} is not a fact of another story, such as velm-flood/f3"
    elif story == context.state.slug:
        yield "/to", f"{fact} is a fact of this story: write {fact!r}"
    elif not context.imported and not context.elsewhere(story, fact):
        yield "/to", f"there is no fact {fact!r} in a story {story!r}"


@rule("source-unknown", FactPayload, SourceWithdrawn, SourceAmended, SourceCaptured)
def source_unknown(payload: Payload, context: Context) -> Findings:
    for field, source in sources(payload):
        if context.source(source) is None and not context.may_be_erased(SourceCaptured.type):
            yield field, f"{source!r} is not captured in this story"


def entities(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, entity id) for every entity that `payload` names."""
    for name, index, part, entity in _mentions(payload):
        yield _pointer(name, index, part), entity


def _mentions(payload: Payload) -> Iterator[tuple[str, int | None, str, str]]:
    """(field, place in its list, field of that part, entity id) for every entity that is named."""
    for name, part in naming(type(payload)):
        value = getattr(payload, name)
        if not isinstance(value, tuple):
            if value is not None and (name not in _LOOSE or _ENTITY.fullmatch(value)):
                yield name, None, "", value
        elif part:
            for index, item in enumerate(value):
                yield name, index, part, getattr(item, part)
        else:
            for index, text in enumerate(value):
                if name not in _LOOSE or _ENTITY.fullmatch(text):
                    yield name, index, "", text


def _pointer(name: str, index: int | None, part: str) -> str:
    return "/".join(["", name, *([] if index is None else [str(index)]), *([part] if part else [])])


@cache
def naming(kind: type[Payload]) -> list[tuple[str, str]]:
    """(field, field of its parts or "") for the fields of `_ENTITIES` that a kind of payload has."""
    fields = [field for base, some in _ENTITIES.items() if issubclass(kind, base) for field in some]
    return [(name, part) for name, _, part in (field.partition(".") for field in fields)]


def facts(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, fact id) for every other fact that `payload` names."""
    if isinstance(payload, FactPayload):
        if payload.about is not None:
            yield "/about", payload.about
        for index, fact in enumerate(payload.derived_from):
            yield f"/derived_from/{index}", fact
        for name, time in payload.times.given():
            if time.relative_to is not None:
                yield f"/times/{name}/relative_to", time.relative_to
            if time.anchor is not None and _FACT.fullmatch(time.anchor):
                yield f"/times/{name}/anchor", time.anchor
    elif isinstance(payload, FactsLinked):
        yield "/from", payload.from_
        if payload.elsewhere is None:
            yield "/to", payload.to


def sources(payload: Payload) -> Iterator[tuple[str, str]]:
    if isinstance(payload, FactPayload | SourceWithdrawn | SourceAmended):
        yield "/source", payload.source
    elif isinstance(payload, SourceCaptured) and payload.derived_from is not None:
        yield "/derived_from", payload.derived_from


def named(payload: Payload | Raw, ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """(field, id) wherever `payload` names one of `ids`: in any field, whether its type is known or not.

    Use this where no mention may be missed; the functions above list references that must exist.
    """
    if ids:
        found = _texts(to_fields(payload), "")
        yield from ((field, text) for field, text in found if text in ids)


def _texts(value: object, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield f"{field}/{key}", key  # a plugin may use ids as keys
            yield from _texts(item, f"{field}/{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{field}/{index}")
