"""One entity of a story as a JSON object."""

from __future__ import annotations

from typing import Any

from dateline.events.fact import RoleRecorded, StatementRecorded
from dateline.events.registry import to_fields
from dateline.events.rules.references import entities
from dateline.events.state import Fact, StoryState
from dateline.records.profile import when_words


def entity_record(state: StoryState, name: str) -> dict[str, Any]:
    """An entity of a story, with its roles, its statements and the ids of the other facts that name it."""
    roles, said, other = sorted_facts(state, name)
    return {
        **to_fields(state.entities[name]),
        "roles": [{"fact": fact.id, **to_fields(fact.data)} for fact in roles],
        "said": [
            {"fact": f.id, "when": when_words(f), "chain": f.chain_words, **to_fields(f.data)}
            for f in said
        ],
        "appears_in": [fact.id for fact in other],
    }


def sorted_facts(state: StoryState, name: str) -> tuple[list[Fact], list[Fact], list[Fact]]:
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
