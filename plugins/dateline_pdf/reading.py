"""The text of a page as a person reads it: ligatures and divided words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
#: A page is one page: only Dateline separates pages.
_SPELLED = str.maketrans({**_LIGATURES, 0x0C: "\n", 0x00: ""})
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: A word divided by a hyphen or a soft hyphen at the end of a line, with what follows it up to a space.
_DIVIDED = re.compile(
    r"(?<![^\W\d_])([^\W\d_]+)([-\u2010\u00ad])\n([^\W\d_]+)([^\s\w]*) ?(?=\s|[^\W_]|$)"
)


def spelled(text: str) -> str:
    """`text` with letters in place of ligatures, and without form feeds."""
    return text.translate(_SPELLED)


def rejoined(pages: Sequence[str]) -> list[str]:
    """The pages with divided words joined, followed by the end of the line. A word divided by a hyphen is
    joined only if it is elsewhere in the document without one, and nowhere with one: the hyphen may be
    part of the word, and what is not known stays as it is."""
    known = {word.lower() for page in pages for word in _WORD.findall(_DIVIDED.sub(" ", page))}

    def join(found: re.Match[str]) -> str:
        before, hyphen, after, rest = found.groups()
        whole, apart = (before + after).lower(), f"{before}-{after}".lower()
        if hyphen != "\u00ad" and (whole not in known or apart in known):
            return found[0]
        return f"{before}{after}{rest}\n"

    return [_DIVIDED.sub(join, page) for page in pages]
