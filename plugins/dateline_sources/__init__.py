"""Sources: what was captured, and how much of each source the story rests on."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Source, SourceView, View, ViewRow, hookimpl, last, parse_edtf


class Sources(SourceView):
    """One row per source, ordered by publication date.

    ``coverage`` is the percentage of its characters that are evidence of a fact; ``facts`` counts
    the facts drawn from it. Both leave out retracted and rejected facts.
    """

    name, version = "sources", 1
    order = (last("earliest"), "captured")
    summary = ("title", "publisher", "when", "chars", "facts", "coverage", "withdrawn")

    class Row(ViewRow, frozen=True):
        source: str
        title: str | None
        publisher: str
        published: str | None
        when: str | None
        earliest: str | None
        media_type: str
        language: str | None
        url: str | None
        byline: str
        credits: str
        chars: int | None
        facts: int
        covered: int
        coverage: float | None
        derived_from: str | None
        withdrawn: str | None
        captured: int

    def rows(self, source: Source) -> Iterable[Row]:
        data, label = source.data, source.story.label
        when = None if data.published is None else parse_edtf(data.published)
        drawn = [fact for fact in source.facts if not fact.hidden]
        covered = covered_by(
            (item.start, item.end)
            for fact in drawn
            for item in fact.data.evidence
            if item.start is not None and item.end is not None
        )
        yield self.Row(
            source=source.id,
            title=data.title,
            publisher=label(data.publisher),
            published=data.published,
            when=None if when is None else when.words,
            earliest=None if when is None else when.earliest,
            media_type=data.media_type,
            language=data.language,
            url=data.url,
            byline=", ".join(map(label, data.byline)),
            credits=", ".join(f"{label(credit.agent)} ({credit.role})" for credit in data.credits),
            chars=data.chars,
            facts=len(drawn),
            covered=covered,
            coverage=round(100 * covered / data.chars, 1) if data.chars else None,
            derived_from=data.derived_from,
            withdrawn=source.withdrawn,
            captured=source.version,
        )


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
