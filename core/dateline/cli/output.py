"""Data on stdout: a table for a person, plain data for a pipe."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from dateline.text import csv_cell, visible

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "json", "ndjson", "csv")


def format_option(command: F) -> F:
    """``-f/--format``: a table on a terminal, CSV in a pipe, unless said."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        help="Form of the data.  [default: table on a terminal, csv in a pipe]",
    )(command)


def emit(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    format_: str | None,
    *,
    summary: Sequence[str] = (),
    title: str | None = None,
) -> None:
    """Print rows in a format; `summary` names the columns of a table on a terminal."""
    chosen = format_ or ("table" if sys.stdout.isatty() else "csv")
    if chosen == "table":
        _table(columns, rows, summary or columns, title)
    elif chosen == "csv":
        _csv(columns, rows)
    else:
        _json(columns, rows, lines=chosen == "ndjson")


def _table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    shown: Sequence[str],
    title: str | None,
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    picked = [(name, columns.index(name)) for name in shown]
    rows = list(rows)
    table = Table(box=SIMPLE_HEAD, title=title and Text(visible(title)), title_justify="left")
    for name, at in picked:
        values = [row[at] for row in rows if row[at] is not None]
        long = max((len(str(value)) for value in values), default=0)
        numeric = bool(values) and all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in values
        )
        table.add_column(
            Text(name.replace("_", " ")),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=long <= 10,
            ratio=None if long <= 24 else min(long, 60),
        )
    for row in rows:
        table.add_row(*(Text(_cell(row[at])) for _, at in picked))
    console = Console(highlight=False, soft_wrap=False)
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return visible(str(value))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        click.echo(buffer.getvalue(), nl=False)
        buffer.seek(0)
        buffer.truncate()
    click.echo(buffer.getvalue(), nl=False)


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return csv_cell(json.dumps(value, ensure_ascii=False))
    return csv_cell(value)


def _json(columns: Sequence[str], rows: Iterable[Sequence[object]], *, lines: bool) -> None:
    # ASCII keeps control and bidi characters of untrusted text off the terminal.
    records = (json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=True) for row in rows)
    if lines:
        for record in records:
            click.echo(record)
        return
    click.echo("[", nl=False)
    for number, record in enumerate(records):
        click.echo(("," if number else "") + "\n" + record, nl=False)
    click.echo("\n]")
