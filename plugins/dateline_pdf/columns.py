"""Columns that a page draws line by line across all of them, read one after the other. Pure.

Columns are what a strip without text divides in at least five lines in a row, and what reads on: most
text in them is letters, and lines go on in the middle of a sentence. A table has such strips too, but
its cells are short or start anew in each line; it stays in rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from dateline_pdf.placed import Piece
from dateline_pdf.rows import Row, drops, is_leftwards, rows, text, usual, width
from dateline_pdf.strips import Strip, strips

#: The fewest lines that make a column, and its least width in sizes of the letters.
LINES, WIDTH = 5, 6.0
#: The least share of lines that begin in the middle of a sentence, and of letters in what is printed.
GOING_ON, LETTERS = 0.3, 0.75
#: Lines more than this many times as far from the others as usual are set apart.
APART = 1.6
#: The most divisions of a page within each other.
_DEPTH = 12


def by_columns(pieces: Sequence[Piece]) -> str | None:
    """The text of a page with columns one after the other; None if no line is drawn across columns."""
    drawn = rows(pieces)
    read = _ordered(drawn, 0)
    return None if read is drawn else "\n".join(filter(None, map(text, read)))


def _ordered(rows: list[Row], depth: int) -> list[Row]:
    found = _found(rows) if depth < _DEPTH and len(rows) >= LINES else None
    if found is None:
        return rows
    parts = [rows[: found.first], *_parts_read(found, rows), rows[found.last + 1 :]]
    return [row for part in parts for row in _ordered(part, depth + 1)]


def _found(rows: list[Row]) -> Strip | None:
    """The longest strip between columns."""
    for strip in strips(rows, LINES):
        _leave_margins(strip, rows)
        if all(map(_reads_on, strip.sides(rows[strip.first : strip.last + 1]))):
            return strip
    return None


def _parts_read(strip: Strip, rows: list[Row]) -> list[list[Row]]:
    """What the strip divides, in the order of reading: columns, or the long cells of a table."""
    region = rows[strip.first : strip.last + 1]
    sides = strip.sides(region)
    apart, most = _apart(region)
    own = [sum(drop > most for drop in drops(side)) for side in sides]
    # Columns have paragraphs of their own; the cells of a table begin side by side.
    if len(apart) > 2 and max(own) < len(apart) and not any(map(_found, sides)):
        divided = [strip.sides(part) for part in apart]
    else:
        divided = [sides]
    step = -1 if is_leftwards([piece for row in region for piece in row]) else 1
    return [side for pair in divided for side in pair[::step]]


def _apart(region: list[Row]) -> tuple[list[list[Row]], float]:
    """The rows by what is set apart across all columns, and the distance that is more than usual."""
    distances = drops(region)
    most = APART * max(usual(distances), median(row[0].size for row in region))
    starts = [0, *(n for n, drop in enumerate(distances, 1) if drop > most), len(region)]
    return [region[start:end] for start, end in pairwise(starts)], most


def _leave_margins(strip: Strip, rows: list[Row]) -> None:
    """Takes from the strip what is set apart above or below: a header, a table, smaller notes."""
    region = rows[strip.first : strip.last + 1]
    apart, _ = _apart(region)
    while len(apart) > 1 and not _is_paragraph(apart[0], strip):
        strip.first += len(apart.pop(0))
    while len(apart) > 1 and not _is_paragraph(apart[-1], strip):
        strip.last -= len(apart.pop())
    size = median(row[0].size for row in region)
    while strip.last > strip.first and rows[strip.last][0].size < 0.9 * size:
        strip.last -= 1


def _is_paragraph(part: list[Row], strip: Strip) -> bool:
    """Whether rows that are set apart may belong to columns: a few lines, or more that read on."""
    return len(part) > 1 and all(len(side) < LINES or _reads_on(side) for side in strip.sides(part))


def _reads_on(lines: list[Row]) -> bool:
    """Whether the lines are a column of sentences, as far as their letters show it."""
    texts = list(filter(None, map(text, lines)))
    if len(texts) < LINES or median(map(width, lines)) < WIDTH:
        return False
    going_on = sum(line[0].isalpha() and not line[0].isupper() for line in texts[1:])
    shown = "".join("".join(texts).split())
    letters = sum(map(str.isalpha, shown))
    return going_on >= GOING_ON * len(texts) and letters >= LETTERS * len(shown)
