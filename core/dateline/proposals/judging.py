"""Judges what a tool proposes, each candidate alone, by the rules of recording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dateline.doubts.equal import content
from dateline.errors import DatelineError, Finding, Refused
from dateline.events.fact import StatementRecorded
from dateline.events.payload import FactPayload
from dateline.events.rules.references import named
from dateline.events.state import Fact, StoryState
from dateline.proposals.line import Ready, cited, ready
from dateline.recording.introductions import introductions
from dateline.recording.line import Line
from dateline.recording.naming import letters
from dateline.text import cut

#: The rules of the queue, in addition to those of recording.
RULES = ("duplicate", "protected", "entity-taken", "entity-unknown", "name-ambiguous")
#: Characters of a reason: a misquotation may be as long as a book.
_REASON = 600
#: Raises Refused if lines cannot be recorded.
Check = Callable[[Sequence[Line]], object]


class LeftOut(msgspec.Struct, frozen=True):
    """A candidate that was not queued, and why. ``line`` is its number in the input, if it has one;
    ``words`` are some of its words, to recognize it by; ``findings`` name the rules that it breaks."""

    findings: tuple[Finding, ...]
    proposer: str
    source: str | None = None
    words: str = ""
    line: int | None = None

    @property
    def rule(self) -> str:
        """The first rule that it breaks."""
        return self.findings[0].rule

    @property
    def reason(self) -> str:
        """What is wrong with it, each reason cut to `_REASON` characters."""
        return "; ".join(cut(finding.reason, _REASON) for finding in self.findings)


class Judge:
    """Judges candidates about one source with that `text`. `state` has the entities and sources of its story,
    and `facts` are those that quote the source; `check` raises what recording lines would raise."""

    def __init__(
        self, state: StoryState, facts: Iterable[Fact], source: str, text: str, check: Check
    ) -> None:
        self.state, self._source, self.text, self._check = state, source, text, check
        self._said = {said(fact.data): fact.id for fact in facts}

    def ready(
        self,
        given: Mapping[str, Any],
        new: Sequence[str] = (),
        known: Mapping[object, str] = {},
    ) -> Ready:
        """The fact that `given` proposes, which introduces `new`. Raises Refused if it is in the story already, or
        in `known`, or else with every reason why it cannot be recorded or is protected."""
        made = ready(given, self._source, self.text, self.state, new)
        key = said(made.payload)
        there = self._said.get(key) or known.get(key)
        if there is not None:
            raise duplicate(there)
        for field, name in named(made.payload, self.state.protected):
            reason = f"{name} is protected, and the queue is not encrypted: use `dateline record`"
            raise Refused([Finding("protected", field, reason)])
        self._check(lines_of(made, self.state))
        return made


def lines_of(made: Ready, state: StoryState) -> list[Line]:
    """The lines that record a fact: the entities that it introduces, and the fact itself."""
    return [*introductions(made.new, state), Line(made.fields)]


def duplicate(name: str) -> Refused:
    """The error about a candidate that the fact or the proposal `name` says already."""
    return Refused([Finding("duplicate", "", f"{name} says the same")])


def said(payload: FactPayload) -> object:
    """What a fact says: two facts with equal values are one. A statement is its words in the source, that
    source and the speakers; the sentence about it does not matter."""
    if isinstance(payload, StatementRecorded):
        return payload.source, payload.speakers, letters(payload.quote or cited(payload).exact)
    return content(payload.type, payload)


def findings_of(error: DatelineError) -> tuple[Finding, ...]:
    """The findings of an error; one with its code for an error without."""
    if isinstance(error, Refused):
        return error.findings
    hint = f" ({' '.join(error.hint.split())})" if error.hint else ""
    return (Finding(error.code, "", f"{error}{hint}"),)
