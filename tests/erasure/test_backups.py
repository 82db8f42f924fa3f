"""A backup from before an erasure is erased again before it is opened."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.erasure import scene
from tests.erasure.scene import WITNESS

from dateline import Archive, Plugins, Refused
from dateline.erasure import batch_keys
from dateline.events.clock import to_iso
from dateline.log.databases.wal import empty_wal
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


@pytest.mark.parametrize("positions", [(), (8, 9, 10, 11, 15)], ids=["subject", "positions"])
def test_an_older_backup_is_erased_again_before_it_is_opened(
    archive: Archive, tmp_path: Path, positions: tuple[int, ...]
) -> None:
    archive.catch_up()
    empty_wal(archive._engine, 10)
    backup = (tmp_path / "a.db").read_bytes()
    scene.erase(archive, *positions)
    archive.close()
    for path in tmp_path.glob("a.db*"):
        if path.suffix != ".keys":
            path.unlink()
    (tmp_path / "a.db").write_bytes(backup)
    assert scene.found(tmp_path) == ["a.db"]
    with Archive.open(tmp_path / "a.db", PLUGINS) as restored:
        assert len(restored.resumed) == 1
        assert set(restored.state("ferry").erased) == {"f3", "f4"}
        assert scene.found(tmp_path) == []
        scene.verify(restored)
    with Archive.open(tmp_path / "a.db", PLUGINS) as again:
        assert again.resumed == []


def test_a_backup_from_before_any_of_it_has_nothing_to_erase(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        empty_wal(archive._engine, 10)
        backup = (tmp_path / "a.db").read_bytes()
        archive.record(scene.protected(), story="ferry", protect=WITNESS)
        scene.erase(archive)
    (tmp_path / "a.db").write_bytes(backup)
    with Archive.open(tmp_path / "a.db", PLUGINS) as restored:
        assert restored.resumed == [] and restored.head().position == 7


def test_a_backup_without_the_keys_reveals_nothing(archive: Archive, tmp_path: Path) -> None:
    """Only a backup of the keys database would reveal it; a backup of the archive does not."""
    empty_wal(archive._engine, 10)
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(tmp_path / "a.db", tmp_path / "elsewhere" / "a.db")
    assert scene.found(tmp_path / "elsewhere") == []


def test_a_key_restored_from_an_older_keys_database_is_not_used(
    archive: Archive, tmp_path: Path
) -> None:
    [old] = {event.subject_key for event in archive.events("ferry")} - {None}
    backup = (tmp_path / "a.db.keys").read_bytes()
    scene.erase(archive)
    archive.close()
    (tmp_path / "a.db.keys").write_bytes(backup)
    with Archive.open(tmp_path / "a.db", PLUGINS) as opened:
        assert opened._keys.secret(str(old)) is not None
        line = samples.figure(text="Hers again")
        tried = opened.record([line], story="other", protect=WITNESS, dry_run=True)
        assert tried.rekeyed is None and opened._keys.secret(str(old)) is not None
        done = opened.record([line], story="other", protect=WITNESS)
        assert (done.rekeyed, done.opened, done.subjects) == (WITNESS, None, (WITNESS,))
        [new] = {event.subject_key for event in opened.events("other")} - {None}
        assert new != old and opened._keys.secret(str(old)) is None
        key = opened._keys.get(str(old))
        assert key is not None and (key.state, key.subject) == ("destroyed", None)
        again = opened.record([samples.figure(text="More")], story="other", protect=WITNESS)
        assert again.rekeyed is None
        scene.verify(opened)


def test_an_imported_erasure_destroys_no_key(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    [key] = {event.subject_key for event in archive.events("ferry")} - {None}
    with pytest.raises(Refused, match="reserved"):
        archive.record([told(archive, str(key))], story="other")
    with monkeypatch.context() as patched:  # an older log may hold such a line
        patched.setattr(batch_keys.BatchKeys, "_imported", lambda *given: [])
        archive.record([told(archive, str(key))], story="other")
    line = samples.figure(text="Hers")
    done = archive.record([line], story="other", protect=WITNESS)
    assert done.rekeyed is None and archive._keys.secret(str(key)) is not None
    assert set(archive.state("ferry").facts) >= {"f3", "f4"}


def told(archive: Archive, key: str) -> dict[str, object]:
    last = max(event.recorded_us for event in archive.events("other"))
    return {
        "type": "content.erased", "schema_version": 2, "reason": "x", "basis": "y", "events": [],
        "subject_key": key, "positions": [8], "recorded_at": to_iso(last),
        "event_id": "01890000-0000-7000-8000-000000000002",
    }  # fmt: skip
