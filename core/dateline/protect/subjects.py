"""How names of subjects are compared and stored, so that a stray space does not make two persons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from dateline.errors import DatelineError
from dateline.events import strict

#: The most characters that a name may have.
LONGEST = 200


def subject_name(text: str) -> str:
    """The name in its canonical spelling: NFC, no white space around it, single spaces inside.

    Raises DatelineError for control characters, a name that is only digits, or one that is too long.
    """
    if strict.check(text):
        raise DatelineError(
            f"{text!r} is not a name of a subject: it is not UTF-8",
            hint="check the spelling",
            code="not-a-subject-name",
        )
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise DatelineError(
            f"{text[:LONGEST]!r} is not a name of a subject: it has line breaks or other control "
            "characters",
            hint="give a name on one line",
            code="not-a-subject-name",
        )
    name = _spelled(text)
    if len(name) > LONGEST:
        raise DatelineError(
            f"a name of {len(name):,} characters is too long for a subject",
            hint=f"give a name of at most {LONGEST} characters",
            code="not-a-subject-name",
        )
    if not name or name.isdecimal():
        raise DatelineError(
            f"{text!r} is not a name of a subject",
            hint="give a name with a letter in it",
            code="not-a-subject-name",
        )
    return name


def require_unnamed(fields: Mapping[str, str], subjects: Iterable[str]) -> None:
    """Check that no text that is kept for ever names a subject. Raises DatelineError."""
    names = {subject: _folded(subject) for subject in subjects}
    for field, words in fields.items():
        text = _folded(words)
        for subject, name in names.items():
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                raise DatelineError(
                    f"the {field} names {subject[:LONGEST]!r}, but it is kept in the log for ever; "
                    "nothing was erased",
                    hint="say it without the name",
                    code="subject-named",
                )


def _spelled(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _folded(text: str) -> str:
    """For comparing without regard to case. Folding may undo NFC, so NFC comes last."""
    return unicodedata.normalize("NFC", _spelled(text).casefold())
