"""Facts of a story that were recorded twice."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from hashlib import blake2b

import msgspec
from msgspec.structs import astuple

from dateline.events.payload import FactPayload
from dateline.events.state import Fact, StoryState
from dateline.events.tally import Tally

_Place = tuple[int, str]
_FIELDS = FactPayload.__struct_fields__
#: The fields from the attribution to what the fact is about, and those of its type.
_FIRST, _LAST = _FIELDS.index("attribution"), _FIELDS.index("about") + 1
_OWN = len(_FIELDS)


class EqualFacts(Tally):
    """The facts of a story that are shown, grouped by what they say, each group in the order of recording.

    Of a group only neighbours are compared, so a change of one fact concerns at most two others.
    """

    #: Under this name a story's state keeps it.
    NAME = "dateline.doubts.equal"

    def __init__(self) -> None:
        self._groups: dict[bytes, list[_Place]] = {}
        #: The group of each fact that is shown.
        self._group_of: dict[str, list[_Place]] = {}

    @classmethod
    def of(cls, story: StoryState) -> EqualFacts:
        """The groups of a story as it is now."""
        equal = story.kept(cls.NAME, cls)
        if equal._version != story.version:
            equal.begin(story.facts.values())
            equal._version = story.version
        return equal

    def begin(self, facts: Iterable[Fact]) -> None:
        self._groups, self._group_of = {}, {}
        for fact in facts:
            self._add(fact)

    def move(self, before: Fact | None, after: Fact | None) -> None:
        if before is not None and (group := self._group_of.pop(before.id, None)) is not None:
            del group[bisect_left(group, (before.version, before.id))]
        if after is not None:
            self._add(after)

    def before(self, fact: Fact) -> str | None:
        """The last fact recorded before it that says the same."""
        group = self._group_of.get(fact.id, ())
        if len(group) < 2:
            return None
        at = bisect_left(group, (fact.version, fact.id))
        return group[at - 1][1] if at else None

    def next(self, fact: Fact) -> str | None:
        """The first fact recorded after it that says the same."""
        group = self._groups.get(content_of(fact), ())
        at = bisect_left(group, (fact.version, fact.id + "\x00"))
        return group[at][1] if at < len(group) else None

    def _add(self, fact: Fact) -> None:
        if not fact.hidden:
            group = self._groups.setdefault(content_of(fact), [])
            self._group_of[fact.id] = group
            place = (fact.version, fact.id)
            if group and group[-1] > place:
                insort(group, place)
            else:
                group.append(place)


def content_of(fact: Fact) -> bytes:
    """A hash of what a fact says, and from which source. Its own words count where it has no quantity: two
    sentences about one figure are one fact."""
    return content(fact.type, fact.data)


def content(type_: str, data: FactPayload) -> bytes:
    """The same of the data of a fact of that type."""
    values = astuple(data)
    text = "" if data.quantities else " ".join(data.text.split()).casefold()
    said = (type_, text, data.source, values[_FIRST:_LAST], values[_OWN:])
    return blake2b(_encode(said), digest_size=16).digest()


_encode = msgspec.json.Encoder(order="deterministic").encode
