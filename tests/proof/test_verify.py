"""`verify`: erasure, what cannot be checked, the deep check, bounded memory of stories, exit codes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from tests.proof import attacks

from dateline import Archive
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.events.editorial import ContentErased
from dateline.events.envelope import NewEvent
from dateline.events.identity import uuid7
from dateline.events.parts import ErasedEvent
from dateline.events.story import StoryRetitled
from dateline.log.append import Appender
from dateline.log.engine import open_engine, writing
from dateline.proof import streams
from dateline.proof import verify as module
from dateline.proof.keys import SigningKey
from dateline.proof.report import RULES, Report
from dateline.proof.verifier import Checkpoint
from dateline.testing import samples

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
    """The one update that the triggers allow."""
    with sqlite3.connect(path) as db:
        for position in positions:
            db.execute("UPDATE events SET salt = NULL, body = NULL WHERE position = ?", (position,))
    db.close()


def listed(path: Path, *positions: int) -> ContentErased:
    """The record of an erasure of those positions."""
    with sqlite3.connect(path) as db:
        found = [
            db.execute("SELECT event_id, type FROM events WHERE position = ?", (at,)).fetchone()
            for at in positions
        ]
    db.close()
    told = tuple(ErasedEvent(event_id=UUID(bytes=key), type=type_) for key, type_ in found)
    return ContentErased(reason="A source asked", basis="GDPR 17", events=told)


def look(path: Path) -> Report:
    with Archive.open(path) as archive:
        return archive.verify()


def places(report: Report) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.position) for finding in report.findings]


def test_an_erasure_on_record_is_not_a_finding(path: Path, append: Append) -> None:
    erase(path, 20, 21)
    append(listed(path, 20, 21))
    report = look(path)
    assert (report.findings, report.unchecked) == ([], [])
    assert report.checked["erased events"] == 2


def test_what_is_missing_beyond_the_record_is_found(path: Path, append: Append) -> None:
    erase(path, 20, 21)
    append(listed(path, 20))
    assert places(look(path)) == [("V6", 21)]


def test_an_erasure_that_left_its_content_is_found(path: Path, append: Append) -> None:
    at = append(listed(path, 20))
    assert places(look(path)) == [("V6", at)]


def test_another_story_s_record_covers_nothing(archive: Archive, path: Path) -> None:
    erase(path, 20)
    archive.record([{"type": "story.opened", "slug": "other", "title": "Fictional: other"}])
    new = listed(path, 20)
    event = NewEvent(event_id=uuid7(), data=new, type=new.type, schema_version=2)
    engine = open_engine(path)
    with writing(engine) as connection:
        appender = Appender(connection)
        appender.append(archive.story("other").id, [event])
        appender.finish()
    engine.dispose()
    assert ("V6", 20) in places(look(path))


def test_a_record_of_erasure_is_never_erased_itself(path: Path, append: Append) -> None:
    erase(path, 20)
    at = append(listed(path, 20))
    erase(path, at)
    append(listed(path, at))
    found = {(f.rule, f.position, f.reason.partition(",")[0]) for f in look(path).findings}
    assert found == {
        ("V6", 20, "its content is missing"),
        ("V6", at, "the record of an erasure cannot be read"),
    }


def protect(path: Path, title: str = "under a key") -> tuple[int, str]:
    """An event under a key; its position and the key's id."""
    with Archive.open(path) as archive:
        [at] = archive.record(
            [{"type": "story.retitled", "title": f"Fictional: {title}"}],
            story="storm",
            protect="Anna",
        ).positions
        [event] = list(archive.events(after=at - 1))
        assert event.subject_key is not None
        return at, event.subject_key


def test_a_subject_s_erasure_that_left_something_is_found(path: Path, append: Append) -> None:
    protected, key = protect(path)
    at = append(ContentErased(reason="Asked", basis="GDPR 17", subject_key=key))
    assert (at, places(look(path))) == (protected + 1, [("V6", at)])


def test_protected_content_is_checked_with_its_key_and_not_called_all_right_without(
    archive: Archive, path: Path
) -> None:
    protect(path)
    report = look(path)
    assert (report.findings, report.unchecked) == ([], [])
    path.with_name(path.name + ".keys").rename(path.with_name("elsewhere.keys"))
    report = look(path)
    assert report.findings == []
    assert report.unchecked == ["The commitments of 1 protected event: its key is not here."]


