"""Doubts about facts that are about to be recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeAlias

import msgspec

from dateline.doubts.doubt import Doubt, Doubter
from dateline.doubts.finding import open_doubts
from dateline.errors import Finding, Refused
from dateline.events.state import Fact

#: The most doubts that one error lists.
_LISTED = 50
#: Of a larger batch only so many facts are looked at, so that a large import is not slowed down. The view
#: has the doubts of all; `refuse_doubts` looks at all.
_MOST = 10_000


class Doubted(msgspec.Struct, frozen=True):
    """A doubt, and the story and fact that it is about."""

    story: str
    fact: str
    doubt: Doubt


#: Decides about doubts before anything is written. What it raises stops the recording.
Consider: TypeAlias = Callable[[Sequence[Doubted]], object]


class _Rules(Protocol):
    @property
    def doubts(self) -> Mapping[str, Doubter]: ...


def weighing(consider: Consider, rules: _Rules) -> Callable[[Iterable[tuple[Fact, int]]], None]:
    """A function of facts as they will be, each with the version of its story before. It calls `consider`
    with the doubts that arose since, unless it has just been asked about the same ones."""
    asked: list[Doubted] = []
    most = None if consider is refuse_doubts else _MOST

    def weigh(facts: Iterable[tuple[Fact, int]]) -> None:
        nonlocal asked
        doubters = tuple(rules.doubts.values())
        found = [
            Doubted(fact.story.slug, fact.id, doubt)
            for fact, before in islice(facts, most)
            for doubt in open_doubts(fact, doubters)
            if doubt.since > before
        ]
        if found and found != asked:
            asked = found
            consider(found)

    return weigh


def refuse_doubts(doubted: Sequence[Doubted]) -> None:
    """Raises Refused with the code ``doubtful``."""
    findings = [
        Finding(one.doubt.kind, one.doubt.path, f"{one.fact}: {one.doubt.why}")
        for one in doubted[:_LISTED]
    ]
    more = len(doubted) - len(findings)
    hint = "correct the facts, or record them without --strict-doubts and review them as checked"
    raise Refused(findings, hint=f"{more} more; {hint}" if more else hint, code="doubtful")
