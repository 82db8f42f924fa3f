"""Suggests words of the source that are similar to a quotation that is not in it. Pure.

Text that looks the same to a reader is folded to the same letters: composed and decomposed accents,
ligatures and full-width forms (Unicode NFKD), case, kinds of quotation marks and dashes, white space,
invisible characters, and words divided at the end of a line. Nothing is accepted because of it: what
is accepted is found by `quoting`. Where no place has these letters, one where a letter or two are wrong,
missing or too many is suggested.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import filterfalse, islice
from operator import itemgetter
from typing import TypeAlias

from dateline.events.quoting import places

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›′″‵‶「」『』〝〞〟＂＇"
_DASHES = "-‐‑‒–—―−⁃﹘﹣－"
_SAME = {ord(mark): "'" for mark in _QUOTES} | {ord(dash): "-" for dash in _DASHES}
#: Characters that only choose how the character before them looks.
_SELECTORS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: Most of most texts: characters that only need lower case, and white space that is left out.
_PLAIN = re.compile("[!#-&(-,./-_a-~]+")
_SPACE = re.compile("[ \\t\\r\\n]+(?![\u0300-\u036f])")
#: Accents kept on one letter: sorting them takes time that grows with the square of their number.
_ACCENTS = 30
#: How many places are tried to find one of whole letters and whole words.
_TRIED = 100
#: Letters that may be wrong, one for so many that a quotation has, and how long it may be.
_ERRORS, _LETTERS_AN_ERROR, _LONGEST = 2, 8, 400
#: Letters of a word that may be missing at the ends of a quotation, and one more.
_CUT = 4
#: How far a word is looked for past marks that no reader sees as a letter.
_LOOK = 32
#: (whether it is whole letters, whether it is whole words), (start, end).
_Ranked: TypeAlias = tuple[tuple[bool, bool], tuple[int, int]]


def near(exact: str, text: str) -> tuple[int, int] | None:
    """(start, end) in code points of the words of `exact` in `text`; None if they are not there.

    Of several places, the first that is exactly these letters, with no accent more and no part of a
    ligature, and of those the first that begins and ends with whole words. The time taken grows
    linearly with the length of both.
    """
    spans: list[_Ranked] = []
    for dashes in (True, False):  # without dashes, words divided at the end of a line are whole
        wanted, _ = _fold(exact, dashes)
        if not wanted:
            break
        folded, starts = _folded_text(text, dashes)
        found = islice(places(wanted, folded), _TRIED)
        spans += [_span(text, starts, at, at + len(wanted)) for at in found]
        if any(whole_letters for (whole_letters, _), _ in spans):
            break
    return max(spans, key=itemgetter(0))[1] if spans else _misspelled(exact, text)


def _misspelled(exact: str, text: str) -> tuple[int, int] | None:
    """Where `text` has `exact` but for a letter or two: the first place with the fewest differences.

    With two differences at most, one third of `exact` is literally there.
    """
    wanted, _ = _fold(exact, True)
    most = min(_ERRORS, len(wanted) // _LETTERS_AN_ERROR)
    if not most or len(wanted) > _LONGEST:
        return None
    folded, starts = _folded_text(text, True)
    size = len(wanted) // (most + 1)
    best: tuple[int, int, int] | None = None
    for part in range(most + 1):
        piece = wanted[part * size : (part + 1) * size if part < most else None]
        for at in islice(places(piece, folded), _TRIED // 4):
            first = at - part * size
            low = max(0, first - most)
            window = folded[low : first + len(wanted) + most]
            found = _closest(wanted, window, most)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0], low + found[1], low + found[2])
    if best is None:
        return None
    _, first, end = best
    return _words_around(text, *_span(text, starts, first, end)[1])


def _words_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span with the letters of the words that it begins and ends in; None if they are many."""
    first, last = start, end
    while first > start - _CUT and first and text[first - 1].isalnum() and text[first].isalnum():
        first -= 1
    while last < end + _CUT and text[last - 1 : last + 1].isalnum() and last < len(text):
        last += 1
    whole = first > start - _CUT and last < end + _CUT
    return (first, last) if whole else None