@pytest.mark.parametrize("change", ["flip", "move"])
def test_sealed_content_that_was_changed_or_moved_is_found(
    archive: Archive, path: Path, change: str
) -> None:
    (one, _), (two, _) = protect(path), protect(path, "under it too")
    with sqlite3.connect(path) as db, attacks.unguarded(db):
        query = "SELECT body FROM events WHERE position = ?"
        body = db.execute(query, (one if change == "flip" else two,)).fetchone()[0]
        if change == "flip":
            body = bytes([body[0] ^ 1]) + body[1:]
        db.execute("UPDATE events SET body = ? WHERE position = ?", (body, one))
    db.close()
    assert places(look(path)) == [("V5", one)]


def test_a_protected_document_is_checked_with_its_key(archive: Archive, path: Path) -> None:
    secret = samples.captured("Fictional: nobody may read this.")
    archive.record([secret], story="ferry", protect="Anna")
    assert look(path).findings == []
    with sqlite3.connect(path) as db:
        query = "SELECT content FROM documents WHERE subject_key IS NOT NULL"
        content = db.execute(query).fetchone()[0]
        changed = content[:-1] + bytes([content[-1] ^ 1])
        db.execute("UPDATE documents SET content = ? WHERE content = ?", (changed, content))
    db.close()
    [finding] = look(path).findings
    assert (finding.rule, "is not what was captured" in finding.reason) == ("V5", True)
    path.with_name(path.name + ".keys").unlink()
    assert "The bytes of 1 protected document: its key is not here." in look(path).unchecked


def test_stories_beyond_those_remembered_are_followed_all_the_same(
    archive: Archive, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        line = {"type": "story.opened", "slug": f"s{number}", "title": "T"}
        archive.record([line])
    for title in ("one", "two"):
        for number in range(5):
            archive.record([{"type": "story.retitled", "title": title}], story=f"s{number}")
    monkeypatch.setattr(streams, "_STORIES", 2)
    monkeypatch.setattr(module, "_PAGE", 7)
    assert look(path).findings == []
    with sqlite3.connect(path) as db, attacks.unguarded(db):
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
    archive: Archive, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    archive.catch_up()
    clean = archive.verify(deep_too=True)
    assert clean.findings == []
    assert clean.checked["views"] == len(archive.plugins.views)
    assert clean.checked["quotes"] == 2
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
    # Showing the fact reveals it, too.
    capfd.readouterr()
    assert run(root, ["--db", str(path), "show", "ferry", "f2"]) == 0
    assert "NOT IN THE SOURCE AT THIS PLACE: [143 of 193 passengers]" in capfd.readouterr().out
    assert hashlib.sha256(moved) != hashlib.sha256(document)


def test_the_deep_check_finds_rows_of_a_story_that_is_not_there(
    archive: Archive, path: Path
) -> None:
    archive.catch_up()
    with sqlite3.connect(path) as db:
        [table] = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "timeline" in name
        ]
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        taken = ", ".join(f'"{name}"' for name in columns[1:])
        db.execute(f"INSERT INTO {table} SELECT 'ghost', {taken} FROM {table} LIMIT 1")
    db.close()
    [finding] = archive.verify(deep_too=True).findings
    assert (finding.rule, "of story 'ghost' does not come from the log" in finding.reason) == (
        "views",
        True,
    )
    assert [row.side for row in archive.verify_view("timeline")] == ["live"]


def test_a_row_that_differs_is_reported_value_by_value(archive: Archive, path: Path) -> None:
    archive.catch_up(["figures", "timeline"])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE figures__g1 SET value = 1 WHERE fact = 'f2'")
        db.execute("DELETE FROM timeline__g1 WHERE fact = 'f2'")
    db.close()
    told = [finding.reason for finding in archive.verify(deep_too=True).findings]
    assert told == [
        "figures: row 'f2', 1 of story 'ferry': value is 1, but the log gives 150",
        "timeline: row 'f2', 1 of story 'ferry' is missing",
    ]


def test_a_view_that_says_it_is_past_the_log_is_found(archive: Archive, path: Path) -> None:
    archive.catch_up()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE views SET checkpoint = checkpoint + 1000 WHERE name = 'timeline'")
    db.close()
    [finding] = archive.verify(deep_too=True).findings
    assert (finding.rule, "past the log's end" in finding.reason) == ("views", True)


