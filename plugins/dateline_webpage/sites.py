"""Who publishes a page, by its own account."""

from __future__ import annotations

import re

from dateline_webpage.linked import Linked
from dateline_webpage.metas import host_of, squashed

_NAMES = ("og:site_name", "dc.publisher", "dcterms.publisher", "publisher", "application-name")
_TAGLINE = re.compile(r"\s+[|–—-]\s+|\s+\(")
_PLACEHOLDERS = frozenset({
    "wordpress", "blog", "myblog", "mysite", "mywordpresssite", "home", "homepage", "website", "untitled",
    "sitename", "news", "undefined", "null", "none", "default", "localhost", "drupal", "joomla",
})  # fmt: skip


def site_names(named: dict[str, list[str]], article: Linked, titles: list[str]) -> list[str]:
    """The names that a page gives its publisher, in order: its site's, its article's publisher, others.
    Not the page's own `titles`, which some pages give there."""
    site, *others = (named.get(key, [])[:1] for key in _NAMES)
    linked = article.names("publisher")[:1]
    found = [*site, *linked, *(name for names in others for name in names)]
    called = {squashed(title) for title in titles}
    return [name for name in found if squashed(name) not in called]


def publisher_of(names: list[str], title: str | None, addresses: list[str]) -> str | None:
    """The publisher's name; None if no name is believable.

    A name like the host's is preferred to a site's name that has nothing to do with either: some sites
    call each of their sections a site.
    """
    hosts = [host_of(url) for url in addresses]
    good = [bare for name in names if (bare := _bare(name)) and _is_name(bare, title)]
    if good:
        first, here = good[0], squashed("".join(hosts[:1]))
        for other in good[1:]:
            if squashed(other) == squashed(first):
                first = max(first, other, key=_looks)
            elif squashed(other) in here and not _akin(squashed(first), here, squashed(other)):
                return other
        return first
    return None


def _akin(name: str, host: str, other: str) -> bool:
    """Whether a name can be a form of the host's, or of the other name."""
    return len(name) > 2 and (name in host or name in other or other in name)


def _bare(name: str) -> str:
    """A name without the slogan after it."""
    return _TAGLINE.split(name, maxsplit=1)[0].strip().removeprefix("www.")


def _looks(name: str) -> tuple[bool, int]:
    """Of two spellings, "Florida Today" is preferred to "floridatoday"."""
    return " " in name, sum(map(str.isupper, name))


def _is_name(name: str, title: str | None) -> bool:
    plain = squashed(name)
    return (
        bool(plain)
        and len(name) <= 80
        and plain not in _PLACEHOLDERS
        and "://" not in name
        and "@" not in name
        and (title is None or plain != squashed(title))
        and not plain.isdigit()
    )
