"""Keys and checkpoints: a checkpoint is signed only if it continues the one before."""

from __future__ import annotations

import base64
import sqlite3
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import pytest
from tests.erasure.scene import raises
from tests.proof import attacks

from dateline import Archive, Plugins
from dateline.cli.outcome import outcome, run
from dateline.cli.root import root
from dateline.errors import DatelineError
from dateline.events.identity import uuid7
from dateline.proof import keys
from dateline.proof.checkpoint import Inconsistent
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import (
    Checkpoint,
    Unchecked,
    Wrong,
    check_signature,
    make_vkey,
    read_checkpoint,
    read_vkey,
)

ARCHIVE = UUID("018f0000-0000-7000-8000-000000000001")


def test_a_signed_note_is_three_lines_a_blank_and_a_signature(
    outside: Checkpoint, key: SigningKey, archive: Archive
) -> None:
    head = archive.head()
    first, second, third, blank, signature, end = outside.note.split("\n")
    assert first == f"dateline.archive/{head.archive}"
    assert (second, blank, end) == ("600", "", "")
    assert base64.b64decode(third) == head.root
    assert signature.startswith(f"\u2014 {first} ")
    check_signature(outside, key.vkey)
    assert read_checkpoint(outside.note) == outside


def test_the_vkey_of_the_published_vector_is_computed_alike() -> None:
    """C2SP signed-note, as computed for the key seed of 32 bytes 01."""
    public = bytes.fromhex("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c")
    vkey = make_vkey("example.org/desk-archive", public)
    text = "example.org/desk-archive+0df59dcc+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    assert str(vkey) == text
    assert read_vkey(text) == vkey


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
        "example.org/desk-archive+0df59dcc+AoqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
        "example.org/desk-archive+0df59dcc+AYqI",
        "example.org/desk-archive+0df59dcc+!!",
    ],
)
def test_what_is_not_a_vkey_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_vkey(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n600\n", "\n0600\n"),
        ("\n600\n", "\n-1\n"),
        ("\n600\n", "\n600\nextension\n"),
        ("\u2014 ", "- "),
        ("\n\n", "\n"),
        ("=\n\n", "\n\n"),
        ("dateline.archive", "date\x1bline"),
    ],
)
def test_what_is_not_a_checkpoint_is_refused(outside: Checkpoint, old: str, new: str) -> None:
    assert old in outside.note
    with pytest.raises(Wrong, match="checkpoint: "):
        read_checkpoint(outside.note.replace(old, new, 1))


def test_no_other_text_or_key_passes_for_a_signature(
    outside: Checkpoint, key: SigningKey, tmp_path: Path, archive: Archive
) -> None:
    other = keys.create(tmp_path / "other.key", archive.head().archive)
    with pytest.raises(Wrong, match="signature: "):
        check_signature(outside, other.vkey)
    changed = read_checkpoint(outside.note.replace("\n600\n", "\n601\n"))
    with pytest.raises(Wrong, match="signature: "):
        check_signature(changed, key.vkey)
    twice = outside._replace(signatures=outside.signatures * 2)
    with pytest.raises(Wrong, match="signature: "):
        check_signature(twice, key.vkey)


def test_signing_the_same_log_twice_gives_the_same_note_once(
    archive: Archive, key: SigningKey, path: Path
) -> None:
    first = archive.checkpoint(key)
    assert archive.checkpoint(key) == first
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM checkpoints").fetchone() == (1,)
    db.close()


def test_a_log_that_grew_is_signed_and_a_rewritten_one_is_not(
    archive: Archive, key: SigningKey, path: Path
) -> None:
    first = archive.checkpoint(key)
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="storm")
    second = archive.checkpoint(key)
    assert (first.size, second.size) == (600, 601)
    kept = second
    with sqlite3.connect(path) as db:
        row = (kept.size, kept.key, kept.note, kept.signed_us)
        with attacks.unguarded(db):
            attacks.edit_and_rebuild(db)
            db.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?)", row)
    db.close()
    with pytest.raises(Inconsistent):
        archive.checkpoint(key)


@pytest.mark.parametrize("attack", [attacks.forge_a_stored_checkpoint, attacks.corrupt_the_head])
def test_a_tampered_log_is_not_signed(
    archive: Archive,
    key: SigningKey,
    outside: Checkpoint,
    path: Path,
    attack: attacks.Attack,
) -> None:
    with sqlite3.connect(path) as db:
        with attacks.unguarded(db):
            attack(db)
        before = db.execute("SELECT * FROM checkpoints").fetchall()
    with pytest.raises(Inconsistent):
        archive.checkpoint(key)
    assert db.execute("SELECT * FROM checkpoints").fetchall() == before
    db.close()


def test_a_log_cut_short_is_not_signed(
    archive: Archive, key: SigningKey, outside: Checkpoint, path: Path
) -> None:
    with sqlite3.connect(path) as db:
        kept = db.execute("SELECT * FROM checkpoints").fetchone()
        with attacks.unguarded(db):
            attacks.cut_off_the_end(db)
            db.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?)", kept)
    db.close()
    with pytest.raises(Inconsistent, match="590 events"):
        archive.checkpoint(key)


