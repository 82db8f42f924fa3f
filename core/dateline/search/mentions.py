"""Which facts name which entity, in all stories: a view of Dateline's own, with an index by entity.

Its rows are short, so that all facts of an archive are counted by entity without reading any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dateline.events.fact import RoleRecorded, StatementRecorded
from dateline.events.state import Fact
from dateline.events.tombstones import ErasedFact
from dateline.views.forms import FactView
from dateline.views.row_type import ViewRow

#: What a fact is to an entity that it names: a role that the entity has, something that it says, or neither.
Part = Literal["role", "said", "named", "linked"]
PARTS: tuple[Part, ...] = ("role", "said", "named")
#: Comes after every date.
UNDATED = "~"


class Mentions(FactView):
    """A row for each fact and each entity that it names, under the id that the story shows it by.

    ``date`` is where the fact stands among others: its earliest day, empty for an open start, ``~`` if
    it is undated. ``last`` is its latest day, as far as it is known. A fact of another story to which it is
    linked, such as ``velm-flood/f3``, has a row too, with ``linked`` as its part.
    """

    name, version, kernel = "dateline_mentions", 1, True
    by, row_base = "fact", ViewRow
    order = ("number", "key")
    indexes = (("entity", "part", "shown", "date", "last", "story", "number"),)

    class Row(ViewRow, frozen=True):
        fact: str
        entity: str
        part: str
        shown: bool
        date: str
        last: str
        number: int

    def rows(self, fact: Fact) -> Iterator[Row]:
        data, when, story = fact.data, fact.when, fact.story
        said = {*map(story.entity_id, data.speakers)} if isinstance(data, StatementRecorded) else ()
        holder = story.entity_id(data.person) if isinstance(data, RoleRecorded) else None
        date = UNDATED if when is None else when.earliest or ""
        last = "" if when is None else when.latest or when.earliest or ""
        shown = not fact.hidden
        for entity in dict.fromkeys(map(story.entity_id, fact.names)):
            part: Part
            part = "role" if entity == holder else "said" if entity in said else "named"
            yield self.Row(fact.id, entity, part, shown, date, last, fact.version)
        links = (link.data for link in story.linked(fact.id) if link.data.from_ == fact.id)
        for other in dict.fromkeys(one.to for one in links if one.elsewhere):
            yield self.Row(fact.id, other, "linked", shown, date, last, fact.version)

    def key(self, row: Row, thing: Fact | ErasedFact, item: int) -> str:
        return f"{thing.id} {row.entity}"
