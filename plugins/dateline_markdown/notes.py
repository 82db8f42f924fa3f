"""Footnotes: the source, the characters and the words that a fact rests on."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import Fact, Pages, StoryState, markdown, parse_edtf


class Notes:
    """Collects the facts that are cited. Each gets one footnote, named after the fact (and after the
    story, if there are several)."""

    def __init__(self, story: StoryState, pages: Pages, prefix: str = "") -> None:
        self._story, self._pages, self._prefix = story, pages, prefix
        self._cited: dict[str, Fact] = {}

    def mark(self, fact: Fact) -> str:
        """The reference to put after a sentence; empty if the fact has no evidence."""
        if fact.span is None:
            return ""
        self._cited[fact.id] = fact
        return f"[^{self._name(fact)}]"

    def written(self) -> Iterator[str]:
        """``[^f5]: Reuters, *Title*, 13 October 2022, characters 191-254 of `sha256:...`: “...”``"""
        if self._cited:
            yield "\n"
        for fact in self._cited.values():
            span, source = fact.span, fact.document
            assert span is not None
            parts = []
            if source is not None:
                parts.append(markdown(self._story.label(source.publisher)))
                parts += [f"*{markdown(source.title)}*"] if source.title else []
                if source.published is not None:
                    parts.append(markdown(parse_edtf(source.published).words))
            pages = self._pages.words(fact.source, span)
            parts.append(f"{pages}characters {span.start}-{span.end} of `{fact.source}`")
            yield f"[^{self._name(fact)}]: {', '.join(parts)}: “{markdown(span.exact)}”\n"

    def _name(self, fact: Fact) -> str:
        return f"{self._prefix}{fact.id}"
