"""A damaged database file: flipped bits, a truncated end, a lost write-ahead log."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
from functools import partial
from pathlib import Path

from tests.faults import child
from tests.faults.child import Acknowledge, Ended
from tests.faults.invariants import PLUGINS, opened
from tests.faults.operations import cli, filled
from tests.faults.outcome import Row, seemly

from dateline import Archive
from dateline.cli.outcome import FAILED, FOUND
from dateline.proof.held import Given
from dateline.proof.keys import load
from dateline.proof.verifier import read_checkpoint
from dateline.testing import samples

#: Commands of a user who does not know that the archive is damaged.
COMMANDS = (
    ("verify", "--deep", "--vkey", "{vkey}"),
    ("show", "ferry", "timeline"),
    ("log", "ferry"),
    ("export", "--all", "-f", "ndjson"),
    ("status",),
)


class Specimen:
    """An undamaged archive, and the contents of every table of its log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._whole = folder / "whole"
        self._whole.mkdir()
        filled(self._whole)
        self._vkey = self._ask(self._whole, ("key", "show", "--key", "{a.key}")).out.strip()
        self.bytes = (self._whole / "a.db").read_bytes()
        self._log = contents(self._whole / "a.db")

    def _ask(self, place: Path, words: tuple[str, ...]) -> Ended:
        given = [
            self._vkey if word == "{vkey}" else str(place / word[1:-1]) if word[0] == "{" else word
            for word in words
        ]

        return child.run(self.folder, partial(_command, place, given))

    def without_index_entry(self) -> bytes:
        """The file with one event id changed in the index of ids, and nowhere else."""
        db = sqlite3.connect(self._whole / "a.db")
        [key] = db.execute("SELECT event_id FROM events WHERE position = 8").fetchone()
        db.close()
        places = [match.start() for match in re.finditer(re.escape(key), self.bytes)]
        for at in places:
            damaged = bytearray(self.bytes)
            damaged[at + 15] ^= 1
            copy = self.folder / "index.db"
            copy.write_bytes(damaged)
            if contents(copy) == self._log:
                return bytes(damaged)
        raise AssertionError("no index contains the id")

    def verify(self, damaged: bytes) -> Ended:
        """The result of `verify` for a damaged file."""
        place = self.folder / "looked-at"
        shutil.copytree(self._whole, place)
        (place / "a.db").write_bytes(damaged)
        return self._ask(place, COMMANDS[0])

    def judge(self, damaged: bytes, row: Row, what: str) -> None:
        """Check that each command ends with a result or one clear error, and that `verify` reports every
        difference."""
        place = self.folder / "damaged"
        shutil.copytree(self._whole, place)
        (place / "a.db").write_bytes(damaged)
        try:
            differs = contents(place / "a.db") != self._log
            for words in COMMANDS:
                row.runs += 1
                ended = self._ask(place, words)
                seemly(ended, verdict=words[0] == "verify")
                row.refused += ended.code in (FAILED, FOUND)
                if differs and words[0] == "verify":
                    assert ended.code in (FAILED, FOUND), "verify did not report the damage"
        except Exception as error:
            row.broken.append(f"{what}: {type(error).__name__}: {error}"[:1500])
        finally:
            shutil.rmtree(place)


def _command(place: Path, words: list[str], acknowledge: Acknowledge) -> int:
    return cli(place, *words)


def contents(db: Path) -> object:
    """All rows of the log's tables as SQLite reads them, or its error message."""
    connection = sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.text_factory = bytes
    tables = "events", "documents", "stories", "log_head", "merkle_nodes", "checkpoints"
    try:
        return [
            connection.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY rowid").fetchall()
            for table in tables
        ]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)
    finally:
        connection.close()


def flips(specimen: Specimen, row: Row, count: int, chance: random.Random) -> None:
    """Flip one bit anywhere in the file."""
    for _ in range(count):
        at, mask = chance.randrange(len(specimen.bytes)), 1 << chance.randrange(8)
        damaged = bytearray(specimen.bytes)
        damaged[at] ^= mask
        specimen.judge(bytes(damaged), row, f"byte {at} ^ {mask}")


def cuts(specimen: Specimen, row: Row, count: int, chance: random.Random) -> None:
    """Truncate the file at a random byte."""
    for _ in range(count):
        length = chance.randrange(len(specimen.bytes))
        specimen.judge(specimen.bytes[:length], row, f"cut to {length}")


def wal_lost(folder: Path, row: Row) -> None:
    """A copy without the write-ahead log holds an earlier state of the log. A checkpoint kept elsewhere
    reveals that the end is missing."""
    place = folder / "wal"
    place.mkdir()
    filled(place)
    child.run(folder, partial(_append_and_die, place))
    with opened(place / "a.db") as archive:
        whole = read_checkpoint(archive.checkpoint(load(place / "a.key", archive.id)).note)
    for suffixes in (["-shm"], ["-wal", "-shm"]):
        copy = Path(shutil.copytree(place, folder / "wal-copy"))
        ended = child.run(folder, partial(_append_and_die, copy))
        row.runs += 1
        row.acknowledged += len(ended.acknowledged)
        try:
            assert Path(f"{copy}/a.db-wal").stat().st_size
            for suffix in suffixes:
                Path(f"{copy}/a.db{suffix}").unlink()
            with opened(copy / "a.db", signing=copy / "a.key") as archive:
                left = archive.head().position - whole.size
                later = archive.verify(against=[Given("kept elsewhere", whole)])
                assert later.findings == []
                if "-wal" not in suffixes:
                    row.missing += len(ended.acknowledged) - left
                else:
                    assert left == 0  # the user removed it, so this is not our loss
                    row.acknowledged -= len(ended.acknowledged)
        except Exception as error:
            row.broken.append(f"without {suffixes}: {type(error).__name__}: {error}"[:1500])
        shutil.rmtree(copy)


def _append_and_die(place: Path, acknowledge: Acknowledge) -> int:
    with Archive.open(place / "a.db", PLUGINS) as archive:
        for number in range(5):
            archive.record([samples.figure(text=f"Late {number} {os.getpid()}")], story="ferry")
            acknowledge(str(number))
        os.kill(os.getpid(), signal.SIGKILL)
    return 0
