"""The facts of a story as marks on an axis of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from dateline_html.chart import SHAPES

_BUBBLE = "M-5-5h10v7.5h-4l-3 3v-3h-3z"
#: The lanes from top to bottom: the kind of their facts, their name, and the shape of their marks.
LANES = {
    "occurrence": ("What happened", SHAPES[0]),
    "statement": ("What was said", _BUBBLE),
    "figure": ("Figures", SHAPES[1]),
    "state": ("How things stood", SHAPES[3]),
    "role": ("Who held which office", SHAPES[2]),
    "assessment": ("Assessments", SHAPES[4]),
}
_MONTH = re.compile(
    "January|February|March|April|June|July|August|September|October|November|December"
)
_SAME_YEAR = re.compile(r" (\d{4}) to ([^,]*) \1$")
#: Around a mark: a corrected fact has a whole ring, a disputed one a broken ring.
RING = "M-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0z"


class Mark(NamedTuple):
    """A fact to draw. `start` and `end` bound its time in days since the year 1; None is open. `soft` says
    which of them are not exact. `href` leads to the fact, `day` to its day in the list; None if its start
    is open. `ring` is ``corrected``, ``disputed`` or empty."""

    fact: str
    kind: str
    start: float | None
    end: float | None
    soft: tuple[bool, bool]
    day: str | None
    when: str
    words: str
    href: str
    ring: str = ""

    @property
    def brief(self) -> bool:
        """Whether it is about one day or moment, so that it is a mark and not a bar."""
        if self.start is None or self.end is None or any(self.soft):
            return False
        return self.end - self.start <= 1.01

    @property
    def said(self) -> str:
        """What the mark stands for: the name of its link."""
        ring = f" ({self.ring})" if self.ring else ""
        return f"{self.when}: {self.words}{ring}"


def softness(edtf: str) -> tuple[bool, bool]:
    """Which ends of a time are open, about or uncertain; both of a time that is one of several."""
    if edtf.startswith("["):
        return True, True
    start, slash, end = edtf.partition("/")
    ends = (start, end) if slash else (edtf, edtf)
    first, last = (end in ("", "..") or end[-1] in "~?%" for end in ends)
    return first, last


def short(when: str) -> str:
    """A date in words as drawings have room for it: ``24 Feb to 13 Oct 2022``."""
    words = _MONTH.sub(lambda month: month[0][:3], when)
    return _SAME_YEAR.sub(r" to \2 \1", words)


def lanes(marks: Sequence[Mark]) -> list[tuple[str, str, list[Mark]]]:
    """Each kind with its name and its marks, in the order of the lanes."""
    order = {kind: at for at, kind in enumerate(LANES)}
    ranked = sorted(marks, key=lambda mark: (order.get(mark.kind, len(order)), mark.kind))
    found = groupby(ranked, key=lambda mark: mark.kind)
    return [(kind, LANES.get(kind, (kind.capitalize(),))[0], list(group)) for kind, group in found]
