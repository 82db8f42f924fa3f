"""Invariants of an archive that hold whatever process was killed while it wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from dateline import Archive, Plugins
from dateline.proof.keys import load

PLUGINS = Plugins.load(strict=True)


def opened(db: Path | str, keys: Path | None = None, signing: Path | None = None) -> Archive:
    """Open the archive like any command and check every invariant of its log and views.

    The file is undamaged, positions have no hole, hashes and root verify, and views equal the fold
    of the log.
    """
    archive = Archive.open(db, PLUGINS, keys)
    try:
        events = list(archive.events())
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        assert len({event.event_id for event in events}) == len(events)
        assert archive.head().position == len(events)
        archive.refresh_sql_views()  # an upgrade leaves those of the earlier release
        vkeys = [] if signing is None else [load(signing, archive.id).vkey]
        report = archive.verify(vkeys=vkeys, deep_too=True)
        assert report.findings == [] and report.unchecked == [], (report.findings, report.unchecked)
        for name in archive.plugins.views:
            assert archive.verify_view(name) == [], name
        if archive._engine.dialect.name == "sqlite":
            for path in (Path(db), Path(f"{db}.keys")):
                assert_whole(path)
    except BaseException:
        archive.close()
        raise
    return archive


def assert_whole(path: Path) -> None:
    """Check that SQLite finds no damage in a file."""
    if not path.exists():
        return
    connection = sqlite3.connect(path)
    try:
        for check in ("integrity_check", "foreign_key_check"):
            found = connection.execute(f"PRAGMA {check}").fetchall()
            assert found in ([], [("ok",)]), found
    finally:
        connection.close()
