"""What a view is asked means one function over rows. The databases, and folds in memory, answer the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from tests.effort import examples

from dateline.log.engine import open_engine
from dateline.views import letters, stored_rows
from dateline.views.forms import FactView
from dateline.views.generation import Build
from dateline.views.projection import schema_of
from dateline.views.question import OPERATORS, Question
from dateline.views.row_type import FactRow
from dateline.views.selection import Selection, Term, select, selection
from dateline.views.view_schema import last


class Asked(FactView):
    name = "asked"
    order = ("earliest", last("latest"), "flag")
    indexes = (("words",), ("flag", "number"), ("latest",), ("earliest",))

    class Row(FactRow, frozen=True):
        words: str | None
        number: float | None
        count: int | None
        flag: bool
        earliest: str | None
        latest: str | None

    def rows(self, fact: Any) -> Any: ...


SCHEMA = schema_of(Asked())
BUILD = Build("asked", 1, "live", 0, 1, "", "tests")
AT = {name: SCHEMA.names.index(name) for name in SCHEMA.names}

texts = st.text(st.sampled_from("aAkK\u212aſsSßẞεΕжЖİiIı*?[]^-\\%_.({1\n é" + "\u0301"), max_size=4)
dates = st.sampled_from(
    ["2024-05-01", "2024-05-02", "2024-05-02T10:00:00", "2024-05-02T10:00:00Z", "2024-05-03"]
)
values: dict[str, st.SearchStrategy[Any]] = {
    "words": texts,
    "number": st.sampled_from([-0.5, 0, 1, 1.5, 10, 2.0**60]),
    "count": st.integers(-2, 2) | st.just(2**63 - 1),
    "flag": st.booleans(),
    "earliest": dates,
    "latest": dates,
    "status": st.sampled_from(["recorded", "retracted", "rejected"]),
    "story": st.sampled_from(["bridge", "ferry"]),
}
EMPTY = ("words", "number", "count", "earliest", "latest")
names = st.sampled_from(sorted(values))


@st.composite
def rows(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        given = {n: draw(st.none() | v if n in EMPTY else v) for n, v in values.items()}
        given |= {"fact": f"f{number}", "item": 1, "source": "sha256:0", "position": number}
        found.append(tuple(given[name] for name in SCHEMA.names))
    return found


@st.composite
def terms(draw: st.DrawFn) -> Term:
    name = draw(names)
    kind = SCHEMA.columns[AT[name]].type
    few = ["=", "!="] if kind == "boolean" else [*OPERATORS][:-1]
    operator = draw(st.sampled_from([*few, "~"] if kind == "text" else few))
    value = draw(values[name] | (st.none() if operator in ("=", "!=") else st.nothing()))
    if operator == "~":
        value = letters.folded(value or "a")
    return Term(
        AT[name], operator, (value or None) if kind == "text" and operator in ("=", "!=") else value
    )


ranges = st.builds(
    lambda since, until: (
        selection(SCHEMA, Question(since=since, until=until)).range
        if until is None or since is None or since[:10] <= until[:10]
        else None
    ),
    st.none() | dates,
    dates,
)
asked = st.builds(
    Selection,
    st.lists(terms(), max_size=2).map(tuple),
    st.none() | ranges,
    st.lists(st.tuples(names.map(AT.__getitem__), st.booleans()), max_size=2).map(tuple),
    st.none() | st.integers(0, 4),
)


@pytest.fixture
def connection(db: str) -> Iterator[Connection]:
    engine = open_engine(db)
    with engine.connect() as connection:
        stored_rows.sql_table(SCHEMA, BUILD.table).create(connection)
        stored_rows.index(connection, SCHEMA, BUILD)
        yield connection
    engine.dispose()


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows(), asked, st.booleans(), st.sampled_from([(), ("ferry",)]))
def test_a_database_answers_as_the_function_over_rows(
    connection: Connection,
    rows: list[tuple[Any, ...]],
    asked: Selection,
    everything: bool,
    stories: tuple[str, ...],
) -> None:
    with connection.begin_nested() as part:
        stored_rows.fill(connection, BUILD, SCHEMA, rows)
        found = stored_rows.select(connection, SCHEMA, BUILD, stories, asked, everything=everything)
        part.rollback()
    chosen = [row for row in rows if not stories or row[0] in stories]
    assert found == select(SCHEMA, asked, chosen, everything=everything)
