"""The key that a line is recorded under: that of the given subject, else that of what it refers to.

A correction repeats what it corrects, and a fact quotes its source: events that refer to protected
content are therefore protected with it automatically.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from dateline.errors import Finding
from dateline.events.editorial import ContentErased, EventRevoked
from dateline.events.entity import EntityAmended
from dateline.events.index import brings
from dateline.events.payload import FactNotice, Payload, Raw
from dateline.events.rules.references import named
from dateline.events.source import SourceAmended, SourceWithdrawn
from dateline.events.story import StoryOpened

RULE = "protection"
#: Returns the name of the subject of a key; None if it is not known.
Whose = Callable[[str], str | None]
#: (field, id) for each protected id that is named. A field may name two: as a key and as its value.
Spoken = list[tuple[str, str]]


def subject_key(
    payload: Payload | Raw,
    protected: Mapping[str, str],
    given: str | None,
    whose: Whose = lambda key: None,
) -> tuple[str | None, list[Finding]]:
    """The key of `payload`, and findings if it has no right one.

    `protected` maps the protected ids to their keys; `given` is the key of ``--protect``.
    """
    if isinstance(payload, StoryOpened | ContentErased):
        if given is None or isinstance(payload, ContentErased):
            return None, []
        reason = (
            "a story's opening is never protected: open the story first, without --protect and "
            "in words that identify no one"
        )
        return None, [Finding(RULE, "/slug", reason)]
    spoken = list(named(payload, protected))
    if (about := noticed(payload)) is not None:
        own = protected.get(about[1])
        return own, [*_given(about[0], own, given), *_named(own, spoken, protected, whose)]
    keys = {protected[name] for _, name in spoken}
    if given is None and len(keys) > 1:
        names = dict.fromkeys(name for _, name in spoken)
        listed = ", ".join(f"{name} ({_under(protected[name], whose)})" for name in names)
        reason = f"the line refers to several protected subjects: {listed}; it can be recorded under only one"
        return None, [Finding(RULE, "", reason)]
    return given or next(iter(keys), None), _elsewhere(given, spoken, protected, whose)


def key_of_act(
    payload: EventRevoked,
    own: str | None,
    protected: Mapping[str, str],
    given: str | None,
    whose: Whose = lambda key: None,
) -> tuple[str | None, list[Finding]]:
    """The key of a revocation, which is that of the act it takes back, `own`; the rest is as for
    `subject_key`."""
    spoken = list(named(payload, protected))
    return own, [*_given("/event", own, given), *_named(own, spoken, protected, whose)]


def _elsewhere(
    given: str | None, spoken: Spoken, protected: Mapping[str, str], whose: Whose
) -> list[Finding]:
    """Content recorded for one subject must not refer to another's: it would survive its erasure."""
    others = [(field, name) for field, name in spoken if protected[name] != given]
    if given is None or not others:
        return []
    keys = {protected[name] for _, name in spoken}
    step = "leave it out"
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
    """(field, id) of the one fact, source or entity that a notice is about, and whose key it gets."""
    if isinstance(payload, FactNotice):
        return "/fact", payload.fact
    if isinstance(payload, SourceWithdrawn | SourceAmended):
        return "/source", payload.source
    if isinstance(payload, EntityAmended):
        return "/entity", payload.entity
    if isinstance(payload, EventRevoked) and len(payload.about) == 1:
        return "/about/0", payload.about[0]
    if isinstance(payload, Raw) and payload.about is not None and payload.fact is None:
        return "/fact", payload.about
    return None


def _given(field: str, own: str | None, given: str | None) -> list[Finding]:
    """A notice has the key of its fact: if it were erased alone, the fact would be as it was before it."""
    if given in (None, own):
        return []
    return [Finding(RULE, field, "this is not protected under that subject: leave --protect out")]


def _named(
    own: str | None, spoken: Spoken, protected: Mapping[str, str], whose: Whose
) -> list[Finding]:
    """What a notice names must therefore not be erased before its fact is."""
    reason = "and the fact or source is not: the name would survive its erasure. Leave the name out"
    if own is None:
        reason = (
            "and the fact or source is not protected: the name would stay for ever. Leave the name "
            "out, or retract the fact and record it again with the name"
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
    """`protected` as it will be after the batch: a line may refer to what only a later line brings.

    `batch` are payloads, each with the key given for it; `there` are ids that are already recorded.
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
    """The key of another line in the batch that names `name`: an entity introduced for the sake of
    protected content gets its key. `batch` and `protected` are as for `foreseen`."""
    for payload, given in batch:
        if brings(payload) != name and any(named(payload, {name} if name else ())):
            key, _ = subject_key(payload, protected, given)
            if key is not None:
                return key
    return None
