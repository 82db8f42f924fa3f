"""The tamper matrix: each attack on a real archive, verified from inside and from outside."""

from __future__ import annotations

import shutil
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from tests.proof import attacks
from tests.proof.attacks import Attack
from tests.proof.conftest import EVENTS

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.errors import Damaged
from dateline.log.engine import open_engine, reading
from dateline.proof.held import Given
from dateline.proof.keys import SigningKey
from dateline.proof.report import Report
from dateline.proof.verifier import Checkpoint
from dateline.proof.verify import verify
from dateline.testing import samples

#: Attack -> the rules that find it from the inside.
FOUND: dict[Attack, set[str]] = {
    attacks.edit_a_body: {"V5"},
    attacks.turn_a_body_into_text: {"V5"},
    attacks.edit_a_body_and_its_commitment: {"V1"},
    attacks.edit_an_envelope: {"V1"},
    attacks.edit_an_envelope_and_its_leaf: {"V1", "V4", "V7"},
    attacks.swap_two_events: {"V3", "V4", "V7"},
    attacks.delete_in_the_middle: {"V2", "V3", "V4", "V7"},
    attacks.delete_and_renumber: {"V1", "V4", "V7"},
    attacks.insert_in_front_of_the_end: {"V1", "V3", "V4"},
    attacks.insert_before_the_first: {"V2", "V3"},
    attacks.insert_where_no_number_is: {"V2"},
    attacks.insert_without_a_position: {"V2"},
    attacks.number_a_version_nought: {"V3"},
    attacks.split_a_microsecond: {"V1"},
    attacks.split_a_microsecond_everywhere: {"V1", "V3"},
    attacks.put_text_where_an_id_was: {"V1"},
    attacks.put_text_that_is_no_utf_8: {"V1", "V3"},
    attacks.take_the_number_from_the_head: {"V2", "V4"},
    attacks.add_a_head: {"V2"},
    attacks.corrupt_a_node: {"V4"},
    attacks.lose_a_node: {"V4"},
    attacks.add_a_node: {"V4"},
    attacks.corrupt_the_head: {"V4"},
    attacks.mangle_the_head: {"V4"},
    attacks.put_other_types_everywhere: {"V1", "V2", "V3", "V4", "V5", "V7"},
    attacks.move_a_body_to_another_event: {"V5"},
    attacks.drop_the_salt: {"V5"},
    attacks.put_text_where_bytes_were: {"V1", "V5"},
    attacks.erase_silently: {"V6"},
    attacks.change_a_document: {"V5"},
    attacks.read_a_document_otherwise: {"V5"},
    attacks.forge_a_document_under_a_key: {"V5"},
    attacks.plant_a_document: {"V5"},
    attacks.name_a_document_by_text: {"V5"},
    attacks.lose_a_document: {"V5"},
    attacks.rename_a_story: {"V3"},
    attacks.set_a_story_back: {"V3"},
    attacks.forge_a_stored_checkpoint: {"V7"},
    attacks.give_a_stored_checkpoint_another_key: {"V7"},
}
#: Consistent in itself: not found from the inside.
INVISIBLE = [
    attacks.cut_off_the_end,
    attacks.edit_and_rebuild,
    attacks.delete_and_rebuild,
    attacks.swap_and_rebuild,
]


def tamper(path: Path, attack: Attack) -> None:
    with sqlite3.connect(path) as db, attacks.unguarded(db):
        attack(db)
    db.close()


def look(path: Path, key: SigningKey, outside: Checkpoint | None = None) -> Report:
    engine = open_engine(path)
    given = [] if outside is None else [Given("outside", outside)]
    with reading(engine) as connection:
        report = verify(connection, vkeys=[key.vkey], against=given)
    engine.dispose()
    return report


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def named(attack: Attack) -> str:
    return attack.__name__


@pytest.mark.sampled(8)
@pytest.mark.parametrize("attack", [*FOUND, *INVISIBLE], ids=named)
def test_an_untouched_archive_is_all_right_and_a_tampered_one_is_not(
    archive: Archive, path: Path, key: SigningKey, outside: Checkpoint, attack: Attack
) -> None:
    archive.close()
    clean = look(path, key, outside)
    assert (clean.findings, clean.unchecked) == ([], [])
    assert clean.checked["checkpoints"] == clean.checked["signatures"] == 2

    tamper(path, attack)

    inside = look(path, key)
    from_outside = look(path, key, outside)
    wanted = FOUND.get(attack, set())
    assert wanted <= rules(inside), inside.findings
    if attack in INVISIBLE:
        assert inside.findings == [], inside.findings
        assert rules(from_outside) == {"V7"}, from_outside.findings
    assert from_outside.findings != []


