"""The rows of a page: what is drawn on one line, across all columns. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from dateline_pdf.placed import LEFTWARDS, Piece

Row = list[Piece]
#: What is free of text in a row, from the left to the right.
Free = list[tuple[float, float]]


def rows(pieces: Sequence[Piece]) -> list[Row]:
    """The pieces by rows, in the order in which they are drawn."""
    found: list[Row] = []
    for piece in pieces:
        row = found[-1] if found else []
        last = row[-1] if row else piece
        lower = row[0].height - piece.height if row else math.inf
        if row and not piece.text.strip():
            row[-1] = last._replace(text=last.text + piece.text)
        elif (
            last.text.endswith("\n")
            or lower > 0.9 * piece.size
            or (lower > 0.1 * piece.size and piece.start < last.start)
        ):
            found.append([piece])
        else:
            row.append(piece)
    return found


def free(row: Row) -> Free:
    """Where the row has no text: before the first piece, in gaps, and after the last piece."""
    gaps, end = [], -math.inf
    for piece in sorted(row, key=lambda piece: piece.start):
        if piece.text.strip():
            if piece.start > end:
                gaps.append((end, piece.start))
            end = max(end, piece.end)
    return [*gaps, (end, math.inf)]


def drops(rows: Sequence[Row]) -> list[float]:
    """How much each row, but for the first, is below the row before it."""
    return [above[0].height - row[0].height for above, row in pairwise(rows)]


def usual(drops: Iterable[float]) -> float:
    """The usual distance of rows; 0 where there is none."""
    return median([drop for drop in drops if drop > 0] or [0.0])


def width(row: Row) -> float:
    """The width of the row in sizes of its letters."""
    span = max(piece.end for piece in row) - min(piece.start for piece in row)
    return span / (row[0].size or 1.0)


def text(row: Row) -> str:
    """What is written in the row, without spaces around it."""
    if not is_leftwards(row):
        return "".join(piece.text for piece in row).strip()
    parts, edge = [], math.inf
    for piece in sorted(row, key=lambda piece: -piece.start):
        parts += [" "] if edge - piece.end > 0.1 * piece.size else []
        parts.append(piece.text.strip())
        edge = piece.start
    return "".join(parts).strip()


def is_leftwards(pieces: Sequence[Piece]) -> bool:
    """Whether most letters are of scripts that are written from right to left."""
    if not any(LEFTWARDS.search(piece.text) for piece in pieces):
        return False
    letters = [unicodedata.bidirectional(letter) for piece in pieces for letter in piece.text]
    return sum(kind in ("R", "AL") for kind in letters) > letters.count("L")
