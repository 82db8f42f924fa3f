"""The entities of all stories, found by id or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from dateline.errors import UnknownName
from dateline.log.databases.dialect import of
from dateline.search.index import MERGED
from dateline.search.query import Query, Tags, fts5, parse, tsquery
from dateline.search.tokens import tag
from dateline.search.words import words
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of

_NO_WORDS = Query((), ())
#: So many similar names are listed.
_NEAR = 5


class Names:
    """The entities of all stories, by id and name."""

    def __init__(self, connection: Connection, build: Build, view: View) -> None:
        self._connection, self._build, self._schema = connection, build, schema_of(view)

    def ids(self, name: str) -> list[str]:
        """All ids of the entity with this id or name: entities that were merged have several. Raises
        UnknownName."""
        found = self._with_ids([name]) if ":" in name else self._called(name)
        groups: list[set[str]] = []
        for entity in found:
            if not any(entity in group for group in groups):
                groups.append(self.merged(entity))
        if len(groups) == 1:
            return sorted(groups[0])
        if groups:
            raise UnknownName(
                f"several entities are called {name!r}",
                hint=f"choose one by its id:\n  {_listed(found)}",
                code="name-ambiguous",
            )
        rows = self._rows(parse(f"{name}*"), (), most=_NEAR)
        near = {entity: label for entity, label, _, _ in rows}
        raise UnknownName(
            f"no story has an entity {name!r}",
            hint=f"similar names:\n  {_listed(near)}" if near else "`dateline entities` lists them",
            code="entity-unknown",
        )

    def merged(self, entity: str) -> set[str]:
        """The ids of all entities that were merged with this one in some story, and its own."""
        ids, wider = set[str](), {entity}
        while wider != ids:
            ids = wider
            tags = [[tag("entity", one) for one in sorted(ids)], [MERGED]]
            rows = self._rows(_NO_WORDS, tags)
            wider = ids.union(*({one, *also.split()} for one, _, _, also in rows))
        return ids

    def _with_ids(self, ids: Sequence[str]) -> dict[str, str]:
        rows = self._rows(_NO_WORDS, [[tag("entity", one) for one in ids]])
        return {entity: label for entity, label, _, _ in rows}

    def _called(self, name: str) -> dict[str, str]:
        """The labels of the entities with that name, by id."""
        wanted = _letters(name)
        rows = self._rows(parse(" ".join(word.folded for word in words(name))), ())
        return {
            entity: label
            for entity, label, names, _ in rows
            if wanted in map(_letters, (label, *names.split("\n")))
        }

    def _rows(
        self, query: Query, tags: Tags, most: int | None = None
    ) -> list[tuple[str, str, str, str]]:
        """(id, label, other names, merged ids) of the entities that a query finds; an entity that several
        stories describe alike is there once."""
        if not query.wanted and not tags:
            return []
        assert self._schema.words is not None
        backend = of(self._connection)
        source, condition, _ = backend.having_words(
            self._build.table, self._schema.words.number, self._schema.words.tokens
        )
        text = (tsquery if backend.remote else fts5)(query, tags)
        limit = "" if most is None else f" LIMIT {most}"
        rows = backend.execute(self._connection)(
            f"SELECT DISTINCT entity, label, names, also FROM {source} WHERE {condition}"
            f" ORDER BY entity, label, names, also{limit}",
            (text,),
        ).fetchall()
        return [tuple(row) for row in rows]


def _listed(labels: Mapping[str, str]) -> str:
    return "\n  ".join(f"{entity}, {label}" for entity, label in labels.items())


def _letters(name: str) -> str:
    return "".join(word.folded for word in words(name))
