"""``propose`` and ``proposals`` on the command line: what is queued, what is listed, what a person decides."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click import unstyle
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from tests.proposals.lines import ALL, GOOD

from dateline import Archive, Plugins
from dateline.cli.proposal_shown import passage
from dateline.pytest_plugin import Cli, Result
from dateline.testing import samples

STOP = "\x03"
IDA = ("--by", "Ida Brandt")
Ask = Callable[..., Result]


def ndjson(*lines: object) -> str:
    return "".join(f"{json.dumps(line)}\n" for line in lines)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "ferry.db"
    with Archive.create(path, Plugins()) as archive:
        archive.record(samples.story())
    return path


@pytest.fixture
def cli(dateline_cli: Cli, made: Path, tmp_path: Path) -> Cli:
    shutil.copy(made, tmp_path / "dateline.db")
    return dateline_cli


def test_twenty_lines_of_a_tool_are_judged_one_by_one(cli: Cli) -> None:
    told = cli(
        "propose", "ferry", "--from", "-", "--with", "made-up 1.2", "-f", "json", stdin=ndjson(*ALL)
    )
    assert told.code == 3, told.err
    rows = json.loads(told.out)
    assert len(rows) == len(ALL) == 20
    assert Counter(row["rule"] or row["result"] for row in rows) == {
        "queued": 11, "evidence-missing": 6, "duplicate": 2, "source-unknown": 1,
    }  # fmt: skip
    near = next(row for row in rows if row["words"] == "Everyone is save")
    assert (near["line"], near["proposer"]) == (12, "made-up 1.2")
    assert "'Everyone is safe', at 88-104" in near["reason"]
    again = cli("propose", "ferry", "--from", "-", "-f", "csv", stdin=ndjson(*GOOD))
    assert (again.code, again.out.count("duplicate,")) == (0, 2 * len(GOOD))
    broken = cli(
        "propose", "ferry", "--from", "-", "-f", "ndjson", stdin="{\n[]\n\n" + ndjson(GOOD[0])
    )
    assert [json.loads(line)["rule"] for line in broken.out.splitlines()] == [
        "json", "json", "duplicate",
    ]  # fmt: skip


def test_proposals_are_listed_accepted_rejected_and_put_off(cli: Cli) -> None:
    cli("propose", "ferry", "--from", "-", stdin=ndjson(*GOOD[:4]))
    assert cli("proposals", "accept", "p1").code == 2  # nobody is named
    assert cli("proposals", "accept", "p1", "p99", *IDA).code == 1  # p1 is accepted all the same
    assert cli("proposals", "accept", "p99", *IDA).error == "proposal-unknown"
    assert cli("proposals", "reject", "p2", *IDA, "--reason", "A joke").code == 0
    assert cli("proposals", "later", "p3").code == 0

    def listed(*arguments: str) -> list[tuple[str, str]]:
        out = cli("proposals", *arguments, "-f", "ndjson").out
        return [(row["proposal"], row["state"]) for row in map(json.loads, out.splitlines())]

    assert (
        listed("ferry")
        == listed()
        == listed("list", "ferry")
        == [("p4", "queued"), ("p3", "later")]
    )
    assert listed("ferry", "--all")[:2] == [("p1", "accepted"), ("p2", "rejected")]
    accepted = cli("proposals", "ferry", "--all", "-f", "ndjson").out.splitlines()[0]
    assert json.loads(accepted)["fact"] == "f3"
    assert cli("proposals", "later", "P3").code == 0
    fact = cli("show", "ferry", "f3").out
    assert "proposed by stdin, accepted by Ida Brandt" in fact
    assert '"method": "extracted"' in cli("show", "ferry", "f3", "-f", "json").out
    assert "accepted by" not in cli("show", "ferry", "f1").out


@pytest.fixture
def ask(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command on a terminal where `typed` is typed, and then ^C."""
    cli("propose", "ferry", "--from", "-", stdin=ndjson(*GOOD[:3]))

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(
        "dateline.pytest_plugin._stream",
        lambda text="": Terminal(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    )

    def call(*arguments: str, typed: str = "") -> Result:
        with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
            keys.send_text(typed + STOP)
            return cli(*arguments)

    return call


def states(cli: Ask) -> list[str]:
    out = cli("proposals", "ferry", "--all", "-f", "ndjson").out
    return [json.loads(line)["state"] for line in out.splitlines()]


def test_a_person_decides_one_by_one_with_the_source_in_view(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(text: str, **_: object) -> str:
        assert "speaker = person:mara-voss" in text and "# The source:" in text
        return text.replace("act =\n", "act = promise\n")

    monkeypatch.setattr("click.edit", edit)
    typed = "?\ra\rIda Brandt\re\rr\rNot her words\r"
    result = ask("proposals", "ferry", typed=typed)
    assert result.code == 0, result.err
    assert "l, later" in result.err
    assert "1 accepted, 1 edited and accepted, 1 rejected; 0 proposals are left." in result.err
    assert "…" in result.err and "[The ferry will be towed on Tuesday]" in result.err
    assert "f2, It is said that 143 of 193 passengers" in result.err  # the same words
    assert states(ask) == ["accepted", "accepted", "rejected"]
    [shown] = json.loads(ask("show", "ferry", "f4", "-f", "json").out)
    assert (shown["data"]["act"], shown["data"]["mode"], shown["method"]) == (
        "promise", "direct", "extracted",
    )  # fmt: skip
    assert "proposed by stdin, accepted by Ida" in ask("show", "ferry", "f3").out
    assert "proposed by stdin, edited and accepted by Ida" in ask("show", "ferry", "f4").out


def test_an_interruption_leaves_nothing_half_done(ask: Ask) -> None:
    result = ask("proposals", "ferry", typed="l\ra\rIda Brandt\rr\rhalf a rea")
    assert result.code == 130
    assert states(ask) == ["accepted", "queued", "later"]


def test_a_form_that_is_left_unchanged_accepts_nothing(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.edit", lambda text, **_: None)
    assert ask("proposals", "accept", "p1", "--edit", *IDA).code == 0
    monkeypatch.setattr("click.edit", lambda text, **_: text.replace("ferry had", "ferry has"))
    assert ask("proposals", "accept", "p1", "--edit", *IDA).error == "refused"
    assert states(ask) == ["queued"] * 3


def test_a_passage_is_broken_between_words_with_its_words_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dateline.cli.terminal.messages._width", lambda stream: 20)
    lines = passage("One two three four five six seven eight.", [(8, 27)], sys.stderr).split("\n")
    assert [unstyle(line) for line in lines] == ["One two [three four", "five six] seven", "eight."]
    assert [line != unstyle(line) for line in lines] == [True, True, False]


def test_one_proposal_is_shown_with_the_words_around_it(cli: Cli) -> None:
    line = {**GOOD[0], "speakers": ["person:voss=Voss"]}
    cli("propose", "ferry", "--from", "-", stdin=ndjson(line))
    shown = cli("proposals", "show", "p1").out
    assert "[The ferry had been due for repair since August]" in shown
    assert "Voss is new; the story knows Mara Voss (person:mara-voss)" in shown
    cli("proposals", "accept", "p1", *IDA)
    assert "Ida Brandt accepted it as f3" in cli("proposals", "show", "p1").err
    # Where a fact was extracted, its row says so on a terminal too.
    assert "extracted" in cli("show", "ferry", "statements", "-f", "table").out
