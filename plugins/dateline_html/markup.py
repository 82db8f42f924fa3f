"""The only module that makes tags. Text is escaped unless it was made here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from dateline.plugin import legible, legible_line, one_line

_VOID = frozenset({"input", "link", "meta"})
_INLINE = frozenset({"a", "bdi", "b", "code", "del", "em", "ins", "mark", "span", "text", "time"})
# The form of a BCP 47 tag; whether the language exists is not checked here.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)
# EDTF of exactly one year, month, day or moment is also a valid value of the time element.
_EXACT = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", re.ASCII
)

Attribute = str | int | float | None


class Html(str):
    """Markup. `el` takes any other string for text and escapes it."""

    __slots__ = ()


def text(value: str) -> Html:
    """`value` on one line. Characters that could act are written out, except those that the
    spelling of some scripts needs."""
    return Html(escape(legible_line(value)))


def verbatim(value: str) -> Html:
    """`value` with its line ends, for the words of a source. CR LF becomes LF, HTML's line end."""
    return Html(escape(legible(value.replace("\r\n", "\n"))))


def start(tag: str, /, **attributes: Attribute) -> Html:
    """An opening tag. ``class_`` is class, ``data_start`` is data-start, None omits one."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(one_line(str(value)))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{given}>")


def end(tag: str, /) -> Html:
    return Html(f"</{tag}>" if tag in _INLINE else f"</{tag}>\n")


def el(tag: str, /, *content: str | None, **attributes: Attribute) -> Html:
    """An element. Content that is `Html` is markup, any other string is text."""
    inside = "".join(map(_safe, content))
    if tag in _VOID:
        return Html(f"{start(tag, **attributes)}\n")
    return Html(f"{start(tag, **attributes)}{inside}{end(tag)}")


def join(items: Iterable[str | None], separator: str = "") -> Html:
    """The items that are not empty, with `separator` between them."""
    return Html(_safe(separator).join(_safe(item) for item in items if item))


def language(*tags: str | None) -> str | None:
    """The first of `tags` that can be a lang attribute."""
    return next((tag for tag in tags if tag and _LANGUAGE.fullmatch(tag)), None)


def moment(edtf: str | None, words: str) -> Html:
    """`words`, in a time element if `edtf` is exact."""
    if edtf is not None and _EXACT.fullmatch(edtf):
        return el("time", words, datetime=edtf)
    return text(words)


def _safe(item: str | None) -> str:
    if item is None:
        return ""
    return item if isinstance(item, Html) else text(item)
