"""Pieces of HTML that are an article already, as feeds and news formats carry them."""

from __future__ import annotations

import platform

from dateline.plugin import Document, Extracted, SourceImporter, find_charset, html_text


class Fragment(SourceImporter):
    """HTML without a page around it: every word is kept, since there are no menus and adverts to leave out."""

    name, suffixes, media_type = "fragment", (".fragment.html",), "text/x.html-fragment"

    def document(self, content: bytes, charset: str | None) -> Document:
        document = Document(content, charset or find_charset(content))
        document.text  # noqa: B018 - decode now: a wrong charset is an error here
        return document

    def extract(self, document: Document) -> Extracted:
        tool = f"Python {platform.python_version()} html.parser, fragment 1"
        return Extracted(html_text(document.text), tool)
