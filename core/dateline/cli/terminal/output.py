"""Prints data on stdout: a table on a terminal, plain data in a pipe."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import click

from dateline.cli.terminal.stdout import MARK, data
from dateline.text import csv_cell, legible, legible_line


def emit(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    format_: str | None,
    *,
    summary: Sequence[str] = (),
    headings: Mapping[str, str] = MappingProxyType({}),
    running: Mapping[str, int] | None = None,
) -> None:
    """Print rows in a format. `summary` names the columns that a table has, `headings` the text
    above them where it is not the column's name.

    Each row is printed when it arrives. A table does so only with `running`, which maps its columns
    to their least widths in cells. Raises UsageError for --bom with another format than CSV.
    """
    chosen = format_ or ("table" if data().isatty() else "csv")
    ctx = click.get_current_context(silent=True)
    marked = ctx is not None and ctx.meta.get(MARK, False)
    if marked and chosen != "csv":
        raise click.UsageError(f"--bom applies to csv only, not to {chosen}")
    if chosen == "table" and running:
        _lines(columns, rows, running)
    elif chosen == "table":
        from dateline.cli.terminal.tabular import table

        table(columns, rows, summary or columns, headings)
    elif chosen == "csv":
        _csv(columns, rows, MARK if marked else "")
    else:
        _json(columns, rows, lines=chosen == "ndjson")


def tell(line: str) -> None:
    """Print one line on stdout, made safe for a terminal."""
    from dateline.cli.terminal.messages import wrapped

    click.echo(wrapped(legible(line), data()), file=data())


def give(text: str | bytes) -> None:
    """Print part of a file on stdout: unchanged in a pipe, made safe on a terminal. Bytes are for pipes."""
    if isinstance(text, bytes):
        click.echo(text, nl=False, file=data())
        return
    shown = legible(text.replace("\r\n", "\n")) if data().isatty() else text
    click.echo(shown.encode(), nl=False, file=data())


def _lines(
    columns: Sequence[str], rows: Iterable[Sequence[object]], least: Mapping[str, int]
) -> None:
    """One line for each row, aligned with the lines before it: later widths are not known yet."""
    from rich.cells import cell_len

    from dateline.cli.terminal.tabular import cell as shown

    widths = list(least.values())
    picked = [columns.index(name) for name in least]

    def line(cells: Sequence[str]) -> None:
        widths[:] = [max(pair) for pair in zip(widths, map(cell_len, cells), strict=True)]
        padded = (
            text + " " * (width - cell_len(text)) for text, width in zip(cells, widths, strict=True)
        )
        click.echo("  ".join(padded).rstrip(), file=data())

    line([name.replace("_", " ") for name in least])
    for row in rows:
        line([legible_line(shown(row[at])) for at in picked])


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]], mark: str) -> None:
    buffer = io.StringIO()
    buffer.write(mark)
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(value) for value in row])
        click.echo(buffer.getvalue(), nl=False, file=data())
        buffer.seek(0)
        buffer.truncate()
    click.echo(buffer.getvalue(), nl=False, file=data())


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return csv_cell(json.dumps(value, ensure_ascii=False))
    return csv_cell(value)


def _json(columns: Sequence[str], rows: Iterable[Sequence[object]], *, lines: bool) -> None:
    # ASCII output keeps control and bidi characters in untrusted text away from the terminal.
    records = (json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=True) for row in rows)
    if lines:
        for record in records:
            click.echo(record, file=data())
        return
    click.echo("[", nl=False, file=data())
    for number, record in enumerate(records):
        click.echo(("," if number else "") + "\n" + record, nl=False, file=data())
    click.echo("\n]", file=data())
