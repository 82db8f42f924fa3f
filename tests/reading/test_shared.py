"""Threads may share an archive that is opened to be read."""

from __future__ import annotations

from pathlib import Path

from tests.bundled import plugins

from dateline import Archive
from dateline.events.envelope import body_decoder
from dateline.testing import samples


def test_no_thread_meets_a_type_that_another_is_still_describing(tmp_path: Path) -> None:
    """msgspec crashes the process when two threads use a type for the first time."""
    with Archive.create(tmp_path / "a.db", plugins()) as archive:
        archive.record(samples.story())
    body_decoder.cache_clear()
    with Archive.open(tmp_path / "a.db", plugins(), read_only=True) as archive:
        made = body_decoder.cache_info().misses
        assert len(list(archive.events())) == 7
        assert body_decoder.cache_info().misses == made > 20
