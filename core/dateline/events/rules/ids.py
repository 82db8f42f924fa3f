"""Rules for ids: they must be well-formed and not taken."""

from __future__ import annotations

import re

from dateline.events.entity import EntityIntroduced
from dateline.events.payload import FACT, FactPayload, Payload
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryClosed, StoryOpened, is_slug

_SOURCE = re.compile(r"sha256:[0-9a-f]{64}")
_ENTITY = re.compile(r"(person|org|place|group):[a-z0-9]+(?:[-.][a-z0-9]+)*")
_KINDS = {"person": "person", "org": "organization", "place": "place", "group": "group"}


@rule("slug-form")
def slug_form(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, StoryOpened) and not is_slug(payload.slug):
        yield (
            "/slug",
            f"{payload.slug!r} is not a slug: lower-case words joined by hyphens, at most 80 characters",
        )


@rule("slug-taken")
def slug_taken(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, StoryOpened) and (
        context.state.opened is not None or context.slug_owner(payload.slug) is not None
    ):
        yield "/slug", f"a story {payload.slug!r} already exists"


@rule("story-closed")
def story_closed(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, StoryClosed) and context.state.closed:
        yield "", "the story is already closed"


@rule("entity-form")
def entity_form(payload: Payload, context: Context) -> Findings:
    if not isinstance(payload, EntityIntroduced):
        return
    match = _ENTITY.fullmatch(payload.entity)
    if match is None or len(payload.entity) > 120:
        yield (
            "/entity",
            f"{payload.entity!r} is not an entity id like person:jane-doe or org:reuters",
        )
    elif _KINDS[match[1]] != payload.kind:
        yield (
            "/kind",
            f"{payload.entity!r} is an id of the kind {_KINDS[match[1]]}, not {payload.kind}",
        )


@rule("entity-taken")
def entity_taken(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, EntityIntroduced) and payload.entity in context.state.entities:
        yield "/entity", f"{payload.entity} is already introduced in this story"


@rule("source-form")
def source_form(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, SourceCaptured) and not _SOURCE.fullmatch(payload.source):
        yield "/source", f"{payload.source!r} is not 'sha256:' followed by 64 lower-case hex digits"


@rule("source-taken")
def source_taken(payload: Payload, context: Context) -> Findings:
    if not isinstance(payload, SourceCaptured):
        return
    known = context.state.sources.get(payload.source)
    if known is not None:
        other = [
            f"{name} is {there!r} there and {here!r} here"
            for name, (there, here) in differing(known, payload).items()
        ]
        reason = f"{payload.source} is already captured in this story"
        yield "/source", "; ".join([reason, *other])


def differing(known: SourceCaptured, again: SourceCaptured) -> dict[str, tuple[object, object]]:
    """The fields that describe a captured document differently now, each with (then, now). Fields that
    are left out now do not differ."""
    default = SourceCaptured(source=again.source, publisher=known.publisher)
    return {
        name: (getattr(known, name), getattr(again, name))
        for name in SourceCaptured.__struct_fields__
        if getattr(again, name) not in (getattr(known, name), getattr(default, name))
    }


@rule("fact-form")
def fact_form(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, FactPayload) and not FACT.fullmatch(payload.fact):
        yield "/fact", f"{payload.fact!r} is not a fact id like f1 or f27"


@rule("fact-taken")
def fact_taken(payload: Payload, context: Context) -> Findings:
    if (
        isinstance(payload, FactPayload)
        and not context.correcting
        and (context.state.knows(payload.fact) or payload.fact in context.state.erased)
    ):
        reason = (
            f"{payload.fact} is already recorded with different content: "
            "change it with `dateline correct`, or leave the id out to get the next one"
        )
        yield "/fact", reason