def _closest(wanted: str, window: str, most: int) -> tuple[int, int, int] | None:
    """(differences, start, end) of the part of `window` that is nearest to `wanted`, by the edits that make
    one of the other (Sellers' algorithm); None if there are more than `most`."""
    # For each end in `window`: the fewest edits, and where the part starts.
    row = [(0, at) for at in range(len(window) + 1)]
    for count, letter in enumerate(wanted, 1):
        above, row = row, [(count, 0)]
        for at, other in enumerate(window, 1):
            same = (above[at - 1][0] + (letter != other), above[at - 1][1])
            more = (above[at][0] + 1, above[at][1])
            less = (row[-1][0] + 1, row[-1][1])
            row.append(min(same, more, less, key=itemgetter(0)))
    edits, end = min((edits, at) for at, (edits, _) in enumerate(row))
    return (edits, row[end][1], end) if edits <= most else None


def offer(exact: str, text: str) -> str:
    """``; the source has 'its words', at 3-12``, to end a message that `exact` is not in `text`; empty
    if nothing similar is found."""
    found = near(exact, text)
    if found is None:
        return ""
    start, end = found
    return f"; the source has {text[start:end]!r}, at {start}-{end}"


def _span(text: str, starts: Sequence[int], first: int, end: int) -> _Ranked:
    """How well the folded letters from `first` to `end` fit, and where they are in `text`."""
    span = (starts[first], _end(text, starts[end - 1]))
    letters = not any(0 < at < len(starts) and starts[at - 1] == starts[at] for at in (first, end))
    return (letters, not any(_in_word(text, at) for at in span)), span


def _in_word(text: str, at: int) -> bool:
    """Whether the letters before and after `at` are of one word."""
    sides = (reversed(text[max(0, at - _LOOK) : at]), text[at : at + _LOOK])
    return all(next(filterfalse(_is_mark, side), "").isalnum() for side in sides)


def _is_mark(letter: str) -> bool:
    """Whether it is an accent or invisible."""
    category = unicodedata.category(letter)
    return category[0] == "M" or category == "Cf"


@lru_cache(maxsize=4)
def _folded_text(text: str, dashes: bool) -> tuple[str, array[int]]:
    """`_fold`, cached: an import may misquote one source in a thousand lines."""
    return _fold(text, dashes)


def _fold(text: str, dashes: bool) -> tuple[str, array[int]]:
    """The folded letters of `text`, and the place in `text` of each."""
    letters: list[str] = []
    starts = array("Q")
    at = 0
    while at < len(text):
        if plain := _PLAIN.match(text, at):
            end = plain.end()
            if end < len(text) and unicodedata.combining(text[end]):
                end -= 1  # the last letter has accents
            letters.append(text[at:end].lower())
            starts.extend(range(at, end))
            if end > at:
                at = end
                continue
        elif space := _SPACE.match(text, at):
            at = space.end()
            continue
        end = _end(text, at)
        folded = _letter(text[at:end])
        if folded and (dashes or folded != "-"):
            letters.append(folded)
            starts.extend([at] * len(folded))
        at = end
    return "".join(letters), starts


def _end(text: str, start: int) -> int:
    """Where the letter at `start` ends: after its accents."""
    end = start + 1
    last = min(len(text), end + _ACCENTS)
    while end < last and not text[end].isascii() and unicodedata.combining(text[end]):
        end += 1
    return end


@lru_cache(maxsize=4096)
def _letter(cluster: str) -> str:
    plain = unicodedata.normalize("NFKD", cluster.translate(_SAME)).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_SAME)
    return "".join(
        letter
        for letter in _SELECTORS.sub("", plain)
        if not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Cc")
    )
