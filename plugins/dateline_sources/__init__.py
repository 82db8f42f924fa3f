"""Sources: what was captured, and how much of each document the story rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dateline.plugin import (
    CapturedDocument,
    DocumentView,
    Source,
    View,
    ViewRow,
    hookimpl,
    last,
    parse_edtf,
)


class Sources(DocumentView):
    """One row per document, as a person counts them, ordered by publication date.

    ``document`` is its id: that of its first capture. ``source`` is the source to quote, the newest text of its newest
    version;
    ``captures`` are all sources of the document, extracted texts included. ``versions`` counts the visits.
    Title, publisher, dates and the like are those of the newest version. ``id`` is the start of ``source``, by which
    commands know it. ``called`` is the title; without one, its name in the container that it was found in.

    ``facts`` counts the facts drawn from all of them, and ``coverage`` is the percentage of the
    characters of a text that are evidence of a fact. Both leave out retracted and rejected facts.
    ``chars``, ``covered`` and ``coverage`` are those of the text of which most is evidence, or else of the newest.
    """

    name, version = "sources", 4
    order = (last("earliest"), "captured")
    summary = ("id", "called", "publisher", "when", "versions", "facts", "coverage", "withdrawn")

    class Row(ViewRow, frozen=True):
        document: str
        source: str
        title: str | None
        publisher: str
        publisher_id: str
        published: str | None
        when: str | None
        earliest: str | None
        media_type: str
        language: str | None
        url: str | None
        byline: str
        byline_ids: str
        credits: str
        credit_ids: str
        versions: int
        captures: str
        facts: int
        chars: int | None
        covered: int
        coverage: float | None
        withdrawn: str | None
        captured: int
        id: str
        called: str

    def rows(self, document: CapturedDocument) -> Iterable[Row]:
        label, ids = document.story.label, document.story.ids
        texts, versions = document.texts, document.versions
        data = versions[-1].data
        when = None if data.published is None else parse_edtf(data.published)
        text = most_covered(texts)
        withdrawn = [one.withdrawn for one in document.sources if one.withdrawn is not None]
        yield self.Row(
            document=document.id,
            source=document.to_quote.id,
            title=data.title,
            publisher=label(data.publisher),
            publisher_id=ids((data.publisher,)),
            published=data.published,
            when=None if when is None else when.words,
            earliest=None if when is None else when.earliest,
            media_type=data.media_type,
            language=data.language,
            url=data.url,
            byline=", ".join(map(label, data.byline)),
            byline_ids=ids(data.byline),
            credits=", ".join(
                [f"{label(credit.agent)} ({credit.role})" for credit in data.credits]
            ),
            credit_ids=ids([credit.agent for credit in data.credits]),
            versions=len(versions),
            captures=", ".join([one.id for one in document.sources]),
            facts=sum(not fact.hidden for one in document.sources for fact in one.facts),
            chars=text.chars,
            covered=text.covered,
            coverage=round(100 * text.covered / text.chars, 1) if text.chars else None,
            withdrawn=withdrawn[-1] if withdrawn else None,
            captured=document.sources[0].version,
            id=_start(document.to_quote.id),
            called=data.title or (data.container.words if data.container else "untitled"),
        )


def _start(source: str) -> str:
    """The first 12 digits of its hash, and which capture of the document it is."""
    digest, dot, number = source.removeprefix("sha256:").partition(".")
    return f"{digest[:12]}{dot}{number}"


class Covered(NamedTuple):
    """How many characters a text has, and how many of them are evidence of a fact."""

    covered: int
    chars: int | None


def most_covered(texts: Sequence[Source]) -> Covered:
    """The text of which most is evidence; of several the newest. Captures of one text are one."""
    if len(texts) == 1:
        return Covered(covered_by(_spans(texts[0])), texts[0].data.chars)
    spans: dict[str, list[tuple[int, int]]] = {}
    chars: dict[str, int | None] = {}
    for one in texts:
        text = one.id.partition(".")[0]
        chars[text] = one.data.chars
        spans.setdefault(text, []).extend(_spans(one))
    found = [Covered(covered_by(there), chars[text]) for text, there in reversed(spans.items())]
    return max(found, key=lambda text: text.covered)


def _spans(source: Source) -> Iterator[tuple[int, int]]:
    """The places of the evidence of its shown facts."""
    for fact in source.facts:
        if not fact.hidden:
            for item in fact.data.evidence:
                if item.start is not None and item.end is not None:
                    yield item.start, item.end


def covered_by(spans: Iterable[tuple[int, int]]) -> int:
    """How many code points lie in at least one of the half-open spans."""
    covered = reached = 0
    for start, end in sorted(spans):
        if end > max(start, reached):
            covered += end - max(start, reached)
            reached = end
    return covered


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Sources()]
