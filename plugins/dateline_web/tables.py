"""The rows of a view as programs read them: the same text as ``dateline show`` prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable

from dateline.plugin import Table, csv_cell
from dateline_web.addresses import ENDINGS
from dateline_web.answers import Answer


def as_csv(table: Table) -> str:
    """The rows as CSV: no cell acts in a spreadsheet (CWE-1236)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue()


def as_ndjson(table: Table) -> str:
    """One JSON object for each row and line, in ASCII."""
    return "".join(f"{record}\n" for record in _records(table))


def as_json(table: Table) -> str:
    """A JSON array of the same objects."""
    return "[" + ",".join(f"\n{record}" for record in _records(table)) + "\n]\n"


#: The text of a table by the ending of its address.
WRITERS: dict[str, Callable[[Table], str]] = {
    "json": as_json,
    "csv": as_csv,
    "ndjson": as_ndjson,
}


def answer(table: Table, ending: str) -> Answer:
    """The rows in the form of that ending."""
    return Answer(ENDINGS[ending], WRITERS[ending](table).encode())


def _records(table: Table) -> Iterable[str]:
    return (json.dumps(row, ensure_ascii=True) for row in table.dicts())


def _cell(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else csv_cell(value)
