"""The view `per_day`: how many facts each day has, and of what kinds."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Fact, FoldedEvent, Rows, View, ViewRow, hookimpl


class PerDay(View):
    """One row per day, counted up and down: a correction may move a fact to another day, a
    retraction removes it.

    Several facts share a row, so this is a `View`: in a `FactView` each row belongs to one fact.
    """

    name, version, order = "per_day", 1, ("day",)

    class Row(ViewRow, frozen=True):
        day: str
        facts: int
        figures: int
        statements: int

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        if event.before is not None:
            self._count(event.before, rows, -1)
        if event.fact is not None:
            self._count(event.fact, rows, +1)

    def _count(self, fact: Fact, rows: Rows, by: int) -> None:
        if fact.hidden:
            return
        day = fact.when.earliest if fact.when is not None else None
        day = "undated" if day is None else day[:10]
        old = rows.get(day) or self.Row(day, 0, 0, 0)
        new = self.Row(
            day,
            old.facts + by,
            old.figures + by * (fact.kind == "figure"),
            old.statements + by * (fact.kind == "statement"),
        )
        if new.facts:
            rows.put(day, new)
        else:
            rows.drop(day)


@hookimpl
def dateline_views() -> Iterable[View]:
    return [PerDay()]
