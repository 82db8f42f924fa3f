"""A process that reads all views in a loop while the child works, and checks everything it reads.

A line of JSON tells it what to read. It repeats its round until the next line arrives; then it prints
how often it read and what was wrong. It prints a dot after every round.
"""

from __future__ import annotations

import json
import os
import select
import sqlite3
import sys
import traceback
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.observed import NAMES, Folds, by_key, plugins

from dateline import Archive
from dateline.events.status import HIDDEN
from dateline.log.engine import reading
from dateline.views import store, stored_rows
from dateline.views.projection import schema_of
from dateline.views.table import arrange


def main() -> None:
    folds = Folds(Path(sys.argv[1]))
    for line in iter(_line, b""):
        order = json.loads(line)
        looks = Looks(folds, order["db"], order["head"], order["built"])
        try:
            looks.go_round()
        except BaseException:
            looks.wrong.append(traceback.format_exc()[-3000:])
            _say("!\n")  # a parent that waits for a round must stop waiting
        _line()
        _say("\n" + json.dumps({"reads": looks.reads, "wrong": looks.wrong[:5]}) + "\n")


def _line() -> bytes:
    """Read the next line without a byte more, because `select` does not see buffered bytes."""
    read = b""
    while not read.endswith(b"\n") and (byte := os.read(0, 1)):
        read += byte
    return read


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class Looks:
    """Checks that the rows of a view equal the fold at the position read with them.

    With a `head`, `Archive.view` is read too, and its rows must be those of that position. With
    `built`, the views existed from the start, so they must never be missing.
    """

    def __init__(self, folds: Folds, db: str, head: int | None, built: bool) -> None:
        self.reads = 0
        self.wrong: list[str] = []
        self._folds, self._db, self._head = folds, db, head
        self._seen = set(NAMES if built else ())

    def go_round(self) -> None:
        with (
            Archive.open(self._db, plugins()[0]) as archive,
            closing(sqlite3.connect(self._db, isolation_level=None, timeout=10)) as outside,
        ):
            while True:
                for name in NAMES:
                    self._view(archive, name)
                    self._snapshot(archive, name)
                    self._plain_sql(outside, name)
                    if select.select([0], [], [], 0)[0]:
                        return
                _say(".")

    def _view(self, archive: Archive, name: str) -> None:
        if self._head is not None:
            table = archive.view(name, everything=True)
            wanted = self._folds.at(name, self._head)
            self.reads += 1
            if table != arrange(schema_of(archive.plugins.view(name)), wanted, everything=True):
                self._complain(name, "Archive.view", self._head, table.rows)

    def _snapshot(self, archive: Archive, name: str) -> None:
        """Read generation and rows in one snapshot, like Dateline's own readers."""
        with reading(archive._engine) as connection:
            build = store.current(connection, name)
            if build is not None:
                rows = stored_rows.read(connection, schema_of(archive.plugins.view(name)), build)
                self._compare(name, "one snapshot", build.position, rows)
            elif name in self._seen:
                self.wrong.append(f"{name}: the view was missing")

    def _plain_sql(self, outside: sqlite3.Connection, name: str) -> None:
        """Read the SQL view that outsiders use, without Dateline."""
        outside.execute("BEGIN")
        found = outside.execute(
            "SELECT checkpoint FROM views WHERE name = ? AND state = 'live'", (name,)
        ).fetchall()
        rows = outside.execute(f'SELECT * FROM "{name}"').fetchall() if found else []
        outside.execute("COMMIT")
        if len(found) == 1:
            self._compare(name, "plain SQL", found[0][0], rows, shown=True)
        elif found or name in self._seen:
            self.wrong.append(f"{name}: {len(found)} live generations")

    def _compare(
        self, name: str, how: str, position: int, rows: Sequence[Any], *, shown: bool = False
    ) -> None:
        """With `shown`, the rows must be those that readers get by default."""
        self.reads += 1
        self._seen.add(name)
        folded = self._folds.at(name, position)
        if shown and name == "figures":
            folded = [row for row in folded if row[3] not in HIDDEN]
        if by_key(name, rows) != folded:
            self._complain(name, how, position, rows)

    def _complain(self, name: str, how: str, position: int, rows: Sequence[Any]) -> None:
        wanted = len(self._folds.at(name, position))
        self.wrong.append(
            f"{name}, {how}: {len(rows)} rows instead of the {wanted} at position {position}"
        )
