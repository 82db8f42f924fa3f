"""The numbers that a text says, in digits and in words of six languages.

It errs on the side of silence: what cannot be read with certainty is returned without a value, and an
ambiguous number with every value that it may have. Two libraries were measured on the pairs of the tests and
misread too much: text2num 3.1 and ovos-number-parser 0.19 gave a false alarm for more than a quarter of the
right values, and no library knows how each language separates digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal

import msgspec

from dateline.language import number_words
from dateline.language.number_words import LANGUAGES, Word

Kind = Literal["cardinal", "ordinal", "fraction", "percent", "date", "article", "unknown"]
Values = tuple[float, ...]


class Number(msgspec.Struct, frozen=True):
    """A number at [`start`, `end`) of a text. `values` are the numbers that it may mean; there are none for
    words such as ``several`` (kind ``unknown``). An ``article`` may mean one; a ``date`` is a part of one."""

    start: int
    end: int
    values: Values
    kind: Kind = "cardinal"


def says_plainly(text: str, value: float) -> bool:
    """Whether `text` has the value in plain digits, as most texts have: then it need not be read."""
    if value != int(value):
        return False
    whole = int(value)
    return _has(text, str(whole)) or (whole >= 1000 and _has(text, f"{whole:,}"))


def _has(text: str, digits: str) -> bool:
    start = text.find(digits)
    end = start + len(digits)
    if start < 0 or (start and (text[start - 1] != " " or text[start - 2 : start - 1].isdigit())):
        return False
    if end == len(text):
        return True
    following = text[end + 1 :].partition(" ")[0]
    return (
        text[end] == " "
        and not following[:1].isdigit()
        and following.rstrip(".,;:").casefold() not in _multiplies()
    )


@cache
def _multiplies() -> frozenset[str]:
    """The words that change the number before them."""
    tables = map(number_words.words, LANGUAGES)
    return frozenset(
        form for table in tables for form, word in table.items() if word.kind in "sSdDfFmhp"
    )


def numbers(text: str, languages: Iterable[str] = ()) -> tuple[Number, ...]:
    """The numbers that `text` says, in order, read in `languages` (codes such as ``uk`` or ``en-GB``).

    Where none of them is known, all six are tried, and words that mean something else in another
    language are not relied upon.
    """
    known = {code.lower()[:2] for code in languages} & set(LANGUAGES)
    return _numbers(text, tuple(sorted(known)))


_DIGITS = r"\d+(?:[.,'’\u00a0\u202f\u2009]\d+| \d{3}(?!\d))*"
_A_DIGIT = re.compile(r"[\d½¼¾⅓⅔⅛⅜⅝⅞]")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_SPOKEN = number_words.MINUS | {word for pair in number_words.PER_CENT for word in pair}
_TOKEN = re.compile(
    rf"(?P<digits>{_DIGITS})|(?P<word>[^\W\d_]+(?:['’ʼ][^\W\d_]+)*)|(?P<part>[½¼¾⅓⅔⅛⅜⅝⅞])"
)
#: What may stand between the words of one number.
_GAP = re.compile(r"[\s\u00ad‐‑-]*")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_GROUPS = re.compile(r"\d{1,3}(?:(?P<s>[.,'’\u00a0\u202f\u2009 ])\d{3})(?:(?P=s)\d{3})*")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")
_PERCENT = re.compile(r"[\s\u00a0\u202f]*[%٪‰]")
_ORDINAL_ENDINGS = frozenset(
    ["st", "nd", "rd", "th", "e", "er", "ère", "re", "ème", "eme", "ter", "te", "ten", "й", "го", "му", "м", "я", "ї", "ї", "ої", "та", "ша", "ій", "ий", "ого", "ому", "ая", "ое", "ый"]
)
_SCALES = {"k": 1e3, "bn": 1e9, "tn": 1e12, "mn": 1e6, "mln": 1e6, "mrd": 1e9}
_MOST_DIGITS = 24
#: Words before "one" that make a pronoun of it.
_NOT_ONE = frozenset({"no", "any", "every", "each", "some", "this", "that", "which", "the"})


class _Token(msgspec.Struct, frozen=True):
    start: int
    end: int
    text: str
    digits: bool
    word: Word | None = None
    #: Whether only white space or a hyphen separates it from the token before it.
    close: bool = False


@lru_cache(4096)
def _numbers(text: str, languages: tuple[str, ...]) -> tuple[Number, ...]:
    if len(text) > 10_000:  # nothing that a person would compare
        return ()
    found: dict[int, Number] = {}
    for language in _with_words(text, languages or LANGUAGES):
        tokens = _tokens(text, language)
        for number in _Reader(text, tokens, language, languages).read():
            if not languages:
                number = _unsure(number, text)
            earlier = found.get(number.start)
            found[number.start] = number if earlier is None else _merged(earlier, number)
    return tuple(found[start] for start in sorted(found))


def _with_words(text: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the languages that have a word of the text in their tables. Digits alone are read once."""
    plain = [_plain(word) for word in _WORD.findall(text)]
    some = [
        language
        for language in languages
        if any(_word(word, language) is not None or word in _SPOKEN for word in plain)
    ]
    return tuple(some) or languages[:1] if _A_DIGIT.search(text) else tuple(some)


