"""The views whose folds are killed (one bundled view of each kind, and one that reads its own rows),
and the rows that they must have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dateline import Archive, Plugins
from dateline.events.envelope import Event
from dateline.log import read as log
from dateline.log.engine import reading
from dateline.plugin import View, ViewRow, hookimpl
from dateline.plugins.discovery import Candidate, Selection, installed
from dateline.views.asof import states
from dateline.views.row_type import Values
from dateline.views.rows import Rows

#: In the order in which they are swapped in.
NAMES = ("figures", "changes", "tally")


class Tally(View):
    """Counts events by type, so that an event folded twice or never shows. `folded` counts calls."""

    name, version = "tally", 1

    class Row(ViewRow, frozen=True):
        number: int
        latest: int

    def __init__(self) -> None:
        self.folded = 0

    def fold(self, event: Event, rows: Rows) -> None:
        self.folded += 1
        row = rows.get(event.type)
        number = 1 + (row.number if row is not None else 0)
        rows.put(event.type, self.Row(number=number, latest=event.position))
        if event.type == "fact.retracted":  # a dropped row must not come back
            rows.drop("figure.recorded")


def plugins() -> tuple[Plugins, Tally]:
    """New plugins with only the views in NAMES, and their Tally."""
    tally = Tally()

    @hookimpl
    def dateline_views() -> list[Any]:
        return [tally]

    loaded = Plugins(strict=True)
    for candidate in installed():
        loaded.add(candidate, Selection(only=frozenset(NAMES)))
    loaded.add(Candidate("tally", "tests", lambda: SimpleNamespace(dateline_views=dateline_views)))
    return loaded, tally


class Folds:
    """The rows of each view at any position of a log, folded in memory and cached."""

    def __init__(self, db: Path) -> None:
        self._db = db
        self._known: dict[int, dict[str, list[Values]]] = {}

    def at(self, name: str, position: int) -> list[Values]:
        """The rows of a view after the first `position` events, as `by_key` sorts them."""
        if position not in self._known:
            self._known[position] = self._fold(position)
        return self._known[position][name]

    def _fold(self, position: int) -> dict[str, list[Values]]:
        loaded, _ = plugins()
        chosen = [loaded.view(name) for name in NAMES]
        rows: dict[str, list[Values]] = {name: [] for name in NAMES}
        with Archive.open(self._db, loaded) as archive, reading(archive._engine) as connection:
            for story in log.list_stories(connection):
                events = archive._reader.read_story(connection, story.id, until=position)
                for name, some in states(events, archive._reader.registry, chosen)[1].items():
                    rows[name] += some
        return {name: by_key(name, some) for name, some in rows.items()}


def by_key(name: str, rows: Sequence[Any]) -> list[Values]:
    """Rows in the order of their keys: story, fact and item, or story and key."""
    width = 3 if name == "figures" else 2
    return sorted(map(tuple, rows), key=lambda row: row[:width])
