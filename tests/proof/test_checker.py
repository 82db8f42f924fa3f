"""`dateline prove` and the program that checks, as a stranger runs it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.proof.bundles import PROGRAM

from dateline import Archive
from dateline.cli.outcome import outcome, run
from dateline.cli.root import root
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, read_checkpoint
from dateline.testing import samples


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DATELINE_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stranger(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Only the program, in an interpreter that cannot import Dateline."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DATELINE"))}
    code = (
        "import sys, runpy; sys.path = [p for p in sys.path if 'core' not in p];"
        "sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()];"
        "sys.modules['dateline'] = None;"
        "runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "check.py", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_stranger_checks_a_proof_on_another_machine(
    archive: Archive, path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db = ["--db", str(path)]
    assert run(root, [*db, "checkpoint", "-o", "monday.txt"]) == 0
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    assert run(root, [*db, "prove", "ferry", "f2", "-o", "f2.json", "--earlier", "monday.txt"]) == 0
    assert run(root, [*db, "prove", "--verifier", "-o", "check.py"]) == 0
    assert run(root, [*db, "key", "show"]) == 0
    public = capfd.readouterr().out.strip()
    assert (home / "check.py").read_bytes() == PROGRAM.read_bytes()
    (home / "report.txt").write_text(samples.TEXT, "utf-8")

    done = stranger(home, "f2.json", "--vkey", public)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT CHECKED  The document" in done.stdout
    done = stranger(
        home, "f2.json", "--vkey", public, "--document", "report.txt", "--against", "monday.txt"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OK  Everything that the proof says holds." in done.stdout
    assert "Fact f2 (figure.recorded)" in done.stdout

    text = (home / "f2.json").read_text("utf-8")
    for old, new in (('\\"prev\\":\\"', '\\"prev\\":\\"0'), ('\\"version\\":3', '\\"version\\":4')):
        assert old in text
        (home / "f2.json").write_text(text.replace(old, new), "utf-8")
        done = stranger(home, "f2.json", "--vkey", public)
        assert (done.returncode, done.stdout[:12]) == (3, "FALSE  chain")
    assert stranger(home, "f2.json", "--vkey", "nonsense").returncode == 2
    assert stranger(home, "missing.json", "--vkey", public).returncode == 1


def test_a_proof_from_a_checkpoint_of_an_earlier_key_is_made_and_checked(
    archive: Archive, path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db = ["--db", str(path)]
    assert run(root, [*db, "checkpoint", "--key", "old.key", "-o", "monday.txt"]) == 0
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    assert run(root, [*db, "key", "new", "--key", "new.key"]) == 0
    capfd.readouterr()
    assert run(root, [*db, "key", "show", "--key", "old.key"]) == 0
    assert run(root, [*db, "key", "show", "--key", "new.key"]) == 0
    old, new = capfd.readouterr().out.split()
    asked = [*db, "prove", "ferry", "f2", "--key", "new.key", "--earlier", "monday.txt"]
    assert run(root, [*asked, "--with-documents", "-o", "a.json"]) == 0
    said = capfd.readouterr().err
    assert f"public key {new}" in said and old not in said
    assert "Not checked: the signature on the checkpoint of 600 events" in said
    assert run(root, [*asked, "--with-documents", "--vkey", old, "-o", "b.json"]) == 0
    said = capfd.readouterr().err
    assert f"public key {new}" in said and f"public key {old}" in said
    assert "Not checked" not in said
    assert run(root, [*asked, "--vkey", "nonsense"]) == 2
    (home / "check.py").write_bytes(PROGRAM.read_bytes())
    held = ["b.json", "--against", "monday.txt"]
    done = stranger(home, *held, "--vkey", new, "--vkey", old)
    assert done.returncode == 0, done.stdout + done.stderr
    done = stranger(home, *held, "--vkey", new)
    assert done.returncode == 1 and "NOT CHECKED  None of the given keys" in done.stdout


def test_nothing_in_a_proof_reaches_the_terminal_raw(
    archive: Archive, home: Path, key: SigningKey
) -> None:
    archive.record(
        [
            {"type": "story.retitled", "title": "x"},
            samples.figure(text="\x1b[31mred\u202e and \x07", note="\x9b2J"),
        ],
        story="ferry",
    )
    signed = read_checkpoint(archive.checkpoint(key).note)
    (home / "f3.json").write_text(json.dumps(archive.prove("ferry", "f3", signed)), "utf-8")
    (home / "check.py").write_bytes(PROGRAM.read_bytes())
    done = stranger(home, "f3.json", "--vkey", str(key.vkey))
    assert done.returncode == 1, done.stderr
    assert "\\x1b[31mred\\u202e and \\x07" in done.stdout
    assert not set(done.stdout) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_what_the_archive_cannot_prove_is_not_written(
    archive: Archive,
    path: Path,
    home: Path,
    key: SigningKey,
    outside: Checkpoint,
    capfd: pytest.CaptureFixture[str],
) -> None:
    import sqlite3

    from tests.proof import attacks

    with sqlite3.connect(path) as db, attacks.unguarded(db):
        attacks.edit_an_envelope(db)
    db.close()
    arguments = ["--db", str(path), "prove", "ferry", "f2", "-o", "f2.json"]
    assert run(root, [*arguments, "--key", str(home / "a.key")]) == 1
    assert "the archive does not prove this" in capfd.readouterr().err
    assert not (home / "f2.json").exists()
    code, error = outcome(root, ["--db", str(path), "prove", "ferry", "f9"])
    assert error is not None and (code, error.code) == (1, "fact-unknown")


#: The commitment to a body that is not JSON, with a salt of zeros.
NO_JSON = hashlib.sha256(bytes(32) + b"x").hexdigest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET position = -1 WHERE position = 10",
        "UPDATE events SET position = -1 WHERE position = 3",
        "UPDATE events SET position = 0 WHERE position = 1",
        "UPDATE events SET position = 900 WHERE position = 7",
        "UPDATE events SET version = 77 WHERE position = 3",
        "UPDATE events SET version = 'x' WHERE position = 10",
        "DELETE FROM events WHERE position = 4",
        "UPDATE events SET leaf = 'x' WHERE position = 12",
        "UPDATE events SET leaf = 7 WHERE position = 10",
        "UPDATE events SET body = 'x' WHERE position = 3",
        "UPDATE events SET salt = 5 WHERE position = 3",
        (
            f"UPDATE events SET salt = zeroblob(32), body = x'78', commitment = x'{NO_JSON}' "
            "WHERE position = 3"
        ),
        "UPDATE merkle_nodes SET hash = 'x'",
        "UPDATE merkle_nodes SET hash = 7",
    ],
)
def test_a_damaged_archive_is_one_clear_error(
    statement: str,
    archive: Archive,
    path: Path,
    home: Path,
    outside: Checkpoint,
    capfd: pytest.CaptureFixture[str],
) -> None:
    import sqlite3

    from tests.proof import attacks

    (home / "monday.txt").write_text(outside.note, "utf-8")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        with attacks.unguarded(db):
            db.execute(statement)
    db.close()
    for fact in ([], ["f2"]):
        asked = ["prove", "ferry", *fact, "--key", "a.key", "--checkpoint", "monday.txt"]
        assert run(root, ["--db", str(path), *asked, "-o", "f2.json"]) in (1, 3)
        said = capfd.readouterr().err
        assert said.startswith("Error: ") and "this is a bug" not in said
        assert not (home / "f2.json").exists()
