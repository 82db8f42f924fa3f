"""The attachments of a message."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import BinaryIO

from dateline.plugin import Contained, Container, DatelineError, whole
from dateline_mail.message import bytes_of, leaves, parsed, publisher, sent

#: The most characters of a name; its end has the suffix.
_LONGEST = 80


class Attachments(Container):
    """What is attached to a mail, with the date and the publisher of the mail."""

    name, suffixes, media_types = "attachments", (".eml",), ("message/rfc822",)

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        try:
            message = parsed(whole(file))
        except DatelineError:
            return  # the reader of the mail itself says why
        attached = [part for part in leaves(message) if _is_attached(part)]
        for number, part in enumerate(attached, 1):
            yield Contained(
                _name(part, number),
                _content(part),
                media_type=part.get_content_type(),
                charset=part.get_content_charset(),
                published=sent(message),
                publisher=publisher(message),
            )


def _is_attached(part: EmailMessage) -> bool:
    if part.get_content_type() == "message/rfc822":
        return True
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() != "message/rfc822":
        return bytes_of(part)
    inner = part.get_payload()
    message = inner[0] if isinstance(inner, list) and inner else inner
    return message.as_bytes() if isinstance(message, EmailMessage) else b""


def _name(part: EmailMessage, number: int) -> str:
    """The name of an attachment without its folders, which a mail program would ignore as well."""
    if part.get_content_type() == "message/rfc822":
        return f"{number}/message.eml"
    named = (part.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    name = " ".join("".join(char if char.isprintable() else " " for char in named).split())
    return f"{number}/{name[-_LONGEST:] if name.strip('.') else 'attachment'}"
