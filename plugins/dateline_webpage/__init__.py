"""Web pages: the bytes are kept unchanged, and the article in them is extracted as text to quote."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib.metadata import version

from dateline.plugin import (
    DatelineError,
    Document,
    Extracted,
    Importer,
    MissingLibrary,
    SourceImporter,
    find_charset,
    hookimpl,
)
from dateline_webpage import prescan
from dateline_webpage.declared import declared, reads_as
from dateline_webpage.fragment import Fragment
from dateline_webpage.tags import MOST, overfull

# Without a handler, the extractor's remarks for its developers would be printed to stderr.
for _logger in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_logger).addHandler(logging.NullHandler())


class WebPage(SourceImporter):
    """HTML. trafilatura finds the article in it, without menus, adverts and comments.

    Title, date, authors, language, publisher and address are taken as the page declares them, and never
    guessed.
    """

    name, suffixes, media_type = "html", (".html", ".htm", ".xhtml"), "text/html"

    def document(self, content: bytes, charset: str | None) -> Document:
        if charset is None:
            declared = prescan.charset(content)
            charset = find_charset(content, [] if declared is None else [declared])
        document = Document(content, charset)
        document.text  # noqa: B018 - decode now: a wrong charset is an error here
        return document

    def extract(self, document: Document) -> Extracted:
        try:
            from trafilatura import bare_extraction, load_html
        except ImportError as error:
            raise MissingLibrary(error.name or "trafilatura", "capture") from error
        markup = document.text.removeprefix("\ufeff")
        if (tag := overfull(markup)) is not None:
            raise DatelineError(
                f"the page cannot be read: a tag {tag[:40]!r} has more than {MOST} attributes",
                hint="save its text and capture that with --as text",
                code="too-many-attributes",
            )
        try:
            tree = load_html(markup)
            if tree is None:
                raise DatelineError(
                    "this is not a web page: it contains no markup",
                    hint="name its format with --as text or --as pdf",
                    code="not-a-web-page",
                )
            said = declared(tree)
            page = bare_extraction(tree, include_comments=False)
        except DatelineError:
            raise
        except Exception as error:  # a hostile page can make three libraries raise anything
            raise DatelineError(
                f"the page cannot be read ({type(error).__name__}: {error})",
                hint="save its text and capture that with --as text",
                code="document-unreadable",
            ) from error
        if page is None or isinstance(page, dict) or not (page.text or "").strip():
            raise DatelineError(
                "no article was found in the page; nothing was written",
                hint="if a script writes the article, save its text and capture that",
                code="no-text-extracted",
            )
        return Extracted(
            text=page.text or "",
            tool=f"trafilatura {version('trafilatura')}",
            title=said.title,
            published=said.published,
            language=said.language if reads_as(page.text or "", said.language) else None,
            byline=said.byline,
            note=" ".join(said.notes) or None,
            publisher=said.publisher,
            url=said.url,
        )


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [WebPage(), Fragment()]
