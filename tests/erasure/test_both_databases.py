"""Erasing on SQLite and PostgreSQL: nothing is left in any table, and the log still verifies."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, CLEAR, LETTER_ID, PLAIN, QUEUED, REASON, WITNESS
from tests.erasure.test_kills import POSITIONS, SUBJECT, erase_in_child
from tests.log.roots import root_at

from dateline import Archive, Plugins
from dateline.errors import Refused, SealedContent, UnknownName
from dateline.log.databases.wal import empty_wal
from dateline.log.engine import reading
from dateline.testing import samples
from dateline.testing.postgres import connect
from dateline.views import asof

PLUGINS = Plugins.load(strict=True)
FORMATS = ("csv", "html", "json", "markdown", "ndjson")
HERS = tuple(range(8, 16))
TARGETS = pytest.mark.parametrize("target", [SUBJECT, POSITIONS], ids=["subject", "positions"])


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "a.db.keys"


@pytest.fixture
def archive(db: str, keys: Path) -> Iterator[Archive]:
    keys.parent.mkdir()
    with Archive.create(db, PLUGINS, keys) as archive:
        scene.fill(archive)
        archive.catch_up()
        archive.search("passengers")
        archive.entities()
        archive.rebuild(["figures"])  # a retired generation next to the live one
        yield archive


@contextmanager
def copied(request: pytest.FixtureRequest, archive: Archive, to: Path) -> Iterator[str]:
    """A backup of the database only; the archive is closed for it."""
    empty_wal(archive._engine, 10)
    url = archive._engine.url
    archive.close()
    if url.get_backend_name() == "sqlite":
        to.mkdir()
        yield str(shutil.copy(str(url.database), to / "a.db"))
        return
    server = request.getfixturevalue("dateline_postgres")
    with server.database(template=str(url.database)) as copy:
        yield copy


def holding(archive: Archive, word: str = CANARY) -> list[str]:
    """Columns of tables and views, generations of all views among them, that hold `word`."""
    found = []
    with reading(archive._engine) as connection:
        for table, column in columns(connection):
            rows = connection.exec_driver_sql(f'SELECT "{column}" FROM "{table}"').scalars()
            if any(word.lower().encode() in as_bytes(value).lower() for value in rows):
                found.append(f"{table}.{column}")
    return found


def columns(connection: Connection) -> list[tuple[str, str]]:
    about = inspect(connection)
    names = [*about.get_table_names(), *about.get_view_names()]
    return [(name, column["name"]) for name in names for column in about.get_columns(name)]


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def sound(archive: Archive, size: int, root: bytes) -> None:
    """Every check, and the earlier root."""
    report = archive.verify(deep_too=True)
    assert (report.findings, report.unchecked) == ([], [])
    with reading(archive._engine) as connection:
        assert root_at(connection, size) == root


def gone(archive: Archive, target: dict[str, Any]) -> None:
    hers = target == SUBJECT
    assert set(archive.state("ferry").erased) == {"f3", "f4"} | (set() if hers else {"f5"})
    told = [event for event in archive.events() if event.type == "content.erased"]
    assert [event.slug for event in told] == ["ferry"]
    assert told[0].data.positions == (HERS if hers else (*HERS, PLAIN))  # type: ignore[union-attr]
    assert archive.document(LETTER_ID) is None
    assert holding(archive) == holding(archive, QUEUED) == []
    assert (holding(archive, CLEAR) == []) is not hers
    for name in archive.plugins.views:
        assert archive.verify_view(name) == []


@TARGETS
def test_nothing_is_left_in_any_table_view_or_export(
    archive: Archive, keys: Path, target: dict[str, Any]
) -> None:
    before = archive.head()
    sound(archive, before.position, before.root)
    assert any(name.startswith("timeline__g") for name in holding(archive))  # the search finds it
    assert holding(archive, QUEUED) == ["proposed_facts.candidate"]
    archive.erase(**target, reason=REASON, basis=BASIS)
    gone(archive, target)
    sound(archive, before.position, before.root)
    rows = {row["fact"]: row for row in archive.view("timeline", "ferry").dicts()}
    assert [fact for fact in rows if fact != "f5"] == ["f1", "f2", "f3", "f4"]
    assert rows["f3"]["status"] == "erased" and rows["f3"]["text"].startswith("[erased] ")
    past = archive.view("timeline", at=asof.recorded("@12")).dicts()
    assert {row["text"][:8] for row in past if row["fact"] in ("f3", "f4")} == {"[erased]"}
    for format_ in FORMATS:
        with archive.material("ferry") as material:
            text = "".join(PLUGINS.exporter(format_).export(material))
        assert "[erased]" in text and CANARY not in text
    archive.rebuild()
    gone(archive, target)
    assert CANARY.encode() not in keys.read_bytes()
    if "subject" in target:
        assert WITNESS.encode() not in keys.read_bytes()
        with pytest.raises(UnknownName):
            archive.erase(**target, reason=REASON, basis=BASIS)


def test_protected_content_is_in_plain_text_only_in_views(archive: Archive) -> None:
    assert {name.split("__")[0] for name in holding(archive) if "__g" in name}
    assert [name for name in holding(archive) if name.startswith(("events", "documents"))] == []
    assert archive.document(LETTER_ID).text == scene.LETTER  # type: ignore[union-attr]


def test_the_name_may_be_used_again_but_its_numbers_may_not(archive: Archive) -> None:
    archive.erase(WITNESS, reason=REASON, basis=BASIS)
    archive.record(scene.protected(), story="ferry", protect=WITNESS)
    assert set(archive.state("ferry").facts) == {"f1", "f2", "f5", "f6", "f7"}
    with pytest.raises(Refused, match="fact-taken"):
        archive.record([samples.figure(text="Again", fact="f3")], story="ferry")


@TARGETS
def test_a_restored_backup_is_erased_again_on_opening(
    request: pytest.FixtureRequest,
    archive: Archive,
    tmp_path: Path,
    keys: Path,
    target: dict[str, Any],
) -> None:
    before = archive.head()
    place = archive._engine.url.render_as_string(hide_password=False)
    with copied(request, archive, tmp_path / "backup") as backup:
        with Archive.open(place, PLUGINS, keys) as there:
            there.erase(**target, reason=REASON, basis=BASIS)
        with Archive.open(backup, PLUGINS, keys) as restored:
            assert [erasure.step for erasure in restored.resumed] == ["done"]
            gone(restored, target)
            sound(restored, before.position, before.root)
        with Archive.open(backup, PLUGINS, keys) as again:
            assert again.resumed == []


#: Between which steps a child dies, and whether the order was on record by then.
DEATHS = {
    "Journal.order:before": False,
    "Journal.order:after": True,
    "Keys.destroy:before": True,
    "Keys.destroy:after": True,
    "steps.purge:before": True,
    "view_rows.purge:before": True,
    "view_rows.purge:after": True,
    "steps.purge:after": True,
    "steps.empty_wal:before": True,
    "steps.empty_wal:after": True,
}


@pytest.mark.slow
def test_an_erasure_killed_between_steps_is_finished_on_opening(
    request: pytest.FixtureRequest, archive: Archive, tmp_path: Path, keys: Path
) -> None:
    before = archive.head()
    with copied(request, archive, tmp_path / "rehearsal") as copy:
        shutil.copy(keys, tmp_path / "keys")
        points, killed = erase_in_child(copy, 10_000, keys=tmp_path / "keys", **SUBJECT)
        assert not killed and set(DEATHS) <= set(points)
    for name, ordered in DEATHS.items():
        with copied(request, archive, tmp_path / name) as copy:
            shutil.copy(keys, tmp_path / "keys")
            reached, killed = erase_in_child(
                copy, points.index(name), keys=tmp_path / "keys", **SUBJECT
            )
            assert killed and reached[-1] == name
            with Archive.open(copy, PLUGINS, tmp_path / "keys") as opened:
                assert [erasure.step for erasure in opened.resumed] == ["done"] * ordered
                if not ordered:
                    assert set(opened.state("ferry").facts) == {"f1", "f2", "f3", "f4", "f5"}
                    opened.erase(**SUBJECT, reason=REASON, basis=BASIS)
                gone(opened, SUBJECT)
                sound(opened, before.position, before.root)


def test_dead_rows_are_not_in_the_servers_files_after_a_rewrite(
    dateline_postgres_url: str, keys: Path
) -> None:
    """What docs/erasure.md tells a server's administrator to do is allowed."""
    keys.parent.mkdir()
    with Archive.create(dateline_postgres_url, PLUGINS, keys) as archive:
        archive.record(samples.story())
        for number in range(40):
            archive.record([samples.figure(text=f"Plain QUOLL {number}")], story="ferry")
        for at in (20, 30, 47):
            archive.erase(positions=[at], reason=REASON, basis=BASIS)
    read = "SELECT position(%s::bytea in pg_read_binary_file(pg_relation_filepath('events'))) > 0"
    with connect(dateline_postgres_url) as outside:
        for statement, left in (("CHECKPOINT", True), ("VACUUM FULL events, documents", False)):
            outside.execute(statement)
            outside.execute("CHECKPOINT")
            [body] = outside.execute(read, (b"QUOLL 39",)).fetchone()
            assert body is left


