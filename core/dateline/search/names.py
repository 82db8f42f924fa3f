"""The entities of all stories, found by id or by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from dateline.errors import UnknownName
from dateline.search.find import Filter, find
from dateline.search.query import Query, parse
from dateline.search.tokens import tag
from dateline.search.words import words
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of

#: More rows than this are not looked at for one name.
_MOST = 1000


class Names:
    """The entities of all stories, by id and name."""

    def __init__(self, connection: Connection, build: Build, view: View) -> None:
        self._connection, self._build, self._schema = connection, build, schema_of(view)

    def ids(self, name: str) -> list[str]:
        """All ids of the entity with this id or name: entities that were merged have several. Raises
        UnknownName."""
        found = self._with_ids([name]) if ":" in name else self._called(name)
        groups: dict[frozenset[str], dict[str, Any]] = {}
        for row in found:
            groups[frozenset(self._closure({row["entity"], *row["also"].split()}))] = row
        if len(groups) == 1:
            return sorted(next(iter(groups)))
        if groups:
            listed = "\n  ".join(f"{row['entity']}, {row['label']}" for row in groups.values())
            raise UnknownName(
                f"several entities are called {name!r}",
                hint=f"choose one by its id:\n  {listed}",
                code="name-ambiguous",
            )
        near = [row for _, row in self._rows(parse(f"{name}*"), ())][:5]
        listed = "\n  ".join(dict.fromkeys(f"{row['entity']}, {row['label']}" for row in near))
        raise UnknownName(
            f"no story has an entity {name!r}",
            hint=f"similar names:\n  {listed}" if near else "`dateline entities` lists them",
            code="entity-unknown",
        )

    def _closure(self, ids: set[str]) -> set[str]:
        while True:
            rows = self._with_ids(sorted(ids))
            wider = ids.union(*({row["entity"], *row["also"].split()} for row in rows))
            if wider == ids:
                return ids
            ids = wider

    def _with_ids(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        return [row for _, row in self._rows(Query((), ()), [[tag("entity", one) for one in ids]])]

    def _called(self, name: str) -> list[dict[str, Any]]:
        wanted = _letters(name)
        rows = self._rows(parse(" ".join(word.folded for word in words(name))), ())
        return [
            row
            for _, row in rows
            if wanted in map(_letters, (row["label"], *row["names"].split("\n")))
        ]

    def _rows(
        self, query: Query, tags: Sequence[Sequence[str]]
    ) -> list[tuple[float, dict[str, Any]]]:
        if not query.wanted and not tags:
            return []
        return find(self._connection, self._schema, self._build, query, Filter(tags=tags), _MOST)


def _letters(name: str) -> str:
    return "".join(word.folded for word in words(name))
