"""What every check of an archive keeps to: it says sentences, the same ones each time."""

# ruff: noqa: BLE001 - whatever a plugin raises is what is judged here

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from dateline.events.present import StoryState
from dateline.events.registry import EventType
from dateline.plugins.checks import Check
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict, judge
from dateline.testing.contracts.trials import EVENTFUL, Lines, Trials, trials_for
from dateline.testing.isolated import isolated


def check_verdicts(
    check: Check,
    *,
    event_types: Sequence[EventType] = (),
    examples: int = 25,
    trials: Trials | None = None,
) -> list[Verdict]:
    """Every rule for checks, held against `check`."""
    with trials_for(trials, isolated(*event_types), event_types, examples) as made:
        rules = [
            Rule(name, partial(_on_states, rule, check, made)) for name, rule in CHECK_RULES.items()
        ]
        return judge(rules, made.strategy, made.examples, fixed=[EVENTFUL], told=list)


def takes_every_story(check: Check, state: StoryState) -> None:
    """No valid story makes it raise, and what it says is text."""
    try:
        said = list(check.run(state))
    except Exception as error:
        raise Broken(f"it raised {type(error).__name__}: {error}") from None
    for sentence in said:
        if not isinstance(sentence, str):
            raise Broken(f"it says {sentence!r}, which is no text")


def says_the_same_twice(check: Check, state: StoryState) -> None:
    """Asked twice of the same story it says the same."""
    try:
        first, again = list(check.run(state)), list(check.run(state))
    except Exception as error:
        raise Skipped(str(error)) from None
    if first != again:
        raise Broken(f"asked twice it said {first!r}, then {again!r}")


CHECK_RULES: dict[str, Callable[[Check, StoryState], None]] = {
    "takes-every-story": takes_every_story,
    "deterministic": says_the_same_twice,
}


def _on_states(
    rule: Callable[[Check, StoryState], None], check: Check, trials: Trials, lines: Lines
) -> None:
    archive = trials.recording(lines).archive
    for story in archive.stories():
        rule(check, archive.state(story.slug).given)
