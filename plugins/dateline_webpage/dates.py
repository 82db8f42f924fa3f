"""When a page was published, as it declares it itself: never guessed, and no more exact than it says.

The date is read here because the extractor's own library makes 23 May 2024 out of a declared "2024-05".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dateline.plugin import is_publication_date, parse_edtf, stated_date
from dateline_webpage.linked import Linked
from dateline_webpage.metas import line, of_article

_OPEN_GRAPH = ("article:published_time", "og:article:published_time", "article:published")
_OTHERS = (
    "datepublished", "parsely-pub-date", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date",
    "dcterms.date", "pubdate", "publishdate", "publish-date", "pub_date", "sailthru.date", "date",
)  # fmt: skip
_LINKED = "JSON-LD"
#: Clocks differ by up to 14 hours: a moment of one day may be in the next one elsewhere.
_ZONES = timedelta(hours=14)


class Said(NamedTuple):
    """A declared date, as EDTF, and what declares it."""

    where: str
    date: str


class Published(NamedTuple):
    """The date of publication, or a note on why there is none."""

    date: str | None = None
    note: str | None = None


def published(tree: Any, named: dict[str, list[str]], article: Linked) -> Published:
    """The first declared date, if all that are plausible agree on the day, or if Open Graph and JSON-LD
    do. If they differ there is none, and the note lists them.

    If no date is plausible (an empty field's 0001-01-01, a date in the future) it is the first one: whoever
    captures the page is shown the date that is not taken.
    """
    said = list(_said(named, article)) or list(_times(tree))
    good = [one for one in said if is_publication_date(one.date)]
    if not good:
        return Published(said[0].date if said else None)
    first = good[0]
    if all(_agree(first.date, one.date) for one in good):
        return Published(first.date)
    graph = [one.date for one in good if one.where in _OPEN_GRAPH]
    linked = [one.date for one in good if one.where == _LINKED]
    if graph and linked and _agree(graph[0], linked[0]):
        return Published(graph[0])
    listed = ", ".join(f"{date} ({where})" for where, date in _by_day(good)[:3])
    return Published(None, f"Ignored its dates, which differ: {listed}.")


def _said(named: dict[str, list[str]], article: Linked) -> Iterator[Said]:
    yield from _of_metas(named, _OPEN_GRAPH)
    for date in _dates([line(article.article.get("datePublished"))]):
        yield Said(_LINKED, date)
    yield from _of_metas(named, _OTHERS)


def _of_metas(named: dict[str, list[str]], keys: tuple[str, ...]) -> Iterator[Said]:
    """A page that gives one name several days lists other pages, so that name says nothing."""
    for key in keys:
        dates = _dates(named.get(key, []))
        if dates and all(_agree(dates[0], date) for date in dates):
            yield Said(key, dates[0])


def _times(tree: Any) -> Iterator[Said]:
    """The dates of ``<time>`` elements that are marked as the publication's; none if they differ."""
    said: list[str] = []
    for time in tree.iter("time"):
        itemprop = (time.get("itemprop") or "").split()
        if time.get("pubdate") is not None or ("datePublished" in itemprop and of_article(time)):
            said.append(line(time.get("datetime") or time.get("content")))
            if len(said) > 50:
                return
    dates = _dates(said)
    if dates and all(_agree(dates[0], date) for date in dates):
        yield Said("time", dates[0])


def _dates(said: list[str]) -> list[str]:
    return [date for date in map(stated_date, said) if date is not None]


def _agree(one: str, other: str) -> bool:
    """Whether two dates can be the same day."""
    if one[:10] == other[:10]:
        return True
    (first, last), (start, end) = _span(one), _span(other)
    near = _ZONES if first == last or start == end else timedelta()
    return start < last + near and first < end + near


def _span(date: str) -> tuple[datetime, datetime]:
    """The first moment of a date, and the moment after its last day; twice the same for a moment."""
    parsed = parse_edtf(date)
    assert parsed.earliest is not None and parsed.latest is not None
    start, end = (datetime.fromisoformat(text) for text in (parsed.earliest, parsed.latest))
    start, end = (at if at.tzinfo else at.replace(tzinfo=UTC) for at in (start, end))
    return start, end if "T" in parsed.latest else end + timedelta(days=1)


def _by_day(said: list[Said]) -> list[Said]:
    """Those that differ from the ones before them."""
    kept: list[Said] = []
    for one in said:
        if not any(_agree(one.date, other.date) for other in kept):
            kept.append(one)
    return kept
