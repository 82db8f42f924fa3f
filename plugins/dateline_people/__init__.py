"""People: who they were at the time, by which names, and what each said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.plugin import (
    EntityIntroduced,
    Event,
    Fact,
    RoleRecorded,
    Rows,
    StatementRecorded,
    StoryState,
    View,
    ViewRow,
    hookimpl,
    last,
)


class People(View):
    """One row a person and role, one without a role for a person none is recorded of.

    A role holds at a time and is never a property of the person. ``statements`` lists the facts in
    which they speak, ``said`` counts them.
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

    def fold(self, event: Event, rows: Rows) -> None:
        state = event.state
        if state is None:
            return
        if isinstance(event.data, EntityIntroduced) and event.data.kind == "person":
            self._write(event.data.entity, state, rows)
        facts = [*event.touched, *([event.before] if event.before is not None else [])]
        for person in sorted({name for fact in facts for name in _persons(fact)}):
            self._write(person, state, rows)

    def _write(self, person: str, state: StoryState, rows: Rows) -> None:
        facts = [fact for fact in state.naming(person) if person in _persons(fact)]
        roles = [fact for fact in facts if isinstance(fact.data, RoleRecorded)]
        said = [f.id for f in facts if isinstance(f.data, StatementRecorded) and not f.hidden]
        shown = [fact for fact in roles if not fact.hidden]
        for fact in roles:
            if fact.hidden:
                rows.drop(f"{person}#{fact.id}")
            else:
                rows.put(f"{person}#{fact.id}", self._row(person, fact, said, state))
        if shown or not (facts or person in state.entities):
            rows.drop(person)
        else:
            rows.put(person, self._row(person, None, said, state))

    def _row(self, person: str, fact: Fact | None, said: list[str], state: StoryState) -> Row:
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
            said=len(said),
            statements=", ".join(said),
        )


def _persons(fact: Fact) -> Iterator[str]:
    data = fact.data
    if isinstance(data, RoleRecorded):
        yield data.person
    elif isinstance(data, StatementRecorded):
        yield from (name for name in data.speakers if name.startswith("person:"))


@hookimpl
def dateline_views() -> Iterable[View]:
    return [People()]
