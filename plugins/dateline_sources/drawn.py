"""What is drawn from each source of a story, updated event by event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.plugin import Fact, Tally
from dateline_sources.coverage import Coverage, Span


class Drawn:
    """How many facts are drawn from one source, and how much of its text is their evidence."""

    def __init__(self) -> None:
        self.facts = 0
        self._coverage = Coverage()

    @property
    def covered(self) -> int:
        return self._coverage.covered

    def add(self, fact: Fact) -> None:
        self.facts += 1
        for span in _spans(fact):
            self._coverage.add(span)

    def remove(self, fact: Fact) -> None:
        self.facts -= 1
        for span in _spans(fact):
            self._coverage.remove(span)


class AllDrawn(Tally):
    """The same for every source. Retracted and rejected facts do not count."""

    def __init__(self) -> None:
        self._by: dict[str, Drawn] = {}

    def of(self, source: str) -> Drawn:
        return self._by.setdefault(source, Drawn())

    def begin(self, facts: Iterable[Fact]) -> None:
        self._by.clear()
        for fact in facts:
            self.move(None, fact)

    def move(self, before: Fact | None, after: Fact | None) -> None:
        if before is not None and not before.hidden:
            self.of(before.source).remove(before)
        if after is not None and not after.hidden:
            self.of(after.source).add(after)


def _spans(fact: Fact) -> Iterator[Span]:
    for item in fact.data.evidence:
        if item.start is not None and item.end is not None:
            yield item.start, item.end
