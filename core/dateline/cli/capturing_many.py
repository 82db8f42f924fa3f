"""Capturing many documents: one line for each, then the failures by their reasons, and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.capture.bounds import Bounds
from dateline.capture.unpacking import Unpacking
from dateline.cli.failures import Failures
from dateline.cli.outcome import FOUND
from dateline.cli.terminal.messages import counted, indented, say

if TYPE_CHECKING:
    from dateline.capture.many import Tried
    from dateline.plugins.loaded import Plugins


def several(plugins: Plugins, files: Sequence[str], format: str | None) -> bool:
    """Whether `files` hold more than one document: they are many, or one is a folder or a container."""
    if len(files) > 1 or Path(files[0]).is_dir():
        return True
    return Unpacking(plugins, Bounds(), format).is_container(files[0])


def show(tries: Iterable[Tried], story: str, *, quiet: bool) -> None:
    """Say what became of each document of a story, or if `quiet` only of all. Ends the command with exit code 3 if
    some could not be captured."""
    tally = _Tally(story)
    try:
        for tried in tries:
            tally.add(tried)
            if not quiet:
                say(_line(tried))
    except BaseException:  # ^C, or a full disk: what is done is captured
        tally.say()
        say("It stopped there. The same command again goes on with the rest.")
        raise
    tally.say()
    if tally.failures:
        click.get_current_context().exit(FOUND)


def _without_date(count: int, story: str) -> str:
    has = "1 of them has" if count == 1 else f"{count:,} of them have"
    return (
        f"{has} no date of publication: on the public record, facts count from when they are "
        f"recorded. Add it with `dateline amend {story} SOURCE --set published=DATE`."
    )


_SUMMARY = {
    "Captured": "captured",
    "Read again": "read again",
    "Already there:": "already there",
    "Stays erased:": "erased before",
    "Left out": "left out, since no plugin reads them",
    "Failed:": "failed",
}


class _Tally:
    """Counts what became of the documents."""

    def __init__(self, story: str) -> None:
        self._story = story
        self._counts: Counter[str] = Counter()
        self._ignored = self._undated = 0
        self.failures = Failures()

    def add(self, tried: Tried) -> None:
        self._counts[_what(tried)] += 1
        if tried.captured is not None:
            self._ignored += bool(tried.captured.ignored)
            self._undated += tried.captured.undated
        elif tried.error is not None and not tried.left_out:
            self.failures.add(tried.place, tried.error)

    def say(self) -> None:
        if self.failures:
            say(str(self.failures))
        counts = self._counts
        said = [f"{counts[what]:,} {words}" for what, words in _SUMMARY.items() if counts[what]]
        say(f"{counted(counts.total(), 'document')}: {', '.join(said) or 'none found'}.")
        if self._ignored:
            say(f"{self._ignored:,} of them say something of themselves that was ignored.")
        if self._undated:
            say(_without_date(self._undated, self._story))


def _what(tried: Tried) -> str:
    done = tried.captured
    if done is None:
        return "Left out" if tried.left_out else "Failed:"
    if done.stays_erased:
        return "Stays erased:"
    if done.read_again:
        return "Read again"
    return "Captured" if done.new else "Already there:"


def _line(tried: Tried) -> str:
    """What became of a document. The next step after an error is said once for all, at the end."""
    if tried.error is not None:
        return indented(f"{_what(tried)} {tried.place}: {tried.error}")
    assert tried.captured is not None
    line = f"{_what(tried)} {tried.place}  {tried.captured.words}".rstrip()
    return indented("\n".join([line, *tried.captured.ignored]))
