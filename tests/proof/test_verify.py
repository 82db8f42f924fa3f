"""`verify`: erasure, what cannot be checked, the deep check, bounded memory of stories, exit codes."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline import Archive
from dateline.cli.errors import run
from dateline.cli.root import root
from dateline.events.editorial import ContentErased
from dateline.events.envelope import NewEvent
from dateline.events.identity import uuid7
from dateline.events.story import StoryRetitled
from dateline.log.append import Appender
from dateline.log.engine import open_engine, reading, writing
from dateline.proof import verify as module
from dateline.proof.keys import SigningKey
from dateline.proof.report import RULES, Report
from dateline.proof.verifier import Checkpoint
from dateline.proof.verify import Unlock, verify

Append = Callable[..., int]


@pytest.fixture
def append(archive: Archive, path: Path) -> Append:
    """Appends one event to the story of the storm, past the recorder; returns its position."""
    story = archive.story("storm").id

    def call(data: ContentErased | StoryRetitled, subject_key: str | None = None) -> int:
        event = NewEvent(
            event_id=uuid7(), data=data, type=data.type, schema_version=1, subject_key=subject_key
        )
        engine = open_engine(path)
        with writing(engine) as connection:
            appender = Appender(connection)
            [position] = appender.append(story, [event]).positions
            appender.finish()
        engine.dispose()
        return position

    return call


def erase(path: Path, *positions: int) -> None:
    """What the one allowed update does."""
    with sqlite3.connect(path) as db:
        for position in positions:
            db.execute("UPDATE events SET salt = NULL, body = NULL WHERE position = ?", (position,))
    db.close()


def look(path: Path, **given: Unlock) -> Report:
    engine = open_engine(path)
    with reading(engine) as connection:
        report = verify(connection, **given)  # type: ignore[arg-type]
    engine.dispose()
    return report


def test_an_erasure_on_record_is_no_finding(path: Path, append: Append) -> None:
    erase(path, 20, 21)
    append(ContentErased(reason="A source asked", basis="GDPR 17", positions=(20, 21)))
    report = look(path)
    assert (report.findings, report.unchecked) == ([], [])
    assert report.checked["erased events"] == 2


def test_what_is_missing_beyond_the_record_is_found(path: Path, append: Append) -> None:
    erase(path, 20, 21)
    append(ContentErased(reason="A source asked", basis="GDPR 17", positions=(20,)))
    assert [(f.rule, f.position) for f in look(path).findings] == [("V6", 21)]


def test_an_erasure_that_left_its_content_is_found(path: Path, append: Append) -> None:
    at = append(ContentErased(reason="A source asked", basis="GDPR 17", positions=(20,)))
    assert [(f.rule, f.position) for f in look(path).findings] == [("V6", at)]


def test_a_record_of_erasure_is_never_erased_itself(path: Path, append: Append) -> None:
    erase(path, 20)
    at = append(ContentErased(reason="A source asked", basis="GDPR 17", positions=(20,)))
    erase(path, at)
    append(ContentErased(reason="Tidying", basis="none", positions=(at,)))
    found = {(f.rule, f.position, f.reason.partition(",")[0]) for f in look(path).findings}
    assert found == {
        ("V6", 20, "its content is missing"),
        ("V6", at, "the record of an erasure cannot be read"),
    }


def test_a_subject_s_erasure_covers_what_its_key_protected(path: Path, append: Append) -> None:
    protected = append(StoryRetitled(title="Fictional: under a key"), subject_key="k1")
    other = append(StoryRetitled(title="Fictional: under another"), subject_key="k2")
    erase(path, protected, other)
    append(ContentErased(reason="Asked", basis="GDPR 17", subject_key="k1"))
    assert [(f.rule, f.position) for f in look(path).findings] == [("V6", other)]


def test_a_subject_s_erasure_that_left_something_is_found(path: Path, append: Append) -> None:
    append(StoryRetitled(title="Fictional: under a key"), subject_key="k1")
    at = append(ContentErased(reason="Asked", basis="GDPR 17", subject_key="k1"))
    assert [(f.rule, f.position) for f in look(path).findings] == [("V6", at)]


def test_a_sealed_body_without_its_key_is_not_called_all_right(path: Path, append: Append) -> None:
    at = append(StoryRetitled(title="Fictional: under a key"), subject_key="k1")
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER events_no_update")
        _salt, body = db.execute(
            "SELECT salt, body FROM events WHERE position = ?", (at,)
        ).fetchone()
        flipped = bytes(byte ^ 0xFF for byte in body)
        db.execute("UPDATE events SET body = ? WHERE position = ?", (flipped, at))
    db.close()
    sealed = look(path)
    assert sealed.findings == []
    assert sealed.unchecked == ["The commitments of 1 protected events: their key is not here."]

    def unlock(key: str, salt: bytes, body: bytes) -> tuple[bytes, bytes]:
        return salt, bytes(byte ^ 0xFF for byte in body)

    opened = look(path, unlock=unlock)
    assert (opened.findings, opened.unchecked) == ([], [])
    wrong = look(path, unlock=lambda key, salt, body: (salt, body))
    assert [(f.rule, f.position) for f in wrong.findings] == [("V5", at)]


def test_stories_beyond_those_remembered_are_followed_all_the_same(
    archive: Archive, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        line = {"type": "story.opened", "slug": f"s{number}", "title": "T"}
        archive.record([line])
    for title in ("one", "two"):
        for number in range(5):
            archive.record([{"type": "story.retitled", "title": title}], story=f"s{number}")
    monkeypatch.setattr(module, "_STORIES", 2)
    monkeypatch.setattr(module, "_PAGE", 7)
    assert look(path).findings == []
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER events_no_delete")
        db.execute("DELETE FROM events WHERE position = 606")
    db.close()
    assert {"V2", "V3", "V4"} <= {f.rule for f in look(path).findings}


def test_findings_past_a_limit_are_counted(path: Path, append: Append) -> None:
    report = Report()
    for number in range(1005):
        report.add("V1", "x", number)
    assert (len(report.findings), report.more) == (1000, 5)
    assert report.tampered


def test_the_deep_check_finds_a_row_and_a_quotation_that_were_changed(
    archive: Archive, path: Path
) -> None:
    archive.catch_up()
    clean = archive.verify(deep_too=True)
    assert clean.findings == []
    assert clean.checked["views"] == len(archive.plugins.views)
    assert clean.checked["quotes"] > 2
    with sqlite3.connect(path) as db:
        [table] = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "figures" in name
        ]
        db.execute(f'UPDATE "{table}" SET value = 151')
        document = db.execute("SELECT content FROM documents").fetchone()[0]
        moved = b" " + document
        db.execute("UPDATE documents SET content = ?", (moved,))
    db.close()
    found = {finding.rule for finding in archive.verify(deep_too=True).findings}
    assert found == {"V5", "views", "quotes"}
    assert hashlib.sha256(moved) != hashlib.sha256(document)


def test_the_page_lists_the_rules_as_the_command_says_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| (V\d) \| (.*) \|$", page, re.MULTILINE))
    assert listed == {rule: said for rule, said in RULES.items() if rule.startswith("V")}


# -- the command -------------------------------------------------------------------------------


def command(path: Path, capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = run(root, ["--db", str(path), "verify", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


def test_exit_codes_say_ok_tampered_and_not_checked(
    archive: Archive,
    path: Path,
    key: SigningKey,
    outside: Checkpoint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DATELINE_KEY", raising=False)
    note = tmp_path / "outside.txt"
    note.write_text(outside.note, "utf-8")

    code, out, err = command(path, capfd, "--vkey", str(key.vkey), "--against", str(note))
    assert (code, out) == (0, ""), err
    assert "Nothing was changed." in err

    code, _, err = command(path, capfd)
    assert code == 1
    assert "Not checked: The signature of the checkpoint of 600 events on record" in err
    assert "Nothing was changed." not in err
    assert "From the inside only" in err

    erase(path, 300)
    code, out, err = command(path, capfd, "--key", str(tmp_path / "a.key"), "-f", "json")
    assert code == 3
    found = json.loads(out)
    assert found["result"] == "tampered"
    assert [(f["rule"], f["position"]) for f in found["findings"]] == [("V6", 300)]
    code, out, _ = command(path, capfd, "--vkey", str(key.vkey))
    assert (code, out.splitlines()[0]) == (3, "rule,position,reason")


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot read"), (b"no note\n", "is no checkpoint"), (b"\xff", "is no checkpoint")],
)
def test_a_checkpoint_that_cannot_be_read_is_one_clear_error(
    archive: Archive,
    path: Path,
    tmp_path: Path,
    content: bytes | None,
    said: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    note = tmp_path / "note.txt"
    if content is not None:
        note.write_bytes(content)
    code, _, err = command(path, capfd, "--against", str(note))
    assert code == 1
    assert said in err


def test_a_checkpoint_signed_by_another_key_is_a_finding(
    archive: Archive,
    path: Path,
    key: SigningKey,
    outside: Checkpoint,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    name, key_id, signature = outside.signatures[0]
    forged = outside._replace(signatures=((name, key_id, bytes(64)),))
    note = tmp_path / "forged.txt"
    note.write_text(forged.note, "utf-8")
    code, out, _ = command(path, capfd, "--vkey", str(key.vkey), "--against", str(note))
    assert code == 3
    assert "the signature is not that of" in out
    assert len(signature) == 64
