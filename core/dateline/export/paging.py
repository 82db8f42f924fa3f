"""Where quotations are in a PDF or in a recording: pages and time codes, found in the extracted text."""

from __future__ import annotations

import re
from collections.abc import Callable

from dateline.events.parts import Evidence
from dateline.events.state import StoryState

_PAGED = "application/pdf"
#: Ends every page but the last one.
_PAGE_END = "\f"
_TIMED = frozenset({"text/vtt", "application/x-subrip"})
#: Begins every paragraph of subtitles.
_CODE = re.compile(r"^\[(\d{2,}:\d\d:\d\d)\] ", re.MULTILINE)


class Pages:
    """Pages and time codes of the quotations of one story. `text_of` returns the text of a source, None if it
    is not there; it is called only for sources that were extracted from a PDF or from subtitles."""

    def __init__(self, story: StoryState, text_of: Callable[[str], str | None]) -> None:
        self._story, self._text_of = story, text_of
        self._last: tuple[str, str | None] = ("", None)

    def of(self, source: str, item: Evidence) -> tuple[int, int] | None:
        """The numbers of the first and last page of a quotation, from 1; None if it has no pages."""
        if not self.paged(source) or (found := self._quoted(source, item)) is None:
            return None
        text, start, end = found
        first = 1 + text.count(_PAGE_END, 0, start)
        return first, first + text.count(_PAGE_END, start, end)

    def timecodes(self, source: str, item: Evidence) -> tuple[str, str] | None:
        """The time codes, as ``00:01:02``, of the paragraphs in which a quotation begins and ends; None if it
        has none."""
        if not self.timed(source) or (found := self._quoted(source, item)) is None:
            return None
        text, start, end = found
        # The code of a paragraph counts from its bracket, also where only its end is before `end`.
        codes = [(code.start(), code[1]) for code in _CODE.finditer(text)]
        begun = [code for at, code in codes if at <= start]
        ended = [code for at, code in codes if at < max(end, start + 1)]
        return (begun[-1], ended[-1]) if begun else None

    def paged(self, source: str) -> bool:
        """Whether the source was extracted from a PDF that was captured in the story."""
        return self._original(source) == _PAGED

    def timed(self, source: str) -> bool:
        """Whether the source was extracted from subtitles that were captured in the story."""
        return self._original(source) in _TIMED

    def words(self, source: str, item: Evidence) -> str:
        """``p. 3, ``, ``pp. 3-4, `` or ``at 00:01:02, ``, to put before other parts of a locator; empty if there
        are neither pages nor time codes."""
        if (pages := self.of(source, item)) is not None:
            first, last = pages
            return f"p. {first}, " if first == last else f"pp. {first}-{last}, "
        if (codes := self.timecodes(source, item)) is not None:
            begin, end = codes
            return f"at {begin}, " if begin == end else f"at {begin}-{end}, "
        return ""

    def _original(self, source: str) -> str | None:
        """The media type of the document that the source was extracted from."""
        captured = self._story.sources.get(source)
        if captured is None or captured.derived_from is None:
            return None
        original = self._story.sources.get(captured.derived_from)
        return None if original is None else original.media_type

    def _quoted(self, source: str, item: Evidence) -> tuple[str, int, int] | None:
        """The text of the source, and where the quotation is in it."""
        if item.start is None or item.end is None:
            return None
        if self._last[0] != source:
            self._last = (source, self._text_of(source))
        text = self._last[1]
        if text is None or not 0 <= item.start <= item.end <= len(text):
            return None
        return text, item.start, item.end


def located(pages: Pages, source: str, evidence: tuple[Evidence, ...]) -> dict[str, object]:
    """The pages or the time codes of each quotation, as fields of a record; no field if there are none."""
    if pages.paged(source):
        return {"pages": [found and found[0] for found in (pages.of(source, e) for e in evidence)]}
    if pages.timed(source):
        codes = (pages.timecodes(source, item) for item in evidence)
        return {"timecodes": [found and found[0] for found in codes]}
    return {}
