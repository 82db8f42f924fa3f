"""Documents: the bytes, the text and the key that a live event captured, and no others."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.proof import attacks

from dateline import Archive
from dateline.proof.report import Report
from dateline.testing import samples

SECRET = "Fictional: the gärdener saw it."


def change(path: Path, statement: str, values: Sequence[Any] = ()) -> None:
    with sqlite3.connect(path) as db:
        assert db.execute(statement, values).rowcount
    db.close()


def rows(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT * FROM documents").fetchall()
    db.close()
    return found


def put(path: Path, *row: object) -> None:
    change(path, "INSERT INTO documents VALUES (?, ?, ?, ?)", row)


def look(path: Path) -> Report:
    with Archive.open(path) as archive:
        return archive.verify()


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.rule, finding.reason.partition(" ")[2]) for finding in report.findings]


def protect(archive: Archive, subject: str = "Anna", text: str = SECRET) -> str:
    """Protect a document; returns the id of its key."""
    archive.record([samples.captured(text)], story="ferry", protect=subject)
    [*_, event] = archive.events("ferry")
    assert event.subject_key is not None
    return event.subject_key


@pytest.mark.parametrize("charset", ["cp1252", "utf-16", "ascii", "nonsense"])
def test_a_charset_that_makes_another_text_is_found(
    archive: Archive, path: Path, charset: str
) -> None:
    archive.record([samples.captured("Fictional: Käse.")], story="ferry")
    protect(archive)
    change(path, "UPDATE documents SET charset = ? WHERE instr(content, x'4bc3a4')", (charset,))
    change(path, "UPDATE documents SET charset = ? WHERE subject_key IS NOT NULL", (charset,))
    report = look(path)
    assert [finding.rule for finding in report.findings] == ["V5", "V5"]
    path.with_name(path.name + ".keys").unlink()
    assert len(look(path).findings) == 1


def test_one_that_makes_as_many_characters_is_found_by_quotations(
    archive: Archive, path: Path
) -> None:
    """The limit that docs/proofs.md states."""
    secret = samples.captured("Fictional: the gate was open.")
    told = samples.fact("occurrence", "the gate was open", source=secret["source"])
    archive.record([secret, told], story="ferry")
    change(path, "UPDATE documents SET charset = 'cp037' WHERE instr(content, 'gate')")
    assert archive.verify().findings == []
    assert {finding.rule for finding in archive.verify(deep_too=True).findings} == {"quotes"}


def test_a_document_without_a_count_must_decode(archive: Archive, path: Path) -> None:
    archive.record([samples.captured("Fictional: Käse.", chars=None)], story="ferry")
    assert look(path).findings == []
    change(path, "UPDATE documents SET charset = 'ascii' WHERE instr(content, x'4bc3a4')")
    assert [finding.rule for finding in look(path).findings] == ["V5"]


def test_a_document_that_is_erased_and_put_back_is_found(archive: Archive, path: Path) -> None:
    archive.record([samples.captured("Fictional: it goes.")], story="ferry")
    row = next(row for row in rows(path) if b"it goes" in row[2])
    archive.erase(None, [archive.head().position], reason="Asked", basis="GDPR 17")
    assert look(path).findings == []
    put(path, *row)
    report = look(path)
    assert [finding.rule for finding in report.findings] == ["V6"]
    assert "erased and put back" in report.findings[0].reason


def test_a_document_that_another_story_captured_stays(archive: Archive, path: Path) -> None:
    archive.record(samples.story(slug="other"))
    archive.record([samples.captured("Fictional: both.")], story="ferry")
    [at] = archive.record([samples.captured("Fictional: both.")], story="other").positions
    archive.erase(None, [at], reason="Asked", basis="GDPR 17")
    assert len(rows(path)) == 2
    assert look(path).findings == []


def test_one_whose_source_was_withdrawn_stays(archive: Archive, path: Path) -> None:
    archive.record(
        [{"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Taken back"}],
        story="ferry",
    )
    assert look(path).findings == []


def test_without_their_key_protected_documents_are_counted(archive: Archive, path: Path) -> None:
    key = protect(archive)
    archive.record(samples.story(slug="other"))
    archive.record([samples.captured(SECRET)], story="other", protect="Anna")
    path.with_name(path.name + ".keys").unlink()
    assert look(path).findings == []
    put(path, b"\1" * 32, "utf-8", b"sealed", key)
    report = look(path)
    assert report.findings == []  # two events under that key captured something
    assert "The bytes of 2 protected documents: their keys are not here." in report.unchecked
    put(path, b"\2" * 32, "utf-8", b"sealed", key)
    put(path, b"\3" * 32, "utf-8", b"sealed", "a key that no event has")
    assert [finding.rule for finding in look(path).findings] == ["V5", "V5"]


def test_with_its_key_a_planted_document_is_found(archive: Archive, path: Path) -> None:
    key = protect(archive)
    put(path, b"\1" * 32, "utf-8", b"sealed", key)
    assert [finding.rule for finding in look(path).findings] == ["V5"]


def test_a_capture_that_cannot_be_read_does_not_accuse_its_document(
    archive: Archive, path: Path
) -> None:
    with sqlite3.connect(path) as db, attacks.unguarded(db):
        db.execute("UPDATE events SET body = x'20' WHERE type = 'source.captured'")
    db.close()
    [finding] = look(path).findings
    assert (finding.rule, finding.position) == ("V5", 5)


def test_forged_bytes_are_no_less_forged_under_a_key(archive: Archive, path: Path) -> None:
    change(path, "UPDATE documents SET content = ?, subject_key = 'anyone'", (b"Forged",))
    [(rule, said)] = found(look(path))
    assert (rule, said.split(" ", 2)[2].endswith("under another key, or under none")) == (
        "V5",
        True,
    )
    digest = hashlib.sha256(b"Forged").digest()
    assert digest not in [row[0] for row in rows(path)]