def _plain(word: str) -> str:
    return re.sub(r"['’ʼ]", "", word.casefold()).replace("ё", "е")


@lru_cache(65536)
def _word(plain: str, language: str) -> Word | None:
    """The number word with this plain form."""
    table = number_words.words(language)
    word = table.get(plain)
    if word is None and language == "de":
        return number_words.german(plain)
    if word is None and language in ("uk", "ru"):
        return _prefixed_half(plain, table)
    return word


def _unsure(number: Number, text: str) -> Number:
    words = text[number.start : number.end].casefold()
    if words in number_words.FALSE_FRIENDS and number.kind not in ("unknown", "date"):
        return msgspec.structs.replace(number, kind="article")
    return number


def _merged(one: Number, other: Number) -> Number:
    """One number that was read in two languages. A word that one of them does not know counts for less."""
    values = tuple(dict.fromkeys((*one.values, *other.values)))
    longer = one if one.end >= other.end else other
    kinds = {one.kind, other.kind}
    kind = next((kind for kind in ("date", "article") if kind in kinds), longer.kind)
    return msgspec.structs.replace(longer, values=values, kind=kind)


def _tokens(text: str, language: str) -> list[_Token]:
    found, end = list[_Token](), 0
    skipped = [match.span() for match in _CLOCK.finditer(text)]
    for match in _TOKEN.finditer(text):
        start = match.start()
        if any(first <= start < last for first, last in skipped) and match["digits"]:
            continue
        close = bool(found) and _GAP.fullmatch(text, end, start) is not None
        end = match.end()
        plain = _plain(match[0])
        word = None if match["word"] is None else _word(plain, language)
        found.append(_Token(start, end, plain, match["word"] is None, word, close))
    return found


def _prefixed_half(word: str, table: dict[str, Word]) -> Word | None:
    """``полмиллиона``, ``півмільйона``: half of a scale."""
    for prefix in ("пол", "пів"):
        rest = table.get(word.removeprefix(prefix)) if word.startswith(prefix) else None
        if rest is not None and rest.kind in "sSdD":
            return Word("m", rest.value / 2)
    return None


