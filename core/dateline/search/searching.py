"""Searches all stories of an archive: facts, the texts of sources, and entities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.events.edtf import parse as parse_edtf
from dateline.events.state import Fact, StoryState
from dateline.log import read
from dateline.search.find import Filter, find
from dateline.search.index import Entities, Facts, Sources
from dateline.search.matching import Part, context, covered, marked, matches, one_line
from dateline.search.memory import InMemory
from dateline.search.names import Names
from dateline.search.query import Query, parse
from dateline.search.reading import reading
from dateline.search.tokens import tag
from dateline.views.asof import Moment
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of
from dateline.views.runner import Progress

Kind = Literal["fact", "source", "entity"]
KINDS: tuple[Kind, ...] = ("fact", "source", "entity")
#: Of more rows than this, the newest are ranked.
_RANKED = {"fact": 500, "source": 200, "entity": 200}
_VIEWS: dict[Kind, type[View]] = {"fact": Facts, "source": Sources, "entity": Entities}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for besides words. All of it is optional.

    ``stories`` are slugs; ``speaker``, ``publisher`` and ``entity`` ids or names of entities; ``kind`` is a
    kind of fact; ``since`` and ``until`` are EDTF dates; ``status`` one status of facts, and with
    ``everything`` retracted and rejected facts are found too.
    """

    within: Collection[Kind] = KINDS
    stories: Sequence[str] = ()
    kind: str | None = None
    speaker: str | None = None
    publisher: str | None = None
    entity: str | None = None
    since: str | None = None
    until: str | None = None
    status: str | None = None
    everything: bool = False


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One result. ``id`` is that of a fact, source or entity, to be shown with ``story``. ``parts`` is a
    fact's sentence, an entity's names, or a source's text around the words that were found; ``quote`` is the
    quotation that has them, if the sentence does not. ``others`` counts other captures of a source that
    have them too, or other stories of an entity."""

    what: Kind
    story: str
    id: str
    kind: str
    title: str
    parts: tuple[Part, ...]
    quote: tuple[Part, ...] = ()
    chain: str = ""
    when: str = ""
    status: str = ""
    others: int = 0

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


class Found(msgspec.Struct, frozen=True):
    """The first `hits`, best first. `more`: whether there are others. They were found in the archive as it was
    at `position` of the log: its head, unless the archive is read-only and nobody has searched it since."""

    hits: tuple[Hit, ...]
    more: bool
    position: int = 0


class Search:
    """Searches one archive. `own` are its views by name; `state_of` gives a story at a moment."""

    def __init__(
        self,
        engine: Engine,
        reader: read.Reader,
        own: Mapping[str, View],
        text_of: Callable[[str], str | None],
        state_of: Callable[[str, Moment], StoryState],
        memory: InMemory,
    ) -> None:
        self._engine, self._reader, self._own, self._memory = engine, reader, own, memory
        self._text_of, self._state_of = text_of, lru_cache(64)(state_of)

    def search(
        self,
        text: str,
        asked: Asked,
        *,
        limit: int,
        at: Moment | None = None,
        progress: Progress | None = None,
    ) -> Found:
        """The best `limit` results. Raises DatelineError (``query-empty``), UnknownName, ViewFailed."""
        query = parse(text)
        if not query.wanted and (text.strip() or not _narrows(asked)):
            raise DatelineError(
                "the search has no word to find",
                hint='give words, "a phrase" or prefix*; or leave out the words and give --speaker, '
                "--publisher or --about, or --kind or --story",
                code="query-empty",
            )
        views = [self._own[one.name] for one in (Facts, Sources, Entities)]
        opened = reading(self._engine, self._reader, views, self._memory, progress)
        with opened as (connection, builds):
            rows = self._rows(connection, builds, query, asked, at)
            position = min(build.position for build in builds.values())
        # Each gives the best first, and makes a result only when it is asked for.
        making = {"fact": self._fact_hits, "source": self._source_hits, "entity": self._entity_hits}
        streams = [making[kind](query, some, at) for kind, some in rows.items()]
        best = merge(*streams, key=lambda one: -one[0])
        hits = [hit for _, hit in islice(best, limit + 1)]
        return Found(tuple(hits[:limit]), len(hits) > limit, position)

    def _rows(
        self,
        connection: Connection,
        builds: Mapping[str, Build],
        query: Query,
        asked: Asked,
        at: Moment | None,
    ) -> dict[Kind, list[tuple[float, dict[str, Any]]]]:
        names = Names(connection, builds[Entities.name], self._own[Entities.name])
        tags: list[list[str]] = []
        if asked.stories:
            tags.append([tag("story", slug) for slug in asked.stories])
        given = [("kind", asked.kind)] if asked.kind else []
        people = (
            ("speaker", asked.speaker),
            ("publisher", asked.publisher),
            ("entity", asked.entity),
        )
        given_names = [(name, value) for name, value in people if value]
        tags += [[tag(name, str(value))] for name, value in given]
        tags += [[tag(name, one) for one in names.ids(value)] for name, value in given_names]
        facts_only = bool(asked.kind or asked.speaker or asked.status or asked.everything)
        dates = {
            "since": None if asked.since is None else _bound(asked.since, "earliest"),
            "until": None if asked.until is None else _bound(asked.until, "latest"),
        }
        found: dict[Kind, list[tuple[float, dict[str, Any]]]] = {}
        for kind, view in _VIEWS.items():
            if kind not in asked.within or (facts_only and kind != "fact"):
                continue
            if (kind == "source" and asked.entity) or (
                kind == "entity" and (given_names or any(dates.values()))
            ):
                continue
            wanted = Filter(
                tags=tags,
                former=None if kind != "fact" or at is not None else False,
                status=asked.status if at is None else None,
                everything=asked.everything or at is not None,
                **(dates if kind != "entity" else {}),
            )
            schema = schema_of(self._own[view.name])
            found[kind] = find(connection, schema, builds[view.name], query, wanted, _RANKED[kind])
        return found

    # -- results ---------------------------------------------------------------------------

    def _fact_hits(
        self, query: Query, rows: Sequence[tuple[float, dict[str, Any]]], at: Moment | None
    ) -> Iterator[tuple[float, Hit]]:
        seen = set()
        for points, row in rows:
            name = (row["story"], row["fact"])
            if name in seen:
                continue
            seen.add(name)
            if at is None:
                yield points, _fact_hit(query, row)
                continue
            fact = self._state_of(row["story"], at).facts.get(row["fact"])
            if fact is not None and matches(query, _texts(fact)):
                yield points, _past_hit(query, fact)

    def _source_hits(
        self, query: Query, rows: Sequence[tuple[float, dict[str, Any]]], at: Moment | None
    ) -> Iterator[tuple[float, Hit]]:
        documents: dict[tuple[str, str], list[tuple[float, dict[str, Any]]]] = {}
        for points, row in rows:
            if at is not None and row["source"] not in self._state_of(row["story"], at).sources:
                continue
            documents.setdefault((row["story"], row["document"]), []).append((points, row))
        for some in documents.values():
            points = some[0][0]
            row = max((one for _, one in some), key=itemgetter("captured"))  # the newest reading
            text = self._text_of(row["source"]) or ""
            parts = marked(query, text, row["language"])
            if query.wanted and not any(part.marked for part in parts):
                parts = marked(query, row["title"], row["language"])
            yield (
                points,
                Hit(
                    what="source",
                    story=row["story"],
                    id=row["source"],
                    kind="source",
                    title=row["title"],
                    parts=tuple(one_line(context(parts))),
                    chain=row["published_by"],
                    when=row["when"],
                    others=len({one["source"] for _, one in some}) - 1,
                ),
            )

    def _entity_hits(
        self, query: Query, rows: Sequence[tuple[float, dict[str, Any]]], at: Moment | None
    ) -> Iterator[tuple[float, Hit]]:
        stories: dict[str, set[str]] = {}
        for _, row in rows:
            stories.setdefault(row["entity"], set()).add(row["story"])
        seen = set()
        for points, row in rows:
            if row["entity"] in seen:
                continue
            seen.add(row["entity"])
            names = "; ".join([row["label"], *filter(None, row["names"].split("\n"))])
            hit = Hit(
                what="entity",
                story=row["story"],
                id=row["entity"],
                kind=row["kind"],
                title=row["label"],
                parts=tuple(context(marked(query, names))),
                others=len(stories[row["entity"]]) - 1,
            )
            yield points, hit


def _narrows(asked: Asked) -> bool:
    return bool(asked.speaker or asked.publisher or asked.entity or asked.kind or asked.stories)


def _bound(text: str, side: str) -> str | None:
    try:
        found: str | None = getattr(parse_edtf(text), side)
    except ValueError as error:
        raise DatelineError(str(error), code="not-a-date") from None
    return found


def _fact_hit(query: Query, row: Mapping[str, Any]) -> Hit:
    quotes = [one for one in row["quotes"].split("\n") if one]
    text, quote = _shown(query, row["text"], quotes)
    return Hit(
        what="fact",
        story=row["story"],
        id=row["fact"],
        kind=row["kind"],
        title="",
        parts=text,
        quote=quote,
        chain=row["chain"],
        when=row["when"],
        status=row["status"],
    )


def _past_hit(query: Query, fact: Fact) -> Hit:
    text, quote = _shown(query, fact.data.text, [one for one, _ in _texts(fact)[1:]])
    return Hit(
        what="fact",
        story=fact.story.slug,
        id=fact.id,
        kind=fact.kind,
        title="",
        parts=text,
        quote=quote,
        chain=fact.chain_words,
        when="undated" if fact.when is None else fact.when.words,
        status=fact.status,
    )


def _texts(fact: Fact) -> list[tuple[str, str | None]]:
    language = None if fact.document is None else fact.document.language
    quote = getattr(fact.data, "quote", None)
    texts = [
        fact.data.text,
        *([quote] if quote else []),
        *(one.exact for one in fact.data.evidence),
    ]
    return [(text, language) for text in texts]


def _shown(
    query: Query, text: str, quotes: Sequence[str]
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """A fact's sentence, and the quotation that has most of the words that the sentence lacks."""
    there = covered(query, text)
    more, best = 0, ""
    for quote in quotes if len(there) < len(query.wanted) else ():
        new = len(covered(query, quote) - there)
        if new > more:
            more, best = new, quote
    return tuple(context(marked(query, text), 1000)), tuple(context(marked(query, best)))
