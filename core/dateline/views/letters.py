"""Letters without their case, each on its own, so that both databases can compare them as Python does.

A letter and its other forms differ in case alone: ``K``, ``k`` and the Kelvin sign. No letter becomes
two, as ``ß`` would in full case folding.
"""

from __future__ import annotations

from functools import cache

#: No code point from here on has another case. A test compares it with Python's tables.
END = 0x1E944


def folded(text: str) -> str:
    """`text` with each letter in one form."""
    return text.lower() if text.isascii() else text.translate(_forms())


def variants(letter: str) -> str:
    """All letters that differ from `letter` in case alone, itself included."""
    return _variants().get(folded(letter), letter)


def _one(letter: str) -> str:
    """The form of one letter: case-folded if that is one letter, else in lower case if that is."""
    return next((form for form in (letter.casefold(), letter.lower()) if len(form) == 1), letter)


@cache
def _forms() -> dict[int, str]:
    pairs = ((code, _one(chr(code))) for code in range(END))
    return {code: form for code, form in pairs if form != chr(code)}


@cache
def _variants() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, form in _forms().items():
        found[form] = found.get(form, form) + chr(code)
    return found
