"""Writers on PostgreSQL killed in every way: one run of `run_writers.py`, which does many."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from tests.faults.writing import run

from dateline.testing.postgres import Unavailable


def test_no_acknowledged_event_is_lost_or_duplicated_and_no_reader_skips() -> None:
    with tempfile.TemporaryDirectory(prefix="dateline-writers-", ignore_cleanup_errors=True) as at:
        try:
            outcome = run(Path(at), 500, seed=7)
        except Unavailable as error:
            pytest.skip(f"no PostgreSQL: {error}")
    assert outcome.acknowledged >= 500
    assert outcome.cut > 0
    assert (outcome.lost, outcome.duplicates, outcome.skipped) == (0, 0, 0)
    met = (outcome.writers_killed, outcome.backends_killed, outcome.crashes, outcome.restarts)
    assert all(met)
