"""Dates in options are read as people write them; what is unclear is asked about, or refused in a pipe."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.pytest_plugin import Cli, Result
from dateline.testing import samples


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    Path("a.txt").write_text("FICTION. Once.")
    return dateline_cli


def captured(ferry: Cli, *options: str, stdin: str = "") -> Result:
    return ferry(
        *("capture", "a.txt", "--story", "ferry", "--publisher", samples.WIRE, *options),
        stdin=stdin,
    )


def published() -> str | None:
    with Archive.open("dateline.db", Plugins()) as archive:
        return list(archive.state("ferry").sources.values())[-1].published


def test_the_language_of_a_document_decides_its_date(ferry: Cli) -> None:
    done = captured(ferry, "--language", "de", "--published", "03.04.2025")
    assert done.code == 0 and "3 April 2025 (2025-04-03)" in done.err
    assert published() == "2025-04-03"


@pytest.mark.parametrize(
    ("given", "code"),
    [("03/04/2025", "date-unclear"), ("yesterday", "not-a-date"), ("2024-02-30", "not-a-date")],
)
def test_a_pipe_refuses_what_is_not_clear_and_writes_nothing(
    ferry: Cli, given: str, code: str
) -> None:
    refused = captured(ferry, "--published", given)
    assert (refused.code, refused.error) == (1, code) and "--published" in refused.err
    if code == "date-unclear":
        assert "--published 2025-04-03" in refused.err and "--published 2025-03-04" in refused.err
    assert captured(ferry, "--published", "2025-04-03").code == 0  # it was not captured before


def test_a_terminal_asks_which_date_is_meant(ferry: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(
        "dateline.pytest_plugin._stream",
        lambda text="": Terminal(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    )
    done = captured(ferry, "--published", "03/04/2025", stdin="7\n2\n")
    assert done.code == 0, done.err
    assert published() == "2025-03-04"


def test_notices_and_moments_take_dates_too(ferry: Cli) -> None:
    told = ferry("retract", "ferry", "f1", "--reason", "Wrong", "--reported", "on 8 May 2024")
    assert told.code == 0 and "--reported: 8 May 2024" in told.err
    assert ferry("retract", "ferry", "f2", "--reason", "W", "--reported", "Monday").code == 1
    for day in ("8 May 2024", "2024-05-08"):
        shown = ferry("show", "ferry", "statements", "--as-of", day, "-f", "json")
        assert shown.code == 0
        changed = ferry("diff", "ferry", "7 May 2024", day, "-f", "json")
        assert changed.code == 0 and "retracted" in changed.out
    unclear = ferry("show", "ferry", "--as-of", "05/08/2024")
    assert unclear.code == 2 and "2024-08-05" in unclear.err and "2024-05-08" in unclear.err
    assert ferry("show", "ferry", "--as-recorded", "1 January 2100").code == 0


def test_a_question_counts_from_today(ferry: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dateline.cli.dates.now_us", lambda: 1_715_000_000_000_000)  # 2024-05-06
    found = ferry("search", "passengers", "--since", "yesterday", "-f", "csv")
    assert found.code == 0 and "2024-05-05" in found.err and "143 of 193" in found.out
    assert "f2" not in ferry("search", "passengers", "--since", "tomorrow", "-f", "csv").out
    assert captured(ferry, "--published", "yesterday").error == "not-a-date"
