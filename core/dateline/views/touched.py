"""What an event touched besides facts: entities that may have another name, and sources. Pure."""

from __future__ import annotations

from dateline.events import acts
from dateline.events.editorial import EventRevoked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FactPayload
from dateline.events.source import SourceCaptured


def renamed(event: FoldedEvent) -> set[str]:
    """The entities that may have another name, or other facts, since an event that amends or merges one,
    or takes that back."""
    data, state = event.data, event.state
    if not isinstance(data, EntityAmended | EntityMerged | EventRevoked):
        return set()
    names = {name for name in acts.about(data) if name in state.entities}
    names |= {name for name in state.merged if state.entity_id(name) in names}
    return names | set(map(state.entity_id, names))


def sources(event: FoldedEvent) -> set[str]:
    """The sources whose rows the event may change, those included whose capture it takes back."""
    data, known = event.data, event.state.sources
    names = {fact.source for fact in event.touched}
    if event.before is not None:
        names.add(event.before.source)
    if isinstance(data, FactPayload):
        return names & known.keys()
    names.update(acts.about(data))
    shown = {data.entity} if isinstance(data, EntityIntroduced) else renamed(event)
    if shown:
        names.update(name for name, one in known.items() if not shown.isdisjoint(_named(one)))
    taken_back = isinstance(data, EventRevoked)
    return {name for name in names if name in known or (taken_back and name.startswith("sha256:"))}


def _named(source: SourceCaptured) -> tuple[str, ...]:
    """The entities that a source names."""
    return (source.publisher, *source.byline, *(credit.agent for credit in source.credits))
