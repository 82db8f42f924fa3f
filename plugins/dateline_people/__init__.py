"""People: their names, their roles at the time, and what each said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dateline.plugin import (
    Entity,
    EntityView,
    Fact,
    FoldedEvent,
    Nearby,
    RoleRecorded,
    StatementRecorded,
    View,
    ViewRow,
    hookimpl,
    last,
)


class People(EntityView):
    """One row per person and role; a person without a recorded role has one row without it.

    A role holds for a time and is never a property of the person. ``statements`` lists the facts in
    which the person speaks, ``said`` counts them.
    """

    name, version = "people", 2
    kinds, by = ("person",), "person"
    order = ("label", "person", "earliest", last("latest"), "key")
    summary = ("label", "role", "organization", "when", "said", "statements")

    class Row(ViewRow, frozen=True):
        person: str
        label: str
        names: str
        role: str | None
        organization: str | None
        organization_id: str | None
        appointed_by: str | None
        appointed_by_id: str | None
        when: str | None
        edtf: str | None
        earliest: str | None
        latest: str | None
        fact: str | None
        source: str | None
        said: int
        statements: str

    def rows(self, entity: Entity) -> Iterable[Row]:
        roles, said, concerned = list[Fact](), list[str](), False
        for fact in entity.facts:
            data = fact.data
            if isinstance(data, RoleRecorded) and data.person == entity.id:
                concerned = True
                if not fact.hidden:
                    roles.append(fact)
            elif isinstance(data, StatementRecorded) and entity.id in data.speakers:
                concerned = True
                if not fact.hidden:
                    said.append(fact.id)
        if entity.data is None and not concerned:
            return
        if not roles:
            yield self._row(entity, None, said)
        for fact in roles:
            yield self._row(entity, fact, said)

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        """The facts that the rows show. Others count for a person who is not introduced."""
        if not event.state.entities.keys() >= set(names) - event.state.merged.keys():
            return None
        found = set[str]()
        for name in names:
            for fact, statements in nearby.stored("person", name, "fact", "statements"):
                found.update(filter(None, (fact, *statements.split(", "))))
        return found

    def key(self, row: Row, thing: Entity, item: int) -> str:
        return thing.id if row.fact is None else f"{thing.id}#{row.fact}"

    def _row(self, entity: Entity, fact: Fact | None, said: Sequence[str]) -> Row:
        label = entity.story.label
        role = fact.data if fact is not None else None
        when = fact.when if fact is not None else None
        return self.Row(
            person=entity.id,
            label=entity.label,
            names=", ".join(entity.data.names) if entity.data is not None else "",
            role=None if role is None else role.title,
            organization=None if role is None else label(role.organization) or None,
            organization_id=None if role is None else entity.story.id_of(role.organization),
            appointed_by=None if role is None else label(role.appointed_by) or None,
            appointed_by_id=None if role is None else entity.story.id_of(role.appointed_by),
            when=None if when is None else when.words,
            edtf=None if when is None else when.text,
            earliest=None if when is None else when.earliest,
            latest=None if when is None else when.latest,
            fact=None if fact is None else fact.id,
            source=None if fact is None else fact.source,
            said=len(said),
            statements=", ".join(said),
        )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [People()]
