"""People: their names, their roles at the time, and what each said."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import (
    EntityIntroduced,
    Fact,
    FoldedEvent,
    RoleRecorded,
    Rows,
    StoryState,
    View,
    ViewRow,
    hookimpl,
    last,
)
from dateline_people.cast import Cast, Part, persons


class People(View):
    """One row per person and role; a person without a recorded role has one row without it.

    A role holds for a time and is never a property of the person. ``statements`` lists the facts in
    which the person speaks, ``said`` counts them.
    """

    name, version = "people", 1
    order = ("label", "person", "earliest", last("latest"), "key")
    summary = ("label", "role", "organization", "when", "said", "statements")

    class Row(ViewRow, frozen=True):
        person: str
        label: str
        names: str
        role: str | None
        organization: str | None
        appointed_by: str | None
        when: str | None
        edtf: str | None
        earliest: str | None
        latest: str | None
        fact: str | None
        source: str | None
        said: int
        statements: str

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        state = event.state
        cast = state.kept(self.name, Cast).after(event)
        facts = [*event.touched, *([event.before] if event.before is not None else [])]
        people = {name for fact in facts for name in persons(fact)}
        introduced = event.data if isinstance(event.data, EntityIntroduced) else None
        if introduced is not None and introduced.kind == "person":
            people.add(introduced.entity)
        for person in sorted(people):
            part = cast.of(person)
            about = [fact.id for fact in event.touched if _role_of(fact, person)]
            named = introduced is not None and introduced.entity == person
            # The name and the statements are in all rows of a person, a role only in its own.
            whole = named or cast.said_more(person)
            for fact in dict.fromkeys([*(part.roles if whole else ()), *about]):
                if fact in part.roles:
                    row = self._row(person, state.facts[fact], part, state)
                    rows.put(f"{person}#{fact}", row)
                else:
                    rows.drop(f"{person}#{fact}")
            if part.roles or not (part.facts or person in state.entities):
                rows.drop(person)
            else:
                rows.put(person, self._row(person, None, part, state))

    def _row(self, person: str, fact: Fact | None, part: Part, state: StoryState) -> Row:
        entity = state.entities.get(person)
        role = fact.data if fact is not None else None
        when = fact.when if fact is not None else None
        return self.Row(
            person=person,
            label=state.label(person),
            names=", ".join(entity.names) if entity is not None else "",
            role=None if role is None else role.title,
            organization=None if role is None else state.label(role.organization) or None,
            appointed_by=None if role is None else state.label(role.appointed_by) or None,
            when=None if when is None else when.words,
            edtf=None if when is None else when.text,
            earliest=None if when is None else when.earliest,
            latest=None if when is None else when.latest,
            fact=None if fact is None else fact.id,
            source=None if fact is None else fact.source,
            said=part.said,
            statements=part.statements,
        )


def _role_of(fact: Fact, person: str) -> bool:
    return isinstance(fact.data, RoleRecorded) and fact.data.person == person


@hookimpl
def dateline_views() -> Iterable[View]:
    return [People()]
