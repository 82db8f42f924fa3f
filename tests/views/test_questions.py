"""What a view is asked means one function over rows. The databases, and folds in memory, answer the same."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive, DatelineError
from dateline.log.databases import dialect
from dateline.log.engine import open_engine
from dateline.pytest_plugin import Cli
from dateline.testing import samples
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
        given |= {
            "fact": f"f{number}",
            "item": 1,
            "source": "sha256:0",
            "position": number,
            "method": "manual",
        }
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


def test_letters_differ_in_case_alone_wherever_they_are() -> None:
    rest = "".join(map(chr, range(letters.END, sys.maxunicode + 1)))
    assert rest == rest.lower() == rest.casefold() == rest.upper()
    for form, several in letters._variants().items():
        assert form in several and {letters.folded(one) for one in several} == {form}
        assert all(letters.variants(one) == several for one in several)
    assert [letters.folded(one) for one in ("ДАМБА", "STRASSE ẞ", "İ\u212a")] == [
        "дамба",
        "strasse ß",
        "İk",
    ]


def test_a_long_text_fits_an_index_and_is_found(connection: Connection) -> None:
    long, given = "ж" * 50_000, dict.fromkeys(SCHEMA.names)
    given |= {
        "story": "ferry",
        "status": "recorded",
        "source": "sha256:0",
        "flag": True,
        "item": 1,
        "method": "manual",
    }
    rows = [
        tuple({**given, "fact": f"f{at}", "position": at, "words": words}.values())
        for at, words in enumerate((long, long + "a", "ж"), 1)
    ]
    stored_rows.fill(connection, BUILD, SCHEMA, rows)
    for where, found in (
        (f"words={long}", ["f1"]),
        (f"words>{long}", ["f2"]),
        ("words>=ж", ["f1", "f2", "f3"]),
        ("words<жж", ["f3"]),
    ):
        asked = selection(SCHEMA, Question.of(where))
        table = stored_rows.select(connection, SCHEMA, BUILD, (), asked)
        assert [row["fact"] for row in table.dicts()] == found
        assert table == select(SCHEMA, asked, rows)


def test_an_equal_value_is_looked_up_in_the_index(connection: Connection) -> None:
    rows = [
        (
            "ferry",
            f"f{n}",
            1,
            "recorded",
            "sha256:0",
            n,
            "manual",
            f"w{n}",
            None,
            None,
            True,
            None,
            None,
        )
        for n in range(2000)
    ]
    stored_rows.fill(connection, BUILD, SCHEMA, rows)
    lite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql("ANALYZE")
    prepared = []

    def explain(conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not prepared and "LIMIT" in statement:
            prepared.append(statement)
            with (
                conn.connection.cursor() if not lite else closing(conn.connection.cursor()) as plan
            ):
                word = "EXPLAIN QUERY PLAN" if lite else "EXPLAIN"
                plan.execute(f"{word} {statement}", parameters)
                prepared.append(str(plan.fetchall()))

    event.listen(connection, "before_cursor_execute", explain)
    asked = selection(SCHEMA, Question.of("words=w7", limit=3))
    assert len(stored_rows.select(connection, SCHEMA, BUILD, (), asked)) == 1
    assert "asked__g1_i1" in prepared[1]


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, plugins()) as archive:
        for slug in ("ferry", "bridge"):
            later = {"times": {"valid": {"edtf": "2024-05-05/.."}}}
            lines = [samples.figure(text="LATER", **later), samples.figure(text="Größe", times={})]
            archive.record([*samples.story(slug=slug), *lines])
            archive.retract(slug, "f2", reason="It was not said")
        yield archive


QUESTIONS: list[dict[str, Any]] = [
    {},
    {"where": "text~GRÖ"},
    {"where": ["status!=recorded", "story=ferry"]},
    {"where": [("position", ">", 5)], "sort": ("-story", "position"), "limit": 2},
    {"since": "2024-05-04"},
    {"until": "2024-05-05", "limit": 1},
    {"since": "2024-05-01", "until": "2024-05", "sort": "earliest"},
]


def test_the_past_and_a_read_only_archive_answer_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = archive.head().position
    for question in QUESTIONS:
        for everything in (False, True):
            asked = {**question, "everything": everything}
            live = archive.view("timeline", **asked)
            assert live.rows or live.hidden
            assert archive.view("timeline", as_recorded=head, **asked) == live
            with monkeypatch.context() as patch:
                patch.setattr(type(dialect.of(archive._engine)), "rests", lambda *_: True)
                assert archive.view("timeline", **asked) == live
    undated = archive.view("timeline", since="2024-05-07", everything=True)
    assert (len(undated), undated.undated, undated.hidden) == (2, 2, 0)


def test_what_a_view_cannot_be_asked_is_one_error(archive: Archive) -> None:
    for code, view, question in (
        ("question-invalid", "figures", {"where": "mesure=dead"}),
        ("question-invalid", "figures", {"where": "value"}),
        ("question-invalid", "figures", {"where": "value=>3"}),
        ("question-invalid", "figures", {"where": "value>many"}),
        ("question-invalid", "figures", {"where": "value=1e999"}),
        ("question-invalid", "figures", {"where": "item=1.5"}),
        ("question-invalid", "figures", {"where": "item=99999999999999999999"}),
        ("question-invalid", "figures", {"where": "approximate>true"}),
        ("question-invalid", "figures", {"where": "approximate=maybe"}),
        ("question-invalid", "figures", {"where": "value~3"}),
        ("question-invalid", "figures", {"where": "text~"}),
        ("question-invalid", "figures", {"where": "text=a\x00b"}),
        ("question-invalid", "figures", {"where": "text~" + "x" * 1001}),
        ("question-invalid", "figures", {"where": [("text", "=", 3)]}),
        ("question-invalid", "figures", {"where": [("text",)]}),
        ("question-invalid", "figures", {"sort": "-worth"}),
        ("question-invalid", "figures", {"limit": -1}),
        ("question-invalid", "figures", {"since": "2024-05-02", "until": "2024-05-01"}),
        ("question-invalid", "figures", {"since": "../2024"}),
        ("not-a-date", "figures", {"since": "some day"}),
        ("view-undated", "changes", {"since": "2024-05-02"}),
        ("view-unknown", "numbers", {"limit": 1}),
    ):
        for when in ({}, {"as_recorded": 5}):
            with pytest.raises(DatelineError) as raised:
                archive.view(view, **question, **when)
            assert raised.value.code == code, question


def test_commands_select_rows_and_say_what_is_left_out(ferry: Cli, tmp_path: Path) -> None:
    assert ferry("open", "other", "--title", "Another").code == 0
    shown = ferry(
        "show", "--all-stories", "timeline", "--where", "text~EVERYONE", "--columns", "story,fact"
    )
    assert shown.out == "story,fact\nferry,f1\n"
    asked = ["--view", "timeline", "--sort", "-position", "--limit", "1"]
    limited = ferry("export", "--all", "-f", "csv", *asked, "-o", "one.csv")
    assert (limited.code, "1 further row not shown" in limited.err) == (0, True)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "one.csv").read_text())))
    assert [row["fact"] for row in rows] == ["f2"]
    assert ferry("verify", "--export", "one.csv").code == 0
    beside = tmp_path / "one.csv.meta.json"
    beside.write_text(beside.read_text().replace("-position", "position"))
    assert ferry("verify", "--export", "one.csv").code == 3

    wrong = ferry("show", "ferry", "figures", "--where", "valu>3")
    assert wrong.code == 1
    assert "dateline show ferry figures --where 'value>3'" in wrong.err
    for words in (
        ["show", "--all-stories", "ferry", "timeline"],
        ["show"],
        ["show", "ferry", "f1", "--sort", "text"],
        ["export", "ferry", "-f", "json", "--where", "text=a"],
    ):
        assert ferry(*words).code == 2, words
    undated = ferry("show", "ferry", "timeline", "--since", "1 May 2024", "--limit", "1")
    assert undated.code == 0


def test_every_condition_means_the_same_in_a_database(connection: Connection) -> None:
    words = (None, "", "k", "\u212a", "xKy", "aßc", "a*b]^[\\d", "ЖЕ")
    rows = [
        (
            "ferry",
            f"f{n}",
            1,
            "recorded",
            "sha256:0",
            n,
            "manual",
            text,
            n / 2 if n % 3 else None,
            None,
            n > 3,
            None,
            None,
        )
        for n, text in enumerate(words)
    ]
    stored_rows.fill(connection, BUILD, SCHEMA, rows)
    for where in (
        "words=", "words!=", "words=k", "words!=k", "words<k", "words>=k", "words~k", "words~K", "words~ß",
        "words~*b]^[\\", "words~жЕ", "number=", "number!=0.5", "number>1", "flag=true", "flag!=true",
    ):  # fmt: skip
        asked = selection(SCHEMA, Question.of(where))
        found = stored_rows.select(connection, SCHEMA, BUILD, (), asked)
        assert 0 < len(found) < len(rows), where
        assert found == select(SCHEMA, asked, rows), where


@pytest.mark.parametrize("asked", [{"where": ["when>2024"]}, {"sort": ["-when"]}])
def test_dates_in_words_have_no_order(asked: dict[str, Any]) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story())
        with pytest.raises(DatelineError) as caught:
            archive.view("timeline", **asked)
        assert caught.value.code == "question-invalid"