class _Reader:
    """Reads the tokens of one text from left to right."""

    def __init__(
        self, text: str, tokens: Sequence[_Token], language: str, known: tuple[str, ...]
    ) -> None:
        self.text, self.tokens, self.language, self.known = text, tokens, language, known
        self.joins = number_words.JOINS[language]

    def read(self) -> Iterator[Number]:
        at, tokens = 0, self.tokens
        while at < len(tokens):
            token = tokens[at]
            number, after = None, at + 1
            if token.digits:
                number, after = self._digits(at)
            elif token.word is not None:
                number, after = self._words(at)
            if number is not None:
                yield self._about(number, at, after)
            at = max(after, at + 1)

    # -- around a number ---------------------------------------------------------------------

    def _kind(self, at: int, kinds: str) -> Word | None:
        """The word at `at`, if it has one of `kinds`."""
        word = self.tokens[at].word if 0 <= at < len(self.tokens) else None
        return word if word is not None and word.kind in kinds else None

    def _near(self, at: int, kinds: str) -> Word | None:
        """The same, if it belongs to the token before it."""
        return self._kind(at, kinds) if at < len(self.tokens) and self.tokens[at].close else None

    def _pair(self, at: int) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens[at : at + 2])

    def _about(self, number: Number, at: int, after: int) -> Number:
        """The number with what stands beside it: per cent, a month, minus."""
        if _PERCENT.match(self.text, number.end) or self._near(after, "p"):
            return _percent(number)
        if self._pair(after) in number_words.PER_CENT:
            return _percent(number)
        if number.kind in ("cardinal", "ordinal") and self._in_date(at, after):
            return msgspec.structs.replace(number, kind="date")
        before = self.tokens[at - 1].text if at and self.tokens[at].close else ""
        signed = re.search(r"(?:^|[\s(])[-−–]$", self.text[: number.start]) is not None
        if before in number_words.MINUS or signed:
            values = (*number.values, *(-value for value in number.values))
            return msgspec.structs.replace(number, values=values)
        return number

    def _in_date(self, at: int, after: int) -> bool:
        """Whether a month is next to it, or a word between."""
        words = (self._kind(at - 1, "t"), self._kind(after, "t"))
        linked = {"of", "de", "the", "del"}
        if any(words):
            return True
        beyond = (at - 2, at - 1), (after + 1, after)
        return any(
            0 <= link < len(self.tokens)
            and self.tokens[link].text in linked
            and self._kind(far, "t")
            for far, link in beyond
        )

    # -- digits ------------------------------------------------------------------------------

    def _digits(self, at: int) -> tuple[Number | None, int]:
        token, text = self.tokens[at], self.text
        if _designator(text, token.start):
            return None, at + 1
        values = self._values(token.text)
        if not values:
            return None, at + 1
        kind: Kind = "cardinal"
        end, after = token.end, at + 1
        if len(token.text) == 1 and unicodedata.category(token.text) == "No":
            kind = "fraction"
        ending = self._ending(after, token.end)
        part = re.compile(r"\s?([½¼¾⅓⅔⅛⅜⅝⅞])").match(text, end)
        ratio = re.compile(r"\s?[/⁄]\s?(\d{1,4})(?![\d/])").match(text, end)
        if part is not None and kind == "cardinal":
            values, end, after = (
                tuple(v + unicodedata.numeric(part[1]) for v in values),
                part.end(),
                at + 2,
            )
        elif ratio is not None and int(ratio[1]):
            share = values[0] / int(ratio[1])
            return Number(
                token.start, ratio.end(), (share, 100 * share, values[0], int(ratio[1])), "fraction"
            ), at + 2
        elif ending in ("s", "er") and (len(token.text) in (2, 4) and token.text.endswith("0")):
            return Number(token.start, end, (), "unknown"), after + 1  # the 1990s
        elif ending in ("am", "pm", "h"):
            return Number(token.start, end, values, "date"), after + 1
        elif (
            ending in _ORDINAL_ENDINGS
            or (text[end : end + 1] in ("º", "ª", "°")
            and ending in ("º", "ª"))
        ):
            return Number(token.start, self.tokens[after].end, values, "ordinal"), after + 1
        elif ending == "m":
            values, after = (*values, *(v * 1_000_000 for v in values)), after + 1
        elif ending in _SCALES:
            values, end, after = _times(values, _SCALES[ending]), self.tokens[after].end, after + 1
        if (
            self.language == "de"
            and re.compile(r"\.\s\w").match(text, end)
            and values[0] == int(values[0])
        ):
            kind = "ordinal"  # or the end of a sentence
        values, scale, end, after = self._scaled(values, end, after)
        if scale:
            values, end, after = self._continued(values, scale, end, after)
        half = self._and_a_half(after)
        if half:
            values, end, after = self._half_more(values, scale or 1, after + half)
        divisor = self._near(after, "f") or (self._near(after, "F") if values[0] < 10 else None)
        if divisor is not None and values[0] < 100:
            return self._share(token.start, values[0], divisor.value, after)
        return Number(token.start, end, values, kind), after

    def _ending(self, after: int, end: int) -> str:
        """Letters that are joined to digits: ``st``, ``bn``, ``-го``."""
        if after >= len(self.tokens):
            return ""
        token = self.tokens[after]
        between = self.text[end : token.start]
        if token.digits or between not in ("", "-", "‑", ".") or len(token.text) > 4:
            return ""
        if between == "." and token.text not in ("º", "ª"):
            return ""
        return token.text if between != "-" or not token.text.isascii() else ""

    def _scaled(self, values: Values, end: int, after: int) -> tuple[Values, float, int, int]:
        """The values times the scales that follow: ``3 thousand million``, ``5 dozen``."""
        scale = 0.0
        while (word := self._near_scale(after)) is not None:
            values, scale = _times(values, word.value), max(scale, 1) * word.value
            end, after = self.tokens[after].end, after + 1
        return values, scale, end, after

    def _near_scale(self, at: int) -> Word | None:
        if self._pair(at) in number_words.PER_CENT or (
            at and self._pair(at - 1) in number_words.PER_CENT
        ):
            return None
        return self._near(at, "sSdD")

    def _continued(
        self, values: Values, scale: float, end: int, after: int
    ) -> tuple[Values, int, int]:
        """``2 million 300 thousand``: the sum is one more value."""
        if after >= len(self.tokens) or not self.tokens[after].digits:
            return values, end, after
        if not re.fullmatch(r"\.?\s+", self.text[end : self.tokens[after].start]):
            return values, end, after
        more = self._values(self.tokens[after].text)
        more, _, last, beyond = self._scaled(more, self.tokens[after].end, after + 1)
        if len(more) != 1 or more[0] >= scale:
            return values, end, after
        return (*values, *(value + more[0] for value in values)), last, beyond

    def _values(self, text: str) -> Values:
        """The numbers that digits with separators may mean; none for what is not a number."""
        if len(text) > _MOST_DIGITS:
            return ()
        if not any(not char.isdigit() for char in text):
            return (int(text),)
        if len(text) == 1:
            return (unicodedata.numeric(text),)
        plain = re.sub(r"\D", "", text)
        separators = re.findall(r"\D", text)
        kinds, last = set(separators), separators[-1]
        if len(kinds) == 1:
            grouped = _GROUPS.fullmatch(text) is not None or _INDIAN.fullmatch(text) is not None
            if last not in ".,":
                if last == " " and grouped and "en" in (self.known or ("en",)):
                    return (int(plain), *map(int, text.split(" ")))
                return (int(plain),) if grouped else tuple(map(int, re.findall(r"\d+", text)))
            if len(separators) > 1:
                return (int(plain),) if grouped else ()
            decimal = float(text.replace(last, "."))
            if not grouped or text.startswith("0"):
                return (decimal,)
            return _separated(int(plain), decimal, last, self.known)
        if last in ".," and separators.count(last) == 1:
            whole, _, rest = text.rpartition(last)
            if _GROUPS.fullmatch(whole) or _INDIAN.fullmatch(whole):
                return (float(re.sub(r"\D", "", whole) + "." + rest),)
        return ()

    # -- words -------------------------------------------------------------------------------

    def _words(self, at: int) -> tuple[Number | None, int]:
        """The number that begins with the word at `at`, and where it ends."""
        tokens, first = self.tokens, self.tokens[at]
        word = first.word
        assert word is not None
        if _designator(self.text, first.start) or word.kind in "pt":
            return None, at + 1
        if self._pair(at) in number_words.PER_CENT or (
            at and self._pair(at - 1) in number_words.PER_CENT
        ):
            return None, at + 1
        if first.text == "one" and at and tokens[at - 1].text in _NOT_ONE:
            return None, at + 1
        if word.kind in "lSD":
            return Number(first.start, first.end, (), "unknown"), at + 1
        if word.kind == "h":
            return self._half(at, at)
        if word.kind == "a":
            return self._after_article(at)
        if word.kind in "fF":
            kind: Kind = "fraction" if word.kind == "f" else "article"
            return Number(first.start, first.end, _shares(1 / word.value), kind), at + 1
        if word.kind == "o":
            parts = self._pair(at)[1:]
            if self.language == "es" and parts in (("parte",), ("partes",)):
                return Number(
                    first.start, tokens[at + 1].end, _shares(1 / word.value), "fraction"
                ), at + 2
            return Number(first.start, first.end, (word.value,), "ordinal"), at + 1
        return self._sum(at, at)

    def _after_article(self, at: int) -> tuple[Number | None, int]:
        """``a hundred``, ``une douzaine``, ``eine halbe Million``, ``a third``; else perhaps one."""
        first = self.tokens[at]
        if self.tokens[at].word.value > 1:  # семью, which is "a family" as well
            return self._sum(at, at) if self._near(at + 1, "sS") else (None, at + 1)
        if self._near(at + 1, "sd"):
            return self._sum(at + 1, at)
        if self._near(at + 1, "h"):
            return self._half(at + 1, at)
        if self._near(at + 1, "m"):
            return self._sum(at + 1, at)
        divisor = self._near(at + 1, "fF")
        if divisor is not None:
            return self._share(first.start, 1, divisor.value, at + 1)
        ordinal = self._near(at + 1, "o")
        if ordinal is not None and ordinal.value > 2 and self.language in ("en", "fr"):
            values = (*_shares(1 / ordinal.value), ordinal.value)
            return Number(first.start, self.tokens[at + 1].end, values, "fraction"), at + 2
        if self._near(at + 1, "l"):
            return Number(first.start, self.tokens[at + 1].end, (), "unknown"), at + 2
        return Number(first.start, first.end, (1,), "article"), at + 1

    def _half(self, at: int, first: int) -> tuple[Number | None, int]:
        """``half a million``, ``halbe Million``; ``half``."""
        after = at + 1
        if self._near(after, "a"):
            after += 1
        start = self.tokens[first].start
        scale = self._near(after, "sSdD")
        if scale is not None:
            return Number(start, self.tokens[after].end, (scale.value / 2,)), after + 1
        return Number(start, self.tokens[at].end, (0.5, 50), "fraction"), at + 1

    def _share(self, start: int, many: float, divisor: float, at: int) -> tuple[Number, int]:
        """``two thirds``, ``a quarter of a million``."""
        share, end, after = many / divisor, self.tokens[at].end, at + 1
        while after < len(self.tokens) and (
            self.tokens[after].text in ("of", "de") or self._kind(after, "a")
        ):
            after += 1
        scale = self._kind(after, "sd") or (self._near(at + 1, "S") if after == at + 1 else None)
        if scale is not None:
            return Number(start, self.tokens[after].end, (share * scale.value,)), after + 1
        return Number(start, end, _shares(share), "fraction"), at + 1

    def _and_a_half(self, at: int) -> int:
        """How many words "and a half" has here; 0 if it is not here."""
        for words in number_words.AND_A_HALF[self.language]:
            if tuple(token.text for token in self.tokens[at : at + len(words)]) == words:
                return len(words)
        return 0

    def _half_more(self, values: Values, scale: float, after: int) -> tuple[Values, int, int]:
        values = tuple(value + scale / 2 for value in values)
        end = self.tokens[after - 1].end
        values, _, end, after = self._scaled(values, end, after)
        return values, end, after

    def _sum(self, at: int, first: int) -> tuple[Number | None, int]:
        """Number words in a row, as one number: units, tens, hundreds, thousands."""
        tokens, start = self.tokens, self.tokens[first].start
        total, group, scale, end = 0.0, 0.0, 0.0, tokens[at].end
        begun, last = False, 0.0
        while at < len(tokens):
            if begun and not tokens[at].close:
                break
            word = tokens[at].word
            if begun and (half := self._and_a_half(at)):
                values, end, at = self._half_more((total + group,), last or 1, at + half)
                return Number(start, end, values), at
            if begun and tokens[at].text in self.joins and not self._joined(at, group, total):
                break
            if begun and tokens[at].text in self.joins and tokens[at + 1].word is not None:
                at += 1
                word = tokens[at].word
                if not tokens[at].close:
                    break
            if word is None:
                decimal = (
                    self._decimal(at) if begun and tokens[at].text in number_words.POINT else None
                )
                if decimal is not None:
                    digits, at = decimal
                    values, _, end, at = self._scaled(
                        (total + group + digits,), tokens[at - 1].end, at
                    )
                    return Number(start, end, values), at
                break
            if begun and word.kind == "o":
                if _fits(group, word.value, self.language) and (group or total):
                    return Number(
                        start, tokens[at].end, (total + group + word.value,), "ordinal"
                    ), at + 1
                if (
                    group
                    and word.value >= 3
                    and group < word.value
                    and self.language in ("uk", "ru")
                ):
                    return self._share(start, group, word.value, at)
                break
            if begun and word.kind in "fF" and not total and 0 < group < 100:
                return self._share(start, group, word.value, at)
            if word.kind in "nma" and (begun or word.kind != "a" or word.value > 1):
                value = word.value
                if begun and group % 100 == 4 and value == 20 and self.language == "fr":
                    group += 76
                elif group == 0 and (not total or value < scale):
                    group = value
                elif _fits(group, value, self.language) and word.kind != "m":
                    if word.kind == "a" and not self._one_more(at, group):
                        break
                    group += value
                else:
                    break
                last = 1.0
            elif word.kind in "dD" or (word.kind in "sS" and word.value == 100):
                if group >= 100 or (word.kind in "SD" and not group):
                    break
                group, last = max(group, 1) * word.value, word.value
                if word.kind in "dD":
                    end, at = tokens[at].end, at + 1
                    break
            elif word.kind in "sS":
                if not begun and word.kind == "S":
                    break
                if scale and word.value >= scale:
                    total, group = (total + group) * word.value, 0
                else:
                    total, group = total + (group or 1) * word.value, 0
                scale = last = word.value
            else:
                break
            begun, end, at = True, tokens[at].end, at + 1
        return Number(start, end, (_whole(total + group),)), at

    def _joined(self, at: int, group: float, total: float) -> bool:
        """Whether a word such as "and" joins two parts of one number here."""
        follows = self._near(at + 1, "nao")
        if follows is None:
            return False
        if self.language == "en":
            whole = (group >= 100 and group % 100 == 0) or (total > 0 and group == 0)
            return whole and follows.kind in "no" and not self._near(at + 2, "s")
        if self.language == "es":
            return group % 100 >= 30 and group % 10 == 0 and follows.value < 10
        return group % 100 >= 20 and group % 10 == 0 and follows.value in (1, 11)

    def _one_more(self, at: int, group: float) -> bool:
        """Whether "un" is a part of the number: after "et", "y", a hyphen, or a hundred in French."""
        before = self.tokens[at - 1]
        hyphen = self.text[before.end : self.tokens[at].start] in ("-", "‐", "‑")
        if self.language in ("uk", "ru"):
            return True
        bare = group % 100 in (0, 80) and self.language in ("fr", "es")
        return before.text in self.joins or hyphen or bare

    def _decimal(self, at: int) -> tuple[float, int] | None:
        """The decimals after "point": ``five``, ``one four``."""
        digits, at = "", at + 1
        while (word := self._near(at, "n")) is not None and word.value < 10:
            digits, at = f"{digits}{word.value}", at + 1
        return (float(f"0.{digits}"), at) if digits else None


