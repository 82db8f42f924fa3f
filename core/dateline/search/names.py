"""The entities of all stories, found by id or by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from dateline.errors import UnknownName
from dateline.search.find import distinct
from dateline.search.index import MERGED
from dateline.search.query import Query, parse
from dateline.search.tokens import tag
from dateline.search.words import words
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of

#: More different rows than this are not looked at for one name.
_MOST, _NEAR = 1000, 5
_NOTHING = Query((), ())


class Names:
    """The entities of all stories, by id and name."""

    def __init__(self, connection: Connection, build: Build, view: View) -> None:
        self._connection, self._build, self._schema = connection, build, schema_of(view)

    def ids(self, name: str) -> list[str]:
        """All ids of the entity with this id or name: entities that were merged have several. Raises
        UnknownName."""
        found = self._with_id(name) if ":" in name else self._called(name)
        groups: dict[frozenset[str], dict[str, Any]] = {}
        for row in found:
            if not any(row["entity"] in ids for ids in groups):
                groups[frozenset(self._merged({row["entity"]}))] = row
        if len(groups) == 1:
            return sorted(next(iter(groups)))
        if groups:
            raise UnknownName(
                f"several entities are called {name!r}",
                hint=f"choose one by its id:\n  {_listed(groups.values())}",
                code="name-ambiguous",
            )
        near = self._distinct(parse(f"{name}*"), ())[:_NEAR]
        raise UnknownName(
            f"no story has an entity {name!r}",
            hint=f"similar names:\n  {_listed(near)}" if near else "`dateline entities` lists them",
            code="entity-unknown",
        )

    def _merged(self, ids: set[str]) -> set[str]:
        """Those ids, and all that stand for the same entities in any story."""
        while True:
            rows = self._distinct(_NOTHING, [[tag("entity", one) for one in sorted(ids)], [MERGED]])
            wider = ids.union(*({row["entity"], *row["also"].split()} for row in rows))
            if wider == ids:
                return ids
            ids = wider

    def _with_id(self, name: str) -> list[dict[str, Any]]:
        return self._distinct(_NOTHING, [[tag("entity", name)]])

    def _called(self, name: str) -> list[dict[str, Any]]:
        wanted = _letters(name)
        rows = self._distinct(parse(" ".join(word.folded for word in words(name))), ())
        named = [(row, (row["label"], *row["names"].split("\n"))) for row in rows]
        found = [row for row, names in named if wanted in map(_letters, names)]
        if found:
            return found
        # A surname alone, as people write it.
        persons = ((row, names) for row, names in named if row["entity"].startswith("person:"))
        return [row for row, names in persons if any(_ends(one, wanted) for one in names)]

    def _distinct(self, query: Query, tags: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        if not query.wanted and not tags:
            return []
        columns = ("entity", "label", "names", "also")
        return distinct(self._connection, self._schema, self._build, query, tags, columns, _MOST)


def _listed(rows: Iterable[dict[str, Any]]) -> str:
    return "\n  ".join(dict.fromkeys(f"{row['entity']}, {row['label']}" for row in rows))


def _ends(name: str, wanted: str) -> bool:
    last = [word.folded for word in words(name)][-1:]
    return last == [wanted]


def _letters(name: str) -> str:
    return "".join(word.folded for word in words(name))
