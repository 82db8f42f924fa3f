"""Web pages that a browser saved with their parts in one file (MHTML, RFC 2557)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dateline.plugin import Contained, Container, DatelineError, whole
from dateline_mail.message import bytes_of, header, leaves, parsed, sent


class SavedPage(Container):
    """A saved page: the page and the pages in its frames, each with its address. The date is when it was
    saved. Images and style sheets are left out."""

    name, suffixes, media_types = "mhtml", (".mhtml", ".mht"), ("application/x-mimearchive",)

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        message = parsed(whole(file))
        pages = [part for part in leaves(message) if part.get_content_type() == "text/html"]
        if not pages:
            raise DatelineError(
                "this is not a saved page: it contains no HTML",
                hint="save the page again, as HTML or as one file, and capture that",
                code="not-a-saved-page",
            )
        for number, page in enumerate(pages, 1):
            address = header(page, "Content-Location")
            if number == 1:
                address = header(message, "Snapshot-Content-Location") or address
            if number > 1 and not _is_address(address):
                continue  # a frame that the page wrote itself
            yield Contained(
                f"{number}.html",
                bytes_of(page),
                media_type="text/html",
                charset=page.get_content_charset(),
                title=header(message, "Subject") if number == 1 else None,
                retrieved=sent(message),
                url=address if _is_address(address) else None,
            )


def _is_address(location: str | None) -> bool:
    return location is not None and location.startswith(("http://", "https://"))
