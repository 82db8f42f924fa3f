"""How many facts of a story name which entity: a view of Dateline's own, so that a list of all entities reads no facts."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.events.fact import StatementRecorded
from dateline.views.parts import Part, PartView
from dateline.views.row_type import ViewRow


class EntityCounts(PartView):
    """A row for each entity that facts of one part of a story name, under the id that the story shows it by.

    Retracted and rejected facts are not counted. ``first`` and ``last`` are the earliest and the latest day
    of the facts, as far as they are known.
    """

    name, version, kernel = "dateline_entity_counts", 1, True

    class Row(ViewRow, frozen=True):
        part: str
        entity: str
        facts: int
        statements: int
        first: str | None
        last: str | None

    def rows_of(self, thing: Part) -> Iterator[Row]:
        entity_id = thing.story.entity_id
        facts: dict[str, int] = {}
        said: dict[str, int] = {}
        earliest: dict[str, list[str]] = {}
        latest: dict[str, list[str]] = {}
        for fact in thing.facts:
            if fact.hidden:
                continue
            data, when = fact.data, fact.when
            speakers = data.speakers if isinstance(data, StatementRecorded) else ()
            for name in {*map(entity_id, speakers)}:
                said[name] = said.get(name, 0) + 1
            for name in {*map(entity_id, fact.names)}:
                facts[name] = facts.get(name, 0) + 1
                if when is not None and when.earliest:
                    earliest.setdefault(name, []).append(when.earliest)
                if when is not None and (when.latest or when.earliest):
                    latest.setdefault(name, []).append(when.latest or when.earliest or "")
        for name in sorted(facts):
            yield self.Row(
                thing.id,
                name,
                facts[name],
                said.get(name, 0),
                min(earliest.get(name, ()), default=None),
                max(latest.get(name, ()), default=None),
            )

    def key(self, row: Row, thing: Part, item: int) -> str:
        return f"{row.part} {row.entity}"
