"""The text of a piece of HTML, as in mails and feeds: every word of it, in order. Pure."""

from __future__ import annotations

import re

_SPACES, _LINES = re.compile(r"[ \t\r\f\v\xa0]+"), re.compile(r" ?\n[\n ]*")


def html_text(markup: str) -> str:
    """The text of `markup`, with one line for each block and an entity as its character."""
    from dateline.documents.html_reader import HtmlReader  # slow to import, and seldom needed

    reader = HtmlReader()
    # A tag that does not end is no tag: for each, the parser would read all that follows.
    ended = markup.rfind(">") + 1
    reader.feed(markup[:ended] + markup[ended:].replace("<", "&lt;"))
    reader.close()
    return _LINES.sub("\n", _SPACES.sub(" ", "".join(reader.parts))).strip()
