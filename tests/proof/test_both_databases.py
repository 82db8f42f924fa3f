"""Signing, verifying and proving on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update
from tests.proof.attacks import unguarded
from tests.proof.conftest import EVENTS, fill

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.errors import CheckFailed
from dateline.log import hashing, stored_tree
from dateline.log.databases.sql import driver
from dateline.log.engine import reading, writing
from dateline.log.tables import events
from dateline.proof.checkpoint import Inconsistent
from dateline.proof.held import Given
from dateline.proof.keys import SigningKey
from dateline.proof.report import Report
from dateline.proof.verifier import Checkpoint, check, read_checkpoint
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
at = events.c.position

#: A change made outside Dateline -> the rules that find it from the inside.
ATTACKS = {
    "UPDATE events SET body = (SELECT body FROM events WHERE position = 9) WHERE position = 8": {
        "V5"
    },
    "UPDATE events SET recorded_us = recorded_us - 86400000000 WHERE position = 8": {"V1"},
    "UPDATE events SET type = 'figure.forged' WHERE position = 8": {"V1"},
    "UPDATE events SET reported_us = 1 WHERE position = 8": {"V1"},
    "UPDATE events SET subject_key = 'k' WHERE position = 8": {"V1"},
    "UPDATE events SET salt = NULL, body = NULL WHERE position = 9": {"V6"},
    "UPDATE events SET salt = NULL WHERE position = 9": {"V5"},
    "UPDATE events SET position = -600 WHERE position = 600": {"V2", "V4", "V7"},
    "UPDATE events SET version = 0 WHERE position = 1": {"V3"},
    "INSERT INTO events SELECT 0, substr(leaf, 1, 16), story, version + 1, type, schema_version,"
    " recorded_us, reported_us, subject_key, salt, body, commitment, leaf"
    " FROM events WHERE position = 600": {"V2", "V3"},
    "DELETE FROM events WHERE position = 300": {"V2", "V3", "V4", "V7"},
    "UPDATE log_head SET position = position - 1": {"V2", "V4"},
    "UPDATE merkle_nodes SET hash = (SELECT leaf FROM events WHERE position = 1)": {"V4"},
    "DELETE FROM merkle_nodes": {"V4"},
    "DELETE FROM documents": {"V5"},
    "UPDATE documents SET content = (SELECT body FROM events WHERE position = 8)": {"V5"},
    "UPDATE documents SET charset = 'utf-16'": {"V5"},
    "UPDATE documents SET subject_key = 'anyone'": {"V5"},
    "INSERT INTO documents SELECT leaf, 'utf-8', body, NULL FROM events WHERE position = 8": {"V5"},
    "UPDATE stories SET slug = 'other' WHERE slug = 'ferry'": {"V3"},
    "UPDATE stories SET version = version - 1 WHERE slug = 'ferry'": {"V3"},
    "UPDATE checkpoints SET key = 'another'": {"V7"},
    "UPDATE checkpoints SET note = replace(note, '600', '500'), size = 500": {"V7"},
}


@pytest.fixture
def archive(db: str, tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(db, PLUGINS, tmp_path / "a.db.keys") as archive:
        fill(archive)
        yield archive


@contextmanager
def anything_allowed(connection: Connection) -> Iterator[None]:
    """No triggers and foreign keys, as for the owner of the database."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield
        return
    with unguarded(driver(connection)):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield


def tamper(archive: Archive, statement: str) -> None:
    with writing(archive._engine) as connection, anything_allowed(connection):
        assert connection.exec_driver_sql(statement).rowcount


def look(archive: Archive, key: SigningKey, outside: Checkpoint) -> Report:
    return archive.verify(vkeys=[key.vkey], against=[Given("outside", outside)])


def test_an_untouched_archive_is_all_right_to_the_last_view(
    archive: Archive, key: SigningKey, outside: Checkpoint
) -> None:
    archive.catch_up()
    report = archive.verify(vkeys=[key.vkey], against=[Given("outside", outside)], deep_too=True)
    assert (report.findings, report.unchecked) == ([], [])
    assert report.checked["checkpoints"] == report.checked["signatures"] == 2
    assert report.checked["events"] == EVENTS and report.checked["documents"] == 1
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="storm")
    assert look(archive, key, outside).findings == []
    assert archive.checkpoint(key).size == EVENTS + 1


