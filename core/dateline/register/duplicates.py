"""Proposes entities that may be one and the same. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from dateline.register.entry import Entry, spelled

#: Shorter names say too little.
_SHORT = 3


class Duplicate(msgspec.Struct, frozen=True):
    """Two entities that may be one, and why: ``same wikidata Q42``, ``same name Ann Other``. ``into`` is the
    one that more facts name. ``story`` is one in which they can be merged: it has ``entity``, and, if
    ``together``, both."""

    entity: Entry
    into: Entry
    why: tuple[str, ...]
    story: str = ""
    together: bool = False


def duplicates(entries: Iterable[Entry]) -> list[Duplicate]:
    """Pairs with the same identifier in a register, or with the same kind and a name that is the same without
    case, accents and script. An entity of which there are several is paired with the one that is used most.
    Two that have different identifiers in one register only share a name: they are no pair."""
    found: dict[str, list[tuple[Entry, str]]] = defaultdict(list)
    for entry in entries:
        for key, why in _keys(entry):
            found[key].append((entry, why))
    pairs: dict[tuple[str, str], tuple[Entry, Entry, dict[str, None]]] = {}
    for some in found.values():
        into = min((one for one, _ in some), key=_use)
        for entry, why in some:
            if entry is into or (why.startswith("same name") and _differ(entry, into)):
                continue
            pair = pairs.setdefault((entry.entity, into.entity), (entry, into, {}))
            pair[2][why] = None
    made = [Duplicate(entry, into, tuple(why)) for entry, into, why in pairs.values()]
    return sorted(made, key=lambda one: (_use(one.into), _use(one.entity)))


def _use(entry: Entry) -> tuple[int, int, str]:
    return (-entry.facts, -entry.stories, entry.entity)


def _keys(entry: Entry) -> Iterator[tuple[str, str]]:
    """What it may share with others, each key with the reason."""
    for identifier in entry.identifiers:
        yield f"identifier {identifier}", f"same {identifier.replace(':', ' ', 1)}"
    seen = set()
    for name in (entry.label, *entry.names):
        key = spelled(name)
        if len(key) >= _SHORT and key not in seen:
            seen.add(key)
            yield f"name {entry.kind} {key}", f"same name {name}"


def _differ(one: Entry, other: Entry) -> bool:
    left, right = _registers(one.identifiers), _registers(other.identifiers)
    return any(left[name].isdisjoint(right[name]) for name in left.keys() & right.keys())


def _registers(identifiers: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for register, _, value in (one.partition(":") for one in identifiers):
        found[register].add(value)
    return found
