"""Any value in any column: `verify` ends in a verdict, and never passes an archive that reads differently."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.proof import attacks

from dateline import Archive, Plugins
from dateline.cli.outcome import FAILED, FOUND, run
from dateline.cli.root import root
from dateline.documents.document import Document
from dateline.errors import DatelineError
from dateline.proof import keys
from dateline.testing import samples

#: How many changes are tried, of some ten thousand.
TRIES = 100
TABLES = (
    "events",
    "stories",
    "log_head",
    "documents",
    "merkle_nodes",
    "checkpoints",
    "plugin_types",
)
#: Not hashed, and only read to order two checkpoints of one size.
FREE = {("checkpoints", "signed_us")}
#: Without it nothing can be checked.
NOTHING_TO_SAY = {("log_head", "archive")}
#: Text that is not UTF-8: SQLite stores it, but no parameter can hold it.
BROKEN = "CAST(x'ff66' AS TEXT)"
ODD: tuple[object, ...] = (
    None, 0, 1, -1, 2**63 - 1, -(2**63), 0.5, 1e300, float("inf"), "", "x", "\0", "x" * 200, b"",
    b"\0", b"x" * 16, b"x" * 32, b"x" * 33, "0123456789abcdef", "utf-16", "rot13",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with something of every kind; 256 events make a node."""
    folder = tmp_path_factory.mktemp("made")
    with Archive.create(folder / "a.db", Plugins.load(strict=True)) as archive:
        for slug in ("ferry", "second"):
            archive.record(samples.story(slug=slug))
        for subject, story in (("Anna", "ferry"), ("Bob", "second")):
            secret = samples.captured(f"Fictional: a letter by {subject}.")
            archive.record(
                [samples.entity("person:w", subject), secret], story=story, protect=subject
            )
        archive.record([samples.figure(text="It goes again")], story="second")
        [position] = archive.record(
            [{"type": "acme.sighting.recorded", "what": "x"}], story="second"
        ).positions
        titles = [{"type": "story.retitled", "title": f"T{number}"} for number in range(240)]
        archive.record(titles, story="ferry")
        key = keys.create(folder / "k", archive.id)
        archive.checkpoint(key)
        archive.erase(None, [position - 1], reason="Asked", basis="GDPR 17")
        archive.erase("Bob", reason="Asked", basis="GDPR 17")
        archive.checkpoint(key)
    return folder


def changes(db: sqlite3.Connection) -> Iterator[tuple[str, int, str, object]]:
    for table in TABLES:
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        for number, *values in db.execute(f"SELECT rowid, * FROM {table}").fetchall():
            if table == "events" and 25 < number < 260:
                continue  # titles
            for column, value in zip(columns, values, strict=True):
                yield table, number, column, BROKEN
                for other in (*ODD, *_near(value)):
                    yield table, number, column, other


def _near(value: Any) -> list[object]:
    if isinstance(value, int):
        return [value + 1, value - 1, -value, value + 0.25, f"{value}x", str(value).encode()]
    if isinstance(value, str):
        return [value + "x", value[:-1], value.upper(), value.encode(), value + "\0"]
    if isinstance(value, bytes):
        flipped = bytes([value[0] ^ 1]) + value[1:] if value else b"y"
        return [value[:-1], value + b"\0", flipped, value.hex(), value.decode("latin1")]
    return []


def change(db: sqlite3.Connection, table: str, number: int, column: str, value: object) -> bool:
    """False when it changed nothing, or the table does not take it."""
    where = f"FROM {table} WHERE rowid = {number}"
    stored = f'SELECT "{column}", typeof("{column}") {where}'
    before = db.execute(stored).fetchone()
    marks, values = (BROKEN, ()) if value is BROKEN else ("?", (value,))
    try:
        db.execute(f'UPDATE {table} SET "{column}" = {marks} WHERE rowid = {number}', values)
    except sqlite3.IntegrityError:
        return False
    return bool(db.execute(stored).fetchone() != before)


def as_long(charset: object) -> bool:
    """Whether text read in that charset has as many characters."""
    try:
        found = Document(samples.TEXT.encode(), str(charset)).text
    except DatelineError:
        return False
    return len(found) == len(samples.TEXT)


@pytest.mark.slow
def test_verify_ends_in_a_verdict_whatever_a_column_holds(
    made: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(made / "a.db") as db:
        every = list(changes(db))
    db.close()
    # Each column once, then a sample of all.
    chosen = random.Random(1)
    chosen.shuffle(every)
    once = {
        (table, column): (table, number, column, value) for table, number, column, value in every
    }
    for table, number, column, value in [*once.values(), *every[:TRIES]]:
        shutil.copytree(made, tmp_path, dirs_exist_ok=True)
        with sqlite3.connect(tmp_path / "a.db") as db, attacks.unguarded(db):
            db.text_factory = bytes
            changed = change(db, table, number, column, value)
        db.close()
        if not changed:
            continue
        capfd.readouterr()
        code = run(root, ["--db", str(tmp_path / "a.db"), "verify", "--key", str(tmp_path / "k")])
        said = capfd.readouterr().err
        what = f"{table}.{column} of row {number} = {value!r}: {said}"
        assert "this is a bug" not in said, what
        if (table, column) in NOTHING_TO_SAY:
            assert code in (FAILED, FOUND), what
        elif (table, column) == ("documents", "charset") and as_long(value):
            assert code in (0, FOUND), what  # as docs/proofs.md says
        elif (table, column) not in FREE:
            assert code == FOUND, what


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = x'7b7d' WHERE position = (SELECT max(position) FROM events)",
        "UPDATE stories SET slug = 'SECOND' WHERE slug = 'second'",
        "UPDATE events SET event_id = 5 WHERE position = 16",
    ],
)
def test_what_keeps_an_erasure_from_being_finished_is_reported(
    made: Path, tmp_path: Path, statement: str, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "a.db") as db, attacks.unguarded(db):
        assert db.execute(statement).rowcount == 1
    db.close()
    arguments = ["--db", str(tmp_path / "a.db")]
    assert run(root, [*arguments, "verify", "--deep", "--key", str(tmp_path / "k")]) == FOUND
    assert "this is not what was recorded" in capfd.readouterr().err
