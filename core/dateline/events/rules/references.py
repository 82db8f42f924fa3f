"""Rules for references: what a payload names must be in the story or in the batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

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
    if isinstance(payload, EntityIntroduced):
        for field, name in _of_entity(payload):
            if name == payload.entity:
                yield field, f"{name} cannot be part of itself"
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


def entities(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, entity id) for every entity that `payload` names."""
    for kind, named in _ENTITIES:
        if isinstance(payload, kind):
            yield from named(payload)


def _of_fact(fact: FactPayload) -> Iterator[tuple[str, str]]:
    for index, step in enumerate(fact.attribution):
        yield f"/attribution/{index}/agent", step.agent
    for index, view in enumerate(fact.factuality):
        yield f"/factuality/{index}/by", view.by
    for index, place in enumerate(fact.places):
        yield f"/places/{index}/place", place.place


def _of_statement(fact: StatementRecorded) -> Iterator[tuple[str, str]]:
    for index, name in enumerate(fact.speakers):
        yield f"/speakers/{index}", name
    for index, name in enumerate(fact.addressees):
        yield f"/addressees/{index}", name


def _of_occurrence(fact: OccurrenceRecorded) -> Iterator[tuple[str, str]]:
    for index, actor in enumerate(fact.actors):
        yield f"/actors/{index}/agent", actor.agent


def _of_state(fact: StateRecorded) -> Iterator[tuple[str, str]]:
    yield "/subject", fact.subject
    yield "/object", fact.object


def _of_role(fact: RoleRecorded) -> Iterator[tuple[str, str]]:
    yield "/person", fact.person
    yield from _optional("/organization", fact.organization)
    yield from _optional("/appointed_by", fact.appointed_by)


def _of_source(source: SourceCaptured) -> Iterator[tuple[str, str]]:
    yield "/publisher", source.publisher
    for index, credit in enumerate(source.credits):
        yield f"/credits/{index}/agent", credit.agent
    for index, name in enumerate(source.byline):
        yield from _loose(f"/byline/{index}", name)


def _of_entity(entity: EntityIntroduced) -> Iterator[tuple[str, str]]:
    yield from _optional("/part_of", entity.part_of)


def _of_editor(notice: FactCorrected | FactRetracted | FactDisputed) -> Iterator[tuple[str, str]]:
    yield from _loose("/by", notice.by)


def _of_review(review: FactReviewed) -> Iterator[tuple[str, str]]:
    yield from _loose("/reviewer", review.reviewer)


_ENTITIES: tuple[tuple[type[Payload], Callable[[Any], Iterator[tuple[str, str]]]], ...] = (
    (FactPayload, _of_fact),
    (StatementRecorded, _of_statement),
    (OccurrenceRecorded, _of_occurrence),
    (StateRecorded, _of_state),
    (RoleRecorded, _of_role),
    (SourceCaptured, _of_source),
    (EntityIntroduced, _of_entity),
    (FactCorrected, _of_editor),
    (FactRetracted, _of_editor),
    (FactDisputed, _of_editor),
    (FactReviewed, _of_review),
)


def facts(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, fact id) for every other fact that `payload` names."""
    if isinstance(payload, FactPayload):
        yield from _optional("/about", payload.about)
        for index, fact in enumerate(payload.derived_from):
            yield f"/derived_from/{index}", fact
        times = payload.times
        for name, time in (
            ("said", times.said),
            ("valid", times.valid),
            ("baseline", times.baseline),
        ):
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


def _loose(field: str, name: str | None) -> Iterator[tuple[str, str]]:
    """A person may be named in plain words, but text that looks like an entity id must be one."""
    if name is not None and _ENTITY.fullmatch(name):
        yield field, name
