"""``export --segments`` and ``verify --segments``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dateline.pytest_plugin import Cli
from dateline.segments import parquet


def names() -> list[str]:
    return sorted(os.listdir("segments"))


def test_a_folder_is_brought_up_to_date_and_verified(ferry: Cli) -> None:
    done = ferry("export", "--segments", "segments")
    assert (done.code, done.out) == (0, "")
    assert "7 events in 1 file" in done.err and "position 7" in done.err
    before = names()
    again = ferry("export", "--segments", "segments")
    assert again.code == 0 and "every event already" in again.err
    assert names() == before
    verified = ferry("verify", "--segments", "segments")
    assert verified.code == 0 and "1 segment" in verified.err


def test_it_stands_alone(ferry: Cli) -> None:
    for more in (
        ["ferry"],
        ["--all"],
        ["-f", "csv"],
        ["-o", "x"],
        ["--as-of", "2024"],
        ["--force"],
    ):
        assert ferry("export", "--segments", "segments", *more).code == 2
    assert not Path("segments").exists()


def test_verify_finds_what_was_changed(ferry: Cli) -> None:
    ferry("export", "--segments", "segments")
    [segment] = Path("segments").glob("*.parquet")
    content = segment.read_bytes()
    segment.write_bytes(content[:-1] + b"x")
    found = ferry("verify", "--segments", "segments")
    assert found.code == 3
    assert "segments" in found.out + found.err and segment.name in found.out + found.err
    segment.write_bytes(content)
    assert ferry("verify", "--segments", "segments").code == 0
    assert ferry("verify", "--segments", "nowhere").error == "segments-not-found"


def test_erased_content_is_reported_until_it_is_purged(ferry: Cli) -> None:
    ferry("export", "--segments", "segments")
    position = next(
        line.partition(",")[0]
        for line in ferry("log", "-f", "csv").out.splitlines()
        if "figure.recorded" in line
    )
    ferry("erase", position, "--reason", "Asked for", "--basis", "consent withdrawn", "--yes")
    assert ferry("verify", "--segments", "segments").code == 1
    before = names()
    done = ferry("export", "--segments", "segments")
    assert done.code == 0 and "replaced 1 file with erased content" in done.err
    assert not set(before) & set(names())
    assert ferry("verify", "--segments", "segments").code == 0


def test_without_its_library_one_error_says_what_to_install(
    ferry: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    parquet._pyarrow.cache_clear()
    failed = ferry("export", "--segments", "segments")
    assert (failed.code, failed.error) == (1, "library-missing")
    assert "dateline[segments]" in failed.err
    assert not Path("segments").exists()
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert ferry("export", "--segments", "memory://x").error == "library-missing"
