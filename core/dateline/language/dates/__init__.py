"""Dates as people write them: ``10 April 2020``, ``14/09/2025``, ``Thursday``, ``vor drei Tagen``.

`understand` turns an expression into EDTF. It reads whole expressions of known forms and nothing else,
and it never chooses between two meanings: a refusal is better than a wrong reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dateline.events import edtf
from dateline.language.dates.refusals import NotADate, UnclearDate, Undated

__all__ = ["NotADate", "Tense", "UnclearDate", "Undated", "Understood", "understand"]
#: When something can be, if that is known.
Tense = Literal["", "past", "future"]

#: A longer expression is refused: no date that people write is longer.
LONGEST = 100
#: What begins with a year and has no words is meant as EDTF: ``2024-13``, ``2024-02-30``.
_LIKE_EDTF = re.compile(r"[\[{]?[12]\d{3}-\d\d(?!\d)[-\dTXZ:+/.,~?%\]}]*", re.ASCII)


@dataclass(frozen=True)
class Understood:
    """What an expression means. ``edtf`` is valid for `dateline.events.edtf`; ``expression`` is what was
    written, or empty if that was EDTF; ``relative`` says that the source's date was needed."""

    edtf: str
    expression: str = ""
    relative: bool = False

    @property
    def words(self) -> str:
        """The date in words: ``10 April 2020``."""
        return edtf.parse(self.edtf).words


def understand(
    text: str,
    *,
    languages: Sequence[str] = (),
    published: str | None = None,
    tense: Tense = "",
    other_languages: bool = True,
) -> Understood:
    """What `text` means as EDTF. Valid EDTF is returned unchanged.

    `languages` are the languages of the source (``de``, ``en-GB``): they decide the order of day and
    month. Words are read in these languages first, and else in any known one, unless `other_languages` is
    false: then what is not in `languages` is not understood. `published` is the
    EDTF date of the source, from which ``Thursday``, ``last month`` and ``12 May`` count. `tense` says
    when that can be: with ``past``, for what had happened when the source reported it, ``Monday`` is the
    latest one or the source's own day; with ``future``, for what was planned, it is the next one.

    Raises UnclearDate if `text` can mean two things, and NotADate if it is not understood.
    """
    text = text.strip()
    try:
        return Understood(edtf.parse(text).text)
    except ValueError as error:
        problem = str(error)
    if _LIKE_EDTF.fullmatch(text):
        raise NotADate(problem)
    if len(text) > LONGEST:
        raise NotADate(f"the date is longer than {LONGEST} characters")
    from dateline.language.dates.reading import read  # only people's dates pay for it

    found = read(text, languages, published, tense, other_languages)
    if len(found.choices) > 1:
        raise UnclearDate(text, found.choices, found.relative)
    return Understood(found.choices[0], text, found.relative)
