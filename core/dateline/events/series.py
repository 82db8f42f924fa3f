"""Series: figures of one measure, place and unit, in the order of what they are about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from dateline.events.editorial import FactsLinked
from dateline.events.entity import EntityIntroduced
from dateline.events.figures import Figure, figure_words, figures, has_number
from dateline.events.fold import FoldedEvent
from dateline.events.source import SourceCaptured, SourceWithdrawn
from dateline.events.state import Fact, StoryState

#: Later than every date.
_OPEN = "~"
_START = attrgetter("start")
#: Events that touch facts and change no figure.
_OTHERS = (EntityIntroduced, FactsLinked, SourceCaptured, SourceWithdrawn)


class Entry(NamedTuple):
    """A figure in its series. Entries sort by what they are about, then by when they became public.

    ``start`` and ``end`` are the bounds of the time it is about, as text: a day ends after all its hours.
    """

    start: str
    end: str
    public_us: int
    position: int
    stage: int
    number: int
    fact: str
    publisher: str
    measure: str
    words: str


class _Series:
    """The entries of one series, in the orders in which they are looked up."""

    def __init__(self) -> None:
        self.by_start: list[Entry] = []
        self.by_end: list[tuple[str, Entry]] = []
        self.same: dict[tuple[str, str, str], list[Entry]] = {}

    def add(self, entry: Entry) -> None:
        insort(self.by_start, entry)
        insort(self.by_end, (entry.end, entry))
        insort(self.same.setdefault(_same(entry), []), entry)

    def remove(self, entry: Entry) -> None:
        del self.by_start[bisect_left(self.by_start, entry)]
        del self.by_end[bisect_left(self.by_end, (entry.end, entry))]
        same = self.same[_same(entry)]
        del same[bisect_left(same, entry)]

    def before(self, entry: Entry) -> Entry | None:
        """What an entry supersedes: an earlier figure of its publisher about the same time, else the last
        one about a time that is certainly earlier."""
        same = self.same[_same(entry)]
        at = bisect_left(same, entry)
        if at:
            return same[at - 1]
        at = bisect_left(self.by_end, (entry.start,))
        return self.by_end[at - 1][1] if at else None

    def after(self, entry: Entry) -> Iterator[Entry]:
        """The entries that may supersede it."""
        same = self.same[_same(entry)]
        at = bisect_right(same, entry)
        if at < len(same):
            yield same[at]
        at = bisect_right(self.by_end, (entry.end, entry))
        if at < len(self.by_end):  # about a time after this one, and not after the next one
            low = bisect_right(self.by_start, entry.end, key=_START)
            high = bisect_right(self.by_start, self.by_end[at][0], key=_START)
            yield from self.by_start[low:high]


def _same(entry: Entry) -> tuple[str, str, str]:
    # Without a publisher, nobody is known to have replaced a figure of their own.
    own = entry.publisher or f"{entry.fact} {entry.number}"
    return entry.start, entry.end, own


class AllSeries:
    """The series of a story: which figure superseded which. Retracted and rejected facts, undated figures
    and those without a number are in none.

    Get it with `AllSeries.of`. It is kept with the story's state, follows it from event to event, and is
    worked out from all facts where it missed one.
    """

    def __init__(self) -> None:
        self._version = -1
        self._series: dict[str, _Series] = {}
        self._entries: dict[str, list[tuple[str, Entry]]] = {}
        self._touched: set[str] = set()

    @classmethod
    def of(cls, story: StoryState) -> AllSeries:
        """The series of a story as it is."""
        found = story.kept("dateline.series", cls)
        if found._version != story.version:
            found._begin(story.facts.values(), story.version)
        return found

    @classmethod
    def touched(cls, event: FoldedEvent) -> set[str]:
        """The facts whose figures `event` may have changed, or what these superseded."""
        found = event.state.kept("dateline.series", cls)
        if found._version != event.version:
            found._touched = found._after(event)
        return found._touched

    def entries(self, fact: str) -> list[tuple[str, Entry]]:
        """The entries of a fact, each with the key of its series."""
        return self._entries.get(fact, [])

    def superseded(self, fact: Fact, figure: Figure) -> Entry | None:
        """The figure that one of a shown fact superseded."""
        if fact.hidden or not _placed(figure):
            return None
        return self.before(figure.series, _entry(fact, figure))

    def before(self, series: str, entry: Entry) -> Entry | None:
        """The figure that an entry of a series superseded."""
        return self._series[series].before(entry)

    def _begin(self, facts: Iterable[Fact], version: int) -> None:
        self._series, self._entries = {}, {}
        for fact in facts:
            self._add(fact)
        self._version = version

    def _after(self, event: FoldedEvent) -> set[str]:
        names = {fact.id for fact in event.touched}
        if self._version != event.version - 1:
            self._begin(event.state.facts.values(), event.version)
            told = event.fact is not None or isinstance(event.data, _OTHERS)
            if names and not told:  # what the event changed is unknown
                return names.union(self._entries)
            if event.before is not None:
                self._swap(event.before)
                names |= self._near(event.before.id)
                self._swap(event.fact)
            return names.union(*map(self._near, names))
        self._version = event.version
        if isinstance(event.data, _OTHERS):
            return names
        found = set(names)
        for fact in event.touched:
            found |= self._near(fact.id)
            self._swap(fact)
            found |= self._near(fact.id)
        return found

    def _swap(self, fact: Fact | None) -> None:
        """Replace the entries of a fact."""
        if fact is not None:
            for key, entry in self._entries.pop(fact.id, ()):
                self._series[key].remove(entry)
            self._add(fact)

    def _add(self, fact: Fact) -> None:
        if fact.hidden or not fact.data.quantities:
            return
        made = [
            (figure.series, _entry(fact, figure)) for figure in figures(fact) if _placed(figure)
        ]
        for key, entry in made:
            self._series.setdefault(key, _Series()).add(entry)
        if made:
            self._entries[fact.id] = made

    def _near(self, fact: str) -> set[str]:
        """The facts with figures that may supersede those of a fact."""
        return {
            later.fact
            for key, entry in self._entries.get(fact, ())
            for later in self._series[key].after(entry)
        }


def _entry(fact: Fact, figure: Figure) -> Entry:
    """The entry of a figure that has a number and a time."""
    about, steps = figure.about, fact.data.attribution
    assert about is not None
    end = about.latest
    return Entry(
        about.earliest or "",
        _OPEN if end is None else end if "T" in end else f"{end}T24",
        figure.public_us,
        fact.position,
        figure.stage,
        figure.number,
        fact.id,
        fact.story.entity_id(steps[-1].agent) if steps and steps[-1].role == "publisher" else "",
        figure.quantity.measure,
        figure_words(figure.quantity),
    )


def _placed(figure: Figure) -> bool:
    return figure.about is not None and has_number(figure.quantity)
