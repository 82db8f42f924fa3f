"""Finds a quotation in its source as people copy it. Pure.

Copying changes how words look and not what they say. These do not matter: kinds of quotation marks and
of dashes, white space of any kind and length, invisible characters, ligatures, composed and decomposed
accents, and words divided at the end of a line. A letter, an accent or its case does matter, and so do
a word or a hyphen that is there only once.

Both texts are folded: to letters, with ``'`` for each quotation mark and one space for white space that
matters, and to the places of dashes among these letters. A dash at the end of a line may divide a word
or be part of it, so there it may be absent on the other side.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

#: (start, end) in code points.
Span: TypeAlias = tuple[int, int]

_MARKS = "\"'`´ʹʺʻʼʽˮ‘’‚‛“”„‟′″‴‵‶‷«»‹›「」『』〝〞〟＂＇׳״"
_HYPHENS = "-‐‑⁃﹣－"
_DASHES = _HYPHENS + "‒–—―−⸺⸻﹘"
#: Characters that no reader sees: controls, joiners, marks of direction, and soft hyphens.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
)
_SOFT_HYPHEN = "\u00ad"
#: Most of most texts, which folds to itself: words in ASCII with single spaces between them.
_PLAIN = re.compile("[!#-&(-,./0-9:-_a-~]+(?: (?![;:!?%])[!#-&(-,./0-9:-_a-~]+)*")
_GAP = re.compile(rf"[\s{_UNSEEN}{re.escape(_DASHES)}]+")
_INVISIBLE = re.compile(f"[{_UNSEEN}]+")
_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: White space does not matter before these marks: some languages have it there.
_CLOSING = ";:!?%"
#: Scripts that are written without spaces: white space in them is a broken line.
_UNSPACED = re.compile(
    "[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]"
)
#: Words in other letters, with what stands between them if it folds to itself.
_WORDS = re.compile(rf"\w+(?:[,.]? (?!{_UNSPACED.pattern})\w+)*")
_ELLIPSIS = re.compile(r"…|\.\.\.|\. \. \.")
#: Forms in which a font shows the letters of Arabic.
_SHAPES = ("<isolated>", "<initial>", "<medial>", "<final>")
#: Accents kept on one letter: sorting them takes time that grows with the square of their number.
_ACCENTS = 30
#: Pairs of quotation marks around a quotation that are left out at most.
_PAIRS = 3
#: Places of a folded quotation that are listed at most.
_MOST = 1000


def find(exact: str, text: str) -> list[Span]:
    """The places of the quotation `exact` in `text`, in order.

    Literal places are the only ones if there are any. Else those with the same words as people copy
    them, at most a thousand; else those without the quotation marks that are around `exact`. The time
    taken grows linearly with the length of both.
    """
    for words in _without_marks(exact):
        found = [(at, at + len(words)) for at in places(words, text)] or list(_copied(words, text))
        if found:
            return found
    return []


def same(exact: str, other: str) -> bool:
    """Whether `exact` is a copy of the whole of `other`."""
    return exact == other or find(exact, other) == [(0, len(other))]


def leaves_out(exact: str) -> bool:
    """Whether words seem to be left out of `exact`, since it has an ellipsis."""
    return _ELLIPSIS.search(exact) is not None


def places(words: str, text: str) -> Iterator[int]:
    """Where `words` start in `text`, overlapping places included; nowhere if there are none."""
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _without_marks(exact: str) -> Iterator[str]:
    """`exact`, then without the quotation marks around it, one pair after the other."""
    yield exact
    for _ in range(_PAIRS):
        exact = exact.strip()
        if len(exact) < 3 or exact[0] not in _MARKS or exact[-1] not in _MARKS:
            return
        exact = exact[1:-1]
        yield exact


class _Folded:
    """The folded form of a text: its letters, and the place of each.

    ``dashes`` are the numbers of the letters that a dash is before, in order; ``divides`` says which
    of these may only divide a word; ``opens`` and ``closes`` are where the dashes start and end, equal
    for a soft hyphen.
    """

    __slots__ = ("closes", "dashes", "divides", "letters", "opens", "starts")

    def __init__(self, text: str, *, typed: bool = False) -> None:
        """A quotation that was `typed` may have lost the line break of a divided word."""
        letters: list[str] = []
        self.starts = starts = array("I")
        self.dashes, self.opens, self.closes = array("I"), array("I"), array("I")
        self.divides = bytearray()
        at = 0
        while at < len(text):
            if (run := _PLAIN.match(text, at) or _WORDS.match(text, at)) is not None:
                end = run.end()
                if end < len(text) and _joins(text[end]):
                    end -= 1  # the last letter has accents
                if end > at:
                    at = self._words(letters, text[at:end], at)
                    continue
            elif (gap := _GAP.match(text, at)) is not None:
                end = gap.end()
                last = letters[-1][-1] if letters else ""
                if (space := self._gap(gap[0], at, last, text[end : end + 1], typed)) is not None:
                    letters.append(" ")
                    starts.append(space)
                at = end
                continue
            end = _end(text, at)
            shown = _shown(text[at:end])
            letters.append(shown)
            starts.extend([at] * len(shown))
            at = end
        self.letters = "".join(letters)

    def _words(self, letters: list[str], words: str, at: int) -> int:
        """Take in letters without accents of their own from `at`. Returns the place after them."""
        if words.isascii():
            shown = words
        else:
            shown = "".join(map(_FORMS.__getitem__, words))
            if "'" in shown and " " in words:  # white space next to it may not matter
                words = words.partition(" ")[0]
                shown = "".join(map(_FORMS.__getitem__, words))
        letters.append(shown)
        if len(shown) == len(words):
            self.starts.extend(range(at, at + len(words)))
        else:
            for place, letter in enumerate(words, at):
                self.starts.extend([place] * len(_FORMS[letter]))
        return at + len(words)

    def _gap(self, gap: str, at: int, last: str, after: str, typed: bool) -> int | None:
        """Take in what is between the letters `last` and `after`, at place `at`. Returns that place if
        it is white space that matters."""
        plain = gap.isspace()
        seen = gap if plain else _INVISIBLE.sub("", gap)
        dashes = (
            [] if plain else [place for place, letter in enumerate(gap, at) if letter in _DASHES]
        )
        division = False
        if not plain and seen and after.isalpha() and _is_letter(last):
            if dashes:
                broken = typed or _BREAK.search(seen) is not None
                division = broken and seen[0] in _HYPHENS and seen[1:].isspace()
            else:
                division = _SOFT_HYPHEN in gap[: gap.index(seen[0])]
        if dashes or division:
            self.dashes.append(len(self.starts))
            self.divides.append(division)
            self.opens.append(dashes[0] if dashes else at)
            self.closes.append(dashes[-1] + 1 if dashes else at)
            return None
        edge = not last or not after
        if edge or not seen or last == "'" or after in _MARKS or after in _CLOSING:
            return None
        return None if _UNSPACED.match(last) and _UNSPACED.match(after) else at

    def whole(self, edge: int) -> bool:
        """Whether the edge before that letter is not inside a ligature or between a letter and its
        accent."""
        starts = self.starts
        return not 0 < edge < len(starts) or starts[edge - 1] != starts[edge]


def _copied(exact: str, text: str) -> Iterator[Span]:
    """The places of `exact` in `text` by their folded forms."""
    wanted = _Folded(exact, typed=True)
    count = len(wanted.letters)
    if not count:
        return
    source = _folded(text)
    # Places that are tried cost time: only so many, or a text of one letter would take very long.
    left, found = 4 * (len(text) + len(exact)), 0
    for at in places(wanted.letters, source.letters):
        end = at + count
        first, last = bisect_left(source.dashes, at), bisect_right(source.dashes, end)
        left -= 1 + count // 64 + last - first + len(wanted.dashes)
        if left < 0 or found == _MOST:
            return
        edges = source.whole(at) and source.whole(end)
        if edges and _same_dashes(source, wanted, at, range(first, last)):
            found += 1
            start, stop = source.starts[at], _end(text, source.starts[end - 1])
            if wanted.dashes and wanted.dashes[0] == 0 and source.dashes[first] == at:
                start = source.opens[first]
            if wanted.dashes and wanted.dashes[-1] == count and source.dashes[last - 1] == end:
                stop = source.closes[last - 1]
            yield start, stop


def _same_dashes(source: _Folded, wanted: _Folded, at: int, among: range) -> bool:
    """Whether the quotation has the dashes `among` those of the source, and no others. Dashes that may
    divide a word can be on one side alone; before and after the quotation the source may have others."""
    inside = range(1, len(wanted.letters))
    there = {
        source.dashes[index] - at: source.divides[index]
        for index in among
        if source.opens[index] < source.closes[index] or source.dashes[index] - at in inside
    }
    given = dict(zip(wanted.dashes, wanted.divides, strict=True))
    return all(divides or place in there for place, divides in given.items()) and all(
        divides or place in given or place not in inside for place, divides in there.items()
    )


@lru_cache(maxsize=4)
def _folded(text: str) -> _Folded:
    """Cached: an import may have a thousand lines about one source."""
    return _Folded(text)


def _is_letter(last: str) -> bool:
    return last.isalpha() or (last != "" and unicodedata.combining(last) != 0)


def _joins(letter: str) -> bool:
    """Whether it belongs to the letter before it: an accent, or a part of a Korean syllable."""
    return not letter.isascii() and (
        unicodedata.combining(letter) != 0 or "\u1160" <= letter <= "\u11ff"
    )


def _end(text: str, start: int) -> int:
    """Where the letter at `start` ends: after its accents."""
    end = start + 1
    last = min(len(text), end + _ACCENTS)
    while end < last and _joins(text[end]):
        end += 1
    return end


class _Forms(dict[str, str]):
    """What is shown of each letter that was met."""

    def __missing__(self, letter: str) -> str:
        self[letter] = shown = _shown(letter)
        return shown


_FORMS = _Forms()


@lru_cache(maxsize=4096)
def _shown(cluster: str) -> str:
    """The letters that a reader sees in a letter with its accents, or in a ligature."""
    if cluster[0] in _MARKS:
        return "'" + unicodedata.normalize("NFD", cluster.lstrip(_MARKS))
    return "".join(map(_spelled, unicodedata.normalize("NFD", cluster)))


def _spelled(letter: str) -> str:
    if letter == "…":
        return "..."
    shape, _, _ = unicodedata.decomposition(letter).partition(" ")
    spelled = unicodedata.normalize("NFKD", letter) if letter.isalpha() and shape else letter
    ligature = shape == "<compat>" and len(spelled) > 1
    return spelled if (ligature or shape in _SHAPES) and spelled.isalpha() else letter
