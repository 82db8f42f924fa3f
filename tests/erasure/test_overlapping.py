"""Several erasures: overlapping, of the same content, of a fork, and after restoring a backup."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, REASON, WITNESS, raises

from dateline import Archive, NotPaired, Plugins
from dateline.archive import copy_archive
from dateline.erasure import steps
from dateline.erasure.journal import Journal
from dateline.log.databases.wal import empty_wal
from dateline.pytest_plugin import Cli
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


@pytest.fixture
def two(tmp_path: Path) -> Archive:
    """A story whose positions 8 and 9 hold what is to be erased."""
    archive = Archive.create(tmp_path / "a.db", PLUGINS)
    archive.record(samples.story())
    archive.record([samples.figure(text=f"{CANARY}-{n}") for n in "AB"], story="ferry")
    return archive


def erase(archive: Archive, *positions: int, reason: str = REASON) -> Any:
    return archive.erase(None, positions, reason=reason, basis=BASIS)


def restore(backup: Path, db: Path) -> None:
    for path in db.parent.glob(f"{db.name}*"):
        if path.suffix != ".keys":
            path.unlink()
    shutil.copy(backup, db)


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, method: str, work: Callable[[], object], *given: object
) -> None:
    """`work` is done after the journal's `method` is first called with `given`, before it returns."""
    plain = getattr(Journal, method)

    def slow(self: Journal, *args: Any, **options: Any) -> Any:
        found = plain(self, *args, **options)
        if all(one in args for one in given):
            monkeypatch.setattr(Journal, method, plain)
            work()
        return found

    monkeypatch.setattr(Journal, method, slow)


def told(archive: Archive) -> list[tuple[int, ...]]:
    return [event.data.positions for event in archive.events() if event.type == "content.erased"]  # type: ignore[union-attr]


# -- restored ----------------------------------------------------------------------------------


def test_each_of_several_erasures_is_done_again_on_a_restored_archive(
    two: Archive, tmp_path: Path
) -> None:
    two.backup(tmp_path / "old.db")
    erase(two, 8)
    erase(two, 9)
    two.close()
    restore(tmp_path / "old.db", tmp_path / "a.db")
    with pytest.raises(NotPaired):  # it is from before the first erasure
        Archive.open(tmp_path / "a.db", PLUGINS)
    with Archive.open(tmp_path / "a.db", PLUGINS, resume=False) as restored:
        assert len(restored.pair()) == 2
        assert told(restored) == [(8,), (9,)]
        scene.verify(restored)


