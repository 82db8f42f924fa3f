"""CSV: one row per fact, for spreadsheets. Formula-safe (CWE-1236), RFC 4180."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from dateline.plugin import Cut, Exporter, Material, StatedCut, csv_cell, hookimpl


class Csv(Exporter):
    """One view as a flat table: the timeline, or the view that ``--view`` names.

    Text that a spreadsheet would run as a formula is prefixed with an apostrophe, so CSV is for
    reading: use JSON or NDJSON to read data back. Lines end with CRLF.
    """

    name, suffix, media_type, tabular = "csv", ".csv", "text/csv", True

    def export(self, material: Material) -> Iterator[str]:
        view = material.view or "timeline"
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\r\n")
        header = False
        for table in material.tables(view):
            if not header:
                writer.writerow([column.name for column in table.columns])
                header = True
            for row in table.rows:
                writer.writerow([_cell(value) for value in row])
                yield _take_text(line)
        if not header:  # no story: the document still has its header
            writer.writerow([column.name for column in material.table(view, "").columns])
        yield _take_text(line)

    def sidecar(self, material: Material) -> str:
        """The cut and the view as JSON: a CSV file has no place for them."""
        fields = {**material.cut.fields, "view": material.view or "timeline"}
        return json.dumps(fields, indent=2, sort_keys=True) + "\n"

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        if sidecar is None:
            return None
        fields = json.loads(sidecar)
        view = fields["view"]
        return StatedCut(Cut.of(fields), view) if isinstance(view, str) else None

    def earlier(self, content: str) -> str | None:
        """Without the column ``method``, which came later."""
        try:
            header, *rows = csv.reader(io.StringIO(content, newline=""))
        except csv.Error:  # a cell is longer than it reads
            return None
        if "method" not in header:
            return None
        at, line = header.index("method"), io.StringIO()
        writer = csv.writer(line, lineterminator="\r\n")
        writer.writerows(row[:at] + row[at + 1 :] for row in [header, *rows])
        return line.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return csv_cell(value)


def _take_text(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [Csv()]
