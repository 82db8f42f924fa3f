"""Any view of any plugin as a table: to sort, to filter, and to read a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from dateline.plugin import Column, Table
from dateline_html.markup import Html, el, end, join, start
from dateline_web.answers import Answer
from dateline_web.asked import Asked
from dateline_web.cells import Cells
from dateline_web.columns import columns_of, more_columns
from dateline_web.forms import box, choice, field, form
from dateline_web.page import AS_OF, Page, Query
from dateline_web.paging import PAGE, SIZE, Paged, number_of
from dateline_web.shown import Shown
from dateline_web.tables import WRITERS, answer

#: The most rows that may be asked for.
_MOST = 1_000_000_000
_DATE = {"type": "string", "maxLength": 100}
_QUESTIONS = (
    Query("where", "Only rows for which this holds, such as value>=100.", many=True),
    Query("since", "Only rows dated on this day or later.", schema=_DATE),
    Query("until", "Only rows dated on this day or earlier.", schema=_DATE),
    Query("sort", "Order by this column; with - before it, the greatest first.", many=True),
    Query(
        "limit", "Only the first rows.", schema={"type": "integer", "minimum": 0, "maximum": _MOST}
    ),
    Query(
        "everything",
        "With 1, also the rows of retracted and rejected facts.",
        schema={"enum": ["0", "1"]},
    ),
    Query(
        "columns",
        "With all, the page shows every column. Other forms always have all of them.",
        schema={"enum": ["all"]},
    ),
)
_SCHEMA = {"type": "array", "items": {"type": "object", "required": ["story"]}}
_ARIA = {False: "ascending", True: "descending"}


def _rows(asked: Asked, limit: int | None) -> Table:
    """The rows that are asked for, the first `limit` of them. Raises UnknownName, DatelineError."""
    slugs = [asked.slug] if "slug" in asked.places else []
    if not slugs:
        asked.site.require_short(asked.as_of)
    return asked.site.archive.view(
        asked.places["view"],
        *slugs,
        where=asked.every.get("where", ()),
        since=asked.query.get("since"),
        until=asked.query.get("until"),
        sort=asked.every.get("sort", ()),
        limit=limit,
        everything=_everything(asked),
        as_of=asked.as_of,
    )


def _everything(asked: Asked) -> bool:
    return asked.query.get("everything") == "1"


def _limit(asked: Asked) -> int | None:
    given = asked.query.get("limit")
    return None if given is None else int(given)


def _form(ending: str, asked: Asked) -> Answer:
    return answer(_rows(asked, _limit(asked)), ending)


def _page(asked: Asked) -> Shown:
    view, number, limit = asked.places["view"], number_of(asked), _limit(asked)
    most = number * SIZE if limit is None else min(number * SIZE, limit)
    table = _rows(asked, most)
    count = len(table) + table.further
    if limit is not None:
        count = min(count, limit)
    slug = asked.places.get("slug")
    trail = [("Stories", asked.to.home())]
    if slug is not None:
        trail.append((slug, asked.to.story(slug)))
    part = Paged(table.rows[(number - 1) * SIZE :], number, count)
    return Shown(
        f"{view}, {slug or 'all stories'}",
        _body(asked, table, part),
        _head(view, slug, count),
        tuple(trail),
        slug,
        forms=("csv", "ndjson"),
    )


def _head(view: str, slug: str | None, count: int) -> Iterator[Html]:
    yield el("p", "Table", el("span", class_="sep"), slug or "all stories", class_="kicker")
    yield el("h1", view)
    yield el("p", f"{count:,} row{'' if count == 1 else 's'}.", class_="lead")


def _body(asked: Asked, table: Table, part: Paged[Any]) -> Iterator[Html]:
    yield _questions(asked, table)
    yield from _left_out(asked, table)
    if part.items:
        shown = columns_of(asked, table)
        yield join([start("div", class_="scroll", tabindex=0, role="region", aria_label="Rows")])
        yield from _table(asked, table, shown, part)
        yield end("div")
        yield from more_columns(asked, table, len(shown))
    else:
        yield el("p", "There is no row.", class_="say")
    yield part.links(asked)


def _questions(asked: Asked, table: Table) -> Html:
    """The form that asks for some of the rows."""
    columns = [column.name for column in table.columns]
    orders = [("", "the view’s own order")]
    for name in columns:
        orders += [(name, _title(name)), (f"-{name}", f"{_title(name)}, greatest first")]
    fields = [
        *(
            field("Where", "where", value, placeholder=f"{_example(columns)}~word")
            for value in (*asked.every.get("where", ()), "")
        ),
        field("Since", "since", asked.query.get("since"), 10),
        field("Until", "until", asked.query.get("until"), 10),
        choice("Sort by", "sort", asked.query.get("sort"), orders),
        box("retracted and rejected, too", "everything", "1", checked=_everything(asked)),
    ]
    return form(asked, fields, "Show", "limit", "columns")


def _example(columns: list[str]) -> str:
    return "text" if "text" in columns else columns[-1]


def _left_out(asked: Asked, table: Table) -> Iterator[Html]:
    if table.hidden:
        rows = f"{table.hidden:,} row{'' if table.hidden == 1 else 's'}"
        kept = {name: values for name, values in asked.every.items() if name not in _RESET}
        href = asked.to.at(
            asked.path, **{**kept, "everything": "1", "sort": asked.every.get("sort")}
        )
        link = el("a", "show them", href=href)
        yield el("p", f"Left out {rows} of retracted or rejected facts: ", link, class_="say")
    if table.undated:
        rows = f"{table.undated:,} row{'' if table.undated == 1 else 's'}"
        yield el("p", f"Left out {rows} without a date.", class_="say")


def _table(asked: Asked, table: Table, shown: Sequence[Column], part: Paged[Any]) -> Iterator[Html]:
    cells, names = Cells(asked.to), [column.name for column in table.columns]
    yield start("table", role="table", class_="rows")
    yield el("caption", f"Rows of {table.name}", class_="unseen")
    heads = (_heading(asked, column) for column in shown)
    yield el("thead", el("tr", *heads, role="row"), role="rowgroup")
    yield start("tbody", role="rowgroup")
    openings = [(column, _opening(column)) for column in shown]
    for row in part.items:
        record = dict(zip(names, row, strict=True))
        written = (join([opening, cells.of(one, record), _CLOSING]) for one, opening in openings)
        yield el("tr", *written, role="row")
    yield join([end("tbody"), end("table")])


def _opening(column: Column) -> Html:
    """The start of a cell: the same for all rows, of which there may be many."""
    cell = start("td", role="cell", data_label=_title(column.name), class_=_kind(column))
    return join([cell, start("div")])


_CLOSING = join([end("div"), end("td")])


def _heading(asked: Asked, column: Column) -> Html:
    """The name of a column, which sorts by it; once sorted, the other way round."""
    chosen = asked.query.get("sort", "")
    sorted_by = chosen.removeprefix("-") == column.name
    downward = chosen.startswith("-")
    wanted = f"-{column.name}" if sorted_by and not downward else column.name
    kept = {name: value for name, value in asked.every.items() if name not in _RESET}
    link = el("a", _title(column.name), href=asked.to.at(asked.path, **kept, sort=wanted))
    order = _ARIA[downward] if sorted_by else None
    return el(
        "th", link, scope="col", role="columnheader", aria_sort=order, class_=_kind(column)
    )  # fmt: skip


_RESET = ("as_of", "page", "sort")


def _kind(column: Column) -> str | None:
    return "number" if column.type in ("integer", "number") else None


def _title(name: str) -> str:
    return name.replace("_", " ")


def _pages(path: str, about: str) -> Page:
    forms: dict[str | None, Callable[[Asked], Answer]]
    forms = {ending: partial(_form, ending) for ending in WRITERS}
    return Page(path, about, _page, None, (AS_OF, *_QUESTIONS, PAGE), forms, _SCHEMA)


VIEWS = (
    _pages("/views/{view}", "The rows of a view, of all stories."),
    _pages("/stories/{slug}/views/{view}", "The rows of a view of one story."),
)
