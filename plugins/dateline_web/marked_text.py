"""The text of a source with every quotation marked; each mark leads to its facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dateline_html.markup import Html, el, end, join, language, start, verbatim
from dateline_web.addresses import TEXT, Addresses
from dateline_web.marking import Line, Mark, Segment, lines

#: So many characters around the place where a page is cut, a blank is looked for; a mark may go on for so many.
_NEAR, _MORE = 200, 20_000
#: The most facts that one segment names.
_NAMED = 12


def pages_of(text: str) -> int:
    """The number of pages that a text is cut into."""
    return max(1, -(-len(text) // TEXT))


def range_of(text: str, number: int, marks: Sequence[Mark]) -> tuple[int, int]:
    """The characters of a page, from 1. Marks that begin on it are on it whole, and no word is cut."""
    first, last = (number - 1) * TEXT, min(number * TEXT, len(text))
    begin, stop = first, last
    if first:
        cut = [text.rfind(blank, first - _NEAR, first) for blank in " \n"]
        begin = max(cut) + 1 if max(cut) >= 0 else first
    if last < len(text):
        cut = [text.find(blank, last, last + _NEAR) for blank in " \n"]
        stop = min((at for at in cut if at >= 0), default=last)
    ends = [one.end for one in marks if first <= one.start < last]
    return begin, max([stop, *(min(one, last + _MORE, len(text)) for one in ends)])


class MarkedText:
    """One page of the text of a source of the story `slug`."""

    def __init__(self, to: Addresses, slug: str, text: str, marks: Sequence[Mark]) -> None:
        self._to, self._slug, self._text, self._marks = to, slug, text, marks

    def written(self, number: int, spoken: str | None, paged: bool) -> Iterator[Html]:
        """The page with that number. `paged`: whether the text has the pages of a PDF."""
        first, last = range_of(self._text, number, self._marks)
        page = 1 + self._text.count("\f", 0, first)
        yield start("div", class_="text", lang=language(spoken), data_start=first, data_end=last)
        if paged:
            yield el("p", f"Page {page}", class_="page-number")
        for line in lines(self._text, first, last, self._marks):
            yield self._line(line)
            if line.page and paged:
                page += 1
                yield el("p", f"Page {page}", class_="page-number")
        yield end("div")

    def _line(self, line: Line) -> Html:
        return el("p", *map(self._segment, line.segments), dir="auto")

    def _segment(self, segment: Segment) -> Html:
        words = verbatim(self._text[segment.start : segment.end])
        place = {"data_start": segment.start, "data_end": segment.end}
        if not segment.marks:
            return el("span", words, **place)
        # The shortest words come first: a quotation within another is nearer to its fact.
        nearest = sorted(segment.marks, key=lambda one: (not one.main, one.end - one.start))
        facts = list(dict.fromkeys(fact for mark in nearest for fact in mark.facts))
        named = ", ".join(facts[:_NAMED]) + (" …" if len(facts) > _NAMED else "")
        link = el("a", words, href=self._to.fact(self._slug, facts[0]), title=named)
        tag = "mark" if nearest[0].main else "span"
        *outer, own = [None] * (not segment.begins) + [anchor(one) for one in segment.begins]
        shown = el(tag, link, id=own, class_=None if tag == "mark" else "aid", **place)
        for one in outer:
            shown = el("span", shown, id=one)
        return join([shown, self._facts(segment)])

    def _facts(self, segment: Segment) -> Html | None:
        """The facts that are drawn from words which end with a segment."""
        facts = dict.fromkeys(fact for one in segment.ends if one.main for fact in one.facts)
        if not facts:
            return None
        links = (el("a", one, href=self._to.fact(self._slug, one)) for one in [*facts][:_NAMED])
        return el("span", join(links, " "), class_="drawn-facts")


def anchor(mark: Mark) -> str:
    """The id of a mark, as addresses have it."""
    return f"char={mark.start},{mark.end}"
