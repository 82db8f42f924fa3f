"""What a page declares of itself: its day of publication, its language.

The date is read here, and not by the extractor's own library, since that one makes 23 May 2024 of
the "2024-05" a page says: precision is never invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dateline.plugin import parse_edtf

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?\s?(?:(Z)|([+-]\d\d):?(\d\d))", re.ASCII
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)
_META = (
    "article:published_time", "datepublished", "parsely-pub-date", "dcterms.issued", "dc.date.issued",
    "dcterms.created", "dc.date", "dcterms.date", "pubdate", "publishdate", "publish-date",
    "sailthru.date", "date",
)  # fmt: skip
_ARTICLE = re.compile(r"\w*(Article|Posting|Report)")


def language(tree: Any) -> str | None:
    """What ``<html lang>`` says, a BCP 47 tag."""
    said = (tree.get("lang") or tree.get("xml:lang") or "").strip()
    return said if _LANGUAGE.fullmatch(said) else None


def published(tree: Any) -> str | None:
    """When the page says it was published, as EDTF: the first date it declares that is one."""
    return next(filter(None, map(edtf, _dates(tree))), None)


def edtf(said: str) -> str | None:
    """An ISO date as exactly as it is given; a time of day only with its zone."""
    said = said.strip()
    if match := _INSTANT.fullmatch(said):
        day, time, utc, hours, minutes = match.groups()
        found = f"{day}T{time}{utc or f'{hours}:{minutes}'}"
    else:
        found = re.split(r"[T ]", said, maxsplit=1)[0]
        if not _DAY.fullmatch(found):
            return None
    try:
        parse_edtf(found)
    except ValueError:
        return None
    return found


def _dates(tree: Any) -> Iterator[str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        for key in ("property", "name", "itemprop"):
            if meta.get(key):
                metas.setdefault(meta.get(key).strip().lower(), meta.get("content") or "")
    yield from (metas[name] for name in _META[:1] if name in metas)
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            yield from _linked(script.text or "")
    yield from (metas[name] for name in _META[1:] if name in metas)
    for time in tree.iter("time"):
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            yield time.get("datetime") or ""


def _linked(script: str) -> Iterator[str]:
    """``datePublished`` of the articles in a page's JSON-LD."""
    try:
        data = json.loads(script)
    except (ValueError, RecursionError):
        return
    items = data if isinstance(data, list) else [data]
    for item in items:
        if isinstance(item, dict):
            graph = item.get("@graph")
            for node in (item, *(graph if isinstance(graph, list) else ())):
                yield from _of_article(node)


def _of_article(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        kinds = node.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        article = any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in kinds)
        if article and isinstance(node.get("datePublished"), str):
            yield node["datePublished"]
