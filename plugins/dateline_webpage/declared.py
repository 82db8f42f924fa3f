"""What a page declares about itself, as far as it is believable."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dateline_webpage.bylines import bylines
from dateline_webpage.dates import published
from dateline_webpage.linked import Linked, linked
from dateline_webpage.metas import declared_addresses, host_of, line, metas, own_address
from dateline_webpage.sites import publisher_of, site_names
from dateline_webpage.titles import declared_titles, headings, title_of, variants

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE | re.ASCII)

_WORD = re.compile(r"\w+")
#: One word in six of an English text is one of these; hardly any in other languages.
_ENGLISH = frozenset({"the", "of", "and", "to", "that", "for", "with"})
_ENOUGH = 20_000


class Declared(NamedTuple):
    """The details of a page; None for what it does not say, or says in a way that cannot be believed.

    ``byline`` holds bylines as they are written. ``notes`` are sentences about what was ignored.
    """

    title: str | None
    published: str | None
    byline: tuple[str, ...]
    language: str | None
    publisher: str | None
    url: str | None
    notes: tuple[str, ...]


def declared(tree: Any) -> Declared:
    """Read what a parsed page declares. It takes time in proportion to the size of the page."""
    named = metas(tree)
    addresses = declared_addresses(tree, named)
    titles, shown = declared_titles(tree, named), headings(tree)
    called = {variant for title in titles for variant in variants(title)} | set(shown)
    article = linked(tree, addresses, called)
    url, url_note = own_address(addresses)
    names, hosts = site_names(named, article, titles), list(map(host_of, addresses))
    sites = [*names, *hosts, *(host.rpartition(".")[0] for host in hosts)]
    headline = line(article.article.get("headline"))
    title = title_of(titles, shown, headline, sites)
    publisher = publisher_of(names, title, addresses)
    date, date_note = published(tree, named, article)
    return Declared(
        title=title,
        published=date,
        byline=bylines(tree, named, article, [*sites, publisher or ""]),
        language=language(tree, named, article),
        publisher=publisher,
        url=url,
        notes=tuple(note for note in (date_note, url_note) if note),
    )


def language(tree: Any, named: dict[str, list[str]], article: Linked) -> str | None:
    """The BCP 47 tag in ``<html lang>``, else the one in the page's metadata; None if two of them name
    different languages. ``og:locale`` counts only alone: many sites leave it at its default."""
    first = (tree.get("lang") or tree.get("xml:lang"), article.article.get("inLanguage"))
    metas = [value for key in ("content-language", "dc.language") for value in named.get(key, [])]
    said = [tag for tag in map(_tag, (*first, *metas)) if tag]
    if not said:
        return next(filter(None, map(_tag, named.get("og:locale", []))), None)
    return said[0] if len({tag.partition("-")[0].lower() for tag in said}) == 1 else None


def reads_as(text: str, tag: str | None) -> bool:
    """Whether a text can be in the language of its tag: pages in other languages often keep the "en" of
    their template. Only English is checked, by its commonest words, and only in texts of some length."""
    if tag is None or tag.partition("-")[0].lower() != "en":
        return True
    words = _WORD.findall(text[:_ENOUGH].lower())
    return len(words) < 40 or sum(map(_ENGLISH.__contains__, words)) > len(words) / 60


def _tag(said: object) -> str | None:
    tag = line(said).replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None
