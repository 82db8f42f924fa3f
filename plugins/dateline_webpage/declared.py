"""What a page declares of itself: its day of publication, its language.

The date is read here, and not by the extractor's own library, since that one makes 23 May 2024 of
the "2024-05" a page says: precision is never invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dateline.plugin import is_publication_date, parse_edtf

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
    """When the page says it was published, as EDTF: the first date it declares that can be one.

    Where none can be (an empty field's 0001-01-01, the future) it is the first, for whoever captures
    to be shown what is not taken.
    """
    dates = [date for date in map(edtf, _dates(tree)) if date is not None]
    return next(filter(is_publication_date, dates), dates[0] if dates else None)


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
    yield from _linked(tree)
    yield from (metas[name] for name in _META[1:] if name in metas)
    for time in tree.iter("time"):
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            yield time.get("datetime") or ""


def _linked(tree: Any) -> Iterator[str]:
    """``datePublished`` of the page's article in its JSON-LD: of several the one that has the page's
    own address, else none where they differ."""
    nodes = [node for script in tree.iter("script") for node in _articles(script)]
    own = [node for node in nodes if _addresses(node) & _canonical(tree)]
    dates = [node["datePublished"] for node in own or nodes]
    if own or len(set(dates)) == 1:
        yield from dates


def _articles(script: Any) -> Iterator[dict[str, Any]]:
    """The dated articles that a script element describes."""
    if (script.get("type") or "").strip().lower() != "application/ld+json":
        return
    try:
        data = json.loads(script.text or "")
    except (ValueError, RecursionError):
        return
    for item in data if isinstance(data, list) else [data]:
        graph = item.get("@graph") if isinstance(item, dict) else None
        yield from filter(_is_article, (item, *(graph if isinstance(graph, list) else ())))


def _is_article(node: object) -> bool:
    if not isinstance(node, dict) or not isinstance(node.get("datePublished"), str):
        return False
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in kinds)


def _addresses(node: dict[str, Any]) -> set[str]:
    """Under which addresses a node is known."""
    page = node.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    said = (node.get("url"), node.get("@id"), page)
    return {_address(url) for url in said if isinstance(url, str) and url}


def _canonical(tree: Any) -> set[str]:
    """The page's own address, as it says."""
    links = (link.get("href") for link in tree.iter("link") if _is_canonical(link))
    metas = (meta.get("content") for meta in tree.iter("meta") if meta.get("property") == "og:url")
    return {_address(url) for url in (*links, *metas) if url}


def _is_canonical(link: Any) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _address(url: str) -> str:
    return url.strip().partition("#")[0].rstrip("/")
