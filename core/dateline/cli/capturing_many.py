"""Capturing many documents: one line for each, and a count of them at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.capture.bounds import Bounds
from dateline.capture.unpacking import Unpacking
from dateline.cli.outcome import FOUND
from dateline.cli.terminal.messages import counted, say

if TYPE_CHECKING:
    from dateline.capture.many import Tried
    from dateline.plugins.loaded import Plugins


def several(plugins: Plugins, files: Sequence[str], format: str | None) -> bool:
    """Whether `files` hold more than one document: they are many, or one is a folder or a container."""
    if len(files) > 1 or Path(files[0]).is_dir():
        return True
    return Unpacking(plugins, Bounds(), format).is_container(files[0])


def show(tries: Iterable[Tried], story: str) -> None:
    """Say what became of each document of a story. Ends the command with exit code 3 if some could not be captured."""
    counts: Counter[str] = Counter()
    undated = 0
    failed: list[str] = []
    for tried in tries:
        undated += tried.captured is not None and tried.captured.undated
        what = _what(tried)
        counts[what] += 1
        failed += [tried.place] if what == _FAILED else []
        say(f"{what} {_words(tried)}")
    said = [f"{counts[what]:,} {words}" for what, words in _SUMMARY.items() if counts[what]]
    say(f"{counted(counts.total(), 'document')}: {', '.join(said) or 'none found'}.")
    if undated:
        say(_without_date(undated, story))
    if failed and counts.total() > _SCREEN:
        more = f" and {len(failed) - _NAMED:,} more" if len(failed) > _NAMED else ""
        say(f"Failed, see above: {', '.join(failed[:_NAMED])}{more}.")
    if failed:
        click.get_current_context().exit(FOUND)


def _without_date(count: int, story: str) -> str:
    has = "1 of them has" if count == 1 else f"{count:,} of them have"
    return (
        f"{has} no date of publication: on the public record, facts count from when they are "
        f"recorded. Add it with `dateline amend {story} SOURCE --set published=DATE`."
    )


_FAILED = "Failed:"
#: After so many lines those that failed are named again, up to so many of them.
_SCREEN, _NAMED = 30, 5
#: An id in full. Its first digits are enough in a list.
_ID = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_SUMMARY = {
    "Captured": "captured",
    "Read again": "read again",
    "Already there:": "already there",
    "Stays erased:": "erased before",
    "Left out": "left out, since no plugin reads them",
    _FAILED: "failed",
}


def _what(tried: Tried) -> str:
    done = tried.captured
    if done is None:
        return "Left out" if tried.left_out else _FAILED
    if done.stays_erased:
        return "Stays erased:"
    if done.read_again:
        return "Read again"
    return "Captured" if done.new else "Already there:"


def _words(tried: Tried) -> str:
    if tried.error is not None:
        hint = "" if tried.left_out or not tried.error.hint else f"\n  {tried.error.hint}"
        return f"{tried.place}: {tried.error}{hint}"
    assert tried.captured is not None
    words = _ID.sub(r"\1", tried.captured.words)
    return f"{tried.place}  {words}".rstrip()
