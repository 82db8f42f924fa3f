"""Feeds: RSS and Atom. Each entry is a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from dateline.plugin import (
    Contained,
    Container,
    DatelineError,
    MissingLibrary,
    hookimpl,
    stated_date,
    whole,
)

_MEDIA_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_MARKUP = ("text/html", "application/xhtml+xml")


class Feed(Container):
    """A feed, read with feedparser: the content of each entry, else its summary, as the feed has it. An entry
    that has only a link holds no document."""

    name, suffixes, media_types = "feed", (".rss", ".atom", ".xml", ".rdf"), _MEDIA_TYPES

    def recognizes(self, beginning: bytes) -> bool:
        start = beginning.replace(b"\x00", b"").lower()  # UTF-16 as well
        return any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf", b":feed"))

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        try:
            import feedparser
        except ImportError as error:
            raise MissingLibrary(error.name or "feedparser", "capture") from error
        content = whole(file)
        try:
            # A file, since text would be taken for an address. Nothing is changed in the content.
            read = feedparser.parse(
                BytesIO(content), sanitize_html=False, resolve_relative_uris=False
            )
        except Exception as error:  # the parsers below it raise many kinds
            raise _unreadable(f"{type(error).__name__}: {error}") from error
        if not read.entries and (read.bozo or not read.get("version")):
            raise _unreadable(str(read.get("bozo_exception") or "it has no entries"))
        for number, entry in enumerate(read.entries, 1):
            yield _contained(entry, read.feed, number)


def _contained(entry: Any, feed: Any, number: int) -> Contained:
    body = _body(entry)
    if body is None:
        title = str(entry.get("title") or "")[:80]
        error = DatelineError(
            f"the entry {title!r} has no text" if title else "the entry has no title and no text",
            hint="capture its page: dateline capture URL --allow-network",
            code="entry-empty",
        )
        return Contained(str(number), error=error)
    markup = body.get("type") in _MARKUP
    source = entry.get("source") or {}
    return Contained(
        f"{number}.fragment.html" if markup else f"{number}.txt",
        str(body.get("value", "")).encode("utf-8", "replace"),
        charset="utf-8",
        title=entry.get("title"),
        published=stated_date(str(entry.get("published") or entry.get("updated") or "")),
        # An entry without a date was there when the feed was made.
        retrieved=stated_date(str(feed.get("published") or feed.get("updated") or "")),
        language=body.get("language") or feed.get("language"),
        byline=tuple(name for one in _authors(entry) if (name := one.get("name"))),
        publisher=source.get("title") or feed.get("title"),
        url=_address(entry),
    )


def _body(entry: Any) -> Any:
    """The content, else the summary; None if there is no text."""
    content = [one for one in entry.get("content") or [] if one.get("value", "").strip()]
    if content:
        return max(content, key=lambda one: len(one["value"]))
    summary = entry.get("summary_detail") or {}
    return summary if summary.get("value", "").strip() else None


def _authors(entry: Any) -> list[Any]:
    return [one for one in entry.get("authors") or [] if isinstance(one, dict)]


def _address(entry: Any) -> str | None:
    link = str(entry.get("link") or "")
    return link if link.startswith(("http://", "https://")) else None


def _unreadable(why: str) -> DatelineError:
    return DatelineError(
        f"the feed cannot be read ({why[:200]})",
        hint="open it in a feed reader, or save it again",
        code="feed-unreadable",
    )


@hookimpl
def dateline_containers() -> Iterable[Container]:
    return [Feed()]
