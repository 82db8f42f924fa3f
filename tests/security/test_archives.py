"""An archive from a stranger is read or gives one clear error, whatever its tables hold."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.proof.attacks import unguarded
from tests.security import hostile

from dateline import Archive, Plugins
from dateline.log.engine import open_engine
from dateline.protect.keys import Keys
from dateline.pytest_plugin import Cli
from dateline.testing import samples

LOUD = "char(27) || '[31m' || char(155)"
DEEP = b'{"data":{"fact":"f1","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
HUGE = 9223372036854775807

#: SQL that changes the archive: bodies and rows of another kind, numbers out of range, names that are
#: SQL or lead out of the folder, foreign tables and triggers.
ATTACKS: dict[str, str | tuple[str, bytes]] = {
    "a body nested deep": ("UPDATE events SET body = ? WHERE position = 6", DEEP),
    "a body that is not JSON": ("UPDATE events SET body = ? WHERE position = 6", b"\xff\xfe{"),
    "a body that is a list": ("UPDATE events SET body = ? WHERE position = 6", b"[]"),
    "a body with a key twice": (
        "UPDATE events SET body = ? WHERE position = 6",
        b'{"data":{"fact":"f1"},"data":{"fact":"f2"}}',
    ),
    "a body with a huge number": (
        "UPDATE events SET body = ? WHERE position = 7",
        b'{"data":{"fact":"f2","text":"x","source":1e400,"evidence":' + b"9" * 5000 + b"}}",
    ),
    "a body that is text": "UPDATE events SET body = 'x' WHERE position = 6",
    "a body that is a number": "UPDATE events SET body = 5 WHERE position = 6",
    "an archive id too short": "UPDATE log_head SET archive = x'00'",
    "an archive id of gigabytes": "UPDATE log_head SET archive = 99999999999",
    "no head": "DELETE FROM log_head",
    "invalid peaks": "UPDATE log_head SET peaks = x'00'",
    "a head far out": f"UPDATE log_head SET position = {HUGE}",
    "a head that is text": "UPDATE log_head SET position = 'x'",
    "an event id too short": "UPDATE events SET event_id = x'00' WHERE position = 3",
    "a time past all years": f"UPDATE events SET recorded_us = {HUGE} WHERE position = 3",
    "a time that is text": "UPDATE events SET recorded_us = 'x' WHERE position = 3",
    "a report past all years": f"UPDATE events SET reported_us = {HUGE} WHERE position = 6",
    "an unknown schema version": f"UPDATE events SET schema_version = {HUGE} WHERE position = 6",
    "a schema version of zero": "UPDATE events SET schema_version = 0 WHERE position = 6",
    "a type that is bytes": "UPDATE events SET type = x'00ff' WHERE position = 6",
    "a type that acts": f"UPDATE events SET type = {LOUD} WHERE position = 6",
    "an unknown key": "UPDATE events SET subject_key = 'k' WHERE position = 6",
    "an unknown story": "UPDATE events SET story = x'01' WHERE position = 6",
    "a position far out": f"UPDATE events SET position = {HUGE} WHERE position = 7",
    "a slug that leads out": "UPDATE stories SET slug = '../../evil'",
    "a slug that acts": f"UPDATE stories SET slug = {LOUD}",
    "a slug that is bytes": "UPDATE stories SET slug = x'ff'",
    "a story's leaf of gigabytes": "UPDATE stories SET leaf = 99999999999",
    "a story's time past all years": f"UPDATE stories SET recorded_us = {HUGE}",
    "a view whose name is SQL": "UPDATE views SET name = 'x\"; DROP TABLE events; --',"
    " state = 'retired' WHERE name = 'timeline'",
    "a view over the log": "INSERT INTO views SELECT 'events', 1, 'retired', 0, 1, 'f', 'p', NULL,"
    " NULL, NULL, NULL, NULL",
    "a generation far out": f"UPDATE views SET generation = {HUGE} WHERE name = 'timeline'",
    "a generation that is SQL": "UPDATE views SET generation = '1; DROP TABLE events'",
    "a view's state that acts": f"UPDATE views SET state = {LOUD}",
    "a failure that acts": f"UPDATE views SET state = 'failed', error = {LOUD}, plugin = {LOUD}",
    "a cursor too short": f"UPDATE views SET target = {HUGE}, cursor = x'00'",
    "a view's table of another shape": "DROP VIEW timeline; DROP TABLE timeline__g1;"
    " CREATE TABLE timeline__g1 (story)",
    "a view's rows of another type": f"UPDATE timeline__g1 SET start = {LOUD}, kind = {LOUD}",
    "a schema that acts": f"UPDATE alembic_version SET version_num = {LOUD}",
    "two schemas": "INSERT INTO alembic_version VALUES ('9')",
    "no schema": "DELETE FROM alembic_version",
    "a table that is a view": "ALTER TABLE stories RENAME TO s2; CREATE VIEW stories AS SELECT * FROM s2",
    "no stories": "DROP TABLE stories",
    "a document that is text": "UPDATE documents SET content = 'x'",
    "a document of gigabytes": "UPDATE documents SET content = 99999999999",
    "a charset that leads out": "UPDATE documents SET charset = '../evil'",
    "a charset that unpacks": "UPDATE documents SET charset = 'zlib'",
    "a checkpoint that acts": f"INSERT INTO checkpoints VALUES (3, {LOUD}, {LOUD}, 3)",
    "a checkpoint that is bytes": f"INSERT INTO checkpoints VALUES ({HUGE}, 'k', x'ff', {HUGE})",
    "a trigger that loads a library": "CREATE TRIGGER evil AFTER INSERT ON events BEGIN"
    " SELECT load_extension('evil.so'); END",
}  # fmt: skip
COMMANDS = [
    "stories", "show ferry", "show ferry timeline", "show ferry f1 -f json", "log", "log ferry -f table",
    "status -v", "verify --key a.key", "verify --deep -f json --key a.key", "export --all -f csv",
    "export --all -f json", "export --all -f ndjson", "export --all -f markdown", "export --all -f html -o out/",
    "diff ferry 2024 2025", "prove ferry --key a.key", "prove ferry", "checkpoint --key a.key",
    "erase 6 --reason r --basis b --dry-run", "rebuild --all", "rebuild --verify", "prune", "upgrade",
    "retitle ferry T", "close ferry",
]  # fmt: skip


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    with Archive.create(tmp_path / "dateline.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        archive.catch_up()
    return dateline_cli


def attack(path: Path, done: str | tuple[str, bytes]) -> None:
    database = sqlite3.connect(path)
    with unguarded(database):
        if isinstance(done, tuple):
            database.execute(done[0], (done[1],))
        else:
            database.executescript(done)
    database.commit()
    database.close()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_archive_is_read_or_refused_and_never_obeyed(
    ferry: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    before = sorted(path.name for path in tmp_path.parent.iterdir())
    attack(tmp_path / "dateline.db", ATTACKS[name])
    for command in COMMANDS:
        result = ferry(*command.split())
        assert result.code in (0, 1, 2, 3), command
        assert "this is a bug" not in result.err, (command, result.err)
        assert "Traceback" not in result.err, command
        if command not in ("export --all -f json", "export --all -f ndjson"):
            assert not hostile.acts(result.out + result.err), command
    database = sqlite3.connect(tmp_path / "dateline.db")
    assert database.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone()
    database.close()
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == before
    assert not list(tmp_path.rglob("evil*"))


def test_damage_is_not_blamed_on_the_plugin_that_reads_it(ferry: Cli, tmp_path: Path) -> None:
    attack(
        tmp_path / "dateline.db",
        "UPDATE events SET type = CAST(x'61ff' AS TEXT) WHERE position = 6",
    )
    result = ferry("export", "--all", "-f", "ndjson")
    assert result.code == 1 and result.error is not None
    assert "dateline.db" in result.err and "plugin" not in result.err


def test_a_slug_that_leads_out_of_the_folder_writes_no_file(ferry: Cli, tmp_path: Path) -> None:
    for slug in ("../evil", str(tmp_path / "evil"), "-o", ".hidden", "con", "a/b"):
        attack(
            tmp_path / "dateline.db", ("UPDATE stories SET slug = CAST(? AS TEXT)", slug.encode())
        )
        result = ferry("export", "--all", "-f", "json", "-o", "out/")
        assert result.code == 1 and result.error == "damaged", slug
    assert not (tmp_path / "out").exists()


def test_a_schema_that_is_not_trusted_cannot_call_what_acts(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "a.db")
    with engine.connect() as connection:
        for name, value in (("trusted_schema", 0), ("cell_size_check", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
    engine.dispose()


def test_a_trigger_cannot_load_a_library(ferry: Cli, tmp_path: Path) -> None:
    attack(tmp_path / "dateline.db", ATTACKS["a trigger that loads a library"])
    result = ferry("retitle", "ferry", "Another title")
    assert result.code == 1 and "load_extension" in result.err


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE keys SET secret = 'text'",
        "UPDATE keys SET secret = x'00'",
        "UPDATE keys SET secret = 99999999999",
        "UPDATE keys SET state = 7, subject = x'ff'",
        f"UPDATE keys SET subject = {LOUD}",
        "DROP TABLE erasures",
        "INSERT INTO erasures SELECT 1, 'e', archive, 'ordered', x'7b' FROM keys",
        "INSERT INTO erasures SELECT 1, 'e', archive, 'ordered', x'5b5d' FROM keys",
        "INSERT INTO erasures SELECT 1, 'e', archive, 'ordered', 5 FROM keys",
        "DROP TABLE keys; CREATE VIEW keys AS SELECT load_extension('evil.so') AS id",
        "CREATE TRIGGER t AFTER UPDATE ON keys BEGIN SELECT load_extension('evil.so'); END",
    ],
)
def test_a_hostile_keys_database_is_one_clear_error(
    ferry: Cli, tmp_path: Path, change: str
) -> None:
    line = '{"type": "entity.introduced", "entity": "person:w", "kind": "person", "label": "W"}'
    assert ferry("import", "-", "--story", "ferry", "--protect", "Zed", stdin=line).code == 0
    loosen(tmp_path / "dateline.db.keys")
    database = sqlite3.connect(tmp_path / "dateline.db.keys")
    database.executescript(change)
    database.close()
    for command in (*COMMANDS, "erase Zed --reason r --basis b", "rebuild --all"):
        result = ferry(*command.split())
        assert "this is a bug" not in result.err, (command, result.err)
        assert not hostile.acts(result.err), command


def loosen(path: Path) -> None:
    """The same tables without STRICT, so that they take values of any type."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA writable_schema = ON")
    database.execute("UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')')")
    database.commit()
    database.close()


def test_an_invalid_secret_opens_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        archive.record(samples.story())
        archive.record([samples.entity("person:w", "W")], story="ferry", protect="Zed")
        archive_id = archive.id
    loosen(tmp_path / "a.db.keys")
    database = sqlite3.connect(tmp_path / "a.db.keys")
    key_id = database.execute("SELECT id FROM keys").fetchone()[0]
    database.execute("UPDATE keys SET secret = 'x'")
    database.commit()
    database.close()
    assert Keys(tmp_path / "a.db.keys", archive_id).secret(key_id) is None


def test_nothing_that_is_stored_is_in_an_error_of_the_database(tmp_path: Path) -> None:
    found: list[str] = []
    with Archive.create(tmp_path / "a.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        database = sqlite3.connect(tmp_path / "a.db")
        database.execute(
            "CREATE TRIGGER t BEFORE INSERT ON stories BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        database.commit()
        database.close()
        with pytest.raises(Exception) as caught:
            archive.record([samples.opened("canary-slug", "CANARY title")])
        error: BaseException | None = caught.value
        while error is not None:
            found.append(str(error))
            error = error.__cause__ or error.__context__
    assert not any("canary" in text.lower() for text in found)
