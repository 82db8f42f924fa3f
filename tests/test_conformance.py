"""The conformance suite, run on every database that Dateline supports."""

from __future__ import annotations

from dateline.testing.conformance import ArchiveConformance


class TestArchive(ArchiveConformance):
    """The fixture ``db`` names a SQLite file and a PostgreSQL database in turn."""
