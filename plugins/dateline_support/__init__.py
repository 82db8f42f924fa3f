"""Support: who else says so, and whether they know it independently."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dateline.plugin import (
    Fact,
    FactRow,
    FactView,
    FoldedEvent,
    Nearby,
    View,
    hookimpl,
    support,
)


class Support(FactView):
    """One row per fact: the facts that are linked with it as saying the same, and who stands behind them.

    ``independent`` counts the voices that know it independently, the fact's own among them. Two facts
    are one voice if they share a publisher, an agency or another source, an author or a text, or if a
    link says that they have the same origin. Another voice counts if a link says that it is
    independent. ``single_source``: one publisher says it. ``uncorroborated``: no independent voice does.
    Links are not followed further. Retracted and rejected facts and withdrawn sources do not count.
    """

    name, version = "support", 2
    summary = ("fact", "standing", "independent", "publishers", "chains", "text")

    class Row(FactRow, frozen=True):
        kind: str
        text: str
        standing: str
        independent: int
        publishers: int
        origins: int
        single_source: bool
        uncorroborated: bool
        disputed: bool
        supported_by: str
        published_by: str
        publisher_ids: str
        chains: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        found = support(fact)
        yield self.Row(
            kind=fact.kind,
            text=fact.data.text,
            standing=found.standing,
            independent=found.independent,
            publishers=len(found.publishers),
            origins=len({item.data.attribution[:1] for item in found.saying}),
            single_source=found.single_source,
            uncorroborated=found.uncorroborated,
            disputed=found.disputed,
            supported_by=", ".join(item.id for item in found.saying[1:]),
            published_by=fact.labels(found.publishers),
            publisher_ids=fact.ids(found.publishers),
            chains="; ".join(dict.fromkeys(item.chain for item in found.saying)),
        )

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Also the facts that are linked with a touched fact: their rows show it."""
        for name in super().touched(event):
            yield name
            for link in event.state.linked(name):
                yield link.data.to if link.data.from_ == name else link.data.from_

    def reads(self, event: FoldedEvent, names: Collection[str], nearby: Nearby) -> Collection[str]:
        return ()


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Support()]
