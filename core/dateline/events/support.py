"""Who stands behind a fact: the facts that say the same, and how many know it independently. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dateline.events.state import Fact

FOR = ("corroborates", "same_statement")
AGAINST = ("disputes", "contradicts")


class Support(NamedTuple):
    """The support of one fact. ``saying`` are the facts that say it, itself first; ``publishers`` their
    publishers' ids. ``independent`` counts the voices that know it independently, its own among them."""

    saying: tuple[Fact, ...]
    publishers: tuple[str, ...]
    independent: int
    disputed: bool

    @property
    def single_source(self) -> bool:
        """Whether one publisher says it."""
        return len(self.publishers) == 1

    @property
    def uncorroborated(self) -> bool:
        """Whether no independent voice says it."""
        return self.independent == 1

    @property
    def standing(self) -> str:
        """``single source, disputed``; empty if another voice says the same and nobody disputes it."""
        single = "single source" if self.single_source else ""
        words = single or ("uncorroborated" if self.uncorroborated else "")
        return ", ".join(filter(None, (words, "disputed" if self.disputed else "")))


def support(fact: Fact) -> Support:
    """The support of `fact`, whose links lead to facts as they are now.

    Two facts are one voice if they share a publisher, an agency or another source, an author or a text, or
    if a link says that they have the same origin. Another voice counts if a link says that it is
    independent. Links are not followed further. Retracted and rejected facts and withdrawn sources do not
    count.
    """
    others = dict(_supporting(fact))
    saying = (fact, *others.values())
    publishers = tuple(dict.fromkeys(map(_publisher, saying)))
    independent = 1 if not others else _voices(fact, others)
    return Support(saying, publishers, independent, _disputed(fact))


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
