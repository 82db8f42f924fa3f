"""The pages of quotations from a PDF, counted in the text that was extracted from it."""

from __future__ import annotations

from collections.abc import Callable

from dateline.events.parts import Evidence
from dateline.events.state import StoryState

_PAGED = "application/pdf"
#: Ends every page but the last one.
_PAGE_END = "\f"


class Pages:
    """Pages of the quotations of one story. `text_of` returns the text of a source, None if it is not
    there; it is called only for sources that were extracted from a PDF of the story."""

    def __init__(self, story: StoryState, text_of: Callable[[str], str | None]) -> None:
        self._story, self._text_of = story, text_of
        self._last: tuple[str, str | None] = ("", None)

    def of(self, source: str, item: Evidence) -> tuple[int, int] | None:
        """The numbers of the first and last page of a quotation, from 1; None if it has no pages."""
        if item.start is None or item.end is None or not self.paged(source):
            return None
        if self._last[0] != source:
            self._last = (source, self._text_of(source))
        text = self._last[1]
        if text is None or not 0 <= item.start <= item.end <= len(text):
            return None
        first = 1 + text.count(_PAGE_END, 0, item.start)
        return first, first + text.count(_PAGE_END, item.start, item.end)

    def paged(self, source: str) -> bool:
        """Whether the source was extracted from a PDF that was captured in the story."""
        captured = self._story.sources.get(source)
        if captured is None or captured.derived_from is None:
            return False
        original = self._story.sources.get(captured.derived_from)
        return original is not None and original.media_type == _PAGED

    def words(self, source: str, item: Evidence) -> str:
        """``p. 3, `` or ``pp. 3-4, ``, to put before other parts of a locator; empty without pages."""
        found = self.of(source, item)
        if found is None:
            return ""
        first, last = found
        return f"p. {first}, " if first == last else f"pp. {first}-{last}, "
