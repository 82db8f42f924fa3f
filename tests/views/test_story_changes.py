"""What changed between two moments."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.testing import samples
from dateline.testing.samples import corrected, retracted, story
from dateline.views import asof
from dateline.views.story_changes import compare


def test_the_kinds_of_change() -> None:
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(story())
        archive.record(
            [
                samples.figure(text="A second count"),
                corrected("f2", "/quantities/0/value", 143, 150),
                corrected("f2", "/note", None, "moving", kind="update", reason="Later"),
                retracted("f1"),
                {"type": "fact.disputed", "fact": "f2", "ground": "The crew counted 140"},
            ],
            story="ferry",
        )
        then, now = (archive.state("ferry", asof.recorded(f"@{at}")) for at in (7, 12))
    changes = [(c.kind, c.fact, c.path, c.was, c.now) for c in compare(then, now)]
    assert changes == [
        ("retracted", "f1", None, "recorded", "retracted"),
        ("corrected", "f2", "/quantities/0/value", "143", "150"),
        ("updated", "f2", "/note", None, '"moving"'),
        ("figure", "f2", "/quantities/0", "143 of 193", "150 of 193"),
        ("disputed", "f2", None, "recorded", "disputed"),
        ("added", "f3", None, None, "Ister Wire"),
    ]
    assert list(compare(now, now)) == []
    assert [c.kind for c in compare(now, then)][-1] == "gone"


def test_the_demo_story_from_day_one_to_day_three(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db = str(tmp_path / "d.db")
    assert run(root, ["--db", db, "demo"]) == 0
    capfd.readouterr()
    days = ["2024-03-04", "2024-03-06"]
    assert run(root, ["--db", db, "diff", "velm-flood", *days, "-f", "markdown"]) == 0
    text = capfd.readouterr().out
    for words in (
        "## New facts",
        "value: was 1200, now 2104",
        "people given a bed at the Hill School): 640 → 1,875",
        "## Newly disputed\n\n- f12",
        "## Retracted\n\n- f9 (The Mill Bridge collapsed.)",
    ):
        assert words in text
