"""Numbers in digits, with the separators of each language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from dateline.language.number import Values

#: Digits with separators: ``1,670``, ``1 670``, ``16.7``.
DIGITS = r"\d+(?:[.,'’\u00a0\u202f\u2009]\d+| \d{3}(?!\d))*"
#: Fractions of one character.
PARTS = "½¼¾⅓⅔⅛⅜⅝⅞"
#: Times of day, dates, and what else is no number: ``14:30``, ``2024-03-04``, ``24/7``, ``10^6``.
OTHER = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?|\d{1,4}([./-])\d{1,2}\1\d{1,4}|\b(?:24/7|9/11)\b|[\d.]+[eE^]\d+"
)
_GROUPS = re.compile(r"\d{1,3}(?:(?P<s>[.,'’\u00a0\u202f\u2009 ])\d{3})(?:(?P=s)\d{3})*")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")
_MOST = 24


def values_of(text: str, languages: Sequence[str]) -> Values:
    """The numbers that digits with separators may mean in `languages`, in any if there are none. None for
    what is not a number."""
    if len(text) > _MOST:
        return ()
    separators = re.findall(r"\D", text)
    if not separators:
        return (int(text),)
    if len(text) == 1:
        return (unicodedata.numeric(text),)
    plain, last = re.sub(r"\D", "", text), separators[-1]
    grouped = _grouped(text)
    if len(set(separators)) > 1:  # the last one is the decimal point
        before, _, decimals = text.rpartition(last)
        known = last in ".," and separators.count(last) == 1 and _grouped(before)
        return (float(re.sub(r"\D", "", before) + "." + decimals),) if known else ()
    if last not in ".,":
        if not grouped:
            return tuple(map(int, re.findall(r"\d+", text)))
        apart = last == " " and (not languages or "en" in languages)
        return (int(plain), *map(int, text.split(" "))) if apart else (int(plain),)
    if len(separators) > 1:
        return (int(plain),) if grouped else ()
    decimal = float(text.replace(last, "."))
    if not grouped or text.startswith("0"):
        return (decimal,)
    return _separated(int(plain), decimal, last, languages)


def _grouped(text: str) -> bool:
    """Whether separators divide the digits into thousands."""
    return _GROUPS.fullmatch(text) is not None or _INDIAN.fullmatch(text) is not None


def _separated(whole: int, decimal: float, separator: str, languages: Sequence[str]) -> Values:
    """What ``1,670`` or ``1.670`` means. English and German use each separator in one way; Spanish uses the
    point for thousands, but in Latin America the comma as well; elsewhere both are seen."""
    means = {
        ("en", ","): (whole,),
        ("en", "."): (decimal,),
        ("de", "."): (whole,),
        ("de", ","): (decimal,),
        ("es", "."): (whole,),
    }
    both = (whole, decimal)
    found = [means.get((language, separator), both) for language in languages] or [both]
    return tuple(dict.fromkeys(value for values in found for value in values))


def designates(text: str, start: int) -> bool:
    """Whether letters are joined to a number on its left, as in ``F-16`` and ``A320``."""
    joined = re.search(r"[^\W\d_][-‑]?$", text[max(0, start - 3) : start])
    currency = re.search(
        r"\b(?:US|CA|AU|NZ|HK|R|Rs|EUR|USD|GBP|CHF)$", text[max(0, start - 4) : start]
    )
    return joined is not None and currency is None