def test_an_empty_log_is_not_signed(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "e.db", Plugins()) as empty:
        key = keys.create(tmp_path / "e.key", empty.head().archive)
        with raises("nothing-to-sign"):
            empty.checkpoint(key)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints",
        "UPDATE merkle_nodes SET hash = x'00'",
        "DELETE FROM merkle_nodes",
        "INSERT OR REPLACE INTO merkle_nodes SELECT * FROM merkle_nodes",
    ],
)
def test_triggers_keep_nodes_and_checkpoints(
    outside: Checkpoint, path: Path, statement: str
) -> None:
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="dateline: "):
        db.execute(statement)
    db.close()


# -- keys --------------------------------------------------------------------------------------


def test_only_its_owner_can_read_a_key_and_it_loads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.key"
    made = keys.create(path, ARCHIVE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load(path, ARCHIVE).vkey == made.vkey
    assert keys.load(path, ARCHIVE).sign("x") == made.sign("x")
    with raises("signing-key-exists"):
        keys.create(path, ARCHIVE)


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.key", ARCHIVE)
    (tmp_path / "a.key").chmod(0o640)
    with raises("signing-key-exposed"):
        keys.load(tmp_path / "a.key", ARCHIVE)


def test_the_key_of_another_archive_is_not_used(tmp_path: Path) -> None:
    keys.create(tmp_path / "a.key", ARCHIVE)
    with raises("signing-key-foreign"):
        keys.load(tmp_path / "a.key", uuid7())


@pytest.mark.parametrize(
    "content", ["", "PRIVATE+KEY+x", "\x00\xff", "PRIVATE+KEY+a+00000000+AQ=="]
)
def test_what_is_not_a_key_is_one_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(content.encode("latin-1"))
    path.chmod(0o600)
    with pytest.raises(DatelineError) as caught:
        keys.load(path, ARCHIVE)
    assert caught.value.code in ("not-a-signing-key", "signing-key-unreadable")
    assert str(path) in caught.value.what


def test_without_the_library_there_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside: Checkpoint, key: SigningKey
) -> None:
    for name in [name for name in sys.modules if name.startswith("cryptography")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with raises("library-missing") as missing:
        keys.create(tmp_path / "b.key", ARCHIVE)
    assert missing.value.hint == "pip install 'dateline[proof]'"
    assert not (tmp_path / "b.key").exists()
    with pytest.raises(Unchecked, match="cryptography"):
        check_signature(outside, key.vkey)


# -- the commands ------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DATELINE_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_checkpoint_makes_the_key_and_reports_it(
    archive: Archive, path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(root, ["--db", str(path), "checkpoint", "-o", "monday.txt"]) == 0
    err = capfd.readouterr().err
    file = home / "config" / "dateline" / "keys" / f"{archive.head().archive}.key"
    assert f"Created the signing key {file}" in err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run(root, ["--db", str(path), "key", "show"]) == 0
    public = capfd.readouterr().out.strip()
    assert public in err
    check_signature(read_checkpoint((home / "monday.txt").read_text("utf-8")), read_vkey(public))
    assert run(root, ["--db", str(path), "checkpoint", "-o", "monday.txt"]) == 1
    assert "already exists" in capfd.readouterr().err
    assert run(root, ["--db", str(path), "checkpoint"]) == 0
    assert capfd.readouterr().out == (home / "monday.txt").read_text("utf-8")


def test_a_lost_key_is_never_replaced_silently(
    archive: Archive,
    path: Path,
    home: Path,
    outside: Checkpoint,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(root, ["--db", str(path), "checkpoint"]) == 1
    captured = capfd.readouterr()
    assert "there is no signing key" in captured.err
    assert captured.out == ""
    # Another key may sign from now on if the user asks for one.
    assert run(root, ["--db", str(path), "key", "new"]) == 0
    public = capfd.readouterr().out.strip()
    assert run(root, ["--db", str(path), "checkpoint"]) == 0
    check_signature(read_checkpoint(capfd.readouterr().out), read_vkey(public))


def test_an_empty_archive_makes_no_key(tmp_path: Path, home: Path) -> None:
    Archive.create(tmp_path / "e.db", Plugins()).close()
    key = home / "e.key"
    code, error = outcome(root, ["--db", str(tmp_path / "e.db"), "checkpoint", "--key", str(key)])
    assert error is not None and (code, error.code) == (1, "nothing-to-sign")
    assert not key.exists()


def test_the_second_process_to_make_the_key_signs_with_the_first_key(
    archive: Archive,
    path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = home / "k"

    def make_first(place: Path, archive_id: UUID, kept: Iterable[Path] = ()) -> SigningKey:
        monkeypatch.undo()
        keys.create(place, archive_id)
        return keys.create(place, archive_id, kept)

    monkeypatch.setattr(keys, "create", make_first)
    assert run(root, ["--db", str(path), "checkpoint", "--key", str(file)]) == 0
    first = keys.load(file, archive.head().archive)
    check_signature(read_checkpoint(capfd.readouterr().out), first.vkey)


def test_a_checkpoint_whose_row_names_another_key_is_not_continued(
    archive: Archive, path: Path, key: SigningKey, outside: Checkpoint
) -> None:
    with sqlite3.connect(path) as db, attacks.unguarded(db):
        db.execute("UPDATE checkpoints SET key = 'another'")
    db.close()
    with pytest.raises(Inconsistent):
        archive.checkpoint(key)