@pytest.mark.sampled(7)
@pytest.mark.parametrize("statement", ATTACKS)
def test_changes_made_outside_dateline_are_found(
    archive: Archive, key: SigningKey, outside: Checkpoint, statement: str
) -> None:
    tamper(archive, statement)
    found = {finding.rule for finding in look(archive, key, outside).findings}
    assert ATTACKS[statement] <= found


def test_a_log_whose_end_was_cut_off_is_found_only_from_outside(
    archive: Archive, key: SigningKey, outside: Checkpoint
) -> None:
    with reading(archive._engine) as connection:
        query = "SELECT leaf, story FROM events WHERE position <= 590 ORDER BY position"
        rows = connection.exec_driver_sql(query).all()
    tree = hashing.Frontier()
    for leaf, _ in rows:
        tree.append(leaf)
    with writing(archive._engine) as connection, anything_allowed(connection):
        run = connection.exec_driver_sql
        run("DELETE FROM events WHERE position > 590")
        run("DELETE FROM checkpoints")
        run("DELETE FROM merkle_nodes")
        stored_tree.insert(connection, tree.take_complete())
        run(
            "UPDATE stories SET"
            " version = (SELECT max(version) FROM events WHERE events.story = stories.story),"
            " leaf = (SELECT leaf FROM events WHERE events.story = stories.story"
            "  ORDER BY version DESC LIMIT 1),"
            " recorded_us = (SELECT recorded_us FROM events WHERE events.story = stories.story"
            "  ORDER BY version DESC LIMIT 1)"
        )
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        run(f"UPDATE log_head SET position = 590, peaks = {mark}", (tree.to_bytes(),))
    assert archive.verify(vkeys=[key.vkey]).findings == []
    assert {finding.rule for finding in look(archive, key, outside).findings} == {"V7"}
    with writing(archive._engine) as connection, anything_allowed(connection):
        note = read_checkpoint(outside.note)
        connection.exec_driver_sql(
            f"INSERT INTO checkpoints VALUES (600, {mark}, {mark}, 0)",
            (f"{key.vkey.name}+{key.vkey.id.hex()}", note.note),
        )
    with pytest.raises(Inconsistent, match="590 events"):
        archive.checkpoint(key)


def test_content_that_no_reader_can_open_is_found(
    archive: Archive, key: SigningKey, outside: Checkpoint, db: str, tmp_path: Path
) -> None:
    """The committed bytes split at another place, and protected content stored in plain text."""
    archive.record([samples.entity("person:w", "Anna")], story="ferry", protect="Anna")
    vault, last = archive._reader.vault, EVENTS + 1
    assert vault is not None
    with writing(archive._engine) as connection:
        columns = select(events.c.subject_key, events.c.event_id, events.c.body)
        opened = vault.open_event(*connection.execute(columns.where(at == last)).one())
        salt, body = connection.execute(select(events.c.salt, events.c.body).where(at == 8)).one()
        with anything_allowed(connection):
            for position, *values in ((8, salt + body, b""), (last, *(opened or ()))):
                changed = dict(zip(("salt", "body"), values, strict=True))
                connection.execute(update(events).where(at == position).values(changed))
    found = {(finding.rule, finding.position) for finding in look(archive, key, outside).findings}
    assert found == {("V5", 8), ("V5", last)}
    with pytest.raises(CheckFailed, match="position 8"):
        copy_archive(db, tmp_path / "copy.db")


def test_protected_content_is_not_copied_in_plain_text(
    archive: Archive, db: str, tmp_path: Path
) -> None:
    archive.record([samples.entity("person:w", "Anna")], story="ferry")
    statement = f"UPDATE events SET subject_key = 'k' WHERE position = {EVENTS + 1}"
    tamper(archive, statement)
    with pytest.raises(CheckFailed, match=f"position {EVENTS + 1}"):
        copy_archive(db, tmp_path / "copy.db")


def test_a_fact_is_proven_offline(archive: Archive, key: SigningKey, outside: Checkpoint) -> None:
    proven = check(archive.prove("ferry", "f2", outside, with_documents=True), [key.vkey])
    assert proven.open == [] and (proven.position, proven.complete) == (10, False)
    assert [entry.type for entry in proven.entries if entry.body is not None][:2] == [
        "story.opened",
        "entity.introduced",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "UPDATE merkle_nodes SET hash = hash",
        "DELETE FROM merkle_nodes",
    ],
)
def test_triggers_keep_nodes_and_checkpoints(
    archive: Archive, outside: Checkpoint, statement: str
) -> None:
    with pytest.raises(Exception, match="dateline: "), writing(archive._engine) as connection:
        connection.exec_driver_sql(statement)
