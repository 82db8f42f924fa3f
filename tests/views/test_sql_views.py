"""The SQL views that other programs read: they have Dateline's rows, and foreign relations are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dateline import Archive, DatelineError, Plugins
from dateline.cli.outcome import FAILED, run
from dateline.cli.root import root
from dateline.log.databases import catalog
from dateline.log.engine import reading, writing
from dateline.plugin import Fact, FactRow, FactView, FigureRecorded
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.views import sql_view as shown


class Numbers(FactView):
    """Values of figures."""

    name, version, of = "numbers", 1, FigureRecorded

    class Row(FactRow):
        value: float | None

    def rows(self, fact: Fact) -> Iterator[FactRow]:
        for quantity in fact.data.quantities:  # type: ignore[attr-defined]
            yield self.Row(value=quantity.value)


ONE = isolated(Numbers())
#: Every column unchanged but the value.
FALSE = "story, fact, item, status, source, position, 999 * value AS value"


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    """An archive in which f2 is a figure and its view is built."""
    with Archive.create(db, ONE) as archive:
        archive.record(samples.story())
        archive.catch_up()
        yield archive


def sql(archive: Archive, *statements: str) -> list[Any]:
    with writing(archive._engine) as connection:
        for statement in statements:
            done = connection.exec_driver_sql(statement)
        return [tuple(row) for row in done.fetchall()] if done.returns_rows else []


def again(archive: Archive, plugins: Plugins = ONE) -> Archive:
    """The same archive, opened as if by another process."""
    return Archive.open(archive._engine.url.render_as_string(hide_password=False), plugins)


def url(archive: Archive) -> str:
    return archive._engine.url.render_as_string(hide_password=False)


def standing(archive: Archive) -> list[str]:
    return [one.standing for one in archive.sql_views()]


# -- the rows it has ------------------------------------------------------------------------


def test_the_sql_view_has_the_rows_that_dateline_shows(archive: Archive) -> None:
    archive.record([samples.retracted("f2"), samples.figure(fact="f3")], story="ferry")
    archive.record([samples.figure(fact="f4")], story="ferry")
    review = {"type": "fact.reviewed", "fact": "f4", "verdict": "rejected"}
    review |= {"reviewer": "desk", "reason": "Twice."}
    archive.record([review], story="ferry")
    rows = archive.view("numbers").dicts()
    assert sum(row["value"] for row in rows) == 143
    assert sql(archive, "SELECT sum(value) FROM numbers") == [(143,)]
    assert sql(archive, "SELECT sum(value) FROM numbers__g1") == [(3 * 143,)]


def test_an_sql_view_of_an_earlier_version_is_rewritten_by_the_next_reader(
    archive: Archive,
) -> None:
    sql(archive, "DROP VIEW numbers", 'CREATE VIEW "numbers" AS SELECT * FROM "numbers__g1"')
    archive.record([samples.retracted("f2")], story="ferry")
    notices: list[str] = []
    with again(archive) as other:
        assert standing(other) == ["older"]
        report = other.verify()
        assert report.findings == [] and "earlier version" in report.unchecked[0]
        other.notice = notices.append
        other.catch_up()
        assert standing(other) == ["right"]
        assert other.verify().unchecked == [] and notices == []
    assert sql(archive, "SELECT count(*) FROM numbers") == [(0,)]


def test_a_generation_is_checked_once_per_process(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.view("numbers")
    monkeypatch.setattr(shown, "look", lambda *given: pytest.fail("it was checked again"))
    archive.view("numbers")
    monkeypatch.undo()
    checks: list[object] = []
    plain = shown.look
    monkeypatch.setattr(shown, "look", lambda *given: checks.append(given) or plain(*given))
    archive.rebuild()
    archive.view("numbers")
    assert len(checks) == 1


def test_a_reader_without_write_access_still_gets_its_rows(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(archive, "DROP VIEW numbers")

    def refuse(*given: object) -> None:
        raise DatelineError("this server only reads")

    monkeypatch.setattr(shown, "_write", refuse)
    with again(archive) as other:
        assert len(other.view("numbers")) == 1


# -- what verify finds -----------------------------------------------------------------------

ALTERED = {
    "another definition": [
        "DROP VIEW numbers",
        f"CREATE VIEW numbers AS SELECT {FALSE} FROM numbers__g1",
    ],
    "fewer rows": [
        "DROP VIEW numbers",
        "CREATE VIEW numbers AS SELECT * FROM numbers__g1 WHERE value > 999",
    ],
    "missing": ["DROP VIEW numbers"],
    "a view of a foreign table": [
        "DROP VIEW numbers",
        "CREATE TABLE made_up AS SELECT * FROM numbers__g1",
        f"CREATE VIEW numbers AS SELECT {FALSE} FROM made_up",
    ],
    "a foreign table": ["DROP VIEW numbers", "CREATE TABLE numbers AS SELECT * FROM numbers__g1"],
    "a generation that is a view": [
        "DROP VIEW numbers",
        "ALTER TABLE numbers__g1 RENAME TO hidden",
        f"CREATE VIEW numbers__g1 AS SELECT {FALSE.replace('999 *', '1 *')} FROM hidden",
    ],
    "no generation": ["DROP VIEW numbers", "DROP TABLE numbers__g1"],
    "another column": ["ALTER TABLE numbers__g1 ADD COLUMN more text"],
}


@pytest.mark.parametrize("name", ALTERED)
@pytest.mark.sampled(3)
def test_verify_names_an_altered_sql_view_or_table(archive: Archive, name: str) -> None:
    assert archive.verify(deep_too=True).findings == []
    sql(archive, *ALTERED[name])
    for deep in (False, True):
        with again(archive) as other:
            findings = other.verify(deep_too=deep).findings
            assert {finding.rule for finding in findings} == {"views"}
            assert any("numbers" in finding.reason for finding in findings)
            assert all("dateline rebuild" in finding.reason for finding in findings[:1])


@pytest.mark.parametrize("name", ["another definition", "fewer rows", "missing", "another column"])
def test_an_altered_sql_view_is_rewritten(archive: Archive, name: str) -> None:
    sql(archive, *ALTERED[name])
    notices: list[str] = []
    with again(archive) as other:
        other.notice = notices.append
        other.view("numbers")
        assert standing(other) == ["right"]
        assert bool(notices) == (name != "missing") or name == "another column"
        other.rebuild()
        other.prune()
        assert other.verify(deep_too=True).findings == []


@pytest.mark.parametrize("name", ["a generation that is a view", "no generation"])
def test_a_generation_that_is_not_a_table_is_rebuilt_and_pruned(
    archive: Archive, name: str
) -> None:
    sql(archive, *ALTERED[name])
    with again(archive) as other:
        other.rebuild()
        other.prune()
        assert other.verify(deep_too=True).findings == []
        assert [row["value"] for row in other.view("numbers").dicts()] == [143]


def test_verify_names_a_trigger_on_a_views_table(archive: Archive) -> None:
    if archive._engine.dialect.name == "sqlite":
        sql(archive, "CREATE TRIGGER planted AFTER INSERT ON numbers__g1 BEGIN SELECT 1; END")
    else:
        sql(
            archive,
            "CREATE TRIGGER planted BEFORE INSERT ON numbers__g1 FOR EACH ROW"
            " EXECUTE FUNCTION dateline_refuse('x')",
        )
    [finding] = archive.verify().findings
    assert "numbers__g1" in finding.reason and "planted" in finding.reason


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("ALTER TABLE numbers__g1 ENABLE ROW LEVEL SECURITY", "row-level security"),
        ("CREATE RULE planted AS ON INSERT TO numbers__g1 DO ALSO NOTHING", "rule planted"),
        ("CREATE POLICY planted ON numbers__g1 USING (false)", "policy planted"),
        ("CREATE TABLE planted () INHERITS (numbers__g1)", "planted"),
    ],
)
def test_verify_names_additions_that_only_postgresql_has(
    dateline_postgres_url: str, statement: str, word: str
) -> None:
    with Archive.create(dateline_postgres_url, ONE) as archive:
        archive.record(samples.story())
        archive.catch_up()
        sql(archive, statement)
        [finding] = archive.verify().findings
        assert word in finding.reason


# -- names that are taken ----------------------------------------------------------------------

KINDS = {
    "table": "CREATE TABLE numbers (id integer)",
    "SQL view": "CREATE VIEW numbers AS SELECT 1 AS id",
    "index": "CREATE INDEX numbers ON theirs (id)",
    "materialized view": "CREATE MATERIALIZED VIEW numbers AS SELECT 1 AS id",
    "sequence": "CREATE SEQUENCE numbers",
    "partitioned table": "CREATE TABLE numbers (id integer) PARTITION BY LIST (id)",
    "type": "CREATE TYPE numbers AS ENUM ('a')",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_relation_with_the_name_of_a_view_is_kept_and_the_view_works(db: str, kind: str) -> None:
    if not db.startswith("postgresql") and kind not in ("table", "SQL view", "index"):
        pytest.skip("SQLite has no such relation")
    notices: list[str] = []
    with Archive.create(db, ONE, keys=f"{db}.keys" if "://" not in db else None) as archive:
        archive.notice = notices.append
        sql(archive, "CREATE TABLE theirs (id integer)", KINDS[kind])
        archive.record(samples.story())
        assert len(archive.view("numbers")) == 1
        assert len(notices) == 1 and kind in notices[0]
        assert len(archive.view("numbers")) == 1 and len(notices) == 1
        archive.rebuild()
        archive.undo_rebuild("numbers")
        archive.prune()
        report = archive.verify(deep_too=True)
        assert report.findings == [] and any(kind in words for words in report.unchecked)
        assert standing(archive) == ["taken"]
        with reading(archive._engine) as connection:
            assert catalog.find(connection, ["numbers"])["numbers"].kind == kind
    assert run(root, ["--db", db, "status"]) == 0


def test_a_table_whose_name_differs_only_in_case_is_kept_on_sqlite(tmp_path: Any) -> None:
    with Archive.create(tmp_path / "a.db", ONE) as archive:
        sql(archive, "CREATE TABLE Numbers (id integer)")
        archive.record(samples.story())
        assert len(archive.view("numbers")) == 1
        assert standing(archive) == ["taken"]


def test_once_the_name_is_free_the_next_reader_writes_the_sql_view(db: str) -> None:
    with Archive.create(db, ONE) as archive:
        sql(archive, KINDS["table"])
        archive.record(samples.story())
        archive.view("numbers")
        sql(archive, "DROP TABLE numbers")
        with again(archive) as other:
            other.view("numbers")
            assert standing(other) == ["right"]


@pytest.mark.parametrize("name", ["numbers__g1", "numbers__g1_key"])
def test_an_error_names_the_table_that_has_the_name_of_a_generation(db: str, name: str) -> None:
    with Archive.create(db, ONE) as archive:
        archive.record(samples.story())
        sql(archive, f"CREATE TABLE {name} (id integer)", f"INSERT INTO {name} VALUES (7)")
        with pytest.raises(DatelineError, match=rf"\b{name}\b"):
            archive.view("numbers")
        assert sql(archive, f"SELECT id FROM {name}") == [(7,)]
        sql(archive, f"DROP TABLE {name}")
        assert len(archive.view("numbers")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE events (x int)",
        "CREATE VIEW events AS SELECT 1 AS x",
        "CREATE MATERIALIZED VIEW events AS SELECT 1 AS x",
        "CREATE SEQUENCE events",
        "CREATE TYPE events AS ENUM ('a')",
    ],
)
def test_init_names_a_relation_with_the_name_of_a_log_table(
    dateline_postgres_url: str, statement: str
) -> None:
    from dateline.log.engine import open_engine

    engine = open_engine(dateline_postgres_url)
    with writing(engine, append=False) as connection:
        connection.exec_driver_sql(statement)
    with pytest.raises(DatelineError, match="events"):
        Archive.create(dateline_postgres_url, ONE)
    with reading(engine) as connection:
        assert set(catalog.find(connection, ["events", "stories", "views"])) == {"events"}
    engine.dispose()


def test_an_erasure_keeps_a_relation_that_only_shares_a_name(db: str, tmp_path: Any) -> None:
    with Archive.create(db, ONE, tmp_path / "k") as archive:
        sql(archive, "CREATE TABLE staff (id integer)", "INSERT INTO staff VALUES (7)")
        sql(archive, "CREATE VIEW numbers AS SELECT id FROM staff")
        sql(archive, "CREATE VIEW payroll AS SELECT id FROM numbers")
        archive.record(samples.story())
        archive.view("numbers")
        with Archive.open(url(archive), Plugins(), tmp_path / "k") as bare:
            bare.erase(None, [7], reason="Asked for", basis="consent withdrawn")
            assert bare.builds() == []
        assert sql(archive, "SELECT id FROM payroll") == [(7,)]
        archive.view("numbers")
        assert sql(archive, "SELECT id FROM payroll") == [(7,)]


def test_a_schema_whose_name_must_be_quoted_is_verified(dateline_postgres_url: str) -> None:
    from sqlalchemy.engine import make_url

    from dateline.testing.postgres import connect

    with connect(dateline_postgres_url) as outside:
        outside.execute('CREATE SCHEMA "Desk A"')
    there = make_url(dateline_postgres_url).update_query_dict(
        {"options": '-c search_path="Desk\\ A"'}
    )
    with Archive.create(there.render_as_string(hide_password=False), ONE) as archive:
        archive.record(samples.story())
        archive.catch_up()
        assert archive.verify(deep_too=True).findings == []


# -- views without a plugin --------------------------------------------------------------------


def names(archive: Archive) -> set[str]:
    with reading(archive._engine) as connection:
        every = ["numbers", *(f"numbers__g{number}" for number in range(1, 5))]
        return set(catalog.find(connection, every))


def test_prune_drops_a_named_view_whose_plugin_is_not_installed(archive: Archive) -> None:
    archive.rebuild()
    with again(archive, Plugins()) as bare:
        assert bare.gone_views() == ["numbers"]
        assert [build.state for build in bare.prune()] == ["retired"]
        assert names(bare) == {"numbers", "numbers__g2"}
        assert any(
            "prune --view numbers" in words for words in bare.verify(deep_too=True).unchecked
        )
        assert len(bare.prune(["numbers"])) == 1
        assert names(bare) == set() and bare.builds() == [] and bare.gone_views() == []
        with pytest.raises(DatelineError) as caught:
            bare.prune(["numbers"])
        assert caught.value.code == "view-unknown"
    assert len(archive.view("numbers")) == 1  # with the plugin again


def test_prune_drops_the_old_name_of_a_renamed_view(archive: Archive) -> None:
    class Renamed(Numbers):
        """The same view under another name."""

        name = "amounts"

    with again(archive, isolated(Renamed())) as other:
        other.catch_up()
        assert other.gone_views() == ["numbers"]
        other.prune(["numbers"])
        assert names(other) == set()
        assert len(other.view("amounts")) == 1


@pytest.mark.parametrize("status", ["blocked", "failed"])
def test_the_view_of_a_plugin_that_is_left_out_is_not_dropped(
    archive: Archive, status: Any
) -> None:
    from dateline.plugins.records import PluginRecord

    plugins = Plugins()
    plugins.records.append(PluginRecord("test", "this test", status))
    with again(archive, plugins) as bare:
        assert bare.gone_views() == []
        assert bare.prune(["numbers"]) == []
        assert names(bare) == {"numbers", "numbers__g1"}


def test_a_view_that_others_built_on_is_not_dropped(
    dateline_postgres_url: str,
) -> None:
    with Archive.create(dateline_postgres_url, ONE) as archive:
        archive.record(samples.story())
        archive.catch_up()
        sql(archive, "CREATE VIEW mine AS SELECT value FROM numbers")
        with again(archive, Plugins()) as bare:
            with pytest.raises(DatelineError):
                bare.prune(["numbers"])
            assert sql(bare, "SELECT value FROM mine") == [(143,)]
            sql(bare, "DROP VIEW mine")
            assert len(bare.prune(["numbers"])) == 1


def test_status_and_prune_print_how_to_drop_a_view_without_a_plugin(
    archive: Archive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = url(archive)
    for command in ("status", "prune"):
        assert run(root, ["--db", db, command]) == 0
        assert "`dateline prune --view numbers`" in " ".join(capsys.readouterr().err.split())
    assert run(root, ["--db", db, "prune", "--view", "nothing_like_it"]) == FAILED
    assert names(archive) == {"numbers", "numbers__g1"}
    assert run(root, ["--db", db, "prune", "--view", "numbers"]) == 0
    assert names(archive) == set()
