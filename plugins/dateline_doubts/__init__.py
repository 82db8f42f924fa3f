"""Doubts: what an editor should look at twice before relying on a fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dateline.plugin import (
    Doubter,
    EqualFacts,
    Fact,
    FactRow,
    FactView,
    FoldedEvent,
    Nearby,
    View,
    corroborating,
    hookimpl,
    open_doubts,
)


class Doubts(FactView):
    """One row per doubt about a fact: Dateline's own, and those of plugins.

    ``doubt`` is its kind, ``path`` a JSON Pointer into the fact, ``words`` what is doubted. A row is removed
    when the fact is corrected so that the doubt no longer holds, is retracted or rejected, or is reviewed
    as ``checked`` after the doubt arose.
    """

    name, version = "doubts", 2
    summary = ("fact", "doubt", "words", "why")
    doubters: tuple[Doubter, ...] = ()

    class Row(FactRow, frozen=True):
        doubt: str
        path: str
        words: str
        why: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        return [
            self.Row(doubt=one.kind, path=one.path, words=one.words, why=one.why)
            for one in open_doubts(fact, self.doubters)
        ]

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Also the facts that corroborate a touched fact, and those that said the same before or do now."""
        equal = event.state.kept(EqualFacts.NAME, EqualFacts).after(event)
        for name in super().touched(event):
            yield name
            fact = event.state.facts.get(name)
            if fact is not None:
                yield from corroborating(fact)
        for fact in (event.before, event.fact):
            if fact is not None and (following := equal.next(fact)) is not None:
                yield following

    def reads(self, event: FoldedEvent, names: Collection[str], nearby: Nearby) -> Collection[str]:
        """The facts from the same source: one may say the same."""
        facts = (event.before, *map(event.state.facts.get, names))
        return set().union(*(nearby.drawn(fact.source) for fact in facts if fact is not None))


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Doubts()]
