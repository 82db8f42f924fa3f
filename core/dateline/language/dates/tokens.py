"""The words, numbers, numeric dates and times of an expression."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple


class Token(NamedTuple):
    """``kind`` is word, number, mark (a dash or slash), or one of NUM, MY, DM, ISO and TIME."""

    kind: str
    text: str
    value: Any = None


class Time(NamedTuple):
    """A time of day. ``half`` is am, pm or empty; ``zone`` is Z, an offset such as +02:00, or empty."""

    hour: str
    minute: str
    second: str
    half: str
    zone: str


_FOLDED = {
    **dict.fromkeys(map(ord, "’ʼ‘`´"), "'"),
    0xAD: None,
    0x2011: "-",
    0x2212: "-",
    ord("ё"): "е",
}
_TOKEN = re.compile(
    r"""(?P<TIME>(?P<hour>[0-9]{1,2})(?:
            :(?P<minute>[0-9][0-9])(?::(?P<second>[0-9][0-9]))?(?![0-9])(?:\ ?(?P<half>[ap]\.?m\b\.?)|\ ?uhr\b)?
          | \.(?P<minute_>[0-9][0-9])\ ?(?:(?P<half_>[ap]\.?m\b\.?)|uhr\b)
          | \ ?(?:(?P<half__>[ap]\.?m\b\.?)|uhr\b|h(?:\ ?(?P<minute__>[0-9][0-9]))?(?!\w)))
          (?:\ ?(?P<zone>(?:utc|gmt)(?:\ ?[+-][0-9][0-9]?(?::?[0-9][0-9])?)?|z|\+[0-9][0-9]:?[0-9][0-9])(?!\w))?)
      | (?P<ISO>[12][0-9]{3}-(?:0[1-9]|1[0-2])(?:-[0-9][0-9])?)(?![\w-])
      | (?P<YMD>[12][0-9]{3}(?P<sep>[./-])[0-9][0-9]?(?P=sep)[0-9][0-9]?)(?!\.?\w)
      | (?P<NUM>[0-9][0-9]?(?P<sep_>[./-])\ ?[0-9][0-9]?(?P=sep_)\ ?[12][0-9]{3})(?![\w/])
      | (?P<DM>[0-9][0-9]?\.\ ?[0-9][0-9]?\.)(?!\w)
      | (?P<MY>[0-9][0-9]?[./][12][0-9]{3})(?![\w/.])
      | (?P<number>[0-9]{1,4}(?![0-9]))(?P<ending>(?:'?[a-zà-ÿ]{1,4}|-?[а-яіїє]{1,2})(?![^\W\d_])|[.º°](?=\s|-|$))?
      | (?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*)\.?
      | (?P<mark>[-–—/])
      | (?P<gap>\s+|,(?=\s|$))
    """,
    re.VERBOSE,
)


def tokens(text: str) -> tuple[Token, ...] | None:
    """The tokens of `text`; None if something in it is none."""
    folded = unicodedata.normalize("NFC", text.translate(_FOLDED)).casefold()
    found, at = [], 0
    while at < len(folded):
        match = _TOKEN.match(folded, at)
        if match is None:
            return None
        at = match.end()
        kind = next(name for name in _KINDS if match[name] is not None)
        if kind != "gap":
            found.append(_token(kind, match))
    return tuple(found)


_KINDS = ("TIME", "ISO", "YMD", "NUM", "DM", "MY", "number", "word", "mark", "gap")


def _token(kind: str, match: re.Match[str]) -> Token:
    said = match[kind]
    if kind == "TIME":
        minute = match["minute"] or match["minute_"] or match["minute__"] or ""
        half = (match["half"] or match["half_"] or match["half__"] or "").replace(".", "")
        return Token(
            kind,
            said,
            Time(match["hour"], minute, match["second"] or "", half, match["zone"] or ""),
        )
    if kind == "number":
        ending = (match["ending"] or "").lstrip("'-")
        return Token(kind, match[0], (said, ending))
    if kind in ("NUM", "DM", "MY", "YMD"):
        numbers = tuple(int(digits) for digits in re.findall(r"\d+", said))
        return Token(kind, said, numbers)
    if kind == "ISO":
        return Token(kind, said, said)
    return Token(kind, "-" if said in ("–", "—") else said)
