"""The refusal rules: what an archive must not accept. Each has a name and a test.

``ids`` are rules for ids, ``references`` for what a payload names, ``values`` for dates, bounds and
texts, ``evidence`` for quotations, ``notices`` for what editors do to recorded facts, ``acts`` for
amendments, merges and revocations. A rule is a generator of (field, reason) for one payload and its context; a finding carries the
rule's name. Each states the kinds of payloads that it is about; `find` runs all rules of a payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from dateline.errors import Finding
from dateline.events.payload import Payload
from dateline.events.source import SourceCaptured
from dateline.events.state import StoryState

Findings: TypeAlias = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What later lines of the batch bring: references may point forward."""

    entities: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    sources: Mapping[str, SourceCaptured] = field(default_factory=dict)
    #: Ids of facts that were erased in the archive that the batch comes from; types of all such events.
    erased: frozenset[str] = frozenset()
    erased_types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may read besides the payload: the story so far, the batch and the texts."""

    state: StoryState
    text_of: Callable[[str], str | None]
    slug_owner: Callable[[str], object | None] = lambda slug: None
    #: Whether another story has a fact: its slug and the fact's id.
    elsewhere: Callable[[str, str], bool] = lambda story, fact: False
    ahead: Ahead = field(default_factory=Ahead)
    #: True if the payload is a recorded fact with a correction applied.
    correcting: bool = False
    #: True if another archive recorded the event: what it names may have been erased there since.
    imported: bool = False

    def may_be_erased(self, type_: str) -> bool:
        """Whether something that is missing may come from an erased event of that type."""
        return self.imported and type_ in self.state.tombstones.types | self.ahead.erased_types

    def erased(self, fact: str) -> bool:
        return self.imported and (fact in self.state.erased or fact in self.ahead.erased)

    def source(self, name: str) -> SourceCaptured | None:
        return self.state.sources.get(name) or self.ahead.sources.get(name)


Rule: TypeAlias = Callable[[Any, Context], Findings]
RULES: dict[str, Rule] = {}
_ABOUT: dict[str, tuple[type[Payload], ...]] = {}


def rule(name: str, *about: type[Payload]) -> Callable[[Rule], Rule]:
    """Register a rule for payloads of the kinds `about`."""

    def register(check: Rule) -> Rule:
        RULES[name], _ABOUT[name] = check, about
        return check

    return register


@cache
def applying(kind: type[Payload]) -> tuple[tuple[str, Rule], ...]:
    """The rules for payloads of a kind, with their names."""
    return tuple((name, check) for name, check in RULES.items() if issubclass(kind, _ABOUT[name]))


def find(payload: Payload, context: Context) -> list[Finding]:
    """All findings of all rules for `payload`."""
    return [
        Finding(name, where, reason)
        for name, check in applying(type(payload))
        for where, reason in check(payload, context)
    ]


from dateline.events.rules import acts, evidence, ids, notices, references, values  # noqa: F401
