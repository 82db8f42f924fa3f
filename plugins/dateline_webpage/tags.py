"""Finds tags with more attributes than any page needs: a parser compares each with all others."""

from __future__ import annotations

import re

MOST = 200

# As HTML reads them (WHATWG HTML 13.2.5): a quotation mark opens a value only after "=".
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE}){{0,{MOST + 1}}}+")
_OVERFULL = re.compile(rf"<[a-z][^\s/>]*+(?:{_ATTRIBUTE}){{{MOST + 1}}}+", re.IGNORECASE)
_OPENING = re.compile(r"<(?:!--|([a-z][^\s/>]*+))", re.IGNORECASE)
#: Elements whose content is text, even where it looks like tags.
_TEXT = ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")


def overfull(markup: str) -> str | None:
    """The name of the first tag with more than `MOST` attributes; None if there is none.

    Takes time in proportion to the length of the markup.
    """
    if _OVERFULL.search(markup) is None:
        return None  # nearly always; a match may still be inside a script or comment
    at = 0
    while opening := _OPENING.search(markup, at):
        name = opening[1]
        if name is None:
            at = _after("-->", markup, opening.start() + 2)
            continue
        if _OVERFULL.match(markup, opening.start()):
            return name
        attributes = _ATTRIBUTES.match(markup, opening.end())
        at = opening.end() if attributes is None else attributes.end()
        if name.lower() in _TEXT:
            closing = re.compile(f"</{name}", re.IGNORECASE).search(markup, at)
            at = len(markup) if closing is None else closing.end()
    return None


def _after(words: str, markup: str, at: int) -> int:
    found = markup.find(words, at)
    return len(markup) if found < 0 else found + len(words)
