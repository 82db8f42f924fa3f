"""Text as an index stores it: tokens divided by spaces. First come the words, in their order, then their
stems, then tags. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from dateline.search.stemming import languages, script, stems
from dateline.search.words import words

#: PostgreSQL keeps at most 256 places of a word, and places below 16,384.
_PLACES, _LENGTH = 250, 12_000
#: So many words are in two pieces of a text, so that a phrase across the border is found.
_OVERLAP = 30
#: Stands between two texts, so that no phrase goes from one into the other.
_BORDER = "zq"
# What the tokenizers of SQLite and PostgreSQL both leave in one piece.
_LETTERS = "a-zß-öø-ɏͰ-ϿЀ-ӿա-ևא-תؠ-يٮ-ۓ"
_WHOLE = re.compile(f"[{_LETTERS}][0-9{_LETTERS}]*|[0-9]+|[ぁ-ヿ一-鿿가-힣]+")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?!\w|[.,]\d)")
_NO_DIGITS = str.maketrans("0123456789", "ghijklmnop")

#: A text, and the language that its source states.
Text = tuple[str, str | None]


@lru_cache(100_000)
def token(word: str) -> str:
    """A folded word as one token that every database leaves in one piece."""
    if _WHOLE.fullmatch(word):
        return word
    if word.isascii() and word.isalnum():  # a digit comes first
        return f"zn{word}"
    return "zu" + "".join(f"{ord(letter):06x}" for letter in word)


def tag(name: str, value: str) -> str:
    """A token for a property, such as its speaker: no word of a text is the same."""
    digest = blake2b(f"{name}={value}".encode(), digest_size=8).hexdigest()
    return f"zq{digest.translate(_NO_DIGITS)}"


def joined_numbers(text: str) -> str:
    """A text with ``16 700`` written as ``16700``."""
    return _GROUPED.sub(lambda found: found[0].replace(" ", ""), text)


def indexed(texts: Iterable[Text], tags: Sequence[str] = ()) -> list[str]:
    """The pieces of some texts as they are indexed, all with the same tags. Most have one piece."""
    found: list[str] = []
    further: list[tuple[str, ...]] = []
    seen: list[str] = []
    for text, language in texts:
        if any(text in other for other in seen):
            continue
        seen.append(text)
        if found:
            found.append(_BORDER)
            further.append(())
        there = [(word.folded, text[word.start : word.end]) for word in words(text)]
        spoken = languages(text, [word for word, _ in there], language)
        found += [token(word) for word, _ in there]
        further += [_stems(word, written, spoken) for word, written in there]
        for number in _GROUPED.finditer(text):
            further[-1] = (*further[-1], number[0].replace(" ", ""))
    return [
        " ".join([*found[start:end], *dict.fromkeys(_all(further[start:end])), *tags])
        for start, end in _pieces(found)
    ]


def _stems(word: str, written: str, spoken: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    kind = script(word)
    return () if kind is None else tuple(map(token, stems(written, spoken[kind])))


def _all(some: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for one in some:
        yield from one


def _pieces(found: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each piece of a text of the words `found`."""
    start = 0
    while True:
        seen: Counter[str] = Counter()
        end = start
        while end < len(found) and end - start < _LENGTH and seen[found[end]] < _PLACES:
            seen[found[end]] += 1
            end += 1
        yield start, end
        if end >= len(found):
            return
        start = max(start + 1, end - _OVERLAP)
