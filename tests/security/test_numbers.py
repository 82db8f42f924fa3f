"""Numbers, sizes and nesting at the edges: taken as they are, or refused with the limit named."""

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
from dateline.testing import samples
from dateline.testing.pytest_plugin import Cli

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


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    with Archive.create(tmp_path / "dateline.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
    return dateline_cli


@pytest.mark.sampled(6)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:24])
def test_a_number_at_the_edge_is_no_bug(ferry: Cli, number: str) -> None:
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
            "nested deeper than 64",
        ),
        (b'{"type":"story.opened","slug":' + b"[" * 100_000, "nested deeper than 64"),
        (b'{"type":"story.opened","n":9007199254740992}', "number-range"),
        (b'{"type":"story.opened","n":1e400}', "finite"),
        (b'{"type":"story.opened","type":"x"}', "duplicate-key"),
    ],
)
def test_a_limit_is_named_in_the_error(ferry: Cli, tmp_path: Path, line: bytes, limit: str) -> None:
    (tmp_path / "bad.ndjson").write_bytes(line)
    result = ferry("import", "bad.ndjson")
    assert result.code == 1 and limit in result.err and "line 1" in result.err


def test_a_plugin_that_hands_over_what_is_no_json_is_refused(tmp_path: Path) -> None:
    """Lines need not come from text: what importers make is held to the same rules."""
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


@pytest.mark.parametrize(
    "name", ["visible", "one_line", "csv_cell", "markdown", "markdown-claim", "html-claim"]
)
def test_words_that_are_searched_for_cost_no_more_than_their_length(name: str) -> None:
    """Eight times the text takes about eight times as long; with a pattern that goes back over it, 64
    times. What takes no time at all says nothing, and passes."""

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
