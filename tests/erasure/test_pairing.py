"""A keys database is obeyed only if it is the archive's own; a stranger's destroys nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text
from tests.erasure import scene
from tests.erasure.scene import BASIS, CLEAR, PLAIN, REASON, WITNESS, raises

from dateline import Archive, DatelineError, NotPaired, Plugins
from dateline.archive import copy_archive
from dateline.erasure.journal import Erasure, Journal, Listed, Step
from dateline.events.clock import to_iso
from dateline.events.envelope import RecordedBy
from dateline.events.parts import ErasedEvent
from dateline.log.databases.wal import empty_wal
from dateline.log.engine import reading, writing
from dateline.protect.keys import Keys
from dateline.protect.keys_file import KeysFile
from dateline.pytest_plugin import Cli
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
STEPS: tuple[Step, ...] = ("ordered", "listed", "destroyed", "purged", "done")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.keys"


@pytest.fixture
def filled_db(db: str, own: Path) -> Iterator[str]:
    """An archive on either database, with content protected under its own keys."""
    with Archive.create(db, PLUGINS, own) as archive:
        scene.fill(archive)
    yield db


def forged(db: str, path: Path, step: Step, *, under_key: bool = False) -> Path:
    """A keys database that anybody with a copy of the archive can make; it orders everything erased."""
    with Archive.open(db, PLUGINS, path.with_name("no.keys"), resume=False) as archive:
        events = [event for event in archive.events() if event.type != "story.opened"]
        journal = Journal(KeysFile(path), archive.id)
    [key] = {event.subject_key for event in events} - {None}
    erasure = journal.order(
        "made up",
        "nothing",
        RecordedBy(),
        subject_key=key if under_key else None,
        chosen=() if under_key else tuple(event.event_id for event in events),
    )
    for event in events:
        if event.position == PLAIN:
            listed = Listed(event.story, ErasedEvent(event_id=event.event_id, type=event.type))
    if step != "ordered":
        journal.advance(erasure, step, listed=() if under_key else (listed,))
    return path


def read(db: str, keys: Path) -> tuple[object, ...]:
    """The archive's content, read with its own keys."""
    with Archive.open(db, PLUGINS, keys) as archive:
        assert archive.resumed == []
        scene.verify(archive)
        return archive.head(), [event.data for event in archive.events()], archive.subjects()


@pytest.mark.sampled(5)
@pytest.mark.parametrize("under_key", [False, True], ids=["events", "a key"])
@pytest.mark.parametrize("step", STEPS)
def test_a_journal_from_a_stranger_stops_before_anything_is_read(
    filled_db: str, own: Path, tmp_path: Path, step: Step, under_key: bool
) -> None:
    before = read(filled_db, own)
    theirs = forged(filled_db, tmp_path / "theirs.keys", step, under_key=under_key)
    with pytest.raises(NotPaired) as stopped:
        Archive.open(filled_db, PLUGINS, theirs)
    hers, all_but_two = 8, before[0].position - 2  # type: ignore[attr-defined]
    expected = hers if under_key else (1 if step != "ordered" else all_but_two)
    assert (stopped.value.path, stopped.value.events) == (str(theirs), expected)
    assert str(theirs) in stopped.value.what and "dateline pair" in str(stopped.value.hint)
    with Archive.open(filled_db, PLUGINS, theirs, resume=False) as archive:
        assert len(archive.ordered()) == expected and not archive.paired
        with pytest.raises(NotPaired):
            archive.resume()
        with pytest.raises(NotPaired):
            archive.record([samples.figure()], story="other", protect="somebody")
        with pytest.raises(NotPaired):
            archive.erase(positions=[PLAIN], reason=REASON, basis=BASIS)
    with pytest.raises(NotPaired):
        copy_archive(filled_db, tmp_path / "copy.db", plugins=PLUGINS, keys=theirs)
    assert not (tmp_path / "copy.db").exists()
    assert read(filled_db, own) == before


def test_a_confirmed_journal_is_obeyed(filled_db: str, own: Path, tmp_path: Path) -> None:
    theirs = forged(filled_db, tmp_path / "theirs.keys", "done")
    with Archive.open(filled_db, PLUGINS, theirs, resume=False) as archive:
        [going] = archive.ordered()
        assert going.position == PLAIN
        [done] = archive.pair()
        assert (done.reason, done.gone.events) == ("made up", 1) and archive.ordered() == []
    with Archive.open(filled_db, PLUGINS, theirs) as archive:
        assert archive.paired and archive.resumed == []


