"""Rules, triggers, policies and substitutes that swallow a statement: verify names them, and no command
reports work that was not done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from tests.erasure import scene

from dateline import Archive, DatelineError, Plugins
from dateline.log.databases.unwritten import Unheeded
from dateline.log.engine import reading, writing
from dateline.proof import checkpoint
from dateline.proof.keys import SigningKey
from dateline.testing import samples
from dateline.testing.isolated import isolated

PLUGINS = Plugins.load(strict=True)
_IGNORE = "CREATE TRIGGER planted BEFORE {verb} ON {table} BEGIN SELECT RAISE(IGNORE); END"
_RULE = "CREATE RULE planted AS ON {verb} TO {table} DO INSTEAD NOTHING"
_NULL = (
    "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE TRIGGER planted BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION swallow()",
)
_KEPT = (
    (
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.body = OLD.body; NEW.salt = OLD.salt; RETURN NEW; END $$"
    ),
    "CREATE TRIGGER z_planted BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION keep()",
)


@pytest.fixture
def archive(db: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(db, PLUGINS, tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        archive.record([samples.figure(text=scene.CANARY)], story="ferry")
        archive.catch_up(["timeline"])
        yield archive


def do(archive: Archive, *statements: str) -> None:
    with writing(archive._engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def plant(archive: Archive, verb: str, table: str, way: str = "rule") -> None:
    if archive._engine.dialect.name == "sqlite":
        do(archive, _IGNORE.format(verb=verb, table=table))
    else:
        statements = _NULL if way == "trigger" else (_RULE,)
        do(archive, *(each.format(verb=verb, table=table) for each in statements))


def erase(archive: Archive, *positions: int) -> None:
    archive.erase(None, positions, reason=scene.REASON, basis=scene.BASIS)


def _erase(archive: Archive) -> None:
    erase(archive, 8)


def _erase_the_source(archive: Archive) -> None:
    [source] = [event.position for event in archive.events() if event.type == "source.captured"][:1]
    erase(archive, source)


def _record(archive: Archive) -> None:
    archive.record([samples.figure(text="More")], story="ferry")


def _record_many(archive: Archive) -> None:
    archive.record([samples.figure(text=f"{n}") for n in range(300)], story="ferry")


def _open(archive: Archive) -> None:
    archive.record(samples.story(slug="other"))


def _capture(archive: Archive) -> None:
    archive.record([samples.captured("Plain.\n")], story="ferry")


def _foreign(archive: Archive) -> None:
    archive.record([{"type": "acme.thing.happened", "what": "x"}], story="ferry")


def _sign(archive: Archive) -> None:
    key = SigningKey("example.org/desk", Ed25519PrivateKey.generate())
    with writing(archive._engine) as connection:
        checkpoint.sign(connection, key)


def _rebuild(archive: Archive) -> None:
    archive.rebuild(["timeline"])


DONE: dict[str, tuple[str, str, Callable[[Archive], None]]] = {
    "an erasure's update": ("UPDATE", "events", _erase),
    "an erasure's document": ("DELETE", "documents", _erase_the_source),
    "a generation that is dropped": ("DELETE", "views", _erase),
    "an append": ("INSERT", "events", _record),
    "a long append": ("INSERT", "events", _record_many),
    "a new story": ("INSERT", "stories", _open),
    "a story's version": ("UPDATE", "stories", _record),
    "the head": ("UPDATE", "log_head", _record),
    "a document": ("INSERT", "documents", _capture),
    "nodes of the tree": ("INSERT", "merkle_nodes", _record_many),
    "a plugin's type": ("INSERT", "plugin_types", _foreign),
    "a checkpoint": ("INSERT", "checkpoints", _sign),
    "a new generation": ("INSERT", "views", _rebuild),
    "a generation that moves on": ("UPDATE", "views", _rebuild),
}


@pytest.mark.sampled(7)
@pytest.mark.parametrize("way", ["rule", "trigger"])
@pytest.mark.parametrize("done", DONE)
def test_a_swallowed_write_is_an_error_and_its_cause_is_found(
    archive: Archive, done: str, way: str
) -> None:
    verb, table, act = DONE[done]
    sqlite = archive._engine.dialect.name == "sqlite"
    if sqlite and way == "trigger":
        pytest.skip("SQLite has no rules: the trigger is what `rule` plants")
    if not sqlite and (done, way) == ("a long append", "rule"):
        pytest.skip("COPY passes rules by")
    before = archive.head()
    plant(archive, verb, table, way)
    with pytest.raises(DatelineError) as told:
        act(archive)
    assert isinstance(told.value, Unheeded) or isinstance(told.value.__cause__, Unheeded | None)
    assert archive.head().position == before.position
    findings = [f.reason for f in archive.verify().findings if f.rule == "schema"]
    assert [f"planted on {table}" in reason for reason in findings] == [True]


def test_an_erasure_that_was_swallowed_is_finished_once_nothing_is_in_the_way(
    archive: Archive, db: str, tmp_path: Path
) -> None:
    plant(archive, "UPDATE", "events")
    with pytest.raises(DatelineError, match="on record") as told:
        erase(archive, 8)
    assert "dateline verify" in str(told.value.hint)
    with Archive.open(db, PLUGINS, tmp_path / "a.keys", resume=False) as other:
        assert other.verify().findings
        drop = "DROP TRIGGER planted"
        do(other, drop if other._engine.dialect.name == "sqlite" else "DROP RULE planted ON events")
    with Archive.open(db, PLUGINS, tmp_path / "a.keys") as other:
        assert [erasure.step for erasure in other.resumed] == ["done"]
        assert scene.CANARY not in repr(list(other.events()))
        assert other.verify(deep_too=True).findings == []


def test_a_trigger_that_puts_the_body_back_is_found(archive: Archive) -> None:
    if archive._engine.dialect.name == "sqlite":
        [(sql,)] = _triggers(archive, "events_no_update")
        do(
            archive,
            "DROP TRIGGER events_no_update",
            "CREATE TABLE kept AS SELECT position AS at, salt AS s, body AS b FROM events",
            (
                "CREATE TRIGGER z_planted AFTER UPDATE ON events WHEN NEW.body IS NULL BEGIN UPDATE"
                " events SET body = (SELECT b FROM kept WHERE at = NEW.position), salt = (SELECT s"
                " FROM kept WHERE at = NEW.position) WHERE position = NEW.position; END"
            ),
        )
        assert "CREATE TRIGGER" in sql
    else:
        do(archive, *_KEPT)
    with pytest.raises(DatelineError, match="0 of 1 rows"):
        erase(archive, 8)
    assert [event for event in archive.events() if event.type == "content.erased"] == []


def _triggers(archive: Archive, name: str) -> list[Any]:
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"
    with reading(archive._engine) as connection:
        return list(connection.execute(text(query), {"name": name}))


# -- only PostgreSQL ---------------------------------------------------------------------------


@pytest.fixture
def there(dateline_postgres_url: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(dateline_postgres_url, isolated(), tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        yield archive


def found(archive: Archive) -> list[str]:
    return [finding.reason for finding in archive.verify().findings if finding.rule == "schema"]


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("ALTER TABLE events ENABLE ROW LEVEL SECURITY", "row-level security is on for"),
        ("ALTER TABLE documents FORCE ROW LEVEL SECURITY", "row-level security is on for"),
        ("CREATE POLICY hidden ON stories USING (false)", "the policy hidden on stories"),
        ("ALTER TABLE events DISABLE TRIGGER ALL", "a foreign key of the table events is switched"),
        ("CREATE TABLE more () INHERITS (documents)", "includes the rows of another table, more"),
        ("CREATE RULE also AS ON UPDATE TO views DO ALSO NOTHING", "the rule also on views"),
        ("CREATE RULE also AS ON UPDATE TO alembic_version DO INSTEAD NOTHING", "the rule also"),
    ],
)
@pytest.mark.sampled(3)
def test_other_objects_that_change_a_statement_are_found(
    there: Archive, done: str, said: str
) -> None:
    assert found(there) == []
    do(there, done)
    assert [reason for reason in found(there) if said in reason]


def test_a_table_replaced_by_a_view_is_missing(there: Archive) -> None:
    do(
        there,
        "ALTER TABLE documents RENAME TO hidden",
        "CREATE VIEW documents AS SELECT * FROM hidden",
        "CREATE RULE planted AS ON INSERT TO documents DO INSTEAD NOTHING",
    )
    assert found(there) == ["the table documents is missing"]
    with pytest.raises(Unheeded):
        _capture(there)


def test_a_policy_that_would_hide_rows_is_an_error_and_not_fewer_rows(
    there: Archive, dateline_postgres_url: str
) -> None:
    do(
        there,
        "DROP ROLE IF EXISTS dateline_hidden_from",
        "CREATE ROLE dateline_hidden_from",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO dateline_hidden_from",
        "GRANT ALL ON SCHEMA public TO dateline_hidden_from",
        "ALTER TABLE documents ENABLE ROW LEVEL SECURITY",
    )
    url = f"{dateline_postgres_url}&options=-c%20role%3Ddateline_hidden_from"
    try:
        with Archive.open(url, isolated()) as archive, pytest.raises(DatelineError, match="policy"):
            _capture(archive)
    finally:
        do(there, "DROP OWNED BY dateline_hidden_from", "DROP ROLE dateline_hidden_from")


def test_triggers_that_are_off_for_a_user_are_found(there: Archive) -> None:
    url = there._engine.url.update_query_dict({"options": "-c session_replication_role=replica"})
    with Archive.open(url.render_as_string(hide_password=False), isolated()) as archive:
        assert ["triggers are off for this user" in reason for reason in found(archive)] == [True]
