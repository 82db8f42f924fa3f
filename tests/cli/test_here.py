"""``.``, a title or a publisher where a command takes a story or a source; and what is printed can be pasted."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest

from dateline import Archive, Plugins
from dateline.cli.here import STORY
from dateline.cli.root import root
from dateline.pytest_plugin import Cli
from dateline.testing import samples

LATER = "FICTION. The ferry Alma was towed to Port Ister.\n"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stories; the ferry, with two sources of one publisher, is the last that was written to."""
    path = tmp_path_factory.mktemp("two") / "two.db"
    with Archive.create(path, Plugins()) as archive:
        archive.record([samples.opened("quarry", "Fictional: the quarry")])
        archive.record(samples.story(samples.captured(LATER, title="Ferry towed")))
    return path


@pytest.fixture
def desk(dateline_cli: Cli, two: Path, tmp_path: Path) -> Cli:
    shutil.copy(two, tmp_path / "dateline.db")
    return dateline_cli


def test_every_story_that_a_command_takes_may_be_a_full_stop() -> None:
    """A new command must use the same type."""
    context = click.Context(root)
    taken = [
        (name, param)
        for name in root.core
        if (command := root.get_command(context, name)) is not None
        for param in command.params
        if param.name in ("story", "stories")
    ]
    assert len(taken) > 15
    assert [name for name, param in taken if param.type is not STORY] == []


def test_a_full_stop_is_the_story_that_was_written_to_last(desk: Cli) -> None:
    for line in (
        "show .", "log . -n 1", "diff . 2024-01-01 2024-12-31", "export . -f json",
        "retract . f1 --reason Gone", "undo . --yes", "retitle . Aground", "close .",
    ):  # fmt: skip
        done = desk(*shlex.split(line))
        assert (done.code, done.err.splitlines()[0]) == (0, "Story: ferry"), line
        assert "quarry" not in done.out
    assert "retraction taken back" in desk("export", ".", "-f", "html").out
    assert "retraction of f1" in desk("export", ".", "-f", "markdown").out
    assert desk("log", ".", "-n", "1").out == desk("log", "ferry", "-n", "1").out
    Path("page.txt").write_text("FICTION. Towed.")
    refused = desk(
        "capture", "page.txt", "--story", ".", "--published", "3/4/2024", "--publisher", "nora"
    )
    assert refused.error == "date-unclear"
    assert desk(*pasted(refused.err)).code == 0


def test_a_full_stop_in_an_archive_without_a_story_is_an_error(dateline_cli: Cli) -> None:
    dateline_cli("init")
    assert dateline_cli("show", ".").error == "story-unknown"


def test_a_source_is_named_by_its_title_or_as_the_last_one(desk: Cli) -> None:
    named = {".": samples.digest(LATER), "'ferry  Aground'": samples.SOURCE}
    for line in (
        "show . {}", "withdraw . {} --reason Error", "amend . {} --set language=en --reason Asked",
    ):  # fmt: skip
        for name, source in named.items():
            done = desk(*shlex.split(line.format(name)))
            assert (done.code, f"\nSource: {source[7:19]}  " in done.err) == (0, True), done.err


def test_a_name_that_several_sources_have_is_answered_with_commands_that_work(desk: Cli) -> None:
    for line in (
        "show . 'ister wire' --versions",
        "withdraw . 'ister wire' --reason Error",
        "withdraw . --reason Error --reported 2024-05-07",
        "record . -s voss --exact Alma -S 'ister wire' --dry-run",
    ):
        refused = desk(*shlex.split(line))
        assert refused.error == "source-ambiguous", refused.err
        assert pasted(refused.err)[1] == "ferry"
        done = desk(*pasted(refused.err))
        assert done.code == 0, done.err
        if "withdraw" in line:
            desk("undo", ".", "--yes")
    assert "\nister Wire" not in desk("show", "ferry", "ister wire").err  # the entity


def test_a_title_of_several_versions_shows_the_newest(desk: Cli, tmp_path: Path) -> None:
    url = "https://wire.example/alma"
    with Archive.open(tmp_path / "dateline.db", Plugins()) as archive:
        lines = [samples.captured(f"FICTION. Alma, {n}.", url=url, title="Alma") for n in "12"]
        archive.record(lines, story="ferry")
    newest = samples.digest("FICTION. Alma, 2.")[7:19]
    assert f"Alma  {newest}" in desk("show", ".", "alma").out
    assert f"* {newest}" in desk("show", ".", "alma", "--versions").out
    assert desk("withdraw", ".", "alma", "--reason", "Error").error == "source-ambiguous"


def test_a_refused_date_of_a_notice_is_answered_with_all_that_was_typed(desk: Cli) -> None:
    """Also with what stands after the date on the line."""
    refused = desk("retract", ".", "f1", "--reported", "3/4/2024", "--reason", "Gone")
    assert refused.error == "date-unclear"
    again = pasted(refused.err)
    assert again == ["retract", "ferry", "f1", "--reason", "Gone", "--reported", "2024-04-03"]
    assert desk(*again).code == 0


def pasted(text: str) -> list[str]:
    """The words after ``dateline`` of the first command that a refusal prints."""
    [first, *_] = re.findall("^ *dateline (.*)", text, re.MULTILINE)
    return shlex.split(first)
