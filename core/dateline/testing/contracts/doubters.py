"""The rules for doubters: they take every fact, and yield the same doubts each time."""

# ruff: noqa: BLE001 - a plugin may raise anything, and that is checked here

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dateline.doubts.doubt import Doubt, Doubter
from dateline.events.state import Fact
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict
from dateline.testing.contracts.trials import Lines, Trials
from dateline.testing.contracts.watch import Watch


def doubter_verdicts(doubter: Doubter, trials: Trials) -> list[Verdict]:
    """The verdict of every rule for doubters."""
    return trials.judge(
        Rule(name, partial(_on_facts, rule, doubter, trials))
        for name, rule in DOUBTER_RULES.items()
    )


def takes_every_fact(doubter: Doubter, fact: Fact) -> None:
    """The doubter accepts every valid fact: it does not raise, and yields doubts."""
    try:
        found = list(doubter.find(fact))
    except Exception as error:
        raise Broken(f"it raised {type(error).__name__}: {error}") from None
    for doubt in found:
        if not isinstance(doubt, Doubt):
            raise Broken(f"it yields {doubt!r}, which is not a Doubt")


def is_pure(doubter: Doubter, fact: Fact) -> None:
    """Asked twice about the same fact, the doubter yields the same doubts, and uses no clock, randomness,
    files or network."""
    try:
        first = list(doubter.find(fact))
        with Watch() as watch:
            again = list(doubter.find(fact))
    except Exception as error:
        raise Skipped(str(error)) from None
    if first != again:
        raise Broken(f"asked twice, it yields {first!r}, then {again!r}")
    if watch.seen:
        raise Broken(f"it called {watch.seen[0]}: doubts may depend on the fact alone")


DOUBTER_RULES: dict[str, Callable[[Doubter, Fact], None]] = {
    "takes-every-fact": takes_every_fact,
    "pure": is_pure,
}


def _on_facts(
    rule: Callable[[Doubter, Fact], None], doubter: Doubter, trials: Trials, lines: Lines
) -> None:
    archive = trials.recording(lines).archive
    for story in archive.stories():
        for fact in archive.state(story.slug).facts.values():
            rule(doubter, fact)
