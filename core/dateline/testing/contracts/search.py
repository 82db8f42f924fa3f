"""Looking for the smallest example that breaks a rule, in bounded time."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
#: How long one broken rule is made smaller.
_SECONDS = 5.0
#: Enough examples that one which broke a rule once is met again.
_LEAST = 100


class ContractBroken(AssertionError):
    """An item of a plugin breaks a rule. `history` is the smallest input found that shows it:
    lines of the import format, for an importer the bytes."""

    def __init__(self, rule: str, message: str, history: Iterable[Any] = ()) -> None:
        super().__init__(rule, message)
        self.rule = rule
        self.message = message
        self.history = list(history)

    def ndjson(self) -> list[str]:
        """The history, one line of ASCII an event."""
        return [json.dumps(line, default=repr) for line in self.history]

    def __str__(self) -> str:
        return "\n".join([f"{self.rule}: {self.message}", *self.ndjson()])


class Skipped(Exception):
    """An example says nothing about a rule."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """`check` gets one example and raises `Broken` with a sentence, or Skipped."""

    name: str
    check: Callable[[T], None]


class Broken(Exception):
    """Said by a rule of one example."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule: kept, broken, or skipped with the reason in `note`."""

    rule: str
    broken: ContractBroken | None = None
    note: str | None = None

    @property
    def word(self) -> str:
        return "broken" if self.broken else "skipped" if self.note else "ok"


def judge(
    rules: Iterable[Rule[T]],
    strategy: SearchStrategy[T],
    examples: int,
    *,
    fixed: Sequence[T] = (),
    told: Callable[[T], Iterable[Any]],
) -> list[Verdict]:
    """Hold every rule against `fixed` and as many examples; what breaks is made smaller.

    `told` makes the history of a report out of an example.
    """
    tried = [*fixed, *drawn(strategy, examples)]
    return [_one(rule, tried, strategy, examples, told) for rule in rules]


def drawn(strategy: SearchStrategy[T], examples: int) -> list[T]:
    """That many examples, the same at every call."""
    found: list[T] = []
    _each(strategy, examples, found.append)
    return found


def _one(
    rule: Rule[T],
    tried: Sequence[T],
    strategy: SearchStrategy[T],
    examples: int,
    told: Callable[[T], Iterable[Any]],
) -> Verdict:
    skipped, held = "", False
    for example in tried:
        try:
            rule.check(example)
            held = True
        except Skipped as skip:
            skipped = str(skip)
        except Broken as broken:
            first = ContractBroken(rule.name, str(broken), told(example))
            return Verdict(rule.name, _smallest(rule, first, strategy, examples, told))
    return Verdict(rule.name, note=None if held else skipped or "nothing to try it on")


def _smallest(
    rule: Rule[T],
    first: ContractBroken,
    strategy: SearchStrategy[T],
    examples: int,
    told: Callable[[T], Iterable[Any]],
) -> ContractBroken:
    found = [first]
    until = time.monotonic() + _SECONDS

    def attempt(example: T) -> None:
        if time.monotonic() > until:
            return
        with contextlib.suppress(Skipped):
            try:
                rule.check(example)
            except Broken as broken:
                found.append(ContractBroken(rule.name, str(broken), told(example)))
                raise

    # What ends the search matters not (an unsteady rule makes Hypothesis complain): what was found
    # counts.
    with contextlib.suppress(Exception):
        _each(strategy, max(examples, _LEAST), attempt)
    return min(found, key=lambda broken: len("".join(broken.ndjson())))


def _each(strategy: SearchStrategy[T], examples: int, take: Callable[[T], object]) -> None:
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def attempt(example: T) -> None:
        take(example)

    attempt()