def test_a_backup_never_holds_protected_content_in_plain_text(
    archive: Archive, keys: Path, tmp_path: Path
) -> None:
    """Reading it with the keys does not add any either: an erasure does not reach a backup."""
    away = tmp_path / "away"
    away.mkdir()
    archive.backup(away / "b.db")
    assert scene.found(away) == scene.found(away, WITNESS) == []
    with connect_sqlite(away / "b.db") as made:
        tables = {row[0] for row in made.execute("SELECT name FROM sqlite_master")}
        assert not {name for name in tables if name.partition("__")[0] in PLUGINS.views}
        assert made.execute("SELECT count(*) FROM views").fetchone() == (0,)
    with Archive.open(away / "b.db", PLUGINS, keys) as saved:
        expected = archive.view("timeline", "ferry").rows
        assert saved.view("timeline", "ferry").rows == expected and CANARY in repr(expected)
        assert scene.exported(saved, "json") == scene.exported(archive, "json")
        scene.verify(saved)
    assert scene.found(away) == []
    scene.erase(archive)
    with Archive.open(away / "b.db", PLUGINS) as saved:
        with pytest.raises(SealedContent):
            saved.view("timeline", "ferry")
        assert saved.view("timeline", "other").rows


def test_free_pages_are_in_no_backup(archive: Archive, tmp_path: Path) -> None:
    """Where another program dropped a table, its bytes may still be in the file."""
    if archive._engine.dialect.name != "sqlite":
        pytest.skip("a server's files are in no backup")
    path = Path(str(archive._engine.url.database))
    with connect_sqlite(path) as made:
        made.execute("PRAGMA secure_delete=OFF")
        made.execute("CREATE TABLE mine AS SELECT text FROM timeline")
        made.execute("DROP TABLE mine")
    archive.backup(tmp_path / "b.db")
    assert CANARY.encode() not in (tmp_path / "b.db").read_bytes()


@contextmanager
def connect_sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection
