"""A text with marks in it: cut into segments, each with the marks that cover it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

#: What ends a line, and what ends a page of a PDF.
_LINE_END = re.compile(r"\r\n|[\n\r\f]")


class Mark(NamedTuple):
    """The characters of a text from `start` to `end`, and the facts that rest on them. ``main``: whether one of
    them is drawn from these words, rather than from words that these only help to read."""

    start: int
    end: int
    facts: tuple[str, ...]
    main: bool = True


class Segment(NamedTuple):
    """Characters that the same `marks` cover. `begins` are those whose first segment it is, `ends` those whose
    last."""

    start: int
    end: int
    marks: tuple[Mark, ...] = ()
    begins: tuple[Mark, ...] = ()
    ends: tuple[Mark, ...] = ()


class Line(NamedTuple):
    """The segments of one line, without its end; `page` says whether a page of a PDF ends with it."""

    segments: Sequence[Segment]
    page: bool = False


def marks(spans: Iterable[Mark]) -> list[Mark]:
    """The marks in the order of the text; those of the same characters become one."""
    found: dict[tuple[int, int], Mark] = {}
    for one in spans:
        same = found.get(one[:2])
        if same is not None:
            facts = tuple(dict.fromkeys((*same.facts, *one.facts)))
            one = Mark(one.start, one.end, facts, same.main or one.main)
        found[one[:2]] = one
    return [found[span] for span in sorted(found)]


def segments(start: int, end: int, given: Sequence[Mark]) -> Iterator[Segment]:
    """The characters from `start` to `end` in segments, with whichever of `given` cover each."""
    among = [one for one in given if one.start < end and one.end > start and one.start < one.end]
    among.sort()
    points = {start, end}
    for one in among:
        points.update(at for at in one[:2] if start < at < end)
    covering: list[Mark] = []
    cuts, following = sorted(points), 0
    for left, right in pairwise(cuts):
        covering = [one for one in covering if one.end > left]
        while following < len(among) and among[following].start <= left:
            covering.append(among[following])
            following += 1
        begins = tuple(one for one in covering if one.start == left)
        ends = tuple(one for one in covering if one.end == right)
        yield Segment(left, right, tuple(covering), begins, ends)


def lines(text: str, start: int, end: int, given: Sequence[Mark]) -> Iterator[Line]:
    """The characters from `start` to `end` of a text, line by line. A segment does not go on over the end of a line."""
    line: list[Segment] = []
    for segment in segments(start, end, given):
        at, begins = segment.start, segment.begins
        for found in _LINE_END.finditer(text, segment.start, segment.end):
            if at < found.start():
                line.append(Segment(at, found.start(), segment.marks, begins))
                begins = ()
            yield Line(line, found[0] == "\f")
            line, at = [], found.end()
        if at < segment.end or begins or segment.ends:
            line.append(Segment(at, segment.end, segment.marks, begins, segment.ends))
    if line:
        yield Line(line)