def _fits(group: float, value: float, language: str) -> bool:
    """Whether a number below a hundred or a thousand can follow `group` in the same number."""
    if value <= 0 or group != int(group):
        return False
    if group % 100 == 0:
        return value < 100 if group else True
    if language == "fr" and group % 100 in (60, 80):
        return value < 20
    if language == "fr" and group % 100 == 10:
        return 7 <= value <= 9
    return group % 10 == 0 and group % 100 >= 20 and value < 10


def _separated(whole: int, decimal: float, separator: str, languages: Sequence[str]) -> Values:
    """``1,670`` or ``1.670``: English and German, and Spanish with a point, know what it means."""
    means = {
        ("en", ","): (whole,), ("en", "."): (decimal,), ("de", "."): (whole,), ("de", ","): (decimal,),
        ("es", "."): (whole,),
    }  # fmt: skip
    both = (whole, decimal)
    found = [means.get((language, separator), both) for language in languages] or [both]
    return tuple(dict.fromkeys(value for values in found for value in values))


def _designator(text: str, start: int) -> bool:
    """Whether letters are joined to the number on its left, as in ``F-16`` and ``A320``."""
    return re.search(
        r"[^\W\d_][-‑]?$", text[max(0, start - 3) : start]
    ) is not None and not re.search(
        r"(?:US|C|A|R|EUR|USD|GBP|Rs|CHF)$", text[max(0, start - 4) : start]
    )


def _times(values: Values, scale: float) -> Values:
    return tuple(_whole(float(f"{value * scale:.15g}")) for value in values)


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _shares(share: float) -> Values:
    return (share, 100 * share)


def _percent(number: Number) -> Number:
    values = (*number.values, *(value / 100 for value in number.values))
    return msgspec.structs.replace(
        number, values=values, kind="percent" if number.values else "unknown"
    )
