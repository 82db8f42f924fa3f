"""What a page declares about itself: its publication date and its language.

The date is read here because the extractor's own library makes 23 May 2024 out of a declared
"2024-05": precision is never invented.
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
    """The BCP 47 tag in ``<html lang>``; None if there is none."""
    said = (tree.get("lang") or tree.get("xml:lang") or "").strip()
    return said if _LANGUAGE.fullmatch(said) else None


def published(tree: Any) -> str | None:
    """The publication date that a page declares, as EDTF: the first declared date that is plausible.

    If none is plausible (an empty field's 0001-01-01, a date in the future) it is the first one, so
    that the person who captures the page is shown the date that is not taken.
    """
    dates = [date for date in map(edtf, _dates(tree)) if date is not None]
    return next(filter(is_publication_date, dates), dates[0] if dates else None)


def edtf(said: str) -> str | None:
    """An ISO date, as exact as it is given; a time of day only if its zone is given. Else None."""
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
    """``datePublished`` of the page's article in its JSON-LD. Of several articles it is the one with
    the page's own address; if none has it and the dates differ, there is no date."""
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
    """The addresses under which a node is known."""
    page = node.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    said = (node.get("url"), node.get("@id"), page)
    return {_address(url) for url in said if isinstance(url, str) and url}


def _canonical(tree: Any) -> set[str]:
    """The page's own address, as it declares it."""
    links = (link.get("href") for link in tree.iter("link") if _is_canonical(link))
    metas = (meta.get("content") for meta in tree.iter("meta") if meta.get("property") == "og:url")
    return {_address(url) for url in (*links, *metas) if url}


def _is_canonical(link: Any) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def _address(url: str) -> str:
    return url.strip().partition("#")[0].rstrip("/")
