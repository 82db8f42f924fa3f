"""The refusal rules: what an archive must not take in, each with a name and a test.

A rule is a generator of (field, reason) over one payload and its context; a finding bears the
rule's name. `find` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dateline.errors import Finding
from dateline.events.payload import Payload
from dateline.events.present import StoryState
from dateline.events.source import SourceCaptured

Findings: TypeAlias = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the rest of the batch brings: references may point forward."""

    entities: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    sources: Mapping[str, SourceCaptured] = field(default_factory=dict)
    #: Facts that were erased where the batch comes from, and the types of all that was.
    erased: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides the payload: the story so far, the batch, the texts."""

    state: StoryState
    text_of: Callable[[str], str | None]
    slug_owner: Callable[[str], object | None] = lambda slug: None
    ahead: Ahead = field(default_factory=Ahead)
    #: True when the payload is a standing fact with a correction applied.
    correcting: bool = False
    #: True for what another archive recorded: what it names may have been erased there since.
    bygone: bool = False

    def gone(self, type_: str) -> bool:
        """Whether what is not there may be an event of that type that was erased."""
        return self.bygone and type_ in self.state.lost | self.ahead.lost

    def erased(self, fact: str) -> bool:
        return self.bygone and (fact in self.state.erased or fact in self.ahead.erased)

    def source(self, name: str) -> SourceCaptured | None:
        return self.state.sources.get(name) or self.ahead.sources.get(name)


Rule: TypeAlias = Callable[[Payload, Context], Findings]
RULES: dict[str, Rule] = {}
#: Rules switched off: only ever filled by the test that proves each rule is needed.
disabled: set[str] = set()


def rule(name: str) -> Callable[[Rule], Rule]:
    def register(check: Rule) -> Rule:
        RULES[name] = check
        return check

    return register


def find(payload: Payload, context: Context) -> list[Finding]:
    """Every finding of every rule against `payload`."""
    return [
        Finding(name, where, reason)
        for name, check in RULES.items()
        if name not in disabled
        for where, reason in check(payload, context)
    ]


from dateline.events.rules import editorial, evidence, identity, references, values  # noqa: F401
