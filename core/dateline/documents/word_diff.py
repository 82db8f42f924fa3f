"""How one text became another, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

#: Texts with more words are compared line by line first: comparing words takes longer the more there are.
_MANY = 5_000
_WORD = re.compile(r"\s+|\S+")


class Piece(NamedTuple):
    """A piece of text that both have, or that only the old or only the new text has."""

    kind: Literal["same", "removed", "added"]
    text: str


def word_diff(old: str, new: str) -> Iterator[Piece]:
    """The pieces of two texts in order: those of `old` are ``same`` and ``removed``, those of `new`
    ``same`` and ``added``."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) <= _MANY:
        yield from _pieces(before, after)
        return
    removed: list[str] = []
    added: list[str] = []
    for piece in _pieces(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if piece.kind == "same":
            yield from _changed("".join(removed), "".join(added))
            removed, added = [], []
            yield piece
        else:
            (removed if piece.kind == "removed" else added).append(piece.text)
    yield from _changed("".join(removed), "".join(added))


def _changed(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) <= _MANY:
        yield from _pieces(before, after)
        return
    yield Piece("removed", old)
    yield Piece("added", new)


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    import difflib  # every plugin imports this module, and few compare texts

    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, from_, to in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[start:end]))
            continue
        if start < end:
            yield Piece("removed", "".join(before[start:end]))
        if from_ < to:
            yield Piece("added", "".join(after[from_:to]))
