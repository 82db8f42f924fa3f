"""Searches for the smallest example that breaks a rule, in bounded time."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Generic, TypeVar

from hypothesis import Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from dateline.errors import described, stops_plugin

T = TypeVar("T")
#: Seconds of CPU time for each of the two ways to make an example smaller.
SECONDS = 2.0
#: Enough examples for Hypothesis to find one again that breaks the rule.
_LEAST = 100


class ContractBroken(AssertionError):
    """An item of a plugin breaks a rule of its contract.

    `history` is the smallest input found that shows it: lines of the import format, or the bytes
    that an importer was given.
    """

    def __init__(self, rule: str, message: str, history: Iterable[Any] = ()) -> None:
        super().__init__(rule, message)
        self.rule = rule
        self.message = message
        self.history = list(history)

    def ndjson(self) -> list[str]:
        """The history as lines of JSON in ASCII, one per event."""
        return [json.dumps(line, default=repr) for line in self.history]

    def __str__(self) -> str:
        return "\n".join([f"{self.rule}: {self.message}", *self.ndjson()])


class Skipped(Exception):
    """The rule does not apply to this example. The text says why."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """`check` takes one example. It raises Broken if the rule does not hold, Skipped if the rule
    does not apply.

    A `constant` rule does not depend on the example and is checked once.
    """

    name: str
    check: Callable[[T], None]
    constant: bool = False


class Broken(Exception):
    """The rule does not hold for this example. The text is a sentence about the plugin's item."""


class _TimeIsUp(BaseException):
    """Ends a search at once: Hypothesis handles every Exception, but not this."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one rule: kept, broken, or not checked with the reason in `note`."""

    rule: str
    broken: ContractBroken | None = None
    note: str | None = None

    @property
    def word(self) -> str:
        return "broken" if self.broken else "not checked" if self.note else "ok"


def judge(
    rules: Iterable[Rule[T]],
    strategy: SearchStrategy[T],
    examples: int,
    *,
    fixed: Sequence[T] = (),
    history: Callable[[T], Iterable[Any]],
) -> list[Verdict]:
    """Check every rule on the `fixed` examples and on generated ones; make what breaks it smaller.

    `examples` is the number of generated examples; `history` turns one into the history that a
    report shows.
    """
    tried = [*fixed, *drawn(strategy, examples)]
    return [_one(rule, tried, strategy, history) for rule in rules]


def drawn(strategy: SearchStrategy[T], examples: int) -> list[T]:
    """The given number of generated examples, the same at every call."""
    found: list[T] = []

    def keep(example: T) -> bool:
        found.append(example)
        return False

    with contextlib.suppress(NoSuchExample):
        _find(strategy, examples, keep)
    return found


def _one(
    rule: Rule[T],
    tried: Sequence[T],
    strategy: SearchStrategy[T],
    history: Callable[[T], Iterable[Any]],
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
            smallest, why = _smallest(rule, example, str(broken), max(_LEAST, len(tried)), strategy)
            return Verdict(rule.name, ContractBroken(rule.name, why, history(smallest)))
    return Verdict(rule.name, note=None if held else skipped or "the rule applies to no example")


def _check(rule: Rule[T], example: T) -> None:
    try:
        rule.check(example)
    except Exception:
        raise
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
        stops_plugin(error)
        raise Broken(
            f"it raises an exception that ends the interpreter ({described(error)})"
        ) from None


def _smallest(
    rule: Rule[T], first: T, why: str, tried: int, strategy: SearchStrategy[T]
) -> tuple[T, str]:
    """The smallest example found that breaks the rule, and why: a part of the first one, or another
    that Hypothesis shrinks to, whichever is shorter."""
    found = [(first, why)]
    until = 0.0

    def breaks(example: T) -> bool:
        if time.process_time() > until:
            raise _TimeIsUp
        try:
            _check(rule, example)
        except Broken as broken:
            found.append((example, str(broken)))
            return True
        except Exception:  # noqa: BLE001 - the rule does not apply, or the history is not valid
            return False
        return False

    for way in (_parts(first), strategy):
        until = time.process_time() + SECONDS
        # What ends the search does not matter (Hypothesis reports flaky rules): what it found counts.
        with contextlib.suppress(Exception, _TimeIsUp):
            _find(way, tried, breaks)
    return min(found, key=lambda found: len(repr(found[0])))


def _parts(whole: T) -> SearchStrategy[Any]:
    """Lists like `whole` without some of its elements, but with the first one; they shrink to few."""
    if not isinstance(whole, list):
        return st.nothing()
    # One element in twenty is left out: then the whole list is likely to be drawn as well.
    kept = st.tuples(*(st.integers(0, 19) for _ in whole[1:]))
    return kept.map(lambda kept: [whole[0], *compress(whole[1:], kept)])


def _find(strategy: SearchStrategy[T], examples: int, wanted: Callable[[T], bool]) -> None:
    """Let Hypothesis look for the smallest example that is `wanted`, trying the same ones at every
    call. Raises NoSuchExample."""
    quiet = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
    )
    find(strategy, wanted, settings=quiet)
