"""What the drawings share. Horizontal places are percentages, vertical ones pixels: so a drawing fits every
width with text of one size."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from dateline_html.markup import Html, el, join


def letters(words: str) -> int:
    """How many letters of usual width `words` take; those of East Asian scripts take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in words)


def fitting(words: str, most: int) -> str:
    """`words`, cut to `most` letters."""
    if letters(words) <= most:
        return words
    while words and letters(words) >= most:
        words = words[:-1]
    return f"{words.rstrip(' .,:')}…"


def share(x: float) -> str:
    return f"{x:.6g}%"


def px(y: float) -> float:
    return round(y, 1)


def shape(x: float, y: float, path: str, class_: str) -> Html:
    """A path around the place `x`, `y`; its own places are pixels."""
    return at(x, y, el("path", d=path, class_=class_))


def at(x: float, y: float, *content: Html) -> Html:
    return el("svg", *content, x=share(x), y=px(y), class_="at")


def line(x1: float, x2: float, y1: float, y2: float, class_: str) -> Html:
    return el("line", x1=share(x1), x2=share(x2), y1=px(y1), y2=px(y2), class_=class_)


def sign(path: str, class_: str) -> Html:
    """A mark for the key of a drawing."""
    return el(
        "svg",
        el("path", d=path, class_=class_, transform="translate(9 9)"),
        class_="sign",
        width=18,
        height=18,
        aria_hidden="true",
    )


def key(items: Iterable[tuple[Html, str]]) -> Html:
    """The key of a drawing: a mark and its words each."""
    return el("ul", *(el("li", mark, join([" ", words])) for mark, words in items), class_="key")
