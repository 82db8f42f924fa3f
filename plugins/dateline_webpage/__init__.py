"""Web pages: the bytes are kept as they came, the article in them is extracted as text to quote."""

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
from dateline_webpage.declared import language, published
from dateline_webpage.tags import MOST, overfull

# The extractor's remarks are for those who mend it: without a handler they would go to stderr.
for _logger in ("trafilatura", "htmldate", "courlan", "justext"):
    logging.getLogger(_logger).addHandler(logging.NullHandler())


class WebPage(SourceImporter):
    """HTML, its article found by trafilatura: without menus, adverts and comments.

    Of what a page says of itself, its title and authors are trafilatura's; its date and language
    are taken as it declares them, never guessed.
    """

    name, suffixes, media_type = "html", (".html", ".htm", ".xhtml"), "text/html"

    def document(self, content: bytes, charset: str | None) -> Document:
        if charset is None:
            said = prescan.charset(content)
            charset = find_charset(content, [] if said is None else [said])
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
            )
        try:
            tree = load_html(markup)
            if tree is None:
                raise DatelineError("this is no web page: there is no markup in it")
            date, code = published(tree), language(tree)
            page = bare_extraction(tree, with_metadata=True, include_comments=False)
        except DatelineError:
            raise
        except Exception as error:  # whatever a hostile page brings about in three libraries
            raise DatelineError(
                f"the page cannot be read ({type(error).__name__}: {error})",
                hint="save its text and capture that with --as text",
            ) from error
        if page is None or isinstance(page, dict) or not (page.text or "").strip():
            raise DatelineError(
                "no article was found in the page; nothing was written",
                hint="if a script writes it, save its text and capture that",
            )
        return Extracted(
            text=page.text or "",
            tool=f"trafilatura {version('trafilatura')}",
            title=page.title,
            published=date,
            language=code,
            byline=tuple((page.author or "").split("; ")),
        )


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [WebPage()]
