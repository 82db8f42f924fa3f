"""Rules for ids: they must be well-formed and not taken."""

from __future__ import annotations

import re

from dateline.events.entity import EntityIntroduced
from dateline.events.payload import FACT, FactPayload
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryClosed, StoryOpened, is_slug

_SOURCE = re.compile(r"sha256:[0-9a-f]{64}(?:\.(?:[2-9]|[1-9][0-9]{1,8}))?")
_ENTITY = re.compile(r"(person|org|place|group):[a-z0-9]+(?:[-.][a-z0-9]+)*")
_KINDS = {"person": "person", "org": "organization", "place": "place", "group": "group"}


@rule("slug-form", StoryOpened)
def slug_form(payload: StoryOpened, context: Context) -> Findings:
    if not is_slug(payload.slug):
        yield (
            "/slug",
            f"{payload.slug!r} is not a slug: lower-case words joined by hyphens, at most 80 characters",
        )


@rule("slug-taken", StoryOpened)
def slug_taken(payload: StoryOpened, context: Context) -> Findings:
    if context.state.opened is not None or context.slug_owner(payload.slug) is not None:
        yield "/slug", f"a story {payload.slug!r} already exists"


@rule("story-closed", StoryClosed)
def story_closed(payload: StoryClosed, context: Context) -> Findings:
    if context.state.closed:
        yield "", "the story is already closed"


@rule("entity-form", EntityIntroduced)
def entity_form(payload: EntityIntroduced, context: Context) -> Findings:
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


@rule("entity-taken", EntityIntroduced)
def entity_taken(payload: EntityIntroduced, context: Context) -> Findings:
    if not context.correcting and payload.entity in context.state.entities:
        yield "/entity", f"{payload.entity} is already introduced in this story"


@rule("source-form", SourceCaptured)
def source_form(payload: SourceCaptured, context: Context) -> Findings:
    if not _SOURCE.fullmatch(payload.source):
        form = (
            "'sha256:' followed by 64 lower-case hex digits, and by .2 or more for a later capture"
        )
        yield "/source", f"{payload.source!r} is not {form}"


@rule("source-taken", SourceCaptured)
def source_taken(payload: SourceCaptured, context: Context) -> Findings:
    known = context.state.sources.get(payload.source)
    if known is not None and not context.correcting:
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


@rule("fact-form", FactPayload)
def fact_form(payload: FactPayload, context: Context) -> Findings:
    if not FACT.fullmatch(payload.fact):
        yield "/fact", f"{payload.fact!r} is not a fact id like f1 or f27"


@rule("fact-taken", FactPayload)
def fact_taken(payload: FactPayload, context: Context) -> Findings:
    if not context.correcting and (
        context.state.knows(payload.fact) or payload.fact in context.state.erased
    ):
        reason = (
            f"{payload.fact} is already recorded with different content: "
            "change it with `dateline correct`, or leave the id out to get the next one"
        )
        yield "/fact", reason
