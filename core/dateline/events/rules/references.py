"""References: what a payload names must be there, in the log or anywhere in the batch."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.events.editorial import FactDisputed, FactRetracted, FactReviewed, FactsLinked
from dateline.events.entity import EntityIntroduced
from dateline.events.fact import OccurrenceRecorded, RoleRecorded, StateRecorded, StatementRecorded
from dateline.events.payload import FactNotice, FactPayload, Payload
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceCaptured, SourceWithdrawn

_FACT = re.compile(r"f[0-9]+")
_ENTITY = re.compile(r"(person|org|place|group):.+")


@rule("entity-unknown")
def entity_unknown(payload: Payload, context: Context) -> Findings:
    for field, entity in entities(payload):
        if entity not in context.state.entities and entity not in context.ahead.entities:
            yield field, f"{entity!r} is not introduced in this story"


@rule("fact-unknown")
def fact_unknown(payload: Payload, context: Context) -> Findings:
    for field, fact in facts(payload):
        if fact not in context.state.facts and fact not in context.ahead.facts:
            yield field, f"there is no fact {fact!r} in this story"
    # An editor changes what stands: the fact itself must come first.
    if isinstance(payload, FactNotice) and payload.fact not in context.state.facts:
        yield "/fact", f"there is no fact {payload.fact!r} in this story yet"


@rule("source-unknown")
def source_unknown(payload: Payload, context: Context) -> Findings:
    for field, source in sources(payload):
        if source not in context.state.sources and source not in context.ahead.sources:
            yield field, f"{source!r} is not captured in this story"


def entities(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, entity id) of every entity `payload` names."""
    if isinstance(payload, FactPayload):
        for index, step in enumerate(payload.attribution):
            yield f"/attribution/{index}/agent", step.agent
        for index, view in enumerate(payload.factuality):
            yield f"/factuality/{index}/by", view.by
        for index, place in enumerate(payload.places):
            yield f"/places/{index}/place", place.place
    if isinstance(payload, StatementRecorded):
        for index, name in enumerate(payload.speakers):
            yield f"/speakers/{index}", name
        for index, name in enumerate(payload.addressees):
            yield f"/addressees/{index}", name
    elif isinstance(payload, OccurrenceRecorded):
        for index, actor in enumerate(payload.actors):
            yield f"/actors/{index}/agent", actor.agent
    elif isinstance(payload, StateRecorded):
        yield "/subject", payload.subject
        yield "/object", payload.object
    elif isinstance(payload, RoleRecorded):
        yield "/person", payload.person
        yield from _optional("/organization", payload.organization)
        yield from _optional("/appointed_by", payload.appointed_by)
    elif isinstance(payload, SourceCaptured):
        yield "/publisher", payload.publisher
        for index, credit in enumerate(payload.credits):
            yield f"/credits/{index}/agent", credit.agent
        for index, name in enumerate(payload.byline):
            yield from _loose(f"/byline/{index}", name)
    elif isinstance(payload, EntityIntroduced):
        yield from _optional("/part_of", payload.part_of)
        part_of = payload.identifiers.get("part_of")
        if isinstance(part_of, str):
            yield "/identifiers/part_of", part_of
    elif isinstance(payload, FactRetracted | FactDisputed):
        yield from _loose("/by", payload.by)
    elif isinstance(payload, FactReviewed):
        yield from _loose("/reviewer", payload.reviewer)


def facts(payload: Payload) -> Iterator[tuple[str, str]]:
    """(field, fact id) of every other fact `payload` names."""
    if isinstance(payload, FactPayload):
        yield from _optional("/about", payload.about)
        for index, fact in enumerate(payload.derived_from):
            yield f"/derived_from/{index}", fact
        times = payload.times
        for name, time in (("said", times.said), ("valid", times.valid), ("baseline", times.baseline)):
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


def _optional(field: str, name: str | None) -> Iterator[tuple[str, str]]:
    if name is not None:
        yield field, name


def _loose(field: str, name: str | None) -> Iterator[tuple[str, str]]:
    """A person may be named in plain words; what looks like an entity id must be one."""
    if name is not None and _ENTITY.fullmatch(name):
        yield field, name
