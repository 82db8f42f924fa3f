"""The article that a page describes in its JSON-LD, and nothing of the others that it links to."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from dateline_webpage.metas import line, same_page, squashed

Node = dict[str, Any]
#: How many nodes of a page are looked at, and how many levels of lists and graphs.
_MOST_NODES = 2000
_DEEPEST = 4
_ARTICLE = re.compile(r"\w{0,40}(Article|Posting|Report)")
_CDATA = re.compile(r"\s*(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|(?://|/\*)?\s*\]\]>\s*(?:\*/)?\s*$")


class Linked(NamedTuple):
    """The page's own article, and the nodes of the page by their ``@id``."""

    article: Node
    nodes: dict[str, Node]

    def names(self, key: str, kind: str = "") -> list[str]:
        """The names in a field of the article, such as ``publisher``: of text, nodes, references and
        lists. With `kind`, only of nodes whose type ends in it, such as ``Organization``."""
        return [
            name
            for name, kinds in self._named(key)
            if not kind or any(found.endswith(kind) for found in kinds)
        ]

    def persons(self, key: str) -> list[str]:
        """The names in a field of the article that are not declared to be of something else."""
        return [
            name
            for name, kinds in self._named(key)
            if not kinds or any(kind.endswith("Person") for kind in kinds)
        ]

    def _named(self, key: str) -> list[tuple[str, list[str]]]:
        said = self.article.get(key)
        found = map(self._resolved, (said if isinstance(said, list) else [said])[:20])
        named = [(line(node.get("name")), _kinds(node)) for node in found]
        return [(name, kinds) for name, kinds in named if name]

    def _resolved(self, one: object) -> Node:
        if not isinstance(one, dict):
            return {"name": one}
        if "name" not in one and isinstance(one.get("@id"), str):
            return self.nodes.get(one["@id"], one)
        return one


def linked(tree: Any, addresses: Collection[str], titles: Collection[str]) -> Linked:
    """The page's own article: with its address, else with its title, else the only one if nothing
    contradicts that. An empty node if there is none."""
    nodes = list(_nodes(tree))
    known = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str)}
    articles = [node for node in nodes if any(map(_ARTICLE.fullmatch, _kinds(node)))]
    here = {same_page(url) for url in addresses}
    called = {squashed(title) for title in titles}
    by_address = [node for node in articles if _addresses(node) & here]
    by_both = [node for node in by_address if _titles(node) & called]
    by_title = [node for node in articles if _titles(node) & called]
    if own := by_both or by_address or by_title:
        return Linked(_merged(own), known)
    silent = [
        node
        for node in articles
        if not (here and _addresses(node)) and not (called and _titles(node))
    ]
    alone = len(articles) == 1 and silent
    return Linked(articles[0] if alone else {}, known)


def _merged(nodes: list[Node]) -> Node:
    """Several nodes about one article; what the first of them says counts."""
    merged: Node = {}
    for node in nodes:
        for key, value in node.items():
            merged.setdefault(key, value)
    return merged


def _nodes(tree: Any) -> Iterator[Node]:
    count = 0
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(_CDATA.sub("", script.text or ""), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _inside(data):
            count += 1
            if count > _MOST_NODES:
                return
            yield node


def _inside(data: object) -> Iterator[Node]:
    """The nodes of lists and graphs, and what a page says it is about."""
    level = [data]
    for _ in range(_DEEPEST):
        below: list[object] = []
        for item in level:
            if isinstance(item, list):
                below += item
            elif isinstance(item, dict):
                yield item
                below += [item.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage")]
        level = below


def _kinds(node: Node) -> list[str]:
    kinds = node.get("@type")
    return [k for k in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(k, str)]


def _addresses(node: Node) -> set[str]:
    """The addresses under which a node is known."""
    page = node.get("mainEntityOfPage")
    pages = page if isinstance(page, list) else [page]
    pages = [
        one.get(key) if isinstance(one, dict) else one for one in pages for key in ("@id", "url")
    ]
    said = (node.get("url"), node.get("@id"), *pages)
    return {same_page(url) for url in said if isinstance(url, str) and "://" in url}


def _titles(node: Node) -> set[str]:
    said = (line(node.get("headline")), line(node.get("name")))
    return {squashed(title) for title in said if title}
