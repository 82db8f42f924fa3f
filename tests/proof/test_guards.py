"""The triggers that guard the log: `verify` finds one that is missing, changed or foreign."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dateline import Archive, Plugins
from dateline.cli.outcome import FOUND, run
from dateline.cli.root import root
from dateline.log import guards
from dateline.log.engine import reading, writing
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
POSTGRESQL = {
    "take one away": ["DROP TRIGGER events_no_delete ON events"],
    "weaken one": [
        "DROP TRIGGER stories_no_delete ON stories",
        (
            "CREATE TRIGGER stories_no_delete BEFORE DELETE ON stories FOR EACH ROW"
            " WHEN (OLD.version < 0) EXECUTE FUNCTION dateline_refuse('stories are never deleted')"
        ),
    ],
    "empty its function": [
        (
            "CREATE OR REPLACE FUNCTION merkle_nodes_append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN NULL; END $$"
        )
    ],
    "switch one off": ["ALTER TABLE events DISABLE TRIGGER events_no_update"],
    "plant one": [
        (
            "CREATE TRIGGER planted AFTER INSERT ON documents FOR EACH STATEMENT"
            " EXECUTE FUNCTION dateline_refuse('x')"
        )
    ],
}
SQLITE = {
    "take one away": ["DROP TRIGGER events_no_delete"],
    "weaken one": [
        "DROP TRIGGER stories_no_delete",
        (
            "CREATE TRIGGER stories_no_delete BEFORE DELETE ON stories WHEN OLD.version < 0"
            " BEGIN SELECT RAISE(ABORT, 'dateline: stories are never deleted'); END"
        ),
    ],
    "plant one": ["CREATE TRIGGER planted AFTER INSERT ON documents BEGIN SELECT 1; END"],
}
SAID = {
    "take one away": "events_no_delete on events, which keeps the log append-only, is missing",
    "weaken one": "stories_no_delete on stories, which keeps the log append-only, does something",
    "empty its function": "merkle_nodes_append_only on merkle_nodes, which keeps the log",
    "switch one off": "events_no_update on events, which keeps the log append-only, does something",
    "plant one": "planted on documents is not one of Dateline's",
}


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, PLUGINS) as archive:
        archive.record(samples.story())
        archive.catch_up()
        yield archive


def do(archive: Archive, *statements: str) -> None:
    with writing(archive._engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("done", SAID)
def test_what_was_done_to_a_guard_is_one_finding(archive: Archive, done: str) -> None:
    statements = SQLITE if archive._engine.dialect.name == "sqlite" else POSTGRESQL
    if done not in statements:
        pytest.skip("SQLite's triggers have no functions, and cannot be switched off")
    do(archive, *statements[done])
    report = archive.verify(deep_too=True)
    [finding] = report.findings
    assert finding.rule == "schema" and SAID[done] in finding.reason
    assert report.checked["events"] == archive.head().position


@pytest.mark.parametrize("table", ["checkpoints", "merkle_nodes", "documents", "views"])
def test_a_missing_table_is_found(archive: Archive, table: str) -> None:
    do(archive, f"DROP TABLE {table}")
    report = archive.verify(deep_too=True)
    assert [finding.reason for finding in report.findings] == [f"the table {table} is missing"]
    assert report.unchecked and not report.root


def test_the_guards_are_those_that_the_migrations_make(archive: Archive) -> None:
    """After a migration that changes them, `guards.EXPECTED` must be updated."""
    with reading(archive._engine) as connection:
        assert guards.there(connection) == guards.EXPECTED[connection.dialect.name]


def test_the_command_explains_a_changed_guard(
    archive: Archive, db: str, capfd: pytest.CaptureFixture[str]
) -> None:
    statements = SQLITE if archive._engine.dialect.name == "sqlite" else POSTGRESQL
    do(archive, *statements["take one away"])
    assert run(root, ["--db", db, "verify"]) == FOUND
    said = capfd.readouterr().err
    assert "1 finding. The log itself is unchanged." in said
    assert "`dateline copy` it" in said
    assert "this is not what was recorded" not in said
    do(archive, "DROP TABLE checkpoints")
    assert run(root, ["--db", db, "verify"]) == FOUND
    said = capfd.readouterr().err
    assert "1 finding: the archive is incomplete." in said and "Checked" not in said
