"""The form of views with rows for each `SIZE` facts of a story: sums that a new fact changes without all other facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from dateline.events.editorial import ContentErased
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FACT
from dateline.events.state import Fact, StoryState
from dateline.views.forms import MapView
from dateline.views.row_type import ViewRow

#: How many facts one part has at most.
SIZE = 128


class Part(msgspec.Struct, frozen=True, eq=False):
    """Some facts of a story, or another part of it, as its name says."""

    id: str
    story: StoryState
    facts: Sequence[Fact] = ()


class PartView(MapView[Part]):
    """Rows that are a function of the facts of one part of a story. `rows_of` makes them."""

    by = "part"

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        names = {part_of(fact.id) for fact in event.touched}
        if isinstance(event.data, ContentErased):
            names.update(part_of(one.fact) for one in event.data.events if one.fact is not None)
        return sorted(names)

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: object
    ) -> Collection[str] | None:
        """The facts of those parts."""
        return {fact for name in names for fact in facts_of(name)}

    def find(self, story: StoryState, name: str) -> Part | None:
        facts = (story.facts.get(fact) for fact in facts_of(name))
        return Part(name, story, [fact for fact in facts if fact is not None])

    def all_rows(self, story: StoryState) -> Iterator[tuple[Part, Iterable[ViewRow]]]:
        for name, facts in self.parts(story).items():
            part = Part(name, story, facts)
            yield part, self.rows_of(part)

    def parts(self, story: StoryState) -> dict[str, list[Fact]]:
        """The facts of a story by the name of their part."""
        found: dict[str, list[Fact]] = {}
        for name, fact in story.facts.items():
            found.setdefault(part_of(name), []).append(fact)
        return found


def part_of(fact: str) -> str:
    """The part that a fact belongs to; ids that are not of facts have one together."""
    return f"f{int(fact[1:]) // SIZE}" if FACT.fullmatch(fact) else ""


def facts_of(part: str) -> Iterable[str]:
    """The ids that the facts of a part can have."""
    if not part.startswith("f"):
        return ()
    first = int(part[1:]) * SIZE
    return (f"f{number}" for number in range(first, first + SIZE))
