"""Data on stdout: a table for a person, plain data for a pipe."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli.stdout import data
from dateline.text import cell, csv_cell, legible, legible_line, visible

if TYPE_CHECKING:
    from rich.console import Console

F = TypeVar("F", bound=Callable[..., Any])
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HASH = re.compile(r"\b(sha256:[0-9a-f]{8})[0-9a-f]+")
#: Columns up to this width are never squeezed, and words up to that one never broken.
_NARROW, _WORD = 11, 24
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
        _table(columns, rows, summary or columns, headings, title)
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


def _table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    shown: Sequence[str],
    names: Mapping[str, str],
    title: str | None,
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    picked = [(name, columns.index(name)) for name in shown]
    rows = list(rows)
    cells = [[_cell(row[at]) for _, at in picked] for row in rows]
    headings = [names.get(name, name.replace("_", " ")) for name, _ in picked]
    console = Console(file=data(), highlight=False)
    widths = _widths(headings, cells, console.width)
    if widths is None:
        _cards(headings, cells, console)
        return
    table = Table(box=SIMPLE_HEAD, title=title and Text(visible(title)), title_justify="left")
    for (_, at), heading, width in zip(picked, headings, widths, strict=True):
        numeric = any(row[at] is not None for row in rows) and all(
            isinstance(row[at], int | float | None) and not isinstance(row[at], bool)
            for row in rows
        )
        table.add_column(
            Text(heading), justify="right" if numeric else "left", overflow="fold", width=width
        )
    for row_cells in cells:
        table.add_row(*map(Text, row_cells))
    console.print(table)


def _lines(
    columns: Sequence[str], rows: Iterable[Sequence[object]], least: Mapping[str, int]
) -> None:
    """A line a row, aligned with those before it: nobody knows how wide the next one is."""
    from rich.cells import cell_len

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
        line([legible_line(_cell(row[at])) for at in picked])


def _widths(headings: list[str], cells: list[list[str]], room: int) -> list[int | None] | None:
    """Widths of columns: as wide as needed if all fit, else each as wide as its words and the rest
    of the room where cells are long. None when there is not even that much."""
    columns = [[heading, *(row[at] for row in cells)] for at, heading in enumerate(headings)]
    needed = [max(map(len, column)) for column in columns]
    room -= 3 * len(headings) + 2
    if sum(needed) <= room:
        return [None] * len(headings)
    widths = _least(columns, needed, _WORD)
    if sum(widths) > room:  # prose bears a broken word, a column of names or times does not
        widths = _least(columns, needed, _NARROW)
    if sum(widths) > room:
        return None
    usual = [(sum(map(len, column)) / len(column)) ** 0.6 for column in columns]
    for _ in range(room - sum(widths)):
        hungry = (at for at, width in enumerate(widths) if width < needed[at])
        widths[max(hungry, key=lambda at: usual[at] / widths[at])] += 1
    return [*widths]


def _least(columns: list[list[str]], needed: list[int], prose: int) -> list[int]:
    """What each column cannot do without: its longest word, of one with `prose` so much of it."""
    least = []
    for column, need in zip(columns, needed, strict=True):
        word = max((len(word) for text in column for word in text.split()), default=0)
        most = prose if any(" " in text for text in column[1:]) else _WORD
        least.append(min(need, max(_NARROW, min(word, most))))
    return least


def _cards(headings: list[str], cells: list[list[str]], console: Console) -> None:
    """A block a row, for tables that do not fit side by side."""
    from rich.table import Table
    from rich.text import Text

    for number, row in enumerate(cells):
        if number:
            console.print()
        console.rule(Text(row[0]), align="left", characters="─")
        card = Table.grid(padding=(0, 2))
        card.add_column(
            justify="right", style="dim", no_wrap=True, min_width=max(map(len, headings))
        )
        card.add_column(overflow="fold")
        for heading, shown in zip(headings[1:], row[1:], strict=True):
            if shown:
                card.add_row(Text(heading), Text(shown))
        console.print(card)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _STAMP.fullmatch(text):
        return f"{text[:10]} {text[11:16]}Z"
    return _HASH.sub(r"\1…", cell(text))


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
