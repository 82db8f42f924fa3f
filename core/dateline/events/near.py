"""A quotation that is nearly in its source: the same words, written in other characters. Pure.

What looks the same to a reader is folded to the same letters: composed and decomposed accents,
ligatures and full-width forms (Unicode NFKD), case, kinds of quotation marks and dashes, white space,
what is invisible, and words divided at a line's end. Nothing is ever accepted by this: it finds the
source's own words, to be offered.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›′″‵‶「」『』〝〞〟＂＇"
_DASHES = "-‐‑‒–—―−⁃﹘﹣－"
_SAME = {ord(mark): "'" for mark in _QUOTES} | {ord(dash): "-" for dash in _DASHES}
#: Those that only choose how the character before them looks.
_SELECTORS = re.compile("[\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: Most of most texts: what needs no more than lower case, and what is left out.
_PLAIN = re.compile("[!#-&(-,./-_a-~]+")
_SPACE = re.compile("[ \\t\\r\\n]+(?![\u0300-\u036f])")
#: Accents on one letter. More are cut: to put them in order takes their number squared.
_ACCENTS = 30
#: Places looked at, to find one that begins and ends with a word.
_TRIED = 100


def near(exact: str, text: str) -> tuple[int, int] | None:
    """Where (start, end) the words of `exact` are in `text`, in code points; None where they are not.

    Of several places the first that begins and ends with whole words. Takes time in step with the
    length of both.
    """
    for dashes in (True, False):  # without them, words that a line's end divides are whole
        wanted, _ = _fold(exact, dashes)
        if not wanted:
            return None
        folded, starts = _folded_text(text, dashes)
        found = list(islice(_finds(wanted, folded), _TRIED))
        spans = [(starts[at], _end(text, starts[at + len(wanted) - 1])) for at in found]
        if spans:
            return next((span for span in spans if _whole(text, *span)), spans[0])
    return None


def offer(exact: str, text: str) -> str:
    """``; 'its words' is, at 3-12`` for a message that `exact` is not in `text`; else nothing."""
    found = near(exact, text)
    if found is None:
        return ""
    start, end = found
    return f"; {text[start:end]!r} is, at {start}-{end}"


def _finds(wanted: str, folded: str) -> Iterator[int]:
    at = folded.find(wanted)
    while at >= 0:
        yield at
        at = folded.find(wanted, at + 1)


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start + 1], text[end - 1 : end + 1]
    return not any(len(pair) == 2 and pair.isalnum() for pair in (before, after))


@lru_cache(maxsize=4)
def _folded_text(text: str, dashes: bool) -> tuple[str, array[int]]:
    """`_fold`, kept: an import may quote one source wrongly in a thousand lines."""
    return _fold(text, dashes)


def _fold(text: str, dashes: bool) -> tuple[str, array[int]]:
    """The folded letters of `text`, and where in it each comes from."""
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
