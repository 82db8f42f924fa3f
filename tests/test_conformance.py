"""Every database Dateline knows does what an archive does."""

from __future__ import annotations

from dateline.testing.conformance import ArchiveConformance


class TestArchive(ArchiveConformance):
    """On SQLite and on PostgreSQL: the fixture ``db`` names each in turn."""
