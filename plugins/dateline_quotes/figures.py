"""The figures of a text: how many, with bounds, and of what. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from dateline.plugin import stated_figures
from dateline_quotes.words import Words
from dateline_quotes.words.tables import FigureWords

#: So many words name what is counted.
_MOST_COUNTED = 5
#: So far before a figure a word may say that it is known already.
_BEFORE = 7
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


class Stated(msgspec.Struct, frozen=True):
    """A figure at [`start`, `end`) of a text: ``quantity`` has the fields of one, with its measure."""

    start: int
    end: int
    quantity: dict[str, Any]


def figures(text: str, words: Words) -> Iterator[Stated]:
    """The figures of a text, in order, that count or measure something the text names after them."""
    table = words.figures
    for match in table.figure.finditer(text):
        end, unit = match.end(), ""
        if match["money"]:
            fields, unit = _money(match, table, words.code), table.currencies[match["money"][0]]
            of = text.startswith(table.of_money, end)
            measure = (
                _counted(text, end + len(table.of_money) - 1, table) if of else ""
            ) or table.amount
        elif match["percent"]:
            number = match["percent"].rstrip("%").split()[0].split("-")[0]
            fields = _read(_plain((match["hedge"] or "") + number, table), words.code)
            unit, measure = table.percent, _counted(text, end, table) or table.share
        else:
            fields, measure = _of_kind(match, table, words.code), _counted(text, end, table)
        if fields is None or not measure or _is_known(text, match, table):
            continue
        quantity = {**fields, "measure": measure, "verbatim": match[0].strip()}
        yield Stated(match.start(), end, quantity | ({"unit": unit} if unit else {}))


def _money(match: Any, table: FigureWords, language: str) -> dict[str, Any] | None:
    low = _read(_plain((match["hedge"] or "") + match["money"][1:], table), language)
    if not match["most_money"]:
        return low
    high = _read(_plain(match["most_money"][1:], table), language)
    if low is None or high is None or "value" not in low.keys() & high.keys():
        return None
    return {"lower": low["value"], "upper": high["value"]} if low["value"] < high["value"] else None


def _is_known(text: str, match: Any, table: FigureWords) -> bool:
    """Whether a small number only refers to what was counted before: the four regions."""
    if match["hedge"] or match["of"] or not match["number"] or match["number"][0].isdigit():
        return False
    before = text[max(0, match.start() - _BEFORE) : match.start()].split()
    return bool(before) and before[-1] in table.definite


def _of_kind(match: Any, table: FigureWords, language: str) -> dict[str, Any] | None:
    if match["plural"]:
        return {"lower": table.plurals[_plain(match["plural"], table)]}
    if match["share"]:
        share = round(table.shares[_plain(match["share"], table).replace("-", " ")], 4)
        # Any number: its bound is that of the share.
        bounds = _read(_plain(f"{match['hedge'] or ''}7", table), language)
        return bounds and {name: share if value == 7 else value for name, value in bounds.items()}
    if match["number"] and _YEAR.fullmatch(match[0]):
        return None
    if match["most"]:
        return {"lower": 0.5, "lower_inclusive": False}
    return _read(_plain(match[0], table), language)


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


def _counted(text: str, at: int, table: FigureWords) -> str:
    """The words after a figure for what it counts; empty if there are none."""
    match = table.counted.match(text, at)
    if match is None:
        return ""
    words: list[str] = []
    for word in match[1].split():
        past = word.endswith(table.participle) and (not words or table.plural.search(words[-1]))
        if past or word.lower() in table.ends:
            break
        words.append(word)
    if len(words) == _MOST_COUNTED and table.of in words[1:]:
        words = words[: words.index(table.of, 1)]
    named = " ".join(words)
    if table.not_counted.match(named):
        return ""
    return named if any(word.islower() and len(word) > 2 for word in words) else ""
