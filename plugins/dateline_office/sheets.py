"""Spreadsheets as text: a row is a line, and each cell stands after its address."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, ClassVar

from dateline.plugin import (
    DatelineError,
    Document,
    Extracted,
    MissingLibrary,
    SourceImporter,
    find_charset,
)
from dateline_office.cells import NOTE, Rows, lines, numbered
from dateline_office.packed import packed_document, unreadable


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
                text = "\n".join(lines(_sheets(book)))
        except DatelineError:
            raise
        except Exception as error:  # openpyxl raises many kinds on broken files
            raise unreadable(f"{type(error).__name__}: {error}") from error
        if not book.worksheets:
            raise unreadable("it has no sheets, or is a workbook in strict Open XML")
        return Extracted(
            text,
            f"openpyxl {version('openpyxl')}, cells 1",
            title=book.properties.title or None,
            note=NOTE,
        )


def _sheets(book: Any) -> Iterator[tuple[str, Rows]]:
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        yield sheet.title, numbered(sheet.iter_rows(values_only=True))


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
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            cells = "\n".join(lines([(None, numbered(rows))]))
        except csv.Error as error:
            raise unreadable(f"it is not a table: {error}") from None
        return Extracted(cells, "dateline cells 1", note=NOTE)


class Csv(_Separated):
    """A table with commas, semicolons or tabs, whichever its first line has most of."""

    name, suffixes, media_type, delimiters = "csv", (".csv",), "text/csv", ",;\t"


class Tsv(_Separated):
    """A table with tabs."""

    name, suffixes, media_type, delimiters = "tsv", (".tsv",), "text/tab-separated-values", "\t"