def test_the_deep_check_counts_what_it_compared(
    archive: Archive, path: Path, key: SigningKey, capfd: pytest.CaptureFixture[str]
) -> None:
    """A view that was never built shows nothing; one that was built is not skipped."""
    vkey = ["--vkey", str(key.vkey)]
    code, _, err = command(path, capfd, "--deep", *vkey)
    assert (code, "view" in err.splitlines()[0]) == (0, False)
    archive.catch_up()
    code, _, err = command(path, capfd, "--deep", *vkey)
    assert (code, f"{len(archive.plugins.views)} views" in err) == (0, True)
    capfd.readouterr()
    arguments = ["--db", str(path), "--without", "figures", "verify", "--deep", *vkey]
    assert run(root, arguments) == 1
    err = capfd.readouterr().err
    assert f"{len(archive.plugins.views) - 1} views" in err
    assert "Not checked: View figures: no loaded plugin makes it." in err


def test_a_type_that_is_missing_from_the_list_of_types_is_found(
    archive: Archive, path: Path
) -> None:
    archive.record([{"type": "acme.sighting.recorded", "what": "x"}], story="ferry")
    assert look(path).findings == []
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM plugin_types")
    db.close()
    assert places(look(path)) == [("V4", 601)]


def test_a_type_that_is_only_in_the_list_of_types_is_found(archive: Archive, path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO plugin_types VALUES ('acme.sighting.recorded', 3)")
    db.close()
    [finding] = look(path).findings
    assert finding.rule == "V4" and "acme.sighting.recorded" in finding.reason


def test_the_page_lists_the_rules_as_the_command_prints_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text("utf-8")
    table = page[page.index("| rule | holds when |") : page.index("`--against FILE` adds")]
    listed = dict(re.findall(r"^\| (V\d|[a-z]+) \| (.*?)(?: \(.*\))? \|$", table, re.MULTILINE))
    del listed["rule"]
    assert listed == RULES


# -- the command -------------------------------------------------------------------------------


def command(path: Path, capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = run(root, ["--db", str(path), "verify", *arguments])
    out, err = capfd.readouterr()
    return code, out, err


def test_exit_codes_distinguish_ok_tampered_and_not_checked(
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
    assert "Nothing was changed." in err and "Views were not compared" in err

    code, _, err = command(path, capfd)
    assert code == 1
    assert "Not checked: The signature of the stored checkpoint of 600 events" in err
    assert "Nothing was changed." not in err
    assert "only against itself" in err

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
    [(None, "note.txt"), (b"no note\n", "is not a checkpoint"), (b"\xff", "is not a checkpoint")],
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


@pytest.mark.parametrize(
    "mailed",
    [
        lambda note: note.replace(b"\n", b"\r\n"),
        lambda note: b"\xef\xbb\xbf" + note,
        lambda note: note.rstrip(b"\n"),
        lambda note: b"\n" + note + b"\n\n",
    ],
)
def test_a_checkpoint_that_came_by_mail_is_read(
    archive: Archive,
    path: Path,
    key: SigningKey,
    outside: Checkpoint,
    tmp_path: Path,
    mailed: Callable[[bytes], bytes],
    capfd: pytest.CaptureFixture[str],
) -> None:
    note = tmp_path / "mailed.txt"
    note.write_bytes(mailed(outside.note.encode()))
    vkey = ["--vkey", str(key.vkey)]
    code, _, err = command(path, capfd, *vkey, "--against", str(note))
    assert (code, "2 signatures" in err) == (0, True), err
    asked = ["prove", "ferry", "f2", *vkey, "--checkpoint", str(note), "-o", str(tmp_path / "p")]
    assert run(root, ["--db", str(path), *asked]) == 0


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
    assert "against,," in out and "has a false signature" in out
    assert len(signature) == 64
    # An unsigned root says nothing about the log.
    root_, other = (base64.b64encode(hash_).decode() for hash_ in (outside.root, bytes(32)))
    note.write_text(outside.note.replace(root_, other), "utf-8")
    code, out, err = command(path, capfd, "--vkey", str(key.vkey), "--against", str(note))
    assert code == 3 and "has a false signature" in out
    assert "history before it was rewritten" not in out
    assert "1 finding. The log itself is unchanged." in err
