"""The rows of a view, as ``show`` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.question import retyping, say_left_out
from dateline.cli.terminal.output import emit

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.views.asof import Moment


def show_table(
    archive: Archive,
    view: str,
    stories: Sequence[str],
    asked: Mapping[str, Any],
    everything: bool,
    at: Moment | None,
    columns: str | None,
    format_: str | None,
) -> None:
    """Print the rows of `stories`, or of all, that the question `asked` is about."""
    with retyping():
        table = archive.view(view, *stories, everything=everything, at=at, **asked)
    names = [column.name for column in table.columns]
    summary = list(archive.plugins.view(view).summary)
    if summary and len(stories) != 1:
        summary = ["story", *summary]
    rows: list[tuple[Any, ...]] = table.rows
    if summary and "method" in names and "method" not in summary:
        column = names.index("method")
        summary += ["method"] * any(row[column] == "extracted" for row in rows)
    if columns is not None:
        picked = [name.strip() for name in columns.split(",")]
        unknown = [name for name in picked if name not in names]
        if unknown:
            raise click.UsageError(
                f"{view} has no column {unknown[0]!r}; it has {', '.join(names)}"
            )
        indexes = [names.index(name) for name in picked]
        rows, names, summary = [tuple(row[at] for at in indexes) for row in rows], picked, []
    emit(names, rows, format_, summary=summary)
    say_left_out(table)
