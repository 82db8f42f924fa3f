"""One entity in full: its names, roles and statements, and the other facts that name it."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.events.state import StoryState
from dateline.records.entity import sorted_facts
from dateline.records.profile import when_words


def describe(state: StoryState, name: str) -> Iterator[str]:
    """Lines about an entity of the story. They must be made safe before they are printed."""
    entity = state.entities[name]
    yield f"{entity.label}  {entity.entity}"
    if entity.names:
        yield f"  also {', '.join(entity.names)}"
    for register, value in entity.identifiers.items():
        yield f"  {register}: {state.label(value) if isinstance(value, str) else value}"
    if entity.part_of is not None:
        yield f"  part of {state.label(entity.part_of)}"
    if entity.lat is not None:
        yield f"  at {entity.lat}, {entity.lon} ({entity.precision or 'precision not given'})"
    roles, said, other = sorted_facts(state, name)
    if roles:
        yield from ("", "roles")
    for fact in roles:
        organization = fact.label(fact.data.organization)
        yield f"  {when_words(fact)}: {fact.data.title}{', ' + organization if organization else ''} ({fact.id})"
    if said:
        yield from ("", f"said ({len(said)})")
    for fact in said:
        yield f"  {fact.id}  {when_words(fact)}: {fact.data.text}"
        if fact.data.quote is not None:
            yield f"      “{fact.data.quote}”"
        yield f"      {fact.chain_words}"
    if other:
        yield from ("", f"appears in ({len(other)})")
    for fact in other:
        yield f"  {fact.id}  {when_words(fact)}: {fact.data.text}"
