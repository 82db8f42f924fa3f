"""Many rows are inserted without the columns that are empty in all of them; what is stored is the same."""

from __future__ import annotations

import sqlalchemy as sql
from hypothesis import given
from hypothesis import strategies as st

from dateline.log.databases.dialect import of
from dateline.log.databases.sqlite import _MANY
from dateline.log.engine import open_engine, reading, writing

COLUMNS = ("a", "b", "c")
values = st.one_of(st.none(), st.integers(0, 9))
rows = st.lists(st.tuples(values, values, values), min_size=1, max_size=4)


@given(some=rows, last=st.tuples(values, values, values))
def test_rows_are_stored_as_given_whichever_columns_are_empty(
    some: list[tuple[int | None, ...]], last: tuple[int | None, ...]
) -> None:
    given_rows = [*(some * _MANY)[:_MANY], last]
    engine = open_engine(":memory:")
    made = sql.Table("t", sql.MetaData(), *(sql.Column(name, sql.Integer) for name in COLUMNS))
    with writing(engine, append=False) as connection:
        made.create(connection)
        of(connection).insert(connection, "t", COLUMNS, given_rows)
    with reading(engine) as connection:
        stored = [tuple(row) for row in connection.execute(made.select())]
    engine.dispose()

    assert stored == given_rows
