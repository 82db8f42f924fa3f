"""Support: who else says so, and whether they know it independently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dateline.plugin import Fact, FactRow, FactView, FoldedEvent, View, hookimpl

FOR = ("corroborates", "same_statement")
AGAINST = ("disputes", "contradicts")


class Support(FactView):
    """One row per fact: the facts that are linked with it as saying the same, and who stands behind them.

    ``independent`` counts the voices that know it independently, the fact's own among them. Two facts
    are one voice if they share a publisher, an agency or another source, an author or a text, or if a
    link says that they have the same origin. Another voice counts if a link says that it is
    independent. ``single_source``: one publisher says it. ``uncorroborated``: no independent voice does.
    Links are not followed further. Retracted and rejected facts and withdrawn sources do not count.
    """

    name, version = "support", 1
    summary = ("fact", "standing", "independent", "publishers", "chains", "text")

    class Row(FactRow, frozen=True):
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
        chains: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        others = dict(_supporting(fact))
        saying = [fact, *others.values()]
        publishers = dict.fromkeys(map(_publisher, saying))
        independent = 1 if not others else _voices(fact, others)
        single, disputed = len(publishers) == 1, _disputed(fact)
        standing = "single source" if single else "" if independent > 1 else "uncorroborated"
        yield self.Row(
            text=fact.data.text,
            standing=", ".join(filter(None, (standing, "disputed" if disputed else ""))),
            independent=independent,
            publishers=len(publishers),
            origins=len({item.data.attribution[:1] for item in saying}),
            single_source=single,
            uncorroborated=independent == 1,
            disputed=disputed,
            supported_by=", ".join(others),
            published_by=fact.labels(publishers),
            chains="; ".join(dict.fromkeys(item.chain for item in saying)),
        )

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Also the facts that are linked with a touched fact: their rows show it."""
        for name in super().touched(event):
            yield name
            for link in event.state.linked(name):
                yield link.data.to if link.data.from_ == name else link.data.from_


def _supporting(fact: Fact) -> Iterator[tuple[str, Fact]]:
    """The facts that count as saying the same, by id."""
    for link in fact.story.linked(fact.id):
        data = link.data
        other = fact.story.facts.get(data.to if data.from_ == fact.id else data.from_)
        if other is None or other.hidden or other.status == "withdrawn":
            continue
        if data.relation in FOR and other.id != fact.id:
            yield other.id, other


def _voices(fact: Fact, others: dict[str, Fact]) -> int:
    """The number of independent voices behind a fact, its own among them."""
    voices: list[list[Fact]] = [[fact]]
    for other in others.values():
        if "independent" not in _origins(fact, other):
            continue
        same = [voice for voice in voices if any(_same_voice(other, item) for item in voice)]
        merged = [other, *(item for voice in same for item in voice)]
        voices = [*(voice for voice in voices if voice not in same), merged]
    return len(voices)


def _same_voice(left: Fact, right: Fact) -> bool:
    shared = _behind(left) & _behind(right)
    if left.kind == right.kind == "statement":
        # Two that heard the same speaker are two witnesses of what was said.
        shared -= {*left.data.speakers} & {*right.data.speakers}
    return bool(shared) or "same-origin" in _origins(left, right)


def _behind(fact: Fact) -> set[str]:
    """Who and what a fact rests on: those who said, passed on, wrote and published it, and the text."""
    found = {step.agent for step in fact.data.attribution}
    found.add(fact.source.partition(".")[0])
    source = fact.document
    if source is not None:
        found.update((source.publisher, *source.byline))
        found.update(credit.agent for credit in source.credits)
        if source.derived_from is not None:
            found.add(source.derived_from.partition(".")[0])
    return {*map(fact.story.entity_id, found)}


def _origins(left: Fact, right: Fact) -> Sequence[str | None]:
    """What the links between two facts say of their origin."""
    return [
        link.data.independence
        for link in left.story.linked(left.id)
        if link.data.relation in FOR and right.id in (link.data.from_, link.data.to)
    ]


def _publisher(fact: Fact) -> str:
    steps = fact.data.attribution
    if steps:
        return fact.story.entity_id(steps[-1].agent)
    return "" if fact.document is None else fact.story.entity_id(fact.document.publisher)


def _disputed(fact: Fact) -> bool:
    if fact.status == "disputed":
        return True
    against = (
        fact.story.facts.get(link.data.from_)
        for link in fact.story.linked(fact.id)
        if link.data.relation in AGAINST and link.data.to == fact.id
    )
    return any(other is not None and not other.hidden for other in against)


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Support()]
