"""Under which key a line goes: that of the subject it is put in for, else that of what it speaks of.

A correction repeats what it corrects, a fact quotes its source: what is said about protected content is
protected with it, without anybody having to remember.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dateline.errors import Finding
from dateline.events.editorial import ContentErased
from dateline.events.payload import FactNotice, Payload, Raw
from dateline.events.present import brings
from dateline.events.rules.references import named
from dateline.events.source import SourceWithdrawn
from dateline.events.story import StoryOpened

RULE = "protection"
_ELSEWHERE = "speaks of what is protected under another subject, and would outlive it"


def subject_key(
    payload: Payload | Raw, protected: Mapping[str, str], given: str | None
) -> tuple[str | None, list[Finding]]:
    """The key of `payload`, and why it cannot be told.

    `protected` are the ids of what is protected, and under which key; `given` is that of
    ``--protect``.
    """
    if isinstance(payload, StoryOpened | ContentErased):
        if given is None or isinstance(payload, ContentErased):
            return None, []
        reason = "is never protected: open the story first, under words that give nobody away"
        return None, [Finding(RULE, "/slug", reason)]
    spoken = {field: protected[name] for field, name in named(payload, protected)}
    if (about := noticed(payload)) is not None:
        own = protected.get(about[1])
        return own, [*_given(about[0], own, given), *_named(own, spoken)]
    keys = set(spoken.values())
    if given is not None and keys - {given}:
        return given, [Finding(RULE, "", _ELSEWHERE)]
    if given is None and len(keys) > 1:
        reason = "speaks of several protected subjects: what is put in goes with one of them alone"
        return None, [Finding(RULE, "", reason)]
    return given or next(iter(keys), None), []


def noticed(payload: Payload | Raw) -> tuple[str, str] | None:
    """(field, id) of the one fact or source that a notice is about, and goes with."""
    if isinstance(payload, FactNotice):
        return "/fact", payload.fact
    if isinstance(payload, SourceWithdrawn):
        return "/source", payload.source
    if isinstance(payload, Raw) and payload.about is not None and payload.fact is None:
        return "/fact", payload.about
    return None


def _given(field: str, own: str | None, given: str | None) -> list[Finding]:
    """A notice goes with its fact: without it the fact would stand as it was before."""
    if given in (None, own):
        return []
    return [Finding(RULE, field, "is not protected under that subject: leave --protect out")]


def _named(own: str | None, spoken: Mapping[str, str]) -> list[Finding]:
    """So what a notice names must not go before its fact does."""
    reason = _ELSEWHERE
    if own is None:
        reason = (
            "is protected, and what this is about is not: it would be named for ever. Say it without "
            "the name, or retract the fact and record it anew with the name"
        )
    return [Finding(RULE, field, reason) for field, key in spoken.items() if key != own]


def foreseen(
    batch: Iterable[tuple[Payload | Raw, str | None]],
    protected: Mapping[str, str],
    there: Collection[str],
) -> dict[str, str]:
    """`protected` once the whole batch is in: a line may speak of what only a later one brings.

    `batch` are payloads, each with the key given for it; `there` are ids that are recorded already.
    """
    known = dict(protected)
    coming = {
        brought: (payload, given)
        for payload, given in batch
        if (brought := brings(payload)) is not None and brought not in there
    }
    if not known and not any(given for _, given in coming.values()):
        return known
    ids = {*known, *coming}
    names = {
        brought: {name for _, name in named(payload, ids)}
        for brought, (payload, _) in coming.items()
    }
    grown = True
    while grown:
        grown = False
        for brought, (_, given) in coming.items():
            keys = {given} if given else {known[name] for name in names[brought] if name in known}
            if brought not in known and keys:
                known[brought], grown = min(keys), True  # several are refused
    return known
