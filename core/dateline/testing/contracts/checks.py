"""The rules for checks of an archive: a check yields sentences, and the same ones each time."""

# ruff: noqa: BLE001 - a plugin may raise anything, and that is checked here

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dateline.events.state import StoryState
from dateline.plugins.checks import Check
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict
from dateline.testing.contracts.trials import Lines, Trials


def check_verdicts(check: Check, trials: Trials) -> list[Verdict]:
    """The verdict of every rule for checks."""
    return trials.judge(
        Rule(name, partial(_on_states, rule, check, trials)) for name, rule in CHECK_RULES.items()
    )


def takes_every_story(check: Check, state: StoryState) -> None:
    """The check accepts every valid story: it does not raise, and yields strings."""
    try:
        sentences = list(check.run(state))
    except Exception as error:
        raise Broken(f"it raised {type(error).__name__}: {error}") from None
    for sentence in sentences:
        if not isinstance(sentence, str):
            raise Broken(f"it yields {sentence!r}, which is not a str")


def yields_the_same_twice(check: Check, state: StoryState) -> None:
    """Run twice on the same story, the check yields the same sentences."""
    try:
        first, again = list(check.run(state)), list(check.run(state))
    except Exception as error:
        raise Skipped(str(error)) from None
    if first != again:
        raise Broken(f"run twice, it yields {first!r}, then {again!r}")


CHECK_RULES: dict[str, Callable[[Check, StoryState], None]] = {
    "takes-every-story": takes_every_story,
    "deterministic": yields_the_same_twice,
}


def _on_states(
    rule: Callable[[Check, StoryState], None], check: Check, trials: Trials, lines: Lines
) -> None:
    archive = trials.recording(lines).archive
    for story in archive.stories():
        rule(check, archive.state(story.slug).read_only)
