"""Under which key a line goes: that of the subject it is put in for, else that of what it speaks of.

A correction repeats what it corrects, a fact quotes its source: what is said about protected content is
protected with it, without anybody having to remember.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from dateline.errors import Finding
from dateline.events.editorial import ContentErased
from dateline.events.payload import FactNotice, Payload, Raw
from dateline.events.present import brings
from dateline.events.rules.references import named
from dateline.events.source import SourceWithdrawn
from dateline.events.story import StoryOpened

RULE = "protection"
#: The name of the subject of a key; None where the keys do not tell.
Whose = Callable[[str], str | None]
#: (field, id) of what is protected and named; a field may name two, as a key and as its value.
Spoken = list[tuple[str, str]]


def _nobody_knows(key: str) -> str | None:
    return None


def subject_key(
    payload: Payload | Raw,
    protected: Mapping[str, str],
    given: str | None,
    whose: Whose = _nobody_knows,
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
    spoken = list(named(payload, protected))
    if (about := noticed(payload)) is not None:
        own = protected.get(about[1])
        return own, [*_given(about[0], own, given), *_named(own, spoken, protected, whose)]
    keys = {protected[name] for _, name in spoken}
    if given is None and len(keys) > 1:
        names = dict.fromkeys(name for _, name in spoken)
        listed = ", ".join(f"{name} ({_under(protected[name], whose)})" for name in names)
        reason = (
            f"speaks of several protected subjects: {listed}. What is put in goes with one alone"
        )
        return None, [Finding(RULE, "", reason)]
    return given or next(iter(keys), None), _elsewhere(given, spoken, protected, whose)


def _elsewhere(
    given: str | None, spoken: Spoken, protected: Mapping[str, str], whose: Whose
) -> list[Finding]:
    """What is put in for one subject must not speak of another's: it would outlive that."""
    others = [(field, name) for field, name in spoken if protected[name] != given]
    if given is None or not others:
        return []
    keys = {protected[name] for _, name in spoken}
    step = "say it without"
    if len(keys) == 1:
        owner = whose(next(iter(keys)))
        step = "use that subject's --protect" if owner is None else f'use --protect "{owner}"'
    return [
        Finding(RULE, field, f"{name} is protected {_under(protected[name], whose)}: {step}")
        for field, name in others
    ]


def _under(key: str, whose: Whose) -> str:
    owner = whose(key)
    return "under another subject" if owner is None else f'under "{owner}"'


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


def _named(
    own: str | None, spoken: Spoken, protected: Mapping[str, str], whose: Whose
) -> list[Finding]:
    """So what a notice names must not go before its fact does."""
    reason = "and what this is about is not, so that it would outlive it: say it without"
    if own is None:
        reason = (
            "and what this is about is not: it would be named for ever. Say it without "
            "the name, or retract the fact and record it anew with the name"
        )
    return [
        Finding(RULE, field, f"{name} is protected {_under(protected[name], whose)}, {reason}")
        for field, name in spoken
        if protected[name] != own
    ]


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


def companion(
    name: str | None,
    batch: Iterable[tuple[Payload | Raw, str | None]],
    protected: Mapping[str, str],
) -> str | None:
    """The key of what else in the batch names `name`: who is introduced on the way to something that
    is protected goes with it. `batch` and `protected` are as for `foreseen`."""
    for payload, given in batch:
        if brings(payload) != name and any(named(payload, {name} if name else ())):
            key, _ = subject_key(payload, protected, given)
            if key is not None:
                return key
    return None
