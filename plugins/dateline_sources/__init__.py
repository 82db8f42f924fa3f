"""Sources: what was captured, and how much of each source the story rests on."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import (
    FoldedEvent,
    Rows,
    SourceCaptured,
    SourceWithdrawn,
    StoryState,
    View,
    ViewRow,
    hookimpl,
    last,
    parse_edtf,
)
from dateline_sources.drawn import AllDrawn, Drawn


class Sources(View):
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

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        state, data = event.state, event.data
        drawn = state.kept(self.name, AllDrawn).after(event)
        names = {fact.source for fact in event.touched}
        if event.before is not None:
            names.add(event.before.source)
        if isinstance(data, SourceCaptured | SourceWithdrawn):
            names.add(data.source)
        for name in sorted(name for name in names if name in state.sources):
            known = rows.get(name)
            captured = event.version if known is None else known.captured
            rows.put(name, self._row(name, state, drawn.of(name), captured))

    def _row(self, name: str, state: StoryState, drawn: Drawn, captured: int) -> Row:
        source = state.sources[name]
        when = None if source.published is None else parse_edtf(source.published)
        credited = (f"{state.label(credit.agent)} ({credit.role})" for credit in source.credits)
        return self.Row(
            source=name,
            title=source.title,
            publisher=state.label(source.publisher),
            published=source.published,
            when=None if when is None else when.words,
            earliest=None if when is None else when.earliest,
            media_type=source.media_type,
            language=source.language,
            url=source.url,
            byline=", ".join(map(state.label, source.byline)),
            credits=", ".join(credited),
            chars=source.chars,
            facts=drawn.facts,
            covered=drawn.covered,
            coverage=round(100 * drawn.covered / source.chars, 1) if source.chars else None,
            derived_from=source.derived_from,
            withdrawn=state.withdrawn.get(name),
            captured=captured,
        )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Sources()]
