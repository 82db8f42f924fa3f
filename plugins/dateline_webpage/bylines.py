"""The bylines of a page, as it writes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from dateline.plugin import read_byline
from dateline_webpage.linked import Linked
from dateline_webpage.metas import line, of_article, squashed

_METAS = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "byl",
    "dc.creator", "dcterms.creator", "citation_author", "article_author",
)  # fmt: skip
#: A page that names more authors lists other pages.
_MOST = 8
_CLASSES = frozenset({"author", "author-name", "author_name", "byline", "byline-name", "by-author"})


def bylines(
    tree: Any, named: dict[str, list[str]], article: Linked, sites: Collection[str]
) -> tuple[str, ...]:
    """The bylines that name a person, of the first place that has any: JSON-LD, ``<meta>``, the text.

    `sites` are names of the site, which is no author. If nobody is named, they are those of the first place
    that has a byline, so that the person who captures the page is shown what is not taken.
    """
    others = {squashed(name) for name in (*sites, *article.names("author", "Organization"))} - {""}
    ignored: tuple[str, ...] = ()
    for said in _said(tree, named, article):
        kept = tuple(byline for byline in said if squashed(byline) not in others)
        people = tuple(byline for byline in kept if _names_people(byline, others))
        if people:
            return people
        ignored = ignored or tuple(byline for byline in kept if not read_byline(byline).names)
    return ignored


def _names_people(byline: str, others: Collection[str]) -> bool:
    """Whether a byline names anybody but the site: "Telegraph Sport" is The Telegraph."""
    names = [squashed(name) for name in read_byline(byline).names]
    return any(name and not any(_same(name, other) for other in others) for name in names)


def _same(name: str, site: str) -> bool:
    short = site.removeprefix("the")
    return name in site or (len(short) > 4 and name.startswith(short))


def _said(tree: Any, named: dict[str, list[str]], article: Linked) -> Iterator[list[str]]:
    yield article.persons("author")
    for key in _METAS:
        values = [value for value in named.get(key, []) if "://" not in value]
        yield values if len(values) <= _MOST else []
    yield _of_text(tree, _declared_author)
    yield _of_text(tree, _styled_author)


def _of_text(tree: Any, marks: Callable[[Any], bool]) -> list[str]:
    """The byline that is marked in the text; none if another is marked that names somebody else."""
    best, names = "", frozenset[str]()
    for element in tree.iter():
        if not isinstance(element.tag, str) or not marks(element):
            continue
        text = line(" ".join(part for part, _ in zip(element.itertext(), range(20), strict=False)))
        others = frozenset(read_byline(text).names)
        if not (names <= others or others <= names):
            return []
        if len(others) > len(names):
            best, names = text, others
    return [best] if best else []


def _declared_author(element: Any) -> bool:
    if "author" in (element.get("rel") or "").lower().split():
        return True
    return "author" in (element.get("itemprop") or "").split() and of_article(element)


def _styled_author(element: Any) -> bool:
    return not _CLASSES.isdisjoint((element.get("class") or "")[:1000].lower().split())
