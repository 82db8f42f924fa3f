"""Quotations in their context: a few dozen characters of the source on either side."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from unicodedata import category

from dateline.plugin import DatelineError, Evidence, Fact, Material
from dateline_html.markup import Html, el, join, verbatim

#: Code points of context on each side, at most; shortened so that no word is cut.
CONTEXT = 90
_CACHED = 8


class Texts:
    """Texts of captured documents; the most recently used are cached. Threads may share it."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._kept: OrderedDict[str, str | None] = OrderedDict()

    def get(self, source: str) -> str | None:
        """The text in which evidence offsets count; None if the document is missing or erased."""
        try:
            text = self._kept.pop(source)
        except KeyError:
            text = self._read(source)
        self._kept[source] = text
        with suppress(KeyError):  # another thread may have removed them
            while len(self._kept) > _CACHED:
                self._kept.popitem(last=False)
        return text

    def _read(self, source: str) -> str | None:
        document = self._material.document(source)
        try:
            return None if document is None else document.text
        except DatelineError:
            return None


def quoted(fact: Fact) -> list[Evidence]:
    """The evidence to show for a statement: its quotations, else the words it is drawn from."""
    items: Sequence[Evidence] = fact.data.evidence
    found = [item for item in items if item.role == "quote"]
    quote = getattr(fact.data, "quote", None)
    if quote is not None and all(item.exact != quote for item in found):
        found += [item for item in items if item.exact == quote][:1]
    found = found or [item for item in items if item.role == "content"] or list(items[:1])
    return sorted(found, key=lambda item: (item.start or 0, item.end or 0))


def passages(
    items: Sequence[Evidence], document: str | None
) -> Iterator[tuple[list[Evidence], Html]]:
    """`items` with their context; adjoining items share a passage."""
    group: list[Evidence] = []
    for item in items:
        if group and not _adjoin(group[-1], item, document):
            yield group, _passage(group, document)
            group = []
        group.append(item)
    if group:
        yield group, _passage(group, document)


def _adjoin(left: Evidence, right: Evidence, document: str | None) -> bool:
    return (
        document is not None
        and left.end is not None
        and right.start is not None
        and left.end <= right.start <= left.end + CONTEXT
        and _is_exact(left, document)
        and _is_exact(right, document)
    )


def _is_exact(item: Evidence, document: str | None) -> bool:
    return document is not None and document[item.start : item.end] == item.exact


def _passage(items: Sequence[Evidence], document: str | None) -> Html:
    first, last = items[0], items[-1]
    if (
        document is None
        or not _is_exact(first, document)
        or first.start is None
        or last.end is None
    ):
        lead, tail = f"… {first.prefix or ''}", f"{last.suffix or ''} …"
    else:
        lead, tail = _before(document, first.start), _after(document, last.end)
    parts = [verbatim(lead)]
    for number, item in enumerate(items):
        if number and document is not None:
            parts.append(verbatim(document[items[number - 1].end : item.start]))
        parts.append(el("mark", verbatim(item.exact), data_start=item.start, data_end=item.end))
    return join([*parts, verbatim(tail)])


def _before(document: str, start: int) -> str:
    cut = max(0, start - CONTEXT)
    lead = document[cut:start]
    if not cut:
        return lead.lstrip()
    word = re.search(r"\s+", lead)
    if word and word.end() < len(lead):
        return "… " + lead[word.end() :]
    # A combining mark is not separated from its letter.
    while lead and category(lead[0]) in ("Mn", "Mc", "Me", "Cf"):
        lead = lead[1:]
    return "… " + lead


def _after(document: str, end: int) -> str:
    tail = document[end : end + CONTEXT]
    if end + CONTEXT >= len(document):
        return tail.rstrip()
    words = re.match(r".*\S(?=\s)", tail, re.DOTALL)
    return (words[0] if words else tail) + " …"
