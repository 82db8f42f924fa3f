"""The headline of a page: as a reader sees it, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dateline_webpage.metas import squashed, texts

_JOINT = re.compile(r"\s+[|│–—·•/:»«-]\s+|\s*[|│｜]\s*|\s*：\s*|_(?=[^\W\d_a-zA-Z])")
_KICKER = re.compile(rf"{_JOINT.pattern}|:\s+")


def declared_titles(tree: Any, named: dict[str, list[str]]) -> list[str]:
    """What a page says that it is called: its ``<title>``, ``og:title`` and ``twitter:title``."""
    metas = [title for key in ("og:title", "twitter:title") for title in named.get(key, [])[:1]]
    head = tree.find(".//head/title")
    heads = [] if head is None else list(texts(head, "title", 1))
    return [*heads, *metas]


def headings(tree: Any) -> list[str]:
    """The main headings that a page shows."""
    return list(texts(tree, "h1"))


def variants(title: str) -> set[str]:
    """A title, and what is before each of its joints: a site adds its name to the end."""
    return {title, *(title[: joint.start()] for joint in _JOINT.finditer(title))} - {""}


def title_of(
    declared: list[str], headings: Iterable[str], headline: str, sites: Iterable[str]
) -> str | None:
    """The heading that the page also declares, else the declared headline, else a declared title
    without the name of the site. `sites` are names of the site."""
    known = [split for split in map(_words, sites) if split]
    said = {
        squashed(part): part for title in declared for part in (*_endings(title), *variants(title))
    }
    said[squashed(headline)] = headline
    shown = [one for one in headings if squashed(one) and _words(one) not in known]
    agreed = [heading for heading in shown if squashed(heading) in said]
    if agreed:
        best = max(agreed, key=len)
        # Markup may have stood where a heading needs a space.
        return max(best, said[squashed(best)], key=lambda title: len(title.split()))
    for title in (headline, *declared[1:], *declared[:1]):
        bare = without_site(title, known)
        if bare and _words(bare) not in known:
            return bare
    return shown[0] if len(shown) == 1 and not declared else None


def _endings(title: str) -> set[str]:
    """What follows each joint, if it is most of the title: some sites put their name or a kicker first."""
    ends = (title[joint.end() :] for joint in _KICKER.finditer(title))
    return {end for end in ends if 2 * len(end) > len(title)}


def without_site(title: str, known: list[list[str]]) -> str:
    """A title without the names of the site before or after it. `known` holds the words of each name."""
    title = title.strip(" |｜")
    while (joints := list(_JOINT.finditer(title))) and _names(title[joints[-1].end() :], known):
        title = title[: joints[-1].start()]
    if (joint := _JOINT.search(title)) and _words(title[: joint.start()]) in known:
        title = title[joint.end() :]
    return title


def _names(end: str, known: list[list[str]]) -> bool:
    """Whether the end of a title is a name of the site, the beginning of one, or more words than one."""
    said = _words(end)
    return any(said == name or _begins(said, name) for name in known)


def _begins(one: list[str], other: list[str]) -> bool:
    common = min(len(one), len(other))
    return one[:common] == other[:common] and len("".join(one[:common])) > 3


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
