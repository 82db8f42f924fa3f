"""Under which key a line goes: that of the subject it is put in for, else that of what it speaks of.

A correction repeats what it corrects, a fact quotes its source: what is said about protected content is
protected with it, without anybody having to remember.
"""

from __future__ import annotations

from collections.abc import Iterator

from dateline.errors import Finding
from dateline.events.editorial import ContentErased
from dateline.events.payload import FactNotice, FactPayload, Payload, Raw
from dateline.events.present import StoryState
from dateline.events.rules.references import entities, facts, sources
from dateline.events.source import SourceWithdrawn
from dateline.events.story import StoryOpened

RULE = "protection"


def subject_key(
    payload: Payload | Raw, state: StoryState, given: str | None
) -> tuple[str | None, list[Finding]]:
    """The key of `payload`, and why it cannot be told. `given` is that of ``--protect``."""
    if isinstance(payload, StoryOpened | ContentErased):
        if given is None or isinstance(payload, ContentErased):
            return None, []
        reason = "is never protected: open the story first, under words that give nobody away"
        return None, [Finding(RULE, "/slug", reason)]
    named = {state.protected[name] for name in _spoken_of(payload) if name in state.protected}
    if isinstance(payload, FactNotice | SourceWithdrawn):
        return next(iter(named), None), _notice(payload, given, named)
    if given is not None and named - {given}:
        reason = "speaks of what is protected under another subject, and would outlive it"
        return given, [Finding(RULE, "", reason)]
    if given is None and len(named) > 1:
        reason = "speaks of several protected subjects: what is put in goes with one of them alone"
        return None, [Finding(RULE, "", reason)]
    return given or next(iter(named), None), []


def _notice(payload: Payload, given: str | None, named: set[str]) -> list[Finding]:
    """A notice goes with its fact: without it the fact would stand as it was before."""
    if given is None or given in named:
        return []
    field = "/fact" if isinstance(payload, FactNotice) else "/source"
    return [Finding(RULE, field, "is not protected under that subject: leave --protect out")]


def _spoken_of(payload: Payload | Raw) -> Iterator[str]:
    if isinstance(payload, Raw):  # of a type that is not known here: what such events name
        yield from (str(payload.fields[key]) for key in ("fact", "source") if key in payload.fields)
        return
    if isinstance(payload, FactNotice):
        yield payload.fact
        return
    yield from (name for _, name in sources(payload))
    if isinstance(payload, SourceWithdrawn):
        return
    yield from (name for _, name in entities(payload))
    for field, name in facts(payload):
        if field.startswith(("/derived_from", "/from", "/to")) or not isinstance(
            payload, FactPayload
        ):
            yield name
