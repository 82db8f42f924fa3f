"""The charset that a page's bytes declare, found as browsers find it (WHATWG HTML §13.2.3.2).

A pattern would not do: a description, a comment or a script may mention charsets too. A browser's parser
has the last word: it looks for ``<meta>`` in the whole head, and not inside scripts, styles and titles. Where it
finds nothing, the standard's prescan of the first 1024 bytes decides, which looks there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from dateline.plugin import web_charset

_PRESCAN = 1024
#: How many bytes are searched for ``<meta>`` in all: scripts and styles may precede it.
_HEAD = 1 << 16
_SPACE = b"\t\n\x0c\r "
_COMMENT = re.compile(rb"<!--(?:-?>|.*?-->)", re.DOTALL)
_TAG = re.compile(rb"</?([A-Za-z][^\t\n\f\r />]*)")
_OTHER = re.compile(rb"<[!/?][^>]*>?")
_RAW = re.compile(rb"script|style|title|textarea|noscript|template", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"""[\t\n\f\r /]*([^\t\n\f\r />][^\t\n\f\r />=]*)"""
    rb"""(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"?|'([^']*)'?|([^\t\n\f\r >]*)))?"""
)
_IN_CONTENT = re.compile(
    rb"""charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^"'\t\n\f\r ;][^\t\n\f\r ;]*))""",
    re.IGNORECASE,
)
_XML = re.compile(rb"""<\?xml[^>]*?encoding[\x00-\x20]*=[\x00-\x20]*(["'])([\x21-\x7e]+?)\1""")
_WIDE = {b"<\x00?\x00x\x00": "utf-16-le", b"\x00<\x00?\x00x": "utf-16-be"}


def charset(content: bytes) -> str | None:
    """Python's name of the charset that a page declares; None if it declares none that is known.

    A declaration of UTF-16 that is itself readable as ASCII means UTF-8.
    """
    for start, name in _WIDE.items():
        if content.startswith(start):
            return name
    labels = chain(
        _labels(content[:_HEAD], raw=True),
        _labels(content[:_PRESCAN], raw=False),
        (match[2] for match in [_XML.match(content[:_PRESCAN])] if match),
    )
    known = (web_charset(label.decode("ascii", "replace")) for label in labels)
    found = next(filter(None, known), None)
    return "utf-8" if found is not None and found.startswith(("utf-16", "utf-32")) else found


def _labels(head: bytes, *, raw: bool) -> Iterator[bytes]:
    """The labels in ``<meta>`` elements; with `raw`, not those inside scripts and similar elements."""
    at = head.find(b"<")
    while at >= 0:
        end = at + 1
        if comment := _COMMENT.match(head, at):
            end = comment.end()
        elif head.startswith(b"<!--", at):  # never closed: nothing after it is markup
            return
        elif tag := _TAG.match(head, at):
            name = tag[1].lower()
            attributes, end = _attributes(head, tag.end())
            if name == b"meta" and head[at + 1 : at + 2] != b"/":
                found = _of_meta(attributes)
                if found is not None:
                    yield found
            elif raw and name == b"body":
                return
            elif raw and _RAW.fullmatch(name) and head[at + 1 : at + 2] != b"/":
                closing = re.compile(rb"</" + name, re.IGNORECASE).search(head, end)
                end = len(head) if closing is None else closing.start()
        elif other := _OTHER.match(head, at):
            end = other.end()
        at = head.find(b"<", end)


def _attributes(head: bytes, at: int) -> tuple[dict[bytes, bytes], int]:
    """The attributes of a tag, with names in lower case and the first value of each; and their end."""
    found: dict[bytes, bytes] = {}
    while match := _ATTRIBUTE.match(head, at):
        value = next((part for part in match.groups()[1:] if part is not None), b"")
        found.setdefault(match[1].lower(), value)
        at = match.end()
    return found, at


def _of_meta(attributes: dict[bytes, bytes]) -> bytes | None:
    """The label in a ``<meta>``; ``content`` counts only if ``http-equiv`` is ``content-type``."""
    if b"charset" in attributes:
        return attributes[b"charset"].strip(_SPACE) or None
    if attributes.get(b"http-equiv", b"").strip(_SPACE).lower() != b"content-type":
        return None
    match = _IN_CONTENT.search(attributes.get(b"content", b""))
    if match is None:
        return None
    return next(part for part in match.groups() if part is not None).strip(_SPACE) or None
