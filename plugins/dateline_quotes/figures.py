"""The figures of a text: how many, with bounds, and of what. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from dateline.plugin import stated_figures
from dateline_quotes.words.en_figures import (
    COUNTED,
    CURRENCIES,
    DEFINITE,
    ENDS,
    FIGURE,
    NOT_COUNTED,
    PLURALS,
    SHARES,
)

#: So many words name what is counted.
_MOST_COUNTED = 5
_PLURAL = re.compile(r"s\Z|\A(?:people|men|women|children)\Z")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


class Stated(msgspec.Struct, frozen=True):
    """A figure at [`start`, `end`) of a text: ``quantity`` has the fields of one, with its measure."""

    start: int
    end: int
    quantity: dict[str, Any]


def figures(text: str) -> Iterator[Stated]:
    """The figures of a text, in order, that count or measure something the text names after them."""
    for match in FIGURE.finditer(text):
        end = match.end()
        if match["money"]:
            fields, unit = _money(match), CURRENCIES[match["money"][0]]
            measure = (_counted(text, end + 3) if text.startswith(" in ", end) else "") or "amount"
        elif match["percent"]:
            number = match["percent"].rstrip("%").split()[0].split("-")[0]
            fields, unit, measure = (
                _read(_plain((match["hedge"] or "") + number)),
                "percent",
                _counted(text, end) or "share",
            )
        else:
            fields, unit, measure = _of_kind(match), "", _counted(text, end)
        if fields is None or not measure or _is_known(text, match):
            continue
        quantity = {**fields, "measure": measure, "verbatim": match[0].strip()}
        yield Stated(match.start(), end, quantity | ({"unit": unit} if unit else {}))


def _money(match: Any) -> dict[str, Any] | None:
    low = _read(_plain((match["hedge"] or "") + match["money"][1:]))
    if not match["most_money"]:
        return low
    high = _read(_plain(match["most_money"][1:]))
    if low is None or high is None or "value" not in low.keys() & high.keys():
        return None
    return {"lower": low["value"], "upper": high["value"]} if low["value"] < high["value"] else None


def _is_known(text: str, match: Any) -> bool:
    """Whether a small number only refers to what was counted before: the four regions."""
    if match["hedge"] or match["of"] or not match["number"] or match["number"][0].isdigit():
        return False
    return text[max(0, match.start() - 7) : match.start()].split()[-1:] in DEFINITE


def _of_kind(match: Any) -> dict[str, Any] | None:
    if match["plural"]:
        return {"lower": PLURALS[_plain(match["plural"])]}
    if match["share"]:
        share = round(SHARES[_plain(match["share"]).replace("-", " ")], 4)
        bounds = _read(
            _plain(f"{match['hedge'] or ''}7")
        )  # any number: its bound is that of the share
        return bounds and {name: share if value == 7 else value for name, value in bounds.items()}
    if match["number"] and _YEAR.fullmatch(match[0]):
        return None
    if match["most"]:
        return {"lower": 0.5, "lower_inclusive": False}
    return _read(_plain(match[0]))


def _plain(words: str) -> str:
    return " ".join(words.split()).lower().replace("as many as", "up to")


@lru_cache(8192)
def _read(words: str) -> dict[str, Any] | None:
    """The fields of the one figure that the words state; None if they may state several."""
    digits = _DIGITS.fullmatch(words)
    if digits is not None:  # most are: they need no table
        plain = words.replace(",", "")
        return {"value": float(plain) if digits[1] else int(plain)}
    found = stated_figures(f"{words} ", ["en"], typed=True)
    if len(found) != 1 or len(found[0].readings) != 1:
        return None
    return found[0].readings[0]


def _counted(text: str, at: int) -> str:
    """The words after a figure for what it counts; empty if there are none."""
    match = COUNTED.match(text, at)
    if match is None:
        return ""
    words: list[str] = []
    for word in match[1].split():
        past = word.endswith("ed") and (not words or _PLURAL.search(words[-1]))
        if past or word.lower() in ENDS:
            break
        words.append(word)
    if len(words) == _MOST_COUNTED and "of" in words[1:]:
        words = words[: words.index("of", 1)]
    named = " ".join(words)
    return (
        ""
        if NOT_COUNTED.match(named) or not any(word.islower() and len(word) > 2 for word in words)
        else named
    )
