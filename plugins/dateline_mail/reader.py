"""The text of a message."""

from __future__ import annotations

import platform
from email.message import EmailMessage

from dateline.plugin import BINARY, DatelineError, Document, Extracted, SourceImporter, html_text
from dateline_mail.message import address, bytes_of, header, leaves, parsed, publisher, sender, sent

_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_VERSION = "mail 1"


class Mail(SourceImporter):
    """A mail, kept whole: its signatures can be checked later. Its text are the headers that a reader sees and
    the plain text of the message, else that of its HTML. Attachments are documents of their own.

    Its publisher is the organization that a header names, else the host of the sender's address; a mailbox
    of a provider such as gmail.com names none.
    """

    name, suffixes, media_type = "mail", (".eml",), "message/rfc822"

    def document(self, content: bytes, charset: str | None) -> Document:
        parsed(content)
        return Document(content, BINARY)

    def extract(self, document: Document) -> Extracted:
        message = parsed(document.content)
        shown = [(name, header(message, name)) for name in _SHOWN]
        heading = "\n".join(f"{name}: {value}" for name, value in shown if value)
        return Extracted(
            text=f"{heading}\n\n{_body(message)}".strip(),
            tool=f"Python {platform.python_version()} email, {_VERSION}",
            title=header(message, "Subject"),
            published=sent(message),
            language=header(message, "Content-Language"),
            byline=sender(message),
            publisher=publisher(message),
            url=address(message),
        )


def _body(message: EmailMessage) -> str:
    """The plain text, else the text of the HTML."""
    inline = [part for part in leaves(message) if part.get_content_disposition() != "attachment"]
    for kind, made in (("text/plain", _plain), ("text/html", html_text)):
        parts = [_decoded(part) for part in inline if part.get_content_type() == kind]
        if text := "\n".join(made(part) for part in parts).strip():
            return text
    return ""


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _decoded(part: EmailMessage) -> str:
    """The text of a part. Raises DatelineError (``charset-unknown``) if nobody can read it."""
    content, charset = bytes_of(part), part.get_content_charset() or "utf-8"
    for one in (charset, "utf-8", "cp1252"):
        try:
            return Document(content, one).text
        except DatelineError:
            continue
    return content.decode("latin-1")
