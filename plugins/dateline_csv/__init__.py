"""CSV: one row a fact, for spreadsheets. Formula-safe (CWE-1236), RFC 4180."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from dateline.plugin import Cut, Exporter, Material, StatedCut, csv_cell, hookimpl


class Csv(Exporter):
    """One view as a flat table, the timeline unless ``--view`` says otherwise.

    Text that a spreadsheet would run gets an apostrophe in front, so CSV is for reading: JSON and
    NDJSON are the formats to come back from. Lines end with CRLF.
    """

    name, suffix, media_type = "csv", ".csv", "text/csv"

    def export(self, material: Material) -> Iterator[str]:
        view = material.view or "timeline"
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\r\n")
        header = False
        for story in material.stories():
            table = material.table(view, story.slug)
            if not header:
                writer.writerow([column.name for column in table.columns])
                header = True
            for row in table.rows:
                writer.writerow([_cell(value) for value in row])
                yield _taken(line)
        if not header:  # no story: still a document with a header
            writer.writerow([column.name for column in material.table(view, "").columns])
        yield _taken(line)

    def sidecar(self, material: Material) -> str:
        """The cut, which a CSV has no place for."""
        fields = {**material.cut.fields, "view": material.view or "timeline"}
        return json.dumps(fields, indent=2, sort_keys=True) + "\n"

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        if sidecar is None:
            return None
        fields = json.loads(sidecar)
        view = fields["view"]
        return StatedCut(Cut.of(fields), view) if isinstance(view, str) else None


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return csv_cell(value)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [Csv()]
