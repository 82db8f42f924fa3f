"""A parsed message: its headers, its parts, and who sent it. Nothing in it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from urllib.parse import quote

from dateline.plugin import DatelineError, stated_date
from dateline_mail.headers import Headers

#: A message has a handful of parts; one with more is made to waste time.
MAX_PARTS, MAX_DEPTH = 1000, 200
#: The id of a message, and the characters that its address has as they are.
_ID, _IN_IDS = re.compile(r"[^\s@]{1,200}@[^\s@]{1,200}"), "@!$&'*+-._~=[]"
_BOUNDARY = re.compile(rb"boundary\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
#: Providers of mailboxes: they do not publish what their users send.
_MAILBOXES = frozenset({
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com",
    "mail.ru", "me.com", "outlook.com", "proton.me", "protonmail.com", "ukr.net", "web.de", "yahoo.com",
    "yandex.ru",
})  # fmt: skip


def parsed(content: bytes) -> EmailMessage:
    """The message. Raises DatelineError (``not-a-mail``, ``mail-too-many-parts``)."""
    boundaries = _BOUNDARY.findall(content)
    if len(boundaries) > MAX_DEPTH:  # parsing takes time for each line in each of them
        raise _too_many("its parts lie too deep in each other")
    if any(content.count(b"\n--" + one) > MAX_PARTS + 1 for one in boundaries[:10]):
        raise _too_many(f"it has more than {MAX_PARTS:,} parts")
    try:
        message = BytesParser(policy=Headers()).parsebytes(content)
        count = sum(1 for _ in zip(message.walk(), range(MAX_PARTS + 1), strict=False))
    except RecursionError:
        raise _too_many("its parts lie too deep in each other") from None
    except Exception as error:  # the parser raises many kinds on broken headers
        raise _not_a_mail(f"{type(error).__name__}: {error}") from error
    if count > MAX_PARTS:
        raise _too_many(f"it has more than {MAX_PARTS:,} parts")
    if not message.keys():
        raise _not_a_mail("it has no headers")
    assert isinstance(message, EmailMessage)
    return message


def header(message: EmailMessage, name: str) -> str | None:
    """A header, decoded, on one line."""
    return " ".join(str(message.get(name, "")).split()) or None


def sent(message: EmailMessage) -> str | None:
    """When it was sent, as EDTF."""
    return stated_date(header(message, "Date") or "")


def sender(message: EmailMessage) -> tuple[str, ...]:
    """The name of its sender, as a byline."""
    return tuple(name for name, _ in _addresses(message, "From") if name)


def publisher(message: EmailMessage) -> str | None:
    """The organization that sent it: as a header names it, else the host of its address."""
    if organization := header(message, "Organization"):
        return organization
    for _, address in _addresses(message, "From"):
        host = address.rpartition("@")[2].lower()
        if "." in host and host not in _MAILBOXES:
            return host
    return None


def address(message: EmailMessage) -> str | None:
    """Where it is archived on the web (RFC 5064), else the address that its id is (``mid:``, RFC 2392)."""
    archived = (header(message, "Archived-At") or "").strip("<> ")
    if archived.startswith(("http://", "https://")):
        return archived
    name = (header(message, "Message-ID") or "").strip("<> ")
    return f"mid:{quote(name, safe=_IN_IDS)}" if _ID.fullmatch(name) else None


def leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that have content, in order; those of an attached message belong to that message."""
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.iter_parts():
            if isinstance(part, EmailMessage):
                yield from leaves(part)
    else:
        yield message


def bytes_of(part: EmailMessage) -> bytes:
    """The content of a part, decoded from its transfer encoding."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([header(message, name) or ""])
    except RecursionError:  # thousands of brackets in each other
        return []


def _too_many(what: str) -> DatelineError:
    return DatelineError(
        what,
        hint="open it in a mail program, save what you need, and capture that",
        code="mail-too-many-parts",
    )


def _not_a_mail(why: str) -> DatelineError:
    return DatelineError(
        f"this is not a mail: {why}",
        hint="name its format with --as, or save its text and capture that",
        code="not-a-mail",
    )
