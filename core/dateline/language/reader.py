"""Reads the numbers of one text in one language, from left to right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from dateline.language import number_words
from dateline.language.adding import Sum
from dateline.language.digits import PARTS, designates, values_of
from dateline.language.number import LARGEST, Kind, Number, Values, shares, times, whole
from dateline.language.number_words import PER_CENT, Word
from dateline.language.tokens import Token, tokens

_PERCENT = re.compile(r"[\s\u00a0\u202f]*[%٪‰]")
_PART = re.compile(rf"\s?([{PARTS}])")
_RATIO = re.compile(r"\s?[/⁄]\s?(\d{1,4})(?![\d/])")
_MIXED = re.compile(r"[ \u00a0](\d{1,2})[/⁄](\d{1,2})(?![\d/])")
_SIGNED = re.compile(r"(?:^|[\s(])[-−–]$")
_RANGE = re.compile(r"\s*(?:[-–—‑]|to|or|and|à|ou|et|bis|oder|und|a|o|y|до|або|чи|и|или|та|і)\s*")
_POINT_AND_WORD = re.compile(r"\.\s\w")
_ORDINAL_ENDINGS = frozenset(
    [
        "st",
        "nd",
        "rd",
        "th",
        "e",
        "er",
        "ère",
        "re",
        "ème",
        "eme",
        "ter",
        "te",
        "ten",
        "й",
        "го",
        "му",
        "м",
        "я",
        "ї",
        "ої",
        "та",
        "ша",
        "ій",
        "ий",
        "ого",
        "ому",
        "ая",
        "ое",
        "ый",
        "º",
        "ª",
    ]
)
_SCALES = {"k": 1e3, "bn": 1e9, "tn": 1e12, "mn": 1e6, "mln": 1e6, "mrd": 1e9}
#: Words that link a day and a month.
_LINKS = frozenset({"of", "de", "the", "del"})
#: Words before "one" that make a pronoun of it.
_NOT_ONE = frozenset({"no", "any", "every", "each", "some", "this", "that", "which", "the"})
#: A number, and the index of the token after it.
_Read = tuple[Number | None, int]


class Reader:
    """``known`` are the languages of the text, by which separators are read; none if it is not known."""

    def __init__(self, text: str, language: str, known: Sequence[str]) -> None:
        self._text, self._language, self._known = text, language, known
        self._tokens = tokens(text, language)
        self._joins = number_words.JOINS[language]

    def read(self) -> Iterator[Number]:
        """All numbers, in order."""
        at, held = 0, None
        while at < len(self._tokens):
            token = self._tokens[at]
            number, after = None, at + 1
            if not designates(self._text, token.start):
                if token.digits:
                    number, after = self._digits(at)
                elif token.word is not None:
                    number, after = self._words(at, token.word)
            if number is not None:
                number = self._with_surroundings(number, at, after)
                if held is not None:
                    yield self._in_range(held, number, after)
                held = number
            at = after
        if held is not None:
            yield held

    def _in_range(self, first: Number, second: Number, after: int) -> Number:
        """The first number of a range, which may be meant in the scale of the second: 5 to 7 million."""
        scale = self._kind(after - 1, "sSdD")
        if scale is None or not _RANGE.fullmatch(self._text, first.end, second.start):
            return first
        values = (*first.values, *times(first.values, scale.value))
        return msgspec.structs.replace(first, values=values)

    # -- what stands around a number ---------------------------------------------------------

    def _kind(self, at: int, kinds: str) -> Word | None:
        """The word at `at`, if it has one of `kinds`."""
        word = self._tokens[at].word if 0 <= at < len(self._tokens) else None
        return word if word is not None and word.kind in kinds else None

    def _near(self, at: int, kinds: str) -> Word | None:
        """The same, if it belongs to the token before it."""
        return self._kind(at, kinds) if self._close(at) else None

    def _close(self, at: int) -> bool:
        return at < len(self._tokens) and self._tokens[at].close

    def _next(self, at: int, count: int = 2) -> tuple[str, ...]:
        return tuple(token.text for token in self._tokens[at : at + count])

    def _of_per_cent(self, at: int) -> bool:
        """Whether the token is a word of "per cent", which is no hundred."""
        return self._next(at) in PER_CENT or (at > 0 and self._next(at - 1) in PER_CENT)

    def _with_surroundings(self, number: Number, at: int, after: int) -> Number:
        """The number with what stands beside it: per cent, a month, minus."""
        per_cent = self._near(after, "p") or self._next(after) in PER_CENT
        if per_cent or _PERCENT.match(self._text, number.end):
            values = (*number.values, *(value / 100 for value in number.values))
            kind: Kind = "percent" if values else "unknown"
            return msgspec.structs.replace(number, values=values, kind=kind)
        if number.kind in ("cardinal", "ordinal") and self._in_date(at, after):
            return msgspec.structs.replace(number, kind="date")
        minus = at > 0 and self._close(at) and self._tokens[at - 1].text in number_words.MINUS
        if minus or _SIGNED.search(self._text[: number.start][-2:]):
            values = (*number.values, *(-value for value in number.values))
            return msgspec.structs.replace(number, values=values)
        return number

    def _in_date(self, at: int, after: int) -> bool:
        """Whether a month is next to it, or one word further."""
        if self._kind(at - 1, "t") or self._kind(after, "t"):
            return True
        return any(
            0 <= link < len(self._tokens)
            and self._tokens[link].text in _LINKS
            and self._kind(far, "t")
            for far, link in ((at - 2, at - 1), (after + 1, after))
        )

    # -- digits ------------------------------------------------------------------------------

    def _digits(self, at: int) -> _Read:
        token, text = self._tokens[at], self._text
        values = values_of(token.text, self._known)
        if not values:
            return None, at + 1
        if token.text in PARTS:
            return Number(token.start, token.end, shares(values[0]), "fraction"), at + 1
        mixed = _MIXED.match(text, token.end)
        if mixed is not None and int(mixed[2]):
            value = values[0] + int(mixed[1]) / int(mixed[2])
            return Number(token.start, mixed.end(), (value,)), at + 3
        ratio = _RATIO.match(text, token.end)
        if ratio is not None and int(ratio[1]):
            readings = (*shares(values[0] / int(ratio[1])), values[0], int(ratio[1]))
            return Number(token.start, ratio.end(), readings, "fraction"), at + 2
        ending = self._ending(at + 1, token.end)
        if ending:
            number = self._ended(token, values, ending, self._tokens[at + 1].end)
            if number is not None:
                return number, at + 2
        return self._counted(at, values, ending)

    def _ending(self, after: int, end: int) -> str:
        """Letters that are joined to digits: ``st``, ``bn``, ``-го``, ``.º``."""
        token = self._tokens[after] if after < len(self._tokens) else None
        if token is None or token.digits or len(token.text) > 4:
            return ""
        between = self._text[end : token.start]
        joined = between == "" or (between in ("-", "‑") and not token.text.isascii())
        return token.text if joined or (between == "." and token.text in "ºª") else ""

    def _ended(self, token: Token, values: Values, ending: str, end: int) -> Number | None:
        """An ordinal, a decade or a time of day in digits."""
        if ending in ("s", "er") and len(token.text) in (2, 4) and token.text.endswith("0"):
            return Number(token.start, end, (), "unknown")  # the 1990s
        if ending in ("am", "pm", "h"):
            return Number(token.start, end, values, "date")
        if ending in _ORDINAL_ENDINGS:
            return Number(token.start, end, values, "ordinal")
        return None

    def _counted(self, at: int, values: Values, ending: str) -> _Read:
        """Digits with what multiplies them."""
        start, end, after = self._tokens[at].start, self._tokens[at].end, at + 1
        part = _PART.match(self._text, end)
        if part is not None:
            values, end = (
                tuple(value + unicodedata.numeric(part[1]) for value in values),
                part.end(),
            )
            after += 1
        if ending == "m":  # metres, or millions
            values, after = (*values, *times(values, 1e6)), after + 1
        elif ending in _SCALES:
            values, end, after = times(values, _SCALES[ending]), self._tokens[after].end, after + 1
        dotted = self._language == "de" and _POINT_AND_WORD.match(self._text, end)
        kind: Kind = "ordinal" if dotted and values[0] == int(values[0]) else "cardinal"
        values, scale, end, after = self._scaled(values, end, after)
        if scale:
            values, end, after = self._continued(values, scale, end, after)
        half = self._and_a_half(after)
        if half:
            values, end, after = self._half_more(values, scale or 1, after + half)
        divisor = self._near(after, "f") or (self._near(after, "F") if values[0] < 10 else None)
        if divisor is not None and values[0] < 100:
            return self._share(start, values[0], divisor.value, after)
        return Number(start, end, values, kind), after

    def _scaled(self, values: Values, end: int, after: int) -> tuple[Values, float, int, int]:
        """The values times the scales that follow: ``3 thousand million``, ``5 dozen``."""
        scale = 0.0
        while not self._of_per_cent(after) and (word := self._near(after, "sSdD")) is not None:
            values, scale = times(values, word.value), min(max(scale, 1) * word.value, LARGEST)
            end, after = self._tokens[after].end, after + 1
        return values, scale, end, after

    def _continued(
        self, values: Values, scale: float, end: int, after: int
    ) -> tuple[Values, int, int]:
        """``2 million 300 thousand``: the sum is one more value."""
        follows = self._tokens[after] if after < len(self._tokens) else None
        if follows is None or not follows.digits:
            return values, end, after
        if not re.fullmatch(r"\.?\s+", self._text[end : follows.start]):
            return values, end, after
        more, _, last, beyond = self._scaled(
            values_of(follows.text, self._known), follows.end, after + 1
        )
        if len(more) != 1 or more[0] >= scale:
            return values, end, after
        return (*values, *(value + more[0] for value in values)), last, beyond

    # -- words -------------------------------------------------------------------------------

    def _words(self, at: int, word: Word) -> _Read:
        """The number that begins with the word at `at`."""
        first, kind = self._tokens[at], word.kind
        if kind in "pt" or self._of_per_cent(at):
            return None, at + 1
        if first.text == "one" and at and self._tokens[at - 1].text in _NOT_ONE:
            return None, at + 1
        if kind in "lSD":
            return Number(first.start, first.end, (), "unknown"), at + 1
        if kind == "h":
            return self._half(at, first.start)
        if kind == "a":
            return self._after_article(at, word)
        if kind in "fF":
            number, after = self._share(first.start, 1, word.value, at)
            if kind == "F" and number.kind == "fraction":
                number = msgspec.structs.replace(number, kind="article")
            return number, after
        if kind == "o":
            if self._language == "es" and self._next(at + 1, 1) in (("parte",), ("partes",)):
                end = self._tokens[at + 1].end
                return Number(first.start, end, shares(1 / word.value), "fraction"), at + 2
            return Number(first.start, first.end, (word.value,), "ordinal"), at + 1
        return self._sum(at, first.start)

    def _after_article(self, at: int, word: Word) -> _Read:
        """``a hundred``, ``une douzaine``, ``eine halbe Million``, ``a third``; else perhaps one."""
        first = self._tokens[at]
        if word.value > 1:  # семью, which is "a family" as well
            return self._sum(at, first.start) if self._near(at + 1, "sS") else (None, at + 1)
        if self._near(at + 1, "sdm"):
            return self._sum(at + 1, first.start)
        if self._near(at + 1, "h"):
            return self._half(at + 1, first.start)
        if self._near(at + 1, "l"):
            return Number(first.start, self._tokens[at + 1].end, (), "unknown"), at + 2
        divisor = self._near(at + 1, "fF")
        if divisor is not None:
            return self._share(first.start, 1, divisor.value, at + 1)
        ordinal = self._near(at + 1, "o")
        if ordinal is not None and ordinal.value > 2 and self._language in ("en", "fr"):
            values = (*shares(1 / ordinal.value), ordinal.value)
            return Number(first.start, self._tokens[at + 1].end, values, "fraction"), at + 2
        return Number(first.start, first.end, (1,), "article"), at + 1

    def _half(self, at: int, start: int) -> _Read:
        """``half a million``, ``halbe Million``; ``half``."""
        after = at + 2 if self._near(at + 1, "a") else at + 1
        if self._near(after, "p"):
            return Number(start, self._tokens[at].end, (0.5, 0.005), "percent"), after + 1
        scale = self._near(after, "sSdD")
        if scale is not None:
            return Number(start, self._tokens[after].end, (scale.value / 2,)), after + 1
        return Number(start, self._tokens[at].end, shares(0.5), "fraction"), at + 1

    def _share(self, start: int, many: float, divisor: float, at: int) -> tuple[Number, int]:
        """``two thirds``, ``a quarter of a million``."""
        after = at + 1
        while self._next(after, 1) in (("of",), ("de",)) or self._kind(after, "a"):
            after += 1
        scale = self._kind(after, "sd") or (self._near(after, "S") if after == at + 1 else None)
        if scale is not None and not self._of_per_cent(after):
            values = times((many / divisor,), scale.value)
            return Number(start, self._tokens[after].end, values), after + 1
        return Number(start, self._tokens[at].end, shares(many / divisor), "fraction"), at + 1

    def _and_a_half(self, at: int) -> int:
        """How many words "and a half" has here; 0 if it is not here."""
        for words in number_words.AND_A_HALF[self._language]:
            if self._next(at, len(words)) == words:
                return len(words)
        return 0

    def _half_more(self, values: Values, scale: float, after: int) -> tuple[Values, int, int]:
        values = tuple(value + scale / 2 for value in values)
        values, _, end, after = self._scaled(values, self._tokens[after - 1].end, after)
        return values, end, after

    def _sum(self, at: int, start: int) -> _Read:
        """Number words in a row, as one number."""
        found, end = Sum(self._language), self._tokens[at].end
        while at < len(self._tokens) and (not found.begun or self._tokens[at].close):
            if found.begun:
                ended = self._end_of(found, at, start)
                if ended is not None:
                    return ended
                if self._tokens[at].text in self._joins:
                    if not self._joined(at, found):
                        break
                    at += 1
                    continue
            word = self._tokens[at].word
            if word is None or self._lonely(word, at, found) or not found.take(word):
                break
            end, at = self._tokens[at].end, at + 1
        return Number(start, end, (whole(found.value),)), at

    def _end_of(self, found: Sum, at: int, start: int) -> _Read | None:
        """The whole number, if the token at `at` ends it: "and a half", decimals, an ordinal, a part."""
        token = self._tokens[at]
        half = self._and_a_half(at)
        if half:
            values, end, after = self._half_more((found.value,), found.last, at + half)
            return Number(start, end, values), after
        if token.text in number_words.POINT:
            return self._decimals(found, at + 1, start)
        word = token.word
        if word is None:
            return None
        if word.kind == "o" and found.fits(word.value):
            return Number(start, token.end, (found.value + word.value,), "ordinal"), at + 1
        slavic = self._language in ("uk", "ru")
        part = word.kind in "fF" or (
            word.kind == "o" and word.value > found.group and (slavic or found.group == 1)
        )
        if part and not found.total and 0 < found.group < 100:
            return self._share(start, found.group, word.value, at)
        return None

    def _decimals(self, found: Sum, at: int, start: int) -> _Read | None:
        """``three point one four``."""
        digits = ""
        while (word := self._near(at, "n")) is not None and word.value < 10:
            digits, at = f"{digits}{word.value}", at + 1
        if not digits:
            return None
        value = float(f"{found.value}.{digits}")
        values, _, end, after = self._scaled((value,), self._tokens[at - 1].end, at)
        return Number(start, end, values), after

    def _joined(self, at: int, found: Sum) -> bool:
        """Whether a word such as "and" joins two parts of one number here."""
        follows, group = self._near(at + 1, "nao"), found.group
        if follows is None:
            return False
        if self._language == "en":
            hundreds = group >= 100 and group % 100 == 0
            complete = hundreds or (found.total > 0 and group == 0)
            return complete and follows.kind in "no" and not self._near(at + 2, "s")
        if found.total and not group:  # mille et une
            return follows.value == 1
        if self._language == "es":
            return group % 100 >= 30 and group % 10 == 0 and follows.value < 10
        return group % 100 >= 20 and group % 10 == 0 and follows.value in (1, 11)

    def _lonely(self, word: Word, at: int, found: Sum) -> bool:
        """Whether "un" is an article, not a part of the number: it is one after "et", "y" or a hyphen, and in
        French after hundreds."""
        if word.kind != "a" or word.value > 1 or self._language in ("uk", "ru") or not found.begun:
            return False
        before = self._tokens[at - 1]
        hyphen = self._text[before.end : self._tokens[at].start] in ("-", "‐", "‑")
        bare = found.group % 100 in (0, 80) and self._language in ("fr", "es")
        return not (before.text in self._joins or hyphen or bare)
