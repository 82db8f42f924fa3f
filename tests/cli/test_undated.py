"""Facts of sources without a date: said at capture, and wherever a day of the public record is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline import Archive
from dateline.pytest_plugin import Cli
from dateline.testing import samples
from dateline.views.asof import public, recorded
from dateline.views.undated import left_out

LATER = "2999-01-01"


@pytest.fixture
def undated(ferry: Cli) -> Cli:
    """The story with two facts of an undated source more."""
    Path("report.txt").write_text("FICTION. Nine boats left, then ten boats.\n", "utf-8")
    done = ferry("capture", "report.txt", "--story", "ferry", "--publisher", samples.WIRE)
    assert done.code == 0 and "--published" in done.err and "amend ferry" in done.err
    source = done.err.split("sha256:")[1][:12]
    for words in ("Nine boats", "ten boats"):
        recorded = ferry(
            "record", "ferry", "occurrence", "--source", source, "--text", words, "--exact", words,
            "--set", "action=leave",
        )  # fmt: skip
        assert recorded.code == 0, recorded.err
    return ferry


def test_a_dated_source_is_not_said_to_be_undated(ferry: Cli) -> None:
    Path("report.txt").write_text("FICTION. Nine boats left.\n", "utf-8")
    given = ("--publisher", samples.WIRE, "--published", "2024-05-06")
    done = ferry("capture", "report.txt", "--story", "ferry", *given)
    assert (done.code, "no date" in done.err) == (0, False)


def test_what_shows_a_day_says_how_many_facts_it_leaves_out(undated: Cli) -> None:
    day = "2024-06-01"
    for command in (
        ("show", "ferry", "timeline"), ("show", "ferry"), ("show", "ferry", "f1"),
        ("show", "ferry", samples.WIRE), ("export", "ferry", "-f", "csv"), ("export", "--all", "-f", "json"),
        ("export", "ferry", "-o", "brief.md", "--force"), ("export", "ferry", "-f", "csv", "-o", "./"),
    ):  # fmt: skip
        told = undated(*command, "--as-of", day)
        assert told.code == 0, told.err
        assert "2 facts of undated sources" in told.err, command
        assert "undated source" not in undated(*command, "--as-of", LATER).err
        assert "undated source" not in undated(*command).err
        Path("ferry.csv").unlink(missing_ok=True)
    assert "2 facts of undated sources" in undated("diff", "ferry", "2024-05-01", day).err
    assert "undated source" not in undated("diff", "ferry", "2024-05-01", LATER).err
    assert "undated source" not in undated("diff", "ferry", "1", "3", "--recorded").err
    assert undated("retract", "ferry", "f3", "--reason", "A joke").code == 0
    assert "1 fact of an undated source" in undated("show", "ferry", "--as-of", day).err


def test_facts_of_undated_sources_count_from_their_recording(undated: Cli) -> None:
    with Archive.open("dateline.db") as archive:
        state = archive.state("ferry")
        moment = state.facts["f3"].recorded_us
        assert left_out(state, public("2024-06-01")) == 2
        assert left_out(state, public(LATER)) == 0
        assert left_out(state, recorded("2024-06-01")) == 0
        assert all(fact.recorded_us >= moment for fact in (state.facts["f3"], state.facts["f4"]))


def test_a_fact_that_a_day_leaves_out_says_why(undated: Cli) -> None:
    day = ("--as-of", "2024-06-01")
    refused = undated("show", "ferry", "f3", *day)
    assert (refused.code, refused.error) == (1, "fact-undated")
    assert undated("show", "ferry", "f9", *day).error != "fact-undated"
    assert undated("show", "ferry", "f3", "--as-of", LATER).code == 0
