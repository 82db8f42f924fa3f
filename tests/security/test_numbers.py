"""Extreme numbers, sizes and nesting are accepted, or refused with an error that names the limit."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import dateline.text
from dateline import Archive, Plugins
from dateline.errors import DatelineError, Refused
from dateline.proof.exported import stated_cut
from dateline.pytest_plugin import Cli
from dateline.testing import samples

EDGES = [
    str(sign * (2**bits + step))
    for bits in (31, 53, 63, 64)
    for step in (-1, 0, 1)
    for sign in (1, -1)
]
NUMBERS = [
    *EDGES,
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-0",
    "-0.0",
    "1e-400",
    "9" * 5000,
    "[" * 50_000,
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:24])
def test_an_extreme_number_never_reports_a_bug(ferry: Cli, number: str) -> None:
    for called in (
        ("correct", "ferry", "f2", "--set", f"quantities.0.value={number}", "--reason", "r"),
        ("correct", "ferry", "f2", "--set", f"quantities.{number}.value=1", "--reason", "r"),
        ("log", "--after", number), ("log", "ferry", "--after", number), ("log", "-n", number),
        ("erase", number, "--reason", "r", "--basis", "b", "--dry-run"),
        ("show", "ferry", f"f{number}"), ("show", "ferry", "timeline", "--as-recorded", f"@{number}"),
        ("show", "ferry", "timeline", "--as-of", number), ("diff", "ferry", number, number, "--recorded"),
        ("diff", "ferry", "2024", number),
    ):  # fmt: skip
        result = ferry(*called)
        assert result.code in (0, 1, 2), called[:4]
        assert "this is a bug" not in result.err and "Traceback" not in result.err, (
            called[:4],
            result.err,
        )
    assert ferry("show", "ferry", "figures", "-f", "json").code == 0
    [row] = json.loads(ferry("show", "ferry", "figures", "-f", "json").out)
    assert abs(row["value"]) < 2**53


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        (
            b'{"type":"story.opened","slug":' + b"[" * 100 + b"]" * 100 + b"}",
            "64",
        ),
        (b'{"type":"story.opened","slug":' + b"[" * 100_000, "64"),
        (b'{"type":"story.opened","n":9007199254740992}', "2^53 - 1"),
        (b'{"type":"story.opened","n":1e400}', "inf"),
        (b'{"type":"story.opened","type":"x"}', "'type'"),
    ],
)
def test_an_error_names_the_limit(ferry: Cli, tmp_path: Path, line: bytes, limit: str) -> None:
    (tmp_path / "bad.ndjson").write_bytes(line)
    result = ferry("import", "bad.ndjson")
    assert (result.code, result.error) == (1, "refused")
    assert limit in result.err and "line 1" in result.err


def test_values_from_a_plugin_that_json_cannot_hold_are_refused(tmp_path: Path) -> None:
    """Lines made by importers are checked by the same rules as lines of text."""
    deep: object = 1
    for _ in range(70):
        deep = [deep]
    with Archive.create(tmp_path / "a.db", Plugins()) as archive:
        for value in (float("nan"), 2**70, "\x00", "\ud800", deep):
            with pytest.raises(Refused):
                archive.record([samples.opened() | {"scope": value}])
        assert archive.head().position == 0


def spent(function: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    function(text)
    return time.process_time() - started


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["visible", "one_line", "csv_cell", "markdown", "markdown-claim", "html-claim"]
)
def test_the_time_for_scanning_text_is_linear_in_its_length(name: str) -> None:
    """Eight times the text takes about eight times as long; with a backtracking pattern it would take
    64 times. Times too short to measure pass."""

    exporters = Plugins.load(strict=True).exporters

    def stated(text: str) -> None:
        with pytest.raises(DatelineError) as caught:
            stated_cut(exporters[name.removesuffix("-claim")], text.encode(), None)
        assert caught.value.code == "cut-not-stated"

    function = stated if name.endswith("-claim") else getattr(dateline.text, name)
    for piece in (
        "\\", " #", "#", "http://", "www.", "a.", "@", "\u200b ", "1", "1.", "<!--", "`", "\n", "=", "\x1b",
        "Story `a`.", "Story `a`. Archive `", "<dt>Archive</dt>",
    ):  # fmt: skip
        small, large = (piece * (size // len(piece)) + "x" for size in (40_000, 320_000))
        assert spent(function, large) < 30 * spent(function, small) + 0.5, piece
