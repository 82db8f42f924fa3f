"""One entity as the list of an archive's entities has it. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from dateline.recording.naming import latin, letters


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entity with all its ids. ``also`` are the ids that were merged into ``entity``; ``label`` is the one
    that most stories use, and ``names`` are all others. ``identifiers`` are like ``wikidata:Q42``.
    ``stories`` counts the stories that introduce it, ``facts`` the facts that name it and ``statements`` those
    that it makes, without retracted and rejected ones. ``first`` and ``last`` are their earliest and latest
    ISO dates, None if all are undated."""

    entity: str
    kind: str
    label: str
    names: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    stories: int = 0
    facts: int = 0
    statements: int = 0
    first: str | None = None
    last: str | None = None


class Described(NamedTuple):
    """An entity as one story has it; or as `stories` of them, the first of which is `story`."""

    story: str
    entity: str
    kind: str
    label: str
    names: str
    identifiers: str
    also: str
    stories: int = 1


class Count(NamedTuple):
    """How many facts name an id, how many it says, and between which dates."""

    facts: int = 0
    statements: int = 0
    first: str | None = None
    last: str | None = None


def entries(described: Iterable[Described], counts: Mapping[str, Count]) -> list[Entry]:
    """The entities, those that most facts name first. Takes time in proportion to their number."""
    by_id: dict[str, list[Described]] = defaultdict(list)
    for one in described:
        by_id[one.entity].append(one)
    made = [_entry(ids, by_id, counts) for ids in _groups(by_id)]
    return sorted(made, key=lambda one: (-one.facts, one.entity))


def _groups(by_id: Mapping[str, Sequence[Described]]) -> list[list[str]]:
    """The ids of each entity, the one that it is shown by first."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (next_ := above.get(name, name)) != name:
            above[name] = name = above.get(next_, next_)
        return name

    merged: set[str] = set()
    for name, some in by_id.items():
        for also in {one for row in some for one in row.also.split()}:
            merged.add(also)
            above[top(also)] = top(name)
    found: dict[str, list[str]] = defaultdict(list)
    for name in {*by_id, *merged}:
        found[top(name)].append(name)
    return [
        sorted(ids, key=lambda one: (one not in by_id, one in merged, one))
        for ids in found.values()
    ]


def _entry(
    ids: Sequence[str], by_id: Mapping[str, Sequence[Described]], counts: Mapping[str, Count]
) -> Entry:
    rows = [row for name in ids for row in by_id.get(name, ())]
    label = usual_label(by_id[ids[0]])
    names = {name: None for row in rows for name in (row.label, *row.names.split("\n")) if name}
    some = [counts[name] for name in ids if name in counts]
    return Entry(
        entity=ids[0],
        kind=by_id[ids[0]][0].kind,
        label=label,
        names=tuple(name for name in names if name != label),
        also=tuple(ids[1:]),
        identifiers=tuple(sorted({one for row in rows for one in row.identifiers.split("\n")} - {""})),
        stories=sum(row.stories for row in rows) if len(ids) == 1 else len({row.story for row in rows}),
        facts=sum(one.facts for one in some),
        statements=sum(one.statements for one in some),
        first=min((one.first for one in some if one.first), default=None),
        last=max((one.last for one in some if one.last), default=None),
    )  # fmt: skip


def usual_label(described: Iterable[Described]) -> str:
    """The label that most stories use; of equal ones the first by the alphabet."""
    counts = Counter[str]()
    for one in described:
        counts[one.label] += one.stories
    return min(counts.items(), key=lambda one: (-one[1], one[0]))[0]


def spelled(name: str) -> str:
    """The letters of a name to compare it by: without case and accents, and in Latin letters."""
    return letters(latin(name.casefold()))


def is_like(entry: Entry, wanted: Collection[str]) -> bool:
    """Whether its id, or one of its names, has all the words `wanted`, which are `spelled`."""
    ids = (one.partition(":")[2] for one in (entry.entity, *entry.also))
    return any(
        all(word in whole for word in wanted)
        for whole in map(spelled, (*ids, entry.label, *entry.names))
    )


def words(name: str) -> list[str]:
    """The words of a name, `spelled`."""
    return [word for word in map(spelled, re.split(r"[\s-]+", name)) if word]
