"""Names of subjects, as they are compared and stored: one person is not two for a stray space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from dateline.errors import DatelineError
from dateline.events import strict

#: Characters of a name.
LONGEST = 200


def subject_name(text: str) -> str:
    """The name in its one spelling: NFC, no white space around it, one space inside.

    Raises DatelineError for what is no name: control characters, nothing but digits, too long.
    """
    if strict.check(text):
        raise DatelineError(
            f"{text!r} is no name of a subject: it is not UTF-8", hint="check the spelling"
        )
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise DatelineError(
            f"{text[:LONGEST]!r} is no name of a subject: it holds line breaks or other control "
            "characters",
            hint="give a name of one line",
        )
    name = _spelled(text)
    if len(name) > LONGEST:
        raise DatelineError(
            f"a name of {len(name):,} characters is too long for a subject",
            hint=f"give one of {LONGEST} at most",
        )
    if not name or name.isdecimal():
        raise DatelineError(
            f"{text!r} is no name of a subject", hint="give a name with a letter in it"
        )
    return name


def require_unnamed(fields: Mapping[str, str], subjects: Iterable[str]) -> None:
    """See that none of what is kept for ever names who is to be forgotten. Raises DatelineError."""
    names = {subject: _folded(subject) for subject in subjects}
    for field, words in fields.items():
        said = _folded(words)
        for subject, name in names.items():
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said):
                raise DatelineError(
                    f"the {field} names {subject[:LONGEST]!r}, and it is kept in the log for ever; "
                    "nothing was erased",
                    hint="say it without the name",
                )


def _spelled(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _folded(text: str) -> str:
    """For comparing: the case does not matter. Folding may take NFC apart, so it comes last."""
    return unicodedata.normalize("NFC", _spelled(text).casefold())
