"""What the log guarantees: order without holes, atomic appends, ids that make retries safe."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from tests.effort import examples
from tests.log.refused import refused

from dateline.errors import (
    EventIdConflict,
    LogGap,
    NotAnArchive,
    SchemaOutdated,
    VersionConflict,
)
from dateline.events.envelope import NewEvent
from dateline.events.identity import uuid7
from dateline.events.registry import Registry
from dateline.events.story import StoryOpened, StoryRetitled
from dateline.log import hashing, schema
from dateline.log.append import Appended, Appender, Expected
from dateline.log.engine import reading, writing
from dateline.log.read import Reader, head, list_stories
from dateline.log.tables import metadata

REST = (
    "type, schema_version, recorded_us, reported_us, subject_key, salt, body, commitment, leaf"
    " FROM events"
)


@pytest.fixture
def engine(db: str) -> Iterator[Engine]:
    engine = schema.create(db)
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Engine]:
    engine = schema.create(tmp_path / "a.db")
    yield engine
    engine.dispose()


def by_hand(engine: Engine, *statements: str) -> None:
    """Run statements as with the database's own tools. ``{00}`` is a byte in the syntax of the database."""
    byte = "x'00'" if engine.dialect.name == "sqlite" else r"'\x00'"
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("{00}", byte))


def opening(slug: str = "s") -> NewEvent:
    payload = StoryOpened(slug=slug, title="T")
    return NewEvent(event_id=uuid7(), data=payload, type=payload.type, schema_version=1)


def retitling(title: str) -> NewEvent:
    payload = StoryRetitled(title=title)
    return NewEvent(event_id=uuid7(), data=payload, type=payload.type, schema_version=1)


def append(engine: Engine, story, events, expected: Expected = None) -> Appended:  # type: ignore[no-untyped-def]
    with writing(engine) as connection:
        appender = Appender(connection)
        done = appender.append(story, events, expected)
        appender.finish()
    return done


def read(engine: Engine, **options: int) -> list[int]:
    with reading(engine) as connection:
        return [event.position for event in Reader(Registry()).read(connection, **options)]  # type: ignore[arg-type]


def test_positions_and_versions_count_from_one_without_a_hole(engine: Engine) -> None:
    first, second = uuid7(), uuid7()
    assert append(engine, first, [opening("a"), retitling("x")]).positions == (1, 2)
    assert append(engine, second, [opening("b")]).positions == (3,)
    done = append(engine, first, [retitling("y"), retitling("z")], expected=2)
    assert (done.positions, done.version, done.new) == ((4, 5), 4, 2)
    with reading(engine) as connection:
        assert [(s.slug, s.version) for s in list_stories(connection)] == [("a", 4), ("b", 1)]
        story = list(Reader(Registry()).read_story(connection, first))
    assert [(event.position, event.version) for event in story] == [(1, 1), (2, 2), (4, 3), (5, 4)]


@pytest.mark.parametrize("expected", [0, 3, "new"])
def test_a_stale_version_is_refused_with_both_versions(engine: Engine, expected: Expected) -> None:
    story = uuid7()
    append(engine, story, [opening(), retitling("x")], "new")
    with pytest.raises(VersionConflict) as conflict:
        append(engine, story, [retitling("y")], expected)
    assert (conflict.value.expected, conflict.value.actual) == (expected, 2)
    assert read(engine) == [1, 2]


def test_a_retry_with_the_same_ids_adds_nothing_even_with_a_stale_version(engine: Engine) -> None:
    story, events = uuid7(), [opening(), retitling("x")]
    first = append(engine, story, events, "new")
    again = append(engine, story, events, "new")
    assert (again.positions, again.new) == (first.positions, 0)
    assert read(engine) == [1, 2]


def test_an_id_with_other_content_is_a_conflict_that_names_its_position(engine: Engine) -> None:
    story, event = uuid7(), retitling("x")
    append(engine, story, [opening(), event])
    other = msgspec.structs.replace(event, data=StoryRetitled(title="y"))
    with pytest.raises(EventIdConflict) as conflict:
        append(engine, story, [retitling("z"), other])
    assert conflict.value.position == 2
    assert read(engine) == [1, 2]


