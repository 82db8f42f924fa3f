"""Editorial acts, which can be taken back: what each is about, and a fact without one of them. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from dateline.events import pointer
from dateline.events.amending import named
from dateline.events.corrections import corrected
from dateline.events.editorial import EventRevoked, EvidenceAdded, FactCorrected, FactsLinked
from dateline.events.entity import EntityAmended, EntityMerged
from dateline.events.envelope import Event
from dateline.events.payload import FactNotice, worded
from dateline.events.registry import Registry, to_fields
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
from dateline.events.state import Base, Fact
from dateline.events.status import Notices
from dateline.events.story import StoryClosed
from dateline.events.words import act_words, changed_fields

#: The payloads of events that `EventRevoked` can take back.
REVOCABLE = (
    FactNotice, FactsLinked, SourceCaptured, SourceWithdrawn, SourceAmended, EntityAmended, EntityMerged,
    StoryClosed, EventRevoked,
)  # fmt: skip


def about(data: object) -> tuple[str, ...]:
    """The ids of the facts, entities and sources that an act is about; none for the story itself."""
    if isinstance(data, FactNotice):
        return (data.fact,)
    if isinstance(data, FactsLinked):
        return (data.from_, data.to)
    if isinstance(data, SourceCaptured | SourceWithdrawn):
        return (data.source,)
    return data.about if isinstance(data, EventRevoked) else named(data)


def after(registry: Registry, fact: Fact, notice: FactNotice) -> Base:
    """A fact's payload after one more notice, and its older shape.

    Raises ValueError or msgspec.ValidationError if a correction cannot be made.
    """
    if isinstance(notice, FactCorrected):
        return corrected(registry, fact, notice)
    if isinstance(notice, EvidenceAdded):
        evidence = (*fact.data.evidence, *notice.evidence)
        return msgspec.structs.replace(fact.data, evidence=evidence), None
    return fact.data, fact.older


def weighed(registry: Registry, fact: Fact, key: bytes, *, force: bool) -> Fact | None:
    """`fact` with the notice of the event `key` in force, or out of it; None if it has no such notice.

    Notices that cannot be made then are left out: `conflict` finds them before it comes to that.
    """
    act = next((e for e in (*fact.history, *fact.revoked) if e.event_key == key), None)
    if act is None:
        return None
    history = [event for event in fact.history if event is not act]
    revoked = [event for event in fact.revoked if event is not act]
    (history if force else revoked).append(act)
    fact = msgspec.structs.replace(
        fact,
        history=tuple(sorted(history, key=lambda event: event.version)),
        revoked=tuple(sorted(revoked, key=lambda event: event.version)),
        notices=Notices(),
    )
    if fact.base is not None:
        fact = msgspec.structs.replace(fact, data=fact.base[0], older=fact.base[1])
    for event in fact.history:
        assert isinstance(event.data, FactNotice)
        try:
            data, older = after(registry, fact, event.data)
        except (ValueError, msgspec.ValidationError):
            continue
        notices = fact.notices.and_(event.data)
        fact = msgspec.structs.replace(fact, data=data, older=older, notices=notices)
    return fact


def conflict(registry: Registry, fact: Fact, key: bytes, *, force: bool) -> int | None:
    """The position of the first correction in force that would replace another value if the notice `key`
    were put into force, or out of it; None if there is none."""
    changed = weighed(registry, fact, key, force=force)
    if changed is None:
        return None
    present, future = _replaced(registry, fact), _replaced(registry, changed)
    for position, values in sorted(future.items()):
        if position in present and values != present[position]:
            return position
    return None


def _replaced(registry: Registry, fact: Fact) -> dict[int, Any]:
    """The values that each correction in force replaces, by its position; None if it cannot be made."""
    found: dict[int, Any] = {}
    if fact.base is not None:
        fact = msgspec.structs.replace(fact, data=fact.base[0], older=fact.base[1])
    for event in fact.history:
        notice = event.data
        assert isinstance(notice, FactNotice)
        fields: Any = to_fields(fact.data)
        if isinstance(notice, FactCorrected):
            found[event.position] = [pointer.get(fields, one.path) for one in notice.changes]
        try:
            data, older = after(registry, fact, notice)
        except (ValueError, msgspec.ValidationError):
            found[event.position] = None
            continue
        fact = msgspec.structs.replace(fact, data=data, older=older)
    return found


def words(act: Event) -> str:
    """What an act did: ``retracted f3: Withdrawn by the ministry``."""
    data = act.data
    if isinstance(data, FactNotice):
        wording = worded(data)
        what = act.type if wording is None else wording.what
        why = "" if wording is None or not wording.why else f": {wording.why}"
        return f"{what} {data.fact}{why}"
    if isinstance(data, FactsLinked):
        return f"link {data.from_} {data.relation} {data.to}"
    if isinstance(data, SourceCaptured):
        what = "capture of" if data.read_as is None else f"reading as {data.read_as} of"
        return f"{what} {data.title or 'untitled'} ({short(data.source)})"
    if isinstance(data, SourceWithdrawn):
        return f"withdrawal of {short(data.source)}: {data.reason}"
    if isinstance(data, EntityMerged):
        return f"merge of {data.entity} into {data.into}: {data.reason}"
    if isinstance(data, StoryClosed):
        return "closing of the story"
    if isinstance(data, EventRevoked):
        return f"revocation of {act_words(data.act)} ({', '.join(map(short, data.about))}): {data.reason}"
    thing: str = getattr(data, "source", "") or getattr(data, "entity", "")
    fields = ", ".join(field for field, _ in changed_fields(getattr(data, "changes", ())))
    return f"amendment of {fields} of {short(thing)}: {getattr(data, 'reason', '')}"


def short(name: str) -> str:
    """An id as people type it: the first characters of a source's hash."""
    if not name.startswith("sha256:"):
        return name
    _, dot, number = name.partition(".")
    return f"{name[7:19]}{dot}{number}"
