"""The cells of a spreadsheet as text: a row is a line, and each cell stands after its address. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from dateline.plugin import DatelineError

#: The most rows, cells and characters that are taken: a file of a few kilobytes can claim billions.
MAX_ROWS, MAX_CELLS, MAX_CHARACTERS = 1 << 20, 1_000_000, 64 << 20
NOTE = "Each cell stands after its address, as B2: 143; quote the address as well where the words repeat."


#: The rows of a sheet, each with its number, from 1, and its cells, each with its column, from 0.
Rows = Iterable[tuple[int, Iterable[tuple[int, object]]]]


def numbered(rows: Iterable[Iterable[object]]) -> Rows:
    """Rows that are all there, with their numbers."""
    return enumerate(map(enumerate, rows), 1)


def lines(sheets: Iterable[tuple[str | None, Rows]]) -> Iterator[str]:
    """The lines of sheets that have values, each after its name, if it has one. Raises DatelineError
    (``text-too-long``)."""
    cells = _Cells()
    for name, rows in sheets:
        heading = [] if name is None else [f"Sheet: {name}"]
        for number, row in rows:
            if line := cells.line(number, row):
                yield from heading
                yield line
                heading = []


class _Cells:
    """Counts the cells and characters of all sheets."""

    def __init__(self) -> None:
        self._count = self._size = 0

    def line(self, number: int, row: Iterable[tuple[int, object]]) -> str:
        kept = []
        _require(number <= MAX_ROWS, f"{MAX_ROWS:,} rows")
        for column, value in row:
            self._count += 1
            if value not in (None, ""):
                kept.append(f"{_letters(column)}{number}: {_words(value)}")
                self._size += len(kept[-1])
            _require(self._count <= MAX_CELLS, f"{MAX_CELLS:,} cells")
            _require(self._size <= MAX_CHARACTERS, f"{MAX_CHARACTERS:,} characters")
        return " | ".join(kept)


def _require(fits: bool, most: str) -> None:
    if not fits:
        raise DatelineError(
            f"the spreadsheet has more than {most}",
            hint="save the part that you need, and capture that",
            code="text-too-long",
        )


def _letters(column: int) -> str:
    """The letters of a column, from 0: A to Z, AA ..."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return " ".join(str(value).split())
