"""Spreadsheets as text: a row is a line, and each cell stands after its address."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from importlib.metadata import version
from typing import ClassVar

from dateline.plugin import (
    DatelineError,
    Document,
    Extracted,
    MissingLibrary,
    SourceImporter,
    find_charset,
)
from dateline_office.packed import packed_document, unreadable

#: The most cells that are taken: a file of a few kilobytes can claim billions.
MAX_CELLS = 1_000_000
_NOTE = "Each cell stands after its address, as B2: 143; quote the address as well where the words repeat."


class Xlsx(SourceImporter):
    """A workbook of Excel, read with openpyxl: values as they were last calculated, sheet by sheet."""

    name, suffixes = "xlsx", (".xlsx", ".xlsm")
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def document(self, content: bytes, charset: str | None) -> Document:
        return packed_document(content, "xl/workbook.xml", "an XLSX workbook")

    def extract(self, document: Document) -> Extracted:
        try:
            from openpyxl import load_workbook
        except ImportError:
            raise MissingLibrary("openpyxl", "capture") from None
        try:
            with warnings.catch_warnings(action="ignore"):
                book = load_workbook(io.BytesIO(document.content), read_only=True, data_only=True)
                lines = []
                for sheet in book.worksheets:
                    sheet.reset_dimensions()
                    cells = list(_lines(sheet.iter_rows(values_only=True)))
                    lines += [f"Sheet: {sheet.title}", *cells] if cells else []
        except DatelineError:
            raise
        except Exception as error:  # openpyxl raises many kinds on broken files
            raise unreadable(f"{type(error).__name__}: {error}") from error
        if not book.worksheets:
            raise unreadable("it has no sheets, or is a workbook in strict Open XML")
        return Extracted(
            "\n".join(lines),
            f"openpyxl {version('openpyxl')}, cells 1",
            title=book.properties.title or None,
            note=_NOTE,
        )


class _Separated(SourceImporter):
    delimiters: ClassVar[str]

    def document(self, content: bytes, charset: str | None) -> Document:
        document = Document(content, charset or find_charset(content))
        if "\x00" in document.text:
            raise unreadable("it contains NUL, so it is not text")
        return document

    def extract(self, document: Document) -> Extracted:
        text = document.text.removeprefix("\ufeff")
        first = text.partition("\n")[0]
        delimiter = max(self.delimiters, key=first.count)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise unreadable(f"it is not a table: {error}") from None
        return Extracted("\n".join(_lines(rows)), "dateline cells 1", note=_NOTE)


class Csv(_Separated):
    """A table with commas, semicolons or tabs, whichever its first line has most of."""

    name, suffixes, media_type, delimiters = "csv", (".csv",), "text/csv", ",;\t"


class Tsv(_Separated):
    """A table with tabs."""

    name, suffixes, media_type, delimiters = "tsv", (".tsv",), "text/tab-separated-values", "\t"


def _lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    count = 0
    for number, row in enumerate(rows, 1):
        cells = []
        for column, value in enumerate(row):
            count += 1
            if value not in (None, ""):
                cells.append(f"{_letters(column)}{number}: {_words(value)}")
        if count > MAX_CELLS:
            raise DatelineError(
                f"the spreadsheet has more than {MAX_CELLS:,} cells",
                hint="save the part that you need, and capture that",
                code="text-too-long",
            )
        if cells:
            yield " | ".join(cells)


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
