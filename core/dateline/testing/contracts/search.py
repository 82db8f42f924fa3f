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

from dateline.errors import described, stops_plugin

T = TypeVar("T")
#: CPU time in which one broken rule is made smaller, twice over.
SECONDS = 2.0
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
    """`check` gets one example and raises `Broken` with a sentence, or Skipped.

    One that is `constant` is about no example, and is tried once.
    """

    name: str
    check: Callable[[T], None]
    constant: bool = False


class Broken(Exception):
    """Said by a rule of one example."""


class _TimeIsUp(BaseException):
    """Ends a search at once: Hypothesis looks into every Exception, and lets this pass."""


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
    return [_one(rule, tried, strategy, told) for rule in rules]


def drawn(strategy: SearchStrategy[T], examples: int) -> list[T]:
    """That many examples, the same at every call."""
    found: list[T] = []
    _each(strategy, examples, found.append)
    return found


def _one(
    rule: Rule[T],
    tried: Sequence[T],
    strategy: SearchStrategy[T],
    told: Callable[[T], Iterable[Any]],
) -> Verdict:
    skipped, held = "", False
    for example in tried[:1] if rule.constant else tried:
        try:
            _check(rule, example)
            held = True
        except Skipped as skip:
            skipped = str(skip)
        except Broken as broken:
            if rule.constant:
                return Verdict(rule.name, ContractBroken(rule.name, str(broken)))
            smallest, why = _smallest(rule, example, str(broken), strategy)
            return Verdict(rule.name, ContractBroken(rule.name, why, told(smallest)))
    return Verdict(rule.name, note=None if held else skipped or "nothing to try it on")


def _check(rule: Rule[T], example: T) -> None:
    try:
        rule.check(example)
    except Exception:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a plugin raises is judged here
        stops_plugin(error)
        raise Broken(f"it raises what ends the interpreter ({described(error)})") from None


def _smallest(rule: Rule[T], first: T, why: str, strategy: SearchStrategy[T]) -> tuple[T, str]:
    """The smallest example found that breaks the rule, and why: what can be left out of the first
    one, then what Hypothesis makes smaller, whichever is less."""
    best = [_thinned(rule, first, why)]
    until = time.process_time() + SECONDS

    def attempt(example: T) -> None:
        if time.process_time() > until:
            raise _TimeIsUp
        try:
            _check(rule, example)
        except Broken as broken:
            best.append((example, str(broken)))
            raise
        except Skipped:
            return

    # What ends the search matters not (an unsteady rule makes Hypothesis complain): what was found
    # counts.
    with contextlib.suppress(Exception, _TimeIsUp):
        _each(strategy, _LEAST, attempt)
    return min(best, key=lambda found: len(repr(found[0])))


def _thinned(rule: Rule[T], example: T, why: str) -> tuple[T, str]:
    """Without every element that is not needed, last first."""
    until = time.process_time() + SECONDS
    at = len(example) if isinstance(example, list) else 0
    while at > 1 and time.process_time() < until:
        at -= 1
        shorter = [*example[:at], *example[at + 1 :]]  # type: ignore[index]
        try:
            _check(rule, shorter)  # type: ignore[misc]
        except Broken as broken:
            example, why = shorter, str(broken)  # type: ignore[assignment]
        except Exception:  # noqa: BLE001, S112 - not a valid history any more
            continue
    return example, why


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
