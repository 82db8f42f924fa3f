"""Tables on a terminal of eighty columns: which columns they omit, and that no word is broken."""

from __future__ import annotations

import re

import pytest

from dateline.cli import completion
from dateline.cli.terminal.output import emit
from dateline.pytest_plugin import Cli
from dateline.testing import samples


@pytest.fixture
def ferry(ferry: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("COLUMNS", "80")
    return ferry


def test_status_prints_one_line_per_view_and_the_root_on_its_own_line(ferry: Cli) -> None:
    ferry("show", "ferry", "figures")
    done = ferry("status", "-f", "table")
    lines = done.out.strip().splitlines()
    assert lines[0].split() == ["view", "gen.", "state", "position", "behind", "plugin"]
    assert len(lines) == 2 + len(completion.VIEWS)
    archive, root = done.err.splitlines()
    assert archive.endswith(": 7 events, root")
    assert len(bytes.fromhex(root.strip())) == 32
    assert all(len(line) <= 80 for line in (*lines, archive, root))
    assert "failed_position,reason" in ferry("status").out  # plain data keeps every column


def test_log_breaks_neither_types_nor_times(ferry: Cli) -> None:
    for story in ((), ("ferry",)):
        done = ferry("log", *story, "-f", "table")
        head, _, *lines = done.out.strip().splitlines()
        assert ("story" in head) is (story == ())
        assert all(len(line) <= 80 for line in lines)
        for kind in ("entity.introduced", "source.captured", "statement.recorded"):
            assert any(kind in line.split() for line in lines), done.out
        assert any(line.split()[-1].endswith("Z") for line in lines)
        assert "T" not in "".join(word for line in lines for word in line.split()[-1:])
    names = "position,story,version,type,about,recorded_at,"
    assert ferry("log").out.startswith(names)


def test_stories_prints_one_line_per_story_with_its_last_change(ferry: Cli) -> None:
    title = "Fictional: the ferry Alma and the long way home"
    assert ferry("retitle", "ferry", title).code == 0
    head, _, *lines = ferry("stories", "-f", "table").out.strip().splitlines()
    assert head.split()[-2:] == ["last", "change"]
    assert lines[0].split()[0] == "ferry"
    assert re.search(r" \d{4}-\d\d-\d\d( \d\d:\d\dZ)?\s*$", lines[0])


def test_a_hash_is_shortened_only_in_tables(ferry: Cli) -> None:
    assert f"{samples.SOURCE[:15]}…" in ferry("log", "ferry", "-f", "table").out
    assert "…" not in ferry("show", "ferry", "sources", "-f", "json").out


def test_words_in_narrow_columns_are_not_broken_by_long_columns(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "76")
    row = ["assessment.recorded", "2024-05-06T08:00:00.000000Z", "many words " * 12, "wide " * 9]
    emit(["type", "at", "text", "more"], [row], "table")
    printed = capfd.readouterr().out
    assert "assessment.recorded" in printed
    assert printed.strip().splitlines()[1].strip(" ─") == ""  # a table, not a block for each row
    assert "2024-05-06" in printed.split()


def test_rows_too_wide_for_a_table_are_printed_as_blocks(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    columns = ["kind", "fact", "text", "was", "now", "why"]
    emit(columns, [["added", "f1", *["one two three four"] * 4]] * 3, "table")
    lines = capfd.readouterr().out.splitlines()
    heads = [at for at, line in enumerate(lines) if line.startswith("added ─")]
    assert len(heads) == 3
    assert [lines[at - 1] for at in heads[1:]] == ["", ""]
