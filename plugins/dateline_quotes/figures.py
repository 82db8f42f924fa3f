"""The figures of a text: how many, with bounds, and of what. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from dateline.plugin import stated_figures
from dateline_quotes.measures import counted, is_plural, subject
from dateline_quotes.words import Words
from dateline_quotes.words.tables import FigureWords

#: So far before a figure a word may say that it is known already, in characters.
_BEFORE = 20
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_WITH_DIGIT = re.compile(r"\d\S*")
#: A line is a table if it has so many numbers, and these are this share of its words.
_LEAST, _SHARE, _LONGEST = 4, 1 / 3, 400


class Stated(msgspec.Struct, frozen=True):
    """A figure at [`start`, `end`) of a text: ``quantity`` has the fields of one, with its measure."""

    start: int
    end: int
    quantity: dict[str, Any]


def figures(text: str, words: Words) -> Iterator[Stated]:
    """The figures of a text, in order, that count or measure something."""
    table, at, line = words.figures, 0, Line(0, 0, False)
    while (match := table.figure.search(text, at)) is not None:
        fields, at = _fields(text, match, words)
        if fields is None or _is_known(text, match, table):
            continue
        measure, unit = _measure(text, match, at, table)
        if not measure or (_is_count(match, fields) and not is_plural(measure, table)):
            continue
        if not line.start <= match.start() < line.end:
            line = _line(text, match.start())
        if line.table:
            continue
        quantity = {**fields, "measure": measure, "verbatim": text[match.start() : at].strip()}
        yield Stated(match.start(), at, quantity | ({"unit": unit} if unit else {}))


def _fields(text: str, match: Any, words: Words) -> tuple[dict[str, Any] | None, int]:
    """The bounds that a figure states, and where it ends."""
    table, hedge = words.figures, _hedge(text, match, words.figures)
    if match["money"]:
        return _sum(text, match, hedge, words)
    if match["percent"]:
        number = table.percent_sign.sub("", match["percent"])
        return _read(_plain(hedge + number, table), words.code), match.end()
    return _of_kind(match, hedge, table, words.code), match.end()


def _sum(text: str, match: Any, hedge: str, words: Words) -> tuple[dict[str, Any] | None, int]:
    """The bounds of a sum, or of two: $5 to $7 million, but not from $7 million to $5 million."""
    table, between = words.figures, _is_pair(hedge, words.figures)
    low = _read(_plain(_amount(match["money"], table), table), words.code)
    if match["most_money"]:
        high = _read(_plain(_amount(match["most_money"], table), table), words.code)
        joint = text[match.end("money") : match.start("most_money")].strip()
        is_range = between or joint not in words.joining
        if low and high and is_range and low.get("value", 0) < high.get("value", 0):
            return {"lower": low.get("value", 0), "upper": high["value"]}, match.end()
    if between or not hedge:
        return low, match.end("money")
    return _read(_plain(hedge + _amount(match["money"], table), table), words.code), match.end(
        "money"
    )


def _is_pair(hedge: str, table: FigureWords) -> bool:
    """Whether a hedge needs two numbers: between."""
    return hedge.strip().lower() in table.of_two


def _measure(text: str, match: Any, end: int, table: FigureWords) -> tuple[str, str]:
    """What is counted or measured, and its unit. A sum or percentage of nothing that is named has a general one."""
    if match["money"]:
        of = text.startswith(table.of_money, end)
        found = counted(text, end + len(table.of_money) - 1, table) if of else ""
        if not of:
            after = counted(text, end, table)
            before = text[max(0, match.start() - _BEFORE) : match.start()].split()
            article = bool(before) and before[-1].lower() in table.indefinite
            found = after if article or (after and is_plural(after, table)) else ""
        found = found or subject(text, match.start(), table)
        return found or table.amount, table.currencies[match["money"][0]]
    if match["percent"]:
        found = counted(text, end, table) or subject(text, match.start(), table)
        if not found and text.startswith(table.of_percent, end):
            found = counted(text, end + len(table.of_percent) - 1, table)
        return found or table.share, table.percent
    return counted(text, end, table), ""


def _hedge(text: str, match: Any, table: FigureWords) -> str:
    """The words before a figure that make a bound of it. Not those of a movement: it climbs up to 6 %."""
    hedge = str(match["hedge"] or "")
    before = text[max(0, match.start() - _BEFORE) : match.start()].split()
    if " ".join(hedge.lower().split()) in table.up_to and before and before[-1] in table.moves:
        return ""
    return hedge


def _amount(money: str, table: FigureWords) -> str:
    """A sum without its sign, its last letters in words: 70 million, of $70M."""
    return table.scale.sub(lambda match: f" {table.scales[match[1].lower()]}", money[1:])


def _is_count(match: Any, fields: dict[str, Any]) -> bool:
    """Whether a number alone counts several things, which are then named in the plural."""
    return bool(match["number"]) and not match["of"] and fields.get("value") != 1


def _is_known(text: str, match: Any, table: FigureWords) -> bool:
    """Whether a number refers to what was counted before, or is a part of a name or a date: the four regions,
    the first 10, Oct. 9, Nebula 2."""
    if not match["number"] or match["hedge"]:
        alone = match["number"] and not match["last"]
        return bool(alone) and _is_pair(match["hedge"], table)  # between two men
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    last = before.split()[-1] if before.split() else ""
    if last in table.ranks or last.rstrip(".") in table.numbered or match["of"]:
        return last in table.ranks or last.rstrip(".") in table.numbered
    if not match["number"][0].isdigit():
        return last in table.definite
    named = (
        last[:1].isupper() and last.isalnum() and before[-1:] == " " and "," not in match["number"]
    )
    return named and last.lower() not in table.ends and not _starts(before, last)


def _starts(before: str, last: str) -> bool:
    """Whether a word is the first of its sentence."""
    rest = before.rstrip()[: -len(last)].rstrip()
    return (
        not rest or rest[-1] in '.!?:;\n"“”' or "\n" in before.rstrip()[len(rest) :][: -len(last)]
    )


class Line(NamedTuple):
    start: int
    end: int
    table: bool


def _line(text: str, at: int) -> Line:
    """The line around a place, and whether it is one of a table: many of its words are numbers."""
    start = max(text.rfind("\n", 0, at) + 1, at - _LONGEST)
    end = text.find("\n", at)
    end = min(end if end >= 0 else len(text), at + _LONGEST)
    line = text[start:end]
    numbers = len(_WITH_DIGIT.findall(line))
    table = numbers >= _LEAST and numbers >= _SHARE * len(line.split())
    return Line(start, end, table)


def _of_kind(match: Any, hedge: str, table: FigureWords, language: str) -> dict[str, Any] | None:
    if match["plural"]:
        return {"lower": table.plurals[_plain(match["plural"], table)]}
    if match["share"]:
        share = round(table.shares[_plain(match["share"], table).replace("-", " ")], 4)
        # Any number: its bound is that of the share.
        bounds = _read(_plain(f"{hedge}7", table), language)
        return bounds and {name: share if value == 7 else value for name, value in bounds.items()}
    if match["number"] and _YEAR.fullmatch(match[0]):
        return None
    if match["of"]:  # nine in ten
        return _read(_plain(f"{hedge}{match['number']} {table.of} {match['of']}", table), language)
    if match["most"]:
        return {"lower": 0.5, "lower_inclusive": False}
    return _read(_plain(hedge + match[0][len(match["hedge"] or "") :], table), language)


def _plain(words: str, table: FigureWords) -> str:
    """The words of a figure as they are read: with a hedge that everybody writes for a rarer one."""
    plain = " ".join(words.split()).lower()
    for rare, frequent in table.hedges.items():
        plain = plain.replace(rare, frequent)
    return plain


@lru_cache(8192)
def _read(words: str, language: str) -> dict[str, Any] | None:
    """The fields of the one figure that the words state; None if they may state several."""
    digits = _DIGITS.fullmatch(words)
    if digits is not None:  # most are: they need no table
        plain = words.replace(",", "")
        return {"value": float(plain) if digits[1] else int(plain)}
    found = stated_figures(f"{words} ", [language], typed=True)
    if len(found) != 1 or len(found[0].readings) != 1:
        return None
    return found[0].readings[0]
