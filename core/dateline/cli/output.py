"""Data on stdout: a table for a person, plain data for a pipe."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

import click

from dateline.cli.stdout import data
from dateline.text import csv_cell, legible, legible_line

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "json", "ndjson", "csv")
#: The byte order mark, by which Excel knows UTF-8.
MARK = "\ufeff"


def format_option(command: F) -> F:
    """``-f/--format``: a table on a terminal, CSV in a pipe, unless said."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        help="Form of the data.  [default: table on a terminal, csv in a pipe]",
    )(bom_option(command))


def bom_option(command: F) -> F:
    """``--bom``: CSV that Excel reads as UTF-8. `emit` looks for it."""
    return click.option(
        "--bom",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Begin CSV with a byte order mark: Excel then reads it as UTF-8.",
    )(command)


def _remember(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    ctx.meta[MARK] = given


def emit(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    format_: str | None,
    *,
    summary: Sequence[str] = (),
    headings: Mapping[str, str] = MappingProxyType({}),
    title: str | None = None,
    running: Mapping[str, int] | None = None,
) -> None:
    """Print rows in a format; `summary` names the columns of a table on a terminal, `headings`
    what stands over them there.

    Rows are printed as they come; those of a table only if `running` says which columns it has then,
    and how wide they are at least.
    """
    chosen = format_ or ("table" if data().isatty() else "csv")
    ctx = click.get_current_context(silent=True)
    marked = ctx is not None and ctx.meta.get(MARK, False)
    if marked and chosen != "csv":
        raise click.UsageError(f"--bom is for csv, not for {chosen}")
    if chosen == "table" and running:
        _lines(columns, rows, running)
    elif chosen == "table":
        from dateline.cli.table import table

        table(columns, rows, summary or columns, headings, title)
    elif chosen == "csv":
        _csv(columns, rows, MARK if marked else "")
    else:
        _json(columns, rows, lines=chosen == "ndjson")


def tell(line: str) -> None:
    """A line for the person who asked, on stdout, safe to print."""
    from dateline.cli.wrapped import wrapped

    click.echo(wrapped(legible(line), data()), file=data())


def give(text: str) -> None:
    """A piece of a file, on stdout: as it is in a pipe, safe to look at on a terminal."""
    shown = legible(text.replace("\r\n", "\n")) if data().isatty() else text
    click.echo(shown.encode(), nl=False, file=data())


def _lines(
    columns: Sequence[str], rows: Iterable[Sequence[object]], least: Mapping[str, int]
) -> None:
    """A line a row, aligned with those before it: nobody knows how wide the next one is."""
    from rich.cells import cell_len

    from dateline.cli.table import cell as shown

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
    # ASCII keeps control and bidi characters of untrusted text off the terminal.
    records = (json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=True) for row in rows)
    if lines:
        for record in records:
            click.echo(record, file=data())
        return
    click.echo("[", nl=False, file=data())
    for number, record in enumerate(records):
        click.echo(("," if number else "") + "\n" + record, nl=False, file=data())
    click.echo("\n]", file=data())
