"""The page about other programs works as printed, while somebody records."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sql
from tests.bundled import plugins
from tests.docs.typed import FENCE

from dateline import Archive
from dateline.log.engine import reading
from dateline.testing import samples
from dateline_demo.command import record as record_demo
from dateline_demo.stories import VELM

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "outside.md"
BLOCKS = FENCE.findall(PAGE.read_text("utf-8"))
#: Puts DuckDB's extension where DuckDB would download it to.
_EXTENSION = """
import pathlib, shutil, duckdb, duckdb_extension_sqlite_scanner as extension
[built] = pathlib.Path(extension.__file__).parent.rglob("*.duckdb_extension")
[(platform,)] = duckdb.sql("PRAGMA platform").fetchall()
folder = pathlib.Path.home() / ".duckdb" / "extensions" / built.parent.name / platform
folder.mkdir(parents=True)
shutil.copy(built, folder)
"""


class Outside:
    """A shell with the programs of the page, without Dateline's own libraries."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._bin = folder, folder / "programs" / "bin"
        venv.create(folder / "programs", with_pip=True)
        (folder / "home").mkdir()
        self.run("pip", "install", "-q", "-r", str(HERE / "outside.txt"))
        self.run("python", "-c", _EXTENSION)

    def run(self, *command: str, ours: bool = False) -> str:
        """What a command prints; with `ours` it finds Dateline's programs, else those of the page."""
        given = {key: value for key, value in os.environ.items() if not key.startswith("DATELINE_")}
        there = Path(sys.executable).parent if ours else self._bin
        given |= {
            "PATH": f"{there}{os.pathsep}{given['PATH']}",
            "HOME": str(self.folder / "home"),
        }
        done = subprocess.run(
            command, cwd=self.folder, env=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def type_in(self, line: str) -> str:
        return self.run("sh", "-c", line, ours=line.startswith(("dateline ", "python ")))


@contextmanager
def somebody_records(url: str) -> Iterator[list[str]]:
    """Record facts of another story, and bring views up to date, until the block ends."""
    done, recorded, failures = threading.Event(), list[str](), list[BaseException]()

    def work() -> None:
        try:
            with Archive.open(url, plugins()) as archive:
                archive.record(samples.story())
                while not done.wait(0.02):
                    figure = samples.figure(text=f"Figure {len(recorded)}")
                    recorded.extend(archive.record([figure], story="ferry").facts)
                    archive.catch_up()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield recorded
    finally:
        done.set()
        thread.join()
    assert failures == []


@pytest.mark.slow
def test_the_page_works_as_printed_while_somebody_records(tmp_path: Path) -> None:
    outside = Outside(tmp_path)
    [first, *sessions] = [text for language, text in BLOCKS if language == "console"]
    for line in re.findall(r"^\$ (.*)$", first, re.MULTILINE):
        outside.type_in(line)
    with somebody_records(str(tmp_path / "demo.db")) as recorded:
        for line, printed in re.findall(
            r"^\$ (.*)\n((?:[^$].*\n)*)", "".join(sessions), re.MULTILINE
        ):
            assert outside.type_in(line) == printed, line
        session = tmp_path / "session.txt"
        session.write_text("\n".join(text for kind, text in BLOCKS if kind == "pycon"), "utf-8")
        outside.run("python", "-m", "doctest", str(session))
        assert len(recorded) > 3
    with Archive.open(str(tmp_path / "demo.db"), plugins()) as archive:
        assert archive.verify().findings == []


def test_its_questions_have_the_same_answers_in_both_databases(db: str) -> None:
    with Archive.create(db, plugins()) as archive:
        record_demo(archive, VELM)
        archive.catch_up()
        with reading(archive._engine) as connection:
            answers = [
                [tuple(row) for row in connection.execute(sql.text(text))]
                for language, text in BLOCKS
                if language == "sql"
            ]
    figures, said, days = answers
    assert ("f4", "hours from water to warning", "2", "The Fictional Wire") in figures
    assert {row[0] for row in said} == {"velm-flood"} and said[0][1].startswith("f")
    assert days[0] == ("1987-04-01", 1) and all(facts > 0 for _, facts in days)