def test_a_backup_from_before_the_first_key_asks_and_is_then_erased(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    """The archive is not paired yet; it has an erasure of unprotected content."""
    with Archive.open(filled_db, PLUGINS, own) as archive:
        with writing(archive._engine) as connection:  # as it was before it was paired
            connection.execute(text("DELETE FROM paired_keys"))
        archive.backup(tmp_path / "old.db")
        scene.erase(archive)
        scene.erase(archive, PLAIN)
    with pytest.raises(NotPaired):
        Archive.open(tmp_path / "old.db", PLUGINS, own)
    with Archive.open(tmp_path / "old.db", PLUGINS, own, resume=False) as restored:
        assert len(restored.pair()) == 2
        assert set(restored.state("ferry").erased) == {"f3", "f4", "f5"}
        empty_wal(restored._engine, 10)
        scene.verify(restored)
    assert CLEAR.encode() not in (tmp_path / "old.db").read_bytes()


def test_backups_and_copies_know_the_keys_and_are_erased_without_asking(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    with Archive.open(filled_db, PLUGINS, own) as archive:
        archive.backup(tmp_path / "backup.db")
        copy_archive(filled_db, tmp_path / "copy.db", plugins=PLUGINS, keys=own)
        scene.erase(archive)
        scene.erase(archive, PLAIN)
    for name in ("backup.db", "copy.db"):
        with Archive.open(tmp_path / name, PLUGINS, own) as restored:
            assert len(restored.resumed) == 2
            assert set(restored.state("ferry").erased) == {"f3", "f4", "f5"}


# -- from an earlier release -------------------------------------------------------------------


def unpair(db: str, keys: Path) -> None:
    """As an earlier release left them: neither is paired with the other."""
    with (
        Archive.open(db, PLUGINS, keys, resume=False) as archive,
        writing(archive._engine) as connection,
    ):
        connection.execute(text("DELETE FROM paired_keys"))
    database = sqlite3.connect(keys)
    database.execute("DROP TABLE IF EXISTS pairings")
    database.close()


def test_keys_that_open_something_are_the_archives_own(
    filled_db: str, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erasure that was on record when Dateline was upgraded is finished."""
    with Archive.open(filled_db, PLUGINS, own) as archive:
        monkeypatch.setattr("dateline.erasure.steps.Eraser.finish", lambda self, erasure: erasure)
        assert archive.erase(WITNESS, reason=REASON, basis=BASIS).step == "ordered"
        monkeypatch.undo()
    unpair(filled_db, own)
    with Archive.open(filled_db, PLUGINS, own) as archive:
        assert [erasure.step for erasure in archive.resumed] == ["done"]
        assert set(archive.state("ferry").erased) == {"f3", "f4"}


def test_a_journal_that_the_log_records_is_the_archives_own(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    with Archive.open(filled_db, PLUGINS, own) as archive:
        scene.erase(archive)  # no key is left that opens anything
        archive.backup(tmp_path / "old.db")
        scene.erase(archive, PLAIN)
    unpair(filled_db, own)
    unpair(str(tmp_path / "old.db"), own)
    with Archive.open(tmp_path / "old.db", PLUGINS, own) as archive:
        assert len(archive.resumed) == 1 and "f5" in archive.state("ferry").erased
    with Archive.open(filled_db, PLUGINS, own) as archive:
        archive.record([samples.figure(text="Hers")], story="ferry", protect=WITNESS)
    with Archive.open(filled_db, PLUGINS, own) as archive:  # paired with what is new
        assert archive._keys.pairing() is not None and archive.paired


def test_keys_from_before_they_were_paired_are_known_by_what_they_open(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    """A backup of the keys of an earlier release, and an archive that was paired since."""
    unpair(filled_db, own)
    shutil.copy(own, tmp_path / "kept.keys")
    with Archive.open(filled_db, PLUGINS, own) as archive:
        archive.record([samples.figure(text="x")], story="ferry", protect="another")
    with Archive.open(filled_db, PLUGINS, tmp_path / "kept.keys") as archive:
        archive.record([samples.figure(text="Hers")], story="other", protect=WITNESS)
        assert archive.paired


# -- what proves nothing -----------------------------------------------------------------------


def test_the_id_of_a_key_without_the_key_proves_nothing(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    theirs = forged(filled_db, tmp_path / "theirs.keys", "done")
    with Archive.open(filled_db, PLUGINS, own) as archive:
        [key] = {event.subject_key for event in archive.events()} - {None}
        identity = archive.id.bytes
        with reading(archive._engine) as connection:
            sha256 = connection.execute(text("SELECT sha256 FROM paired_keys")).scalar_one()
    database = sqlite3.connect(theirs)
    values = (key, identity, "bob", bytes(32))
    database.execute("INSERT INTO keys VALUES (?, ?, ?, ?, 'live', 0, NULL)", values)
    database.execute("INSERT INTO pairings VALUES (?, ?)", (identity, bytes(sha256)))
    database.commit()
    database.close()
    with pytest.raises(NotPaired):
        Archive.open(filled_db, PLUGINS, theirs)
    with Archive.open(filled_db, PLUGINS, theirs, resume=False) as archive:
        for name in ("bob", "somebody"):
            with pytest.raises(NotPaired):
                archive.record([samples.figure()], story="other", protect=name)
        with pytest.raises(DatelineError):
            archive.erase("bob", reason=REASON, basis=BASIS)


def test_nothing_is_protected_under_foreign_keys_without_a_journal_either(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    """Otherwise content would be protected under a stranger's keys."""
    with Archive.open(filled_db, PLUGINS, own) as archive:
        stranger = Keys(tmp_path / "theirs.keys", archive.id)
        stranger.hold(stranger.propose("somebody"))
    with Archive.open(filled_db, PLUGINS, tmp_path / "theirs.keys") as archive:
        head = archive.head()
        with pytest.raises(DatelineError):
            archive.record([samples.figure()], story="other", protect="somebody")
        assert archive.head() == head


def test_the_keys_of_another_archive_are_not_paired_with_this_one(
    archive: Archive, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        scene.fill(other)
    with (
        Archive.open(tmp_path / "a.db", PLUGINS, tmp_path / "b.db.keys") as opened,
        pytest.raises(DatelineError) as caught,
    ):
        opened.pair()
    assert caught.value.code == "keys-of-another-archive"


def test_an_imported_record_of_an_erasure_proves_nothing(archive: Archive, tmp_path: Path) -> None:
    """The author of an imported line knows what its id was made from."""
    theirs = tmp_path / "theirs.keys"
    story = archive.story("other").id
    target = next(event for event in archive.events("ferry") if event.position == PLAIN)
    erasure = Erasure(
        id=UUID(int=7), reason="x", basis="y", recorded_by=RecordedBy(), step="done",
        listed=(
            Listed(story, ErasedEvent(event_id=UUID(int=8), type="figure.recorded")),
            Listed(target.story, ErasedEvent(event_id=target.event_id, type=target.type)),
        ),
    )  # fmt: skip
    last = to_iso(max(event.recorded_us for event in archive.events("other")))
    line = {
        "type": "content.erased", "schema_version": 2, "reason": "x", "basis": "y",
        "recorded_at": last, "event_id": str(erasure.event_id(story)),
        "events": [{"event_id": str(UUID(int=8)), "type": "figure.recorded"}],
    }  # fmt: skip
    archive.record([line], story="other")
    keys = Keys(theirs, archive.id)
    with keys.file.transaction() as run:
        run.execute(
            "INSERT INTO erasures (id, archive, step, record) VALUES (?, ?, 'done', ?)",
            (str(erasure.id), archive.id.bytes, msgspec.json.encode(erasure)),
        )
    with pytest.raises(NotPaired):
        Archive.open(tmp_path / "a.db", PLUGINS, theirs)


def test_a_journal_that_orders_nothing_here_is_ignored(
    filled_db: str, own: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs.keys"
    with Archive.open(filled_db, PLUGINS, own) as archive:
        journal = Journal(KeysFile(theirs), archive.id)
        journal.order("x", "y", RecordedBy(), chosen=(UUID(int=9),))
    with Archive.open(filled_db, PLUGINS, theirs) as archive:
        assert archive.resumed == [] and not archive.paired
        assert [erasure.step for erasure in archive._journal.erasures()] == ["ordered"]
        with pytest.raises(NotPaired):
            archive.record([samples.figure()], story="other", protect="somebody")


# -- how they are paired -----------------------------------------------------------------------


def test_they_are_paired_once_and_the_archive_has_no_secret(
    archive: Archive, tmp_path: Path
) -> None:
    for text_ in ("one", "two"):
        archive.record([samples.figure(text=text_)], story="other", protect=text_)
    with Archive.open(tmp_path / "a.db", PLUGINS) as again:
        scene.erase(again, PLAIN)
    secret = archive._keys.pairing()
    empty_wal(archive._engine, 10)
    database = sqlite3.connect(tmp_path / "a.db")
    assert database.execute("SELECT count(*) FROM paired_keys").fetchone() == (1,)
    database.close()
    assert secret is not None and secret not in (tmp_path / "a.db").read_bytes()


def test_a_kill_before_the_first_key_is_stored_blocks_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive._keys.pair()  # killed before the archive knows
    with Archive.open(tmp_path / "a.db", PLUGINS) as archive:
        archive._pairing.require()  # killed before the key is stored
    with Archive.open(tmp_path / "a.db", PLUGINS) as archive:
        archive.record([samples.figure()], story="ferry", protect=WITNESS)
        scene.verify(archive)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive.record([samples.figure()], story="ferry", protect=WITNESS, dry_run=True)
        assert not (tmp_path / "a.db.keys").exists() and not archive.paired


def test_verify_checks_the_table_of_paired_keys(archive: Archive) -> None:
    with writing(archive._engine) as connection:
        connection.execute(text("INSERT INTO paired_keys VALUES ('no hash')"))
    assert [finding.rule for finding in archive.verify().findings] == ["schema"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may change an owner")
def test_keys_of_another_user_are_not_used_by_root(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.db.keys"
    os.chown(path, 65534, -1)
    with raises("keys-of-another-user"):
        Archive.open(tmp_path / "a.db", PLUGINS)
    os.chown(tmp_path / "a.db", 65534, -1)  # the owner of the archive may own its keys
    with Archive.open(tmp_path / "a.db", PLUGINS) as opened:
        assert opened.subjects() == [WITNESS]


# -- commands ----------------------------------------------------------------------------------


@pytest.fixture
def stranger(dateline_cli: Cli, tmp_path: Path) -> Path:
    """The archive `dateline.db`, and the keys of a stranger who erased content in a copy of it."""
    with Archive.create(tmp_path / "dateline.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive.backup(tmp_path / "copy.db")
    dateline_cli("--db", "copy.db", "erase", "7", "--reason", "x", "--basis", "y", "--yes")
    return (tmp_path / "copy.db.keys").rename(tmp_path / "theirs.keys")


def test_no_command_obeys_keys_from_somebody_else(
    dateline_cli: Cli, stranger: Path, tmp_path: Path
) -> None:
    (tmp_path / "in.ndjson").write_text('{"type": "story.retitled", "title": "x"}')
    commands = (
        ("stories",), ("show", "ferry"), ("log",), ("status",), ("verify",), ("rebuild", "--all"),
        ("export", "--all", "-f", "ndjson"), ("backup", "saved.db"), ("copy", "dateline.db", "b.db"),
        ("checkpoint",), ("prove", "ferry"), ("import", "in.ndjson", "--story", "ferry"),
        ("erase", "7", "--dry-run"), ("retitle", "ferry", "x"), ("diff", "ferry", "2024", "2025"),
    )  # fmt: skip
    for command in commands:
        done = dateline_cli("--keys", "theirs.keys", *command)
        assert done.code == 1, command
        assert done.out == "" and "theirs.keys" in done.err and "1 event" in done.err
    assert not (tmp_path / "saved.db").exists() and not (tmp_path / "b.db").exists()
    shutil.copy(stranger, tmp_path / "dateline.db.keys")
    assert dateline_cli("stories").code == 1
    (tmp_path / "dateline.db.keys").unlink()
    (tmp_path / "dateline.db.keys").symlink_to(stranger)
    assert dateline_cli("stories").code == 1
    (tmp_path / "dateline.db.keys").unlink()
    with Archive.open(tmp_path / "dateline.db", PLUGINS) as archive:
        assert archive.head().position == 7 and "f2" not in archive.state("ferry").erased


def test_pair_lists_asks_and_then_erases(dateline_cli: Cli, stranger: Path, tmp_path: Path) -> None:
    def pair(*options: str) -> int:
        return dateline_cli("--keys", "theirs.keys", "pair", *options).code

    assert pair() == 2  # there is no terminal to ask on
    listed = dateline_cli("--keys", "theirs.keys", "pair", "--dry-run", "-f", "csv")
    assert listed.code == 0 and "event,ferry,7,f2,is erased" in listed.out
    assert dateline_cli("--keys", "theirs.keys", "stories").code == 1
    assert dateline_cli("pair", "--yes").code == 1  # there are no keys in the usual place
    assert not (tmp_path / "dateline.db.keys").exists()
    assert pair("--yes") == 0 and pair("--yes") == 0
    shown = dateline_cli("--keys", "theirs.keys", "show", "ferry", "timeline", "-f", "csv")
    assert shown.code == 0 and "f2,1,erased" in shown.out
    assert dateline_cli("--keys", "theirs.keys", "verify").code == 0
