"""The ids of the elements on a story's page: its facts, passages, sources, events and parts."""

from __future__ import annotations

from collections.abc import Mapping

from dateline.plugin import Fact, StoryState


class Anchors:
    """`numbers` are the numbers of the sources. `prefix` starts each anchor, so that the anchors of
    several stories on one page do not clash."""

    def __init__(self, story: StoryState, numbers: Mapping[str, int], prefix: str = "") -> None:
        self._story, self._numbers, self._prefix = story, numbers, prefix
        self._texts: dict[str, str] | None = None

    def part(self, name: str) -> str:
        return self._prefix + name

    def fact(self, fact: str) -> str:
        return self._prefix + fact

    def event(self, version: int) -> str:
        return f"{self._prefix}v{version}"

    def day(self, day: str) -> str:
        """The facts that begin on that day, an ISO date, in the list of what is known by day."""
        return f"{self._prefix}day.{day}"

    def source(self, source: str) -> str:
        return f"{self._prefix}s{self._numbers[source]}"

    def passage(self, fact: Fact) -> str:
        """The passage that a fact is drawn from. Facts drawn from the same words share it."""
        span = fact.span
        place = fact.id if span is None or span.start is None else f"{span.start}-{span.end}"
        return f"{self.source(fact.source)}.{self._text(fact.source)}{place}"

    def _text(self, source: str) -> str:
        """What tells the texts of one document apart: nothing if facts quote only one."""
        if self._texts is None:
            self._texts, seen = {}, dict[int, dict[str, str]]()
            for fact in self._story.facts.values():
                texts = seen.setdefault(self._numbers[fact.source], {})
                text = fact.source.partition(".")[0]
                part = f"{len(texts) + 1}." if texts else ""
                self._texts[fact.source] = texts.setdefault(text, part)
        return self._texts.get(source, "")
