"""Cells of a table: ids in them lead to the pages about what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dateline.plugin import Column, number_words
from dateline_html.markup import Html, el, join, text
from dateline_web.addresses import Addresses, short

_FACT = re.compile(r"f[0-9]{1,18}")
_ENTITY = re.compile(r"(person|org|place|group):\S+")
_SOURCE = re.compile(r"sha256:[0-9a-f]{64}(\.[0-9]+)?")


class Cells:
    """The cells of the rows of views: those of plugins nobody here knows, too."""

    def __init__(self, to: Addresses) -> None:
        self._to = to

    def of(self, column: Column, row: Mapping[str, Any]) -> Html:
        """One cell of a row by column."""
        value = row[column.name]
        if value is None or value == "":
            return Html()
        if isinstance(value, bool):
            return text("yes" if value else "no")
        if isinstance(value, int | float):
            return text(str(value) if column.name in _NUMBERS else number_words(value))
        if column.name == "story":
            return el("a", value, href=self._to.story(value))
        return self._linked(column.name, value, str(row.get("story") or ""))

    def _linked(self, name: str, value: str, story: str) -> Html:
        words = value.split()
        if story and name.endswith(_FACTS) and all(map(_FACT.fullmatch, words)):
            return join((el("a", one, href=self._to.fact(story, one)) for one in words), " ")
        if name.endswith(_ENTITIES) and all(map(_ENTITY.fullmatch, words)):
            return join((el("a", one, href=self._to.entity(one)) for one in words), " ")
        if story and _SOURCE.fullmatch(value):
            return el("a", _abbreviated(value), href=self._to.source(story, value), title=value)
        return el("bdi", value)


#: How the names of columns with ids end; and columns whose numbers are not amounts.
_FACTS = ("fact", "facts", "fact_id", "fact_ids")
_ENTITIES = ("entity", "entities", "_id", "_ids")
_NUMBERS = ("position", "item", "version", "year")


def _abbreviated(source: str) -> str:
    digest, dot, number = short(source).partition(".")
    return f"{digest[:12]}…{dot}{number}"
