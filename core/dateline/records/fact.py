"""One fact as a JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dateline.events.clock import to_iso
from dateline.events.envelope import Event
from dateline.events.links import Link
from dateline.events.payload import Payload, Raw
from dateline.events.registry import to_fields
from dateline.events.state import Fact
from dateline.events.support import support
from dateline.events.tombstones import ErasedFact
from dateline.export.paging import Pages


def fact_record(fact: Fact, text: str | None, linking: Sequence[Link] = ()) -> dict[str, Any]:
    """A fact with its support, links and history. ``text`` is the text of its source, if that is at hand; ``linking``
    are links of other stories to it."""
    when, pages = fact.when, Pages(fact.story, lambda source: text)
    found = [pages.of(fact.source, item) for item in fact.data.evidence]
    paged = {"pages": [page and page[0] for page in found]} if pages.paged(fact.source) else {}
    known = support(fact)
    return {
        "story": fact.story.slug,
        "fact": fact.id,
        "type": fact.type,
        "status": fact.status,
        "method": fact.method,
        "protected": fact.id in fact.story.protected,
        "position": fact.position,
        "event_id": str(fact.event_id),
        "recorded_at": to_iso(fact.recorded_us),
        "reported_at": None if fact.reported_us is None else to_iso(fact.reported_us),
        "chain": fact.chain_words,
        "when": None if when is None else when.words,
        "data": to_fields(fact.data),
        **paged,
        "support": {
            "standing": known.standing,
            "independent": known.independent,
            "publishers": list(known.publishers),
            "supported_by": [item.id for item in known.saying[1:]],
        },
        "links": [to_fields(link.data) for link in fact.story.linked(fact.id)],
        "linked_from": [
            {**to_fields(one.data), "from": f"{one.event.slug}/{one.data.from_}"} for one in linking
        ],
        "history": [_event(event) for event in fact.history],
        "revoked": [
            {**_event(event), "revocation": _event(fact.story.revoked[event.event_key])}
            for event in fact.revoked
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "type": event.type,
        "position": event.position,
        "recorded_at": to_iso(event.recorded_us),
        "data": to_fields(event.data) if isinstance(event.data, Payload | Raw) else {},
    }


def erased_record(story: str, erased: ErasedFact) -> dict[str, Any]:
    """What is left of an erased fact of a story: its place, and why it was erased."""
    return {
        "story": story,
        "fact": erased.id,
        "kind": erased.kind,
        "status": erased.status,
        "position": erased.position,
        "erased_at": to_iso(erased.erased_us),
        "reason": erased.reason,
        "basis": erased.basis,
    }
