"""Where the parts of a story's page lead on this site: to the pages of facts, sources and entities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dateline.plugin import Fact
from dateline_html.anchors import Anchors
from dateline_html.links import Links
from dateline_web.addresses import Addresses


class SiteLinks(Links):
    """Links from a page of the story `slug`. `pages` say which page of its timeline begins a day."""

    def __init__(
        self, anchors: Anchors, to: Addresses, slug: str, pages: Mapping[str, int]
    ) -> None:
        super().__init__(anchors)
        self._to, self._slug, self._pages = to, slug, pages

    @classmethod
    def of(
        cls, to: Addresses, slug: str, pages: Mapping[str, int] = MappingProxyType({})
    ) -> Callable[[Anchors], Links]:
        return lambda anchors: cls(anchors, to, slug, pages)

    def part(self, name: str) -> str:
        return self._to.story(self._slug, self.anchors.part(name))

    def fact(self, fact: str) -> str:
        return self._to.fact(self._slug, fact)

    def day(self, day: str) -> str:
        return self._to.story(self._slug, self.anchors.day(day), self._pages.get(day, 1))

    def passage(self, fact: Fact) -> str:
        span = fact.span
        if span is None:
            return self.source(fact.source)
        return self._to.source(self._slug, fact.source, span.start, span.end)

    def source(self, source: str) -> str:
        return self._to.source(self._slug, source)

    def event(self, version: int) -> str:
        return self._to.story(self._slug, self.anchors.event(version))

    def entity(self, entity: str) -> str | None:
        return self._to.entity(entity)
