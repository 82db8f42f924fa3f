"""Rules for amendments, merges and revocations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import msgspec

from dateline.events import acts, pointer
from dateline.events.amending import amended, require_amendable
from dateline.events.editorial import ContentErased, EventRevoked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.payload import FactPayload, Payload
from dateline.events.registry import to_fields
from dateline.events.rules import Context, Findings, find, rule
from dateline.events.source import SourceAmended, SourceCaptured
from dateline.events.state import Fact
from dateline.events.story import StoryOpened, StoryRetitled
from dateline.events.words import act_words

#: What to do instead about an event that is never taken back, by the type of its payload.
_INSTEAD: dict[type, str] = {
    FactPayload: "retract it with `dateline retract`",
    EntityIntroduced: "change it with `dateline amend`, or merge it with `dateline merge`",
    StoryRetitled: "give the story its earlier title with `dateline retitle`",
    StoryOpened: "close the story with `dateline close`",
    ContentErased: "an erasure is final",
}


def _thing(
    payload: SourceAmended | EntityAmended, context: Context
) -> SourceCaptured | EntityIntroduced | None:
    if isinstance(payload, SourceAmended):
        return context.state.sources.get(payload.source)
    return context.state.entities.get(payload.entity)


@rule("amendment-empty", SourceAmended, EntityAmended)
def amendment_empty(payload: SourceAmended | EntityAmended, context: Context) -> Findings:
    if not payload.changes:
        yield "/changes", "the amendment changes nothing"
    for index, change in enumerate(payload.changes):
        if pointer.same(change.was, change.now):
            yield f"/changes/{index}/now", "this is already the current value"


@rule("amendment-was", SourceAmended, EntityAmended)
def amendment_was(payload: SourceAmended | EntityAmended, context: Context) -> Findings:
    """Each `was` must be the present value of its field."""
    thing = _thing(payload, context)
    if thing is None:
        return
    fields = msgspec.json.decode(msgspec.json.encode(to_fields(thing)))
    for index, change in enumerate(payload.changes):
        try:
            present = pointer.get(fields, change.path)
        except ValueError:
            continue  # the result has a finding
        both_empty = pointer.empty(present) and pointer.empty(change.was)
        if not both_empty and not pointer.same(present, change.was):
            yield f"/changes/{index}/was", f"the current value is {present!r}, not {change.was!r}"


@rule("amendment-result", SourceAmended, EntityAmended)
def amendment_result(payload: SourceAmended | EntityAmended, context: Context) -> Findings:
    thing = _thing(payload, context)
    if thing is None:
        return
    try:
        for change in payload.changes:
            require_amendable(type(thing), change)
        result: Payload = amended(thing, [payload])  # type: ignore[type-var]
    except (ValueError, msgspec.ValidationError) as error:
        yield "/changes", f"the result is not valid: {error}"
        return
    for finding in find(result, replace(context, correcting=True)):
        yield "/changes", f"the result breaks {finding.rule} at {finding.field}: {finding.reason}"


@rule("merge", EntityMerged)
def merge(payload: EntityMerged, context: Context) -> Findings:
    state = context.state
    if payload.entity == payload.into:
        yield "/into", f"{payload.into} cannot be merged into itself"
    elif payload.entity in state.merged:
        into = state.merged[payload.entity]
        yield "/entity", f"{payload.entity} is already merged into {into}"
    elif payload.into in state.merged:
        kept = state.entity_id(payload.into)
        yield "/into", f"{payload.into} was merged into {kept}: give that"
    elif payload.entity.partition(":")[0] != payload.into.partition(":")[0]:
        yield "/into", f"{payload.entity} and {payload.into} are of different kinds"


@rule("revocation", EventRevoked)
def revocation(payload: EventRevoked, context: Context) -> Findings:
    state = context.state
    if not payload.act:
        if not context.imported:
            yield "/event", f"this story has no event {payload.event}"
        return
    kind = state.registry.get(payload.act)
    if kind is not None and not issubclass(kind.payload, acts.REVOCABLE):
        instead = next(words for base, words in _INSTEAD.items() if issubclass(kind.payload, base))
        yield "/event", f"a {payload.act} cannot be taken back: {instead}"
        return
    act = state.act(payload.event, payload.about)
    if act is None:
        if not context.may_be_erased(payload.act):
            yield (
                "/event",
                f"this story has no {act_words(payload.act)} with the id {payload.event}",
            )
    elif act.type != payload.act or acts.about(act.data) != payload.about:
        yield "/event", f"that event is {act.type} about {', '.join(acts.about(act.data))}"
    elif act.event_key in state.revoked:
        yield (
            "/event",
            f"the {act_words(payload.act)} at position {act.position} is already taken back",
        )
    elif isinstance(act.data, SourceCaptured):
        yield from _rests_on(act.data.source, context)
    else:
        yield from _breaks(payload, context)
        yield from _circles(payload, context)


def _circles(payload: EventRevoked, context: Context) -> Findings:
    """What an act that is in force again would contradict: a later merge, or a later revocation."""
    state, key, force = context.state, payload.event.bytes, False
    while (act := state.act(UUID(bytes=key), payload.about)) is not None:
        if isinstance(act.data, EntityMerged) and force:
            entity, into = act.data.entity, act.data.into
            if entity in state.merged or state.entity_id(into) == entity:
                yield (
                    "/event",
                    f"{entity} and {into} were merged otherwise since: take that back first",
                )
        if not isinstance(act.data, EventRevoked):
            return
        if force and act.data.event.bytes in state.revoked:
            yield "/event", "what it took back was taken back otherwise since: take that back first"
            return
        key, force = act.data.event.bytes, not force


def _rests_on(source: str, context: Context) -> Findings:
    """What is drawn from a source whose capture is to be taken back."""
    facts = [fact.id for fact in context.state.naming(source) if fact.source == source]
    if facts:
        listed = ", ".join(facts[:5]) + (" ..." if len(facts) > 5 else "")
        yield "/event", f"facts rest on that source: {listed}. Move them with `dateline correct`"
    for name, other in context.state.sources.items():
        if other.derived_from == source:
            yield "/event", f"its text {name} is captured: take that back first"


def _breaks(payload: EventRevoked, context: Context) -> Findings:
    """What a fact would break without its notice, or with it again."""
    for fact, key, force in _weighed(payload, context):
        position = acts.conflict(context.state.registry, fact, key, force=force)
        if position is not None:
            reason = f"the correction at position {position} builds on it: take that back first"
            yield "/event", reason
            return
        result = acts.weighed(context.state.registry, fact, key, force=force)
        data = None if result is None else context.state.published(result.data)
        if data is not None and data != fact.data:
            for found in find(data, replace(context, correcting=True)):
                reason = (
                    f"without it {fact.id} breaks {found.rule} at {found.field}: {found.reason}"
                )
                yield "/event", reason


def _weighed(payload: EventRevoked, context: Context) -> Iterator[tuple[Fact, bytes, bool]]:
    """The fact with the notice whose force the revocation changes; that notice; whether it will be in
    force."""
    state, key, force = context.state, payload.event.bytes, False
    while (inner := state.act(UUID(bytes=key), payload.about)) is not None:
        if not isinstance(inner.data, EventRevoked):
            break
        key, force = inner.data.event.bytes, not force
    for name in payload.about:
        if (fact := state.facts.get(name)) is not None:
            yield fact, key, force
