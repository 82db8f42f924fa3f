"""One entity in full: its names, roles and statements, and the other facts that name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dateline.events.fact import RoleRecorded, StatementRecorded
from dateline.events.registry import to_fields
from dateline.events.rules.references import entities
from dateline.events.state import Fact, StoryState


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
    roles, said, other = _sorted_facts(state, name)
    if roles:
        yield from ("", "roles")
    for fact in roles:
        organization = fact.label(fact.data.organization)
        yield f"  {_when(fact)}: {fact.data.title}{', ' + organization if organization else ''} ({fact.id})"
    if said:
        yield from ("", f"said ({len(said)})")
    for fact in said:
        yield f"  {fact.id}  {_when(fact)}: {fact.data.text}"
        if fact.data.quote is not None:
            yield f"      “{fact.data.quote}”"
        yield f"      {fact.chain_words}"
    if other:
        yield from ("", f"appears in ({len(other)})")
    for fact in other:
        yield f"  {fact.id}  {_when(fact)}: {fact.data.text}"


def as_record(state: StoryState, name: str) -> dict[str, Any]:
    """The same as one JSON object."""
    roles, said, other = _sorted_facts(state, name)
    return {
        **to_fields(state.entities[name]),
        "roles": [{"fact": fact.id, **to_fields(fact.data)} for fact in roles],
        "said": [
            {"fact": f.id, "when": _when(f), "chain": f.chain_words, **to_fields(f.data)}
            for f in said
        ],
        "appears_in": [fact.id for fact in other],
    }


def _sorted_facts(state: StoryState, name: str) -> tuple[list[Fact], list[Fact], list[Fact]]:
    """Its roles, its statements, and the other facts that name it, each by date."""
    roles: list[Fact] = []
    said: list[Fact] = []
    other: list[Fact] = []
    for fact in sorted(state.shown(), key=_by_date):
        if isinstance(fact.data, RoleRecorded) and fact.data.person == name:
            roles.append(fact)
        elif isinstance(fact.data, StatementRecorded) and name in fact.data.speakers:
            said.append(fact)
        elif any(entity == name for _, entity in entities(fact.data)):
            other.append(fact)
    return roles, said, other


def _by_date(fact: Fact) -> tuple[bool, str, str, int]:
    when = fact.when
    if when is None:
        return (True, "", "", fact.position)
    return (False, when.earliest or "", when.latest or "9999", fact.position)


def _when(fact: Fact) -> str:
    return "undated" if fact.when is None else fact.when.words
