"""Which columns of a view a page shows."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.plugin import Column, Table
from dateline_html.markup import Html, el
from dateline_web.asked import Asked

#: Shown in addition if a program proposed the fact of some row.
_METHOD = ("method",)


def columns_of(asked: Asked, table: Table) -> list[Column]:
    """The columns to show: those of the view's summary, or all that are asked for, or if it has none."""
    # All rows of a story's page are of that story.
    found = [one for one in table.columns if one.name != "story" or "slug" not in asked.places]
    summary = asked.site.archive.plugins.view(table.name).summary
    if asked.query.get("columns") == "all" or not summary:
        return found
    wanted = dict.fromkeys(("story", *summary, *_METHOD * _has_extracted(table)))
    return [one for name in wanted for one in found if one.name == name]


def _has_extracted(table: Table) -> bool:
    names = [column.name for column in table.columns]
    at = names.index("method") if "method" in names else None
    return at is not None and any(row[at] == "extracted" for row in table.rows)


def more_columns(asked: Asked, table: Table, shown: int) -> Iterator[Html]:
    """A link to all columns, or back to those of the summary."""
    count = len(table.columns) - ("slug" in asked.places)
    kept = {name: value for name, value in asked.every.items() if name not in ("as_of", "columns")}
    if asked.query.get("columns") == "all":
        yield el("p", el("a", "Show the main columns", href=asked.to.at(asked.path, **kept)), class_="say")  # fmt: skip
    elif shown < count:
        href = asked.to.at(asked.path, **kept, columns="all")
        yield el("p", f"These are {shown} of {count} columns. ", el("a", "Show all", href=href), class_="say")  # fmt: skip
