"""Reads HTML, and keeps its words in ``parts``."""

from __future__ import annotations

from html.parser import HTMLParser

#: Elements that stand on lines of their own.
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "td", "th", "title", "tr", "ul",
})  # fmt: skip
#: Elements whose content nobody reads.
_UNREAD = frozenset({"head", "script", "style", "template"})


class HtmlReader(HTMLParser):
    """``parts`` are the pieces of text, with a line break around each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread: str | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if self._unread is None and tag in _UNREAD:
            self._unread = tag
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unread:
            self._unread = None
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._unread is None:
            self.parts.append(" ".join(data.split("\n")))
