"""Rules for references: what a payload names must be in the story or in the batch."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from dateline.events.editorial import (
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FactsLinked,
)
from dateline.events.entity import EntityIntroduced
from dateline.events.fact import OccurrenceRecorded, RoleRecorded, StatementRecorded, StateRecorded
from dateline.events.payload import FactNotice, FactPayload, Payload, Raw
from dateline.events.registry import to_fields
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceCaptured, SourceWithdrawn

_FACT = re.compile(r"f[0-9]+")
_ENTITY = re.compile(r"(person|org|place|group):.+")


@rule("entity-unknown")
def entity_unknown(payload: Payload, context: Context) -> Findings:
    if context.may_be_erased(EntityIntroduced.type):
        return
    for field, entity in entities(payload):
        if entity not in context.state.entities and entity not in context.ahead.entities:
            yield field, f"{entity!r} is not introduced in this story"


@rule("reference-self")
def reference_self(payload: Payload, context: Context) -> Findings:
    own = getattr(payload, "fact", None) if isinstance(payload, FactPayload) else None
    for field, fact in facts(payload):
        if own is not None and fact == own:
            yield field, f"{own} cannot refer to itself"
    if isinstance(payload, EntityIntroduced) and payload.part_of == payload.entity:
        yield "/part_of", f"{payload.entity} cannot be part of itself"
    if isinstance(payload, SourceCaptured) and payload.derived_from == payload.source:
        yield "/derived_from", "a source cannot be derived from itself"


@rule("fact-unknown")
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


@rule("source-unknown")
def source_unknown(payload: Payload, context: Context) -> Findings:
    if context.may_be_erased(SourceCaptured.type):
        return
    for field, source in sources(payload):
        if source not in context.state.sources and source not in context.ahead.sources:
            yield field, f"{source!r} is not captured in this story"


#: The fields of each kind of payload that name entities: ``credits.agent`` is the agent of each credit.
_ENTITIES: dict[type[Payload], tuple[str, ...]] = {
    FactPayload: ("attribution.agent", "factuality.by", "places.place"),
    StatementRecorded: ("speakers", "addressees"),
    OccurrenceRecorded: ("actors.agent",),
    StateRecorded: ("subject", "object"),
    RoleRecorded: ("person", "organization", "appointed_by"),
    SourceCaptured: ("publisher", "credits.agent", "byline"),
    EntityIntroduced: ("part_of",),
    FactCorrected: ("by",),
    FactRetracted: ("by",),
    FactDisputed: ("by",),
    FactReviewed: ("reviewer",),
}
#: A person may be named in plain words here, but text that looks like an entity id must be one.
_LOOSE = frozenset({"byline", "by", "reviewer"})


def entities(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, entity id) for every entity that `payload` names."""
    for kind, fields in _ENTITIES.items():
        if isinstance(payload, kind):
            for field in fields:
                for where, name in _values(payload, field):
                    if field not in _LOOSE or _ENTITY.fullmatch(name):
                        yield where, name


def _values(payload: Payload, field: str) -> Iterator[tuple[str, str]]:
    """(field, text) for a field that holds a text, texts, or parts that each have a text."""
    name, _, part = field.partition(".")
    value = getattr(payload, name)
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            where = f"/{name}/{index}"
            yield (f"{where}/{part}", getattr(item, part)) if part else (where, item)
    else:
        yield from _optional(f"/{name}", value)


def facts(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, fact id) for every other fact that `payload` names."""
    if isinstance(payload, FactPayload):
        yield from _optional("/about", payload.about)
        yield from _values(payload, "derived_from")
        for name in ("said", "valid", "baseline"):
            time = getattr(payload.times, name)
            if time is not None:
                yield from _optional(f"/times/{name}/relative_to", time.relative_to)
                if time.anchor is not None and _FACT.fullmatch(time.anchor):
                    yield f"/times/{name}/anchor", time.anchor
    elif isinstance(payload, FactsLinked):
        yield "/from", payload.from_
        yield "/to", payload.to


def sources(payload: Payload) -> Iterator[tuple[str, str]]:
    if isinstance(payload, FactPayload | SourceWithdrawn):
        yield "/source", payload.source
    elif isinstance(payload, SourceCaptured):
        yield from _optional("/derived_from", payload.derived_from)


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


def _optional(field: str, name: str | None) -> Iterator[tuple[str, str]]:
    if name is not None:
        yield field, name