#: Attack -> the first position that a finding names.
PLACES: dict[Attack, int] = {
    attacks.edit_a_body: 8,
    attacks.edit_an_envelope: 8,
    attacks.swap_two_events: 20,
    attacks.delete_in_the_middle: 300,
    attacks.delete_and_renumber: 300,
    attacks.insert_in_front_of_the_end: 601,
    attacks.insert_before_the_first: -1,
    attacks.put_text_where_an_id_was: 8,
    attacks.move_a_body_to_another_event: 31,
    attacks.put_text_where_bytes_were: 8,
    attacks.erase_silently: 9,
}


@pytest.mark.parametrize("attack", PLACES, ids=named)
def test_a_finding_names_the_place(
    archive: Archive, path: Path, key: SigningKey, outside: Checkpoint, attack: Attack
) -> None:
    archive.close()
    tamper(path, attack)
    found = look(path, key).findings
    assert min(f.position for f in found if f.position is not None) == PLACES[attack]


def test_an_archive_of_another_story_in_its_place_is_found(
    archive: Archive, path: Path, key: SigningKey, outside: Checkpoint, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "other.db", Plugins()) as other:
        other.record([{"type": "story.opened", "slug": "s", "title": "T"}])
    report = look(tmp_path / "other.db", key, outside)
    [finding] = report.findings
    assert finding.rule == "against"
    assert outside.origin in finding.reason


def test_one_wrong_event_is_one_finding(archive: Archive, path: Path, key: SigningKey) -> None:
    archive.close()
    tamper(path, attacks.edit_an_envelope)
    assert [(f.rule, f.position) for f in look(path, key).findings] == [("V1", 8)]


def test_an_event_outside_the_log_is_one_finding_and_is_never_read(
    archive: Archive, path: Path, key: SigningKey, outside: Checkpoint
) -> None:
    archive.close()
    tamper(path, attacks.insert_before_the_first)
    found = look(path, key, outside)
    assert [f.position for f in found.findings if f.rule == "V2"] == [-1]
    assert found.checked["events"] == EVENTS
    with Archive.open(path, Plugins.load(strict=True)) as opened:
        for read in (
            lambda: opened.state("ferry"),
            lambda: opened.prove("ferry", "f2", outside),
            lambda: list(opened.events("ferry")),
            lambda: opened.view("timeline"),
        ):
            with pytest.raises(Damaged, match="position -1"):
                read()


@pytest.mark.sampled(4)
@pytest.mark.parametrize("attack", [*FOUND, *INVISIBLE], ids=named)
def test_the_command_ends_in_a_verdict_whatever_was_done(
    archive: Archive,
    path: Path,
    outside: Checkpoint,
    attack: Attack,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    note = tmp_path / "outside.txt"
    note.write_text(outside.note, "utf-8")
    assert run(root, ["--db", str(path), "export", "ferry", "-o", str(tmp_path / "o.json")]) == 0
    archive.close()
    tamper(path, attack)
    capfd.readouterr()
    arguments = ["--deep", "--against", str(note), "--export", str(tmp_path / "o.json")]
    code = run(root, ["--db", str(path), "verify", "--key", str(tmp_path / "a.key"), *arguments])
    captured = capfd.readouterr()
    assert code == 3, captured.err
    assert "this is not what was recorded" in captured.err


#: What is done to one event -> the rules that find it.
DONE = {
    "UPDATE events SET body = CAST(replace(body, 'Misread', 'Mislaid') AS BLOB) WHERE position = ?": {
        "V5"
    },
    "UPDATE events SET salt = NULL, body = NULL WHERE position = ?": {"V6"},
    "UPDATE events SET type = 'fact.disputed' WHERE position = ?": {"V1"},
    "UPDATE events SET reported_us = 7 WHERE position = ?": {"V1"},
}


def _do(statement: str, position: int, db: sqlite3.Connection) -> None:
    db.execute(statement, (position,))


@pytest.mark.parametrize("statement", DONE)
def test_acts_are_as_hard_to_change_as_facts(
    archive: Archive, path: Path, key: SigningKey, statement: str
) -> None:
    why = "Misread"
    archive.amend("ferry", samples.SOURCE, {"title": "Aground"}, reason=why)
    archive.amend("ferry", samples.VOSS, {"label": "Mara Lind"}, reason=why)
    archive.merge("ferry", samples.NORA, samples.WIRE, reason=why)
    archive.undo("ferry", reason=why)
    again = samples.captured(source=f"{samples.SOURCE}.2", title=why)
    archive.record([again], story="ferry")
    positions = range(EVENTS + 1, archive.head().position + 1)
    assert len(positions) == 5
    archive.close()
    assert look(path, key).findings == []
    for position in positions:
        copy = path.with_name(f"{position}.db")
        shutil.copy(path, copy)
        tamper(copy, partial(_do, statement, position))
        found = look(copy, key).findings
        assert {finding.rule for finding in found} >= DONE[statement], position
        assert position in {finding.position for finding in found}
