"""ODS (ISO 26300)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from dateline.plugin import Document, Extracted, SourceImporter
from dateline_office.cells import MAX_CELLS, NOTE, lines
from dateline_office.odf import CONTENT, OFFICE, TABLE, body, count, stated, words
from dateline_office.packed import packed_document

_ROW = f"{TABLE}table-row"
_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
#: What holds rows: groups that can be folded, and those that are repeated on each page.
_GROUPS = tuple(f"{TABLE}table-{kind}" for kind in ("row-group", "header-rows", "rows"))
_ROWS_REPEATED, _COLUMNS_REPEATED = (
    f"{TABLE}number-{what}-repeated" for what in ("rows", "columns")
)
#: A time of day, as a duration since midnight.
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
#: The size of the largest sheet of LibreOffice.
_ROWS, _COLUMNS = 1 << 20, 1 << 14


class Ods(SourceImporter):
    """A spreadsheet of LibreOffice: values as they were last calculated, sheet by sheet, as those of Excel are
    read. What the cells show may be rounded."""

    name, suffixes = "ods", (".ods",)
    media_type = "application/vnd.oasis.opendocument.spreadsheet"

    def document(self, content: bytes, charset: str | None) -> Document:
        return packed_document(content, CONTENT, "an ODS spreadsheet")

    def extract(self, document: Document) -> Extracted:
        sheets = body(document, "spreadsheet").iterchildren(f"{TABLE}table")
        named = ((sheet.get(f"{TABLE}name", ""), _rows(sheet)) for sheet in sheets)
        return Extracted(
            "\n".join(lines(named)),
            "dateline ods 1, cells 1",
            title=stated(document, "title"),
            language=stated(document, "language"),
            note=NOTE,
        )


def _rows(sheet: Any) -> Iterator[tuple[int, list[tuple[int, object]]]]:
    """The rows that have values, each as often as it is repeated."""
    number = 1
    for row in _elements(sheet):
        times, cells = count(row, _ROWS_REPEATED, _ROWS), list(islice(_cells(row), MAX_CELLS + 1))
        if cells:
            yield from ((number + more, cells) for more in range(times))
        number += times


def _elements(parent: Any) -> Iterator[Any]:
    """The rows of a sheet, in order, also those in groups. An explicit stack, since groups can lie very deep."""
    waiting = [iter(parent)]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag == _ROW:
            yield element
        elif element.tag in _GROUPS:
            waiting.append(iter(element))


def _cells(row: Any) -> Iterator[tuple[int, object]]:
    """The cells of a row that have a value, each as often as it is repeated."""
    column = 0
    for cell in row.iterchildren(*_CELLS):
        times, value = count(cell, _COLUMNS_REPEATED, _COLUMNS), _value(cell)
        if value not in (None, ""):
            yield from ((column + more, value) for more in range(times))
        column += times


def _value(cell: Any) -> object:
    """The value of a cell, as openpyxl gives that of Excel; the words that it shows if it has no other."""
    kind = cell.get(f"{OFFICE}value-type")
    given = cell.get(
        f"{OFFICE}{kind}-value" if kind in ("date", "time", "boolean") else f"{OFFICE}value"
    )
    try:
        if kind == "boolean" and given:
            return given == "true"
        if kind == "date" and given:
            return datetime.fromisoformat(given)
        if kind == "time" and (found := _TIME.fullmatch(given or "")):
            return f"{int(found[1]):02}:{int(found[2]):02}:{int(found[3]):02}"
        if kind in ("float", "percentage", "currency") and given:
            return float(given)
    except ValueError:
        pass  # then what is shown
    return words(cell).strip() or cell.get(f"{OFFICE}string-value")