def test_an_erasure_requested_first_and_recorded_last_is_done_again(
    two: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other() -> None:
        with Archive.open(tmp_path / "a.db", PLUGINS, resume=False) as beside:
            erase(beside, 9, reason="asked for last")
            beside.backup(tmp_path / "between.db")

    meanwhile(monkeypatch, "order", other)
    erase(two, 8, reason="asked for first")
    two.close()
    restore(tmp_path / "between.db", tmp_path / "a.db")
    with Archive.open(tmp_path / "a.db", PLUGINS) as restored:
        assert [erasure.reason for erasure in restored.resumed] == ["asked for first"]
        assert set(restored.state("ferry").erased) == {"f3", "f4"}
        empty_wal(restored._engine, 5)
    assert CANARY.encode() not in (tmp_path / "a.db").read_bytes()


# -- twice -------------------------------------------------------------------------------------


def test_two_erasures_of_the_same_position_record_it_once(
    two: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other() -> None:
        with Archive.open(tmp_path / "a.db", PLUGINS, resume=False) as beside:
            erase(beside, 8, reason="asked for last")

    meanwhile(monkeypatch, "advance", other, "listed")
    assert erase(two, 8, reason="asked for first").gone.events == 0
    assert told(two) == [(8,)]
    assert two.state("ferry").erased["f3"].position == 8
    scene.verify(two)
    two.close()
    with Archive.open(tmp_path / "a.db", PLUGINS) as again:
        assert again.resumed == []


# -- a fork ------------------------------------------------------------------------------------


@pytest.fixture
def fork(archive: Archive, tmp_path: Path) -> Path:
    """A copy with more content under the same key, also in another story, while the original is erased."""
    archive.backup(tmp_path / "fork.db")
    with Archive.open(tmp_path / "fork.db", PLUGINS, tmp_path / "a.db.keys") as copy:
        more = [samples.entity("person:w2", f"{CANARY}-more")]
        copy.record(more, story="ferry", protect=WITNESS)
        copy.record(more, story="other", protect=WITNESS)
    scene.erase(archive)
    return tmp_path / "fork.db"


def test_a_fork_loses_all_that_is_under_the_key(fork: Path, tmp_path: Path) -> None:
    with Archive.open(fork, PLUGINS, tmp_path / "a.db.keys") as copy:
        assert [erasure.gone.events for erasure in copy.resumed] == [10]
        assert [event.slug for event in copy.events() if event.type == "content.erased"] == [
            "ferry",
            "other",
        ]
        assert "person:w2" not in copy.state("other").entities
        copy.view("people")
        scene.verify(copy)


def test_what_only_a_fork_has_under_the_key_is_erased_too(tmp_path: Path) -> None:
    """It never had anything that the original erased."""
    db, keys = tmp_path / "a.db", tmp_path / "a.db.keys"
    with Archive.create(db, PLUGINS) as archive:
        archive.record(samples.story())
        archive.backup(tmp_path / "fork.db")
        archive.record([samples.entity("person:w", "W")], story="ferry", protect=WITNESS)
        with Archive.open(tmp_path / "fork.db", PLUGINS, keys) as copy:
            copy.record([samples.entity("person:v", "V")], story="ferry", protect=WITNESS)
        scene.erase(archive)
    with Archive.open(tmp_path / "fork.db", PLUGINS, keys) as copy:
        assert [erasure.gone.events for erasure in copy.resumed] == [1]
        assert copy.state("ferry").version == 9
        scene.verify(copy)


def test_content_left_under_a_recorded_key_is_erased_by_the_keys_id(
    fork: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "a.db.keys"
    with monkeypatch.context() as patched:
        patched.setattr("dateline.erasure.purge.under", lambda connection, key: [])
        Archive.open(fork, PLUGINS, keys).close()
    with Archive.open(fork, PLUGINS, keys) as copy:
        assert copy.resumed == []
        with raises("sealed"):
            copy.state("ferry")
        [key] = {e.subject_key for e in copy.events() if e.subject_key}
        assert copy.erase(key, reason=REASON, basis=BASIS).gone.events == 2
        assert "person:w2" not in copy.state("ferry").entities
        scene.verify(copy)
    with Archive.open(fork, PLUGINS, keys) as copy:
        assert copy.resumed == []


# -- interrupted, then another command ---------------------------------------------------------


class Died(Exception):
    pass


@pytest.fixture
def died(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An erasure of unprotected content was ordered, and its process died before the purge."""
    archive.backup(tmp_path / "old.db")
    with monkeypatch.context() as patched:
        patched.setattr(steps, "purge", lambda *given: (_ for _ in ()).throw(Died))
        with pytest.raises(Died):
            erase(archive, scene.PLAIN)
    archive.close()
    return tmp_path / "a.db"


def test_a_copy_is_made_of_what_is_left_once_interrupted_erasures_are_finished(
    died: Path, tmp_path: Path
) -> None:
    assert scene.CLEAR.encode() in died.read_bytes()
    copy_archive(died, tmp_path / "b.db", plugins=PLUGINS)
    with Archive.open(died, PLUGINS) as archive:
        assert archive.resumed == [] and "f5" in archive.state("ferry").erased
    assert scene.CLEAR.encode() not in (tmp_path / "b.db").read_bytes()


def test_a_copy_of_a_restored_archive_has_nothing_that_was_erased(
    died: Path, tmp_path: Path, dateline_cli: Cli
) -> None:
    Archive.open(died, PLUGINS).close()
    (tmp_path / "old.db.keys").touch()
    (tmp_path / "kept.keys").write_bytes((tmp_path / "a.db.keys").read_bytes())
    (tmp_path / "kept.keys").chmod(0o600)
    (tmp_path / "a.db.keys").unlink()
    old, copy = str(tmp_path / "old.db"), tmp_path / "b.db"
    done = dateline_cli("--keys", str(tmp_path / "kept.keys"), "copy", old, str(copy))
    assert done.code == 0 and "Finished an erasure" in done.err
    assert scene.CLEAR.encode() not in copy.read_bytes()


def test_a_wrong_name_is_an_error_whatever_was_just_finished(died: Path, dateline_cli: Cli) -> None:
    words = ("--reason", "R", "--basis", "B", "--yes")
    wrong = dateline_cli("--db", str(died), "erase", "Frau Vogler", *words)
    assert wrong.code == 1 and "Finished an erasure" in wrong.err
    assert wrong.error == "subject-unknown"


def test_the_name_whose_erasure_was_just_finished_is_not_an_error(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dateline_cli: Cli
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "advance", lambda *given, **more: (_ for _ in ()).throw(Died))
        with pytest.raises(Died):
            scene.erase(archive)
    archive.close()
    words = ("--reason", "R", "--basis", "B", "--yes")
    again = dateline_cli("--db", str(tmp_path / "a.db"), "erase", WITNESS, *words)
    assert again.code == 0 and "Finished an erasure" in again.err
