"""The dates of a text, and which of them are those of a statement. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

import msgspec

from dateline_quotes.attribution import Attribution, Span
from dateline_quotes.dates import Dated, Dates, source_day
from dateline_quotes.words import Words

#: So near the verb is the date on which something was said, in characters.
_NEAR = 80


class Times:
    """The dates of one text, whose source has the EDTF date `published`. Not those that say only "now"."""

    def __init__(self, text: str, words: Words, published: str | None) -> None:
        self._text, self._words = text, words
        self._day = source_day(text, published, words)
        self._reader = Dates(self._day, words)
        self._dates = [
            dated
            for dated in self._reader.find(text, 0, len(text))
            if dated.expression.casefold() not in words.dates.vague
        ]
        self._starts = [one.start for one in self._dates]

    def within(self, span: Span) -> list[Dated]:
        first, last = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        return self._dates[first:last]

    def is_date(self, at: int) -> bool:
        """Whether a place is in a date."""
        last = bisect_right(self._starts, at) - 1
        return last >= 0 and self._dates[last].end > at

    def of_statement(self, one: Attribution, parts: Iterable[Span]) -> dict[str, Dated]:
        """When it was ``said``, by the words around the verb; and as ``valid`` the one date in its `parts`."""
        found: dict[str, Dated] = {}
        said = self._said(one)
        if said is not None:
            found["said"] = said
        inside = [
            dated
            for part in parts
            for dated in self.within(part)
            if not self._is_aside(part.start, dated)
        ]
        if len(inside) == 1:
            found["valid"] = inside[0]
        return found

    def _said(self, one: Attribution) -> Dated | None:
        if one.cue is None:
            return None
        cue, at, near = one.cue.end, one.sentence.start, list[Dated]()
        for part in [*one.content, Span(one.sentence.end, one.sentence.end)]:
            near += (
                dated
                for dated in self.within(Span(at, part.start))
                if abs(dated.start - cue) < _NEAR and not self._is_aside(one.sentence.start, dated)
            )
            at = max(at, part.end)
        nearest = min(near, key=lambda dated: abs(dated.start - cue), default=None)
        said = None if nearest is None else self._past(nearest)
        if said is None or (self._day and said.edtf[:10] > self._day[: len(said.edtf[:10])]):
            return None  # nobody has said it on a day that is to come
        return said

    def _past(self, dated: Dated) -> Dated:
        """A date as it is read where something was said: the last Monday, whatever is to come in the sentence."""
        read = self._reader.read(dated.expression) if dated.relative else None
        return dated if read is None else msgspec.structs.replace(dated, edtf=read[0])

    def _is_aside(self, start: int, dated: Dated) -> bool:
        """Whether a date is in a relative clause: Crimea, which was seized in 2014."""
        return self._words.relative.search(self._text, start, dated.start) is not None


def fields(dated: Dated) -> dict[str, Any]:
    """A date in the import format."""
    more = {"resolution": "deictic", "anchor": "dateline"} if dated.relative else {}
    return {"edtf": dated.edtf, "expression": dated.expression, **more}