def test_a_story_starts_by_being_opened_under_a_free_slug(engine: Engine) -> None:
    with refused("story-not-opened"):
        append(engine, uuid7(), [retitling("x")])
    append(engine, uuid7(), [opening("taken")])
    with refused("slug-taken"):
        append(engine, uuid7(), [opening("taken")])
    assert read(engine) == [1]


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=5), max_size=6), st.integers(1, 4))
def test_events_read_the_same_however_appends_and_pages_are_cut(
    cuts: list[list[int]], page: int
) -> None:
    engine = schema.create(":memory:")
    stories = [uuid7() for _ in range(3)]
    for number, story in enumerate(stories):
        append(engine, story, [opening(f"s{number}")])
    for cut in cuts:
        with writing(engine) as connection:
            appender = Appender(connection)
            for number in cut:
                appender.append(stories[number], [retitling(f"t{number}")])
            appender.finish()
    total = 3 + sum(map(len, cuts))
    assert read(engine, page=page) == list(range(1, total + 1))
    assert read(engine, page=page, after=2, until=total - 1) == list(range(3, total))
    with reading(engine) as connection:
        seen = [len(list(Reader(Registry()).read_story(connection, s, page=page))) for s in stories]
        assert sum(seen) == total == head(connection).position
    engine.dispose()


def test_the_root_is_that_of_the_leaves_and_each_leaf_that_of_its_entry(engine: Engine) -> None:
    story = uuid7()
    append(engine, story, [opening(), retitling("x")])
    append(engine, story, [retitling("y")])
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT * FROM events ORDER BY position")).all()
        stored = head(connection)
    from dateline.events.clock import to_iso

    prev, tree = b"", hashing.Frontier()
    for row in rows:
        assert row.commitment == hashing.commitment(row.salt, row.body)
        entry = hashing.entry(
            archive=stored.archive,
            story=story,
            version=row.version,
            event_id=type(story)(bytes=row.event_id),
            type=row.type,
            schema_version=row.schema_version,
            recorded_at=to_iso(row.recorded_us),
            reported_at=None,
            subject_key=None,
            prev=prev,
            commitment=row.commitment,
        )
        prev = hashing.leaf(entry)
        assert row.leaf == prev
        tree.append(prev)
    assert len({row.salt for row in rows}) == 3
    assert stored.root == tree.root()


REFUSED = [
    "DELETE FROM events",
    "DELETE FROM events WHERE position = 2",
    "UPDATE events SET type = 'x' WHERE position = 1",
    "UPDATE events SET body = {00} WHERE position = 1",
    "UPDATE events SET body = NULL WHERE position = 1",
    "UPDATE events SET salt = NULL, body = NULL, version = 7 WHERE position = 1",
    "UPDATE events SET salt = NULL, body = NULL, reported_us = 7 WHERE position = 1",
    "UPDATE events SET position = 9 WHERE position = 2",
    "INSERT INTO events SELECT * FROM events WHERE position = 2 "
    + "ON CONFLICT (position) DO UPDATE SET type = 'x'",
    "UPDATE log_head SET position = 1",
    "UPDATE log_head SET archive = {00}",
    "DELETE FROM log_head",
    "DELETE FROM stories",
]
REFUSED_OF = {
    "sqlite": [
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 2",
        f"INSERT OR REPLACE INTO events SELECT 9, event_id, story, 9, {REST} WHERE position = 2",
        f"INSERT OR REPLACE INTO events SELECT 9, x'00', story, version, {REST} WHERE position = 2",
        "INSERT OR REPLACE INTO log_head SELECT * FROM log_head",
    ],
    "postgresql": [
        "TRUNCATE events",
        "TRUNCATE log_head",
        "TRUNCATE stories CASCADE",
        "INSERT INTO log_head SELECT * FROM log_head ON CONFLICT (id) DO UPDATE SET position = 0",
    ],
}


def test_triggers_keep_the_log_append_only(engine: Engine) -> None:
    append(engine, uuid7(), [opening(), retitling("x")])
    everything = text("SELECT * FROM events ORDER BY position")
    with reading(engine) as connection:
        before = connection.execute(everything).all()
    for statement in [*REFUSED, *REFUSED_OF[engine.dialect.name]]:
        with pytest.raises(IntegrityError, match="dateline: "):
            by_hand(engine, statement)
        with reading(engine) as connection:
            assert connection.execute(everything).all() == before, statement


def test_the_one_update_allowed_is_erasure(engine: Engine) -> None:
    append(engine, uuid7(), [opening(), retitling("x")])
    by_hand(engine, "UPDATE events SET salt = NULL, body = NULL WHERE position = 2")
    assert read(engine) == [1, 2]


