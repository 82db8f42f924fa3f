"""ninjs, the news format of the IPTC in JSON: versions 1 to 3. Each item is a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from dateline.plugin import Contained, Container, DatelineError, hookimpl, json_file, stated_date

#: Names by which the beginning of a file is recognized, in lower case.
_NAMES = (
    b'"versioncreated"',
    b'"body_text"',
    b'"body_html"',
    b'"body_xhtml"',
    b'"bodies"',
    b'"pubstatus"',
)
#: Kinds of text in the names of fields, the richest first; and roles in lists that hold the text itself.
_KINDS = ("xhtml", "html", "richtext", "main", "text")
_ROLES = ("main", "caption", "text", "article")
#: How deep items are looked for: each list counts, and each item.
_DEPTH = 7


class Ninjs(Container):
    """One item, a list of items, or an object that has them as ``items``; and items that are associated with
    them, if they have a text of their own. The date is that of the version."""

    name, suffixes, media_types = "ninjs", (".json", ".ninjs"), ("application/ninjs+json",)

    def recognizes(self, beginning: bytes) -> bool:
        return any(name in beginning.lower() for name in _NAMES)

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        items = list(_items(json_file(file), 0))
        if not items:
            raise DatelineError(
                "this is not ninjs: no item in it has a text",
                hint="name another format with --as",
                code="not-ninjs",
            )
        for number, item in enumerate(items, 1):
            yield _contained(item, number)


def _items(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The items that have a text, with the keys in lower case: version 3 writes ``versionCreated``."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from _items(one, depth + 1)
    elif isinstance(value, dict):
        item = {str(key).lower(): one for key, one in value.items()}
        if _body(item) is not None:
            yield item
        related = item.get("associations")
        listed = list(related.values()) if isinstance(related, dict) else related
        for more in (item.get("items"), item.get("item"), item.get("_items"), listed):
            yield from _items(more if isinstance(more, list) else [], depth + 1)


def _body(item: dict[str, Any]) -> tuple[bool, str] | None:
    """Whether the text is HTML, and the text; of a picture, its caption. Version 1 has a field for each kind,
    later ones a list."""
    for name, listed in (("body", "bodies"), ("description", "descriptions")):
        for kind in _KINDS:
            if text := _string(item.get(f"{name}_{kind}")):
                return kind != "text" and "<" in text, text
        for one in sorted(_dicts(item.get(listed)), key=lambda one: one.get("role") not in _ROLES):
            if text := _string(one.get("value")):
                return "html" in str(one.get("contenttype")), text
    return None


def _contained(item: dict[str, Any], number: int) -> Contained:
    body = _body(item)
    assert body is not None
    markup, text = body
    uri = item.get("uri")
    return Contained(
        f"{number}.fragment.html" if markup else f"{number}.txt",
        text.encode("utf-8", "replace"),
        charset="utf-8",
        title=_string(item.get("headline"))
        or _string(item.get("headline_main"))
        or _first(item.get("headlines"), "value")
        or _string(item.get("title")),
        published=stated_date(str(item.get("versioncreated") or item.get("firstcreated") or "")),
        language=_string(item.get("language")),
        byline=_byline(item),
        publisher=_publisher(item),
        url=uri if isinstance(uri, str) and uri.startswith(("http://", "https://")) else None,
    )


def _publisher(item: dict[str, Any]) -> str | None:
    """Who is named as the source of the information, else the owner of the rights."""
    for key in ("infosources", "infosource"):
        if name := _first(item.get(key), "name"):
            return name
    rights = item.get("rightsinfo")
    held = _dicts(rights)[0].get("copyrightholder") if _dicts(rights) else None
    return _string(item.get("copyrightholder")) or _string(held) or _string(item.get("source"))


def _byline(item: dict[str, Any]) -> tuple[str, ...]:
    if byline := _string(item.get("byline")):
        return (byline,)
    names = (
        _string(one.get("byline")) or _string(one.get("name"))
        for one in _dicts(item.get("bylines"))
    )
    return tuple(name for name in names if name)


def _first(value: Any, key: str) -> str | None:
    return next((found for one in _dicts(value) if (found := _string(one.get(key)))), None)


def _dicts(value: Any) -> list[dict[str, Any]]:
    listed = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
    return [{str(k).lower(): v for k, v in one.items()} for one in listed if isinstance(one, dict)]


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


@hookimpl
def dateline_containers() -> Iterable[Container]:
    return [Ninjs()]
