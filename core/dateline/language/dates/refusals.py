"""Why an expression is not read as a date."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.events import edtf


class UnclearDate(ValueError):
    """An expression, ``text``, that can mean two things or more. ``choices`` are pairs: EDTF, and its
    words. ``relative`` says that they count from the source's date."""

    def __init__(self, text: str, choices: Sequence[str], relative: bool = False) -> None:
        self.text = text
        self.relative = relative
        self.choices = tuple((choice, edtf.parse(choice).words) for choice in choices)
        listed = " or ".join(f"{words} ({choice})" for choice, words in self.choices)
        super().__init__(f"{text!r} can mean {listed}")


class NotADate(ValueError):
    """An expression that is not understood, or that cannot be true. The message says what to write."""


class Undated(NotADate):
    """An expression that counts from the date of its source, which has none, or no certain day."""