def test_reading_a_log_with_a_hole_raises_an_error(engine: Engine) -> None:
    append(engine, uuid7(), [opening(), retitling("x"), retitling("y")])
    table = " ON events" if engine.dialect.name == "postgresql" else ""
    by_hand(
        engine, f"DROP TRIGGER events_no_delete{table}", "DELETE FROM events WHERE position = 2"
    )
    with pytest.raises(LogGap) as gap:
        read(engine)
    assert (gap.value.expected, gap.value.found) == (2, 3)


TRIGGERS = {
    "sqlite": [
        "checkpoints_no_delete",
        "checkpoints_no_replace",
        "checkpoints_no_update",
        "events_no_delete",
        "events_no_replace",
        "events_no_update",
        "log_head_forward",
        "log_head_no_delete",
        "log_head_one",
        "merkle_nodes_no_delete",
        "merkle_nodes_no_replace",
        "merkle_nodes_no_update",
        "stories_no_delete",
    ],
    "postgresql": [
        "checkpoints_append_only",
        "events_no_delete",
        "events_no_truncate",
        "events_no_update",
        "log_head_forward",
        "log_head_no_delete",
        "log_head_no_truncate",
        "merkle_nodes_append_only",
        "stories_no_delete",
        "stories_no_truncate",
    ],
}


def test_every_trigger_exists_after_migration(engine: Engine) -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with reading(engine) as connection:
        names = connection.execute(text(query))
        assert sorted(names.scalars()) == TRIGGERS[engine.dialect.name]


def test_a_rolled_back_transaction_uses_no_position(engine: Engine) -> None:
    story = uuid7()
    append(engine, story, [opening()])
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        appender = Appender(connection)
        appender.append(story, [retitling("x")])
        appender.finish()
        raise ZeroDivisionError
    assert append(engine, story, [retitling("y")]).positions == (2,)
    assert read(engine) == [1, 2]


def test_a_long_append_reads_back_whole(engine: Engine) -> None:
    story = uuid7()
    append(engine, story, [opening(), *(retitling(f"t{number}") for number in range(1200))])
    assert read(engine, page=500) == list(range(1, 1202))
    again = [retitling(f"u{number}") for number in range(1200)]
    assert append(engine, story, again).positions == append(engine, story, again).positions


def test_the_migrated_tables_are_those_of_the_code(engine: Engine) -> None:
    from sqlalchemy import inspect

    with reading(engine) as connection:
        inspector = inspect(connection)
        assert set(inspector.get_table_names()) == {*metadata.tables, schema.VERSION_TABLE}
        for name, table in metadata.tables.items():
            there = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
            assert there == {column.name: column.nullable for column in table.columns}


def test_the_head_constant_is_alembics_head() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_a_new_archive_is_readable_only_by_its_owner(file: Engine, tmp_path: Path) -> None:
    append(file, uuid7(), [opening()])
    with reading(file):
        for path in tmp_path.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_creating_an_archive_over_a_file_is_refused_and_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("precious")
    with refused("target-occupied"):
        schema.create(path)
    assert path.read_text() == "precious"


def test_an_archive_is_not_created_twice(engine: Engine, db: str) -> None:
    append(engine, uuid7(), [opening()])
    with refused("target-occupied"):
        schema.create(db)
    assert read(engine) == [1]


def test_a_failed_migration_leaves_nothing(
    db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate = schema._migrate

    def fail(connection: Connection) -> None:
        migrate(connection)
        raise RuntimeError("half-way")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "_migrate", fail)
        with pytest.raises(RuntimeError):
            schema.create(db)
    assert list(tmp_path.iterdir()) == []
    schema.create(db).dispose()


def test_opening_a_file_that_is_not_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive):
        schema.connect(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("this is not a database, it is long enough to be read" * 20)
    with pytest.raises(NotAnArchive):
        schema.connect(tmp_path / "text.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(NotAnArchive):
        schema.connect(tmp_path / "other.db")


@pytest.mark.parametrize(("revision", "advice"), [("0000", "upgrade"), ("9999", "newer Dateline")])
def test_an_archive_of_another_schema_is_not_opened(
    engine: Engine, db: str, revision: str, advice: str
) -> None:
    by_hand(engine, f"UPDATE alembic_version SET version_num = '{revision}'")
    with pytest.raises(SchemaOutdated) as error:
        schema.connect(db)
    assert advice in str(error.value.hint)


def test_alembic_has_no_package_file() -> None:
    # With one, the folder would shadow the library for `python -m alembic` at the root.
    assert not (schema.migrations() / "__init__.py").exists()
