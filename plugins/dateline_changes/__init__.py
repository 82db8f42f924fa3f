"""Changes: every editorial change, with the old and the new value, its author and the reason."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

from dateline.plugin import (
    ContentErased,
    EntityAmended,
    EntityMerged,
    EventRevoked,
    EventView,
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FoldedEvent,
    Nearby,
    SourceAmended,
    SourceWithdrawn,
    StoryClosed,
    StoryRetitled,
    View,
    ViewRow,
    hookimpl,
    to_iso,
)


class Changes(EventView):
    """One row per change, in the order of the log: a correction of two values gives two rows.

    ``was`` and ``now`` are JSON; for a revocation ``was`` is the type of the act that was taken back.
    ``reported_at`` is when the change was made public; it is
    empty where it was not.
    """

    name, version = "changes", 2
    of = (
        FactCorrected, FactRetracted, FactReviewed, FactDisputed, EvidenceAdded, SourceWithdrawn,
        SourceAmended, EntityAmended, EntityMerged, EventRevoked, StoryRetitled, StoryClosed,
        ContentErased,
    )  # fmt: skip
    order = ("position", "item")
    summary = ("what", "about", "path", "was", "now", "who", "why")

    class Row(ViewRow, frozen=True):
        position: int
        item: int
        event_id: str
        recorded_at: str
        reported_at: str | None
        what: str
        about: str
        path: str | None
        was: str | None
        now: str | None
        who: str | None
        who_id: str | None
        why: str | None

    def reads(self, event: FoldedEvent, names: Collection[str], nearby: Nearby) -> Collection[str]:
        return ()  # the name of who did it, whom the event names

    def rows(self, event: FoldedEvent) -> Iterable[Row]:
        for item, (what, about, path, was, now, who, why) in enumerate(_changes(event), 1):
            yield self.Row(
                position=event.position,
                item=item,
                event_id=str(event.event_id),
                recorded_at=to_iso(event.recorded_us),
                reported_at=None if event.reported_us is None else to_iso(event.reported_us),
                what=what,
                about=about,
                path=path,
                was=was,
                now=now,
                who=event.state.label(who) or event.recorded_by.agent,
                who_id=event.state.id_of(who),
                why=why,
            )


_Change = tuple[
    str, str, str | None, str | None, str | None, str | None, str | None
]  # what, about, path, was, now, who, why


_NOUNS = {"retracted": "retraction", "disputed": "dispute"}


def _changes(event: FoldedEvent) -> Iterator[_Change]:
    data = event.data
    if isinstance(data, FactCorrected):
        for change in data.changes:
            was, now = _json(change.was), _json(change.now)
            yield data.kind, data.fact, change.path, was, now, data.by, data.reason
    elif isinstance(data, FactRetracted | FactReviewed | FactDisputed):
        what, who, why = data.wording
        yield _NOUNS.get(what, what), data.fact, None, None, None, who, why
    elif isinstance(data, EvidenceAdded):
        for added in data.evidence:
            yield "evidence", data.fact, None, None, _json(added.exact), None, data.note
    elif isinstance(data, SourceWithdrawn):
        yield "withdrawal", data.source, None, None, None, None, data.reason
    elif isinstance(data, SourceAmended | EntityAmended):
        about = data.source if isinstance(data, SourceAmended) else data.entity
        for change in data.changes:
            was, now = _json(change.was), _json(change.now)
            yield "amendment", about, change.path, was, now, data.by, data.reason
    elif isinstance(data, EntityMerged):
        now = _json(data.into)
        yield "merge", data.entity, None, _json(data.entity), now, data.by, data.reason
    elif isinstance(data, EventRevoked):
        about = ", ".join(data.about) or event.slug
        yield "revocation", about, None, _json(data.act), None, data.by, data.reason
    elif isinstance(data, StoryRetitled):
        yield "retitling", event.slug, "/title", None, _json(data.title), None, data.reason
    elif isinstance(data, StoryClosed):
        yield "closing", event.slug, None, None, None, None, data.reason
    elif isinstance(data, ContentErased):
        about = ", ".join(item.fact or item.type for item in data.events) or "events"
        why = f"{data.reason} ({data.basis})"
        yield "erasure", about, None, None, '"[erased]"', None, why


#: `json.dumps` would make an encoder for each value.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _json(value: object) -> str | None:
    return None if value is None else _encode(value)


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Changes()]
