"""Doubts on the command line: asked about, warned of, refused, checked."""

from __future__ import annotations

import json

import click
import pytest

from dateline.cli import doubting
from dateline.pytest_plugin import Cli
from dateline.testing import samples

WRONG = samples.figure(
    text="Ashore", quantities=[{"measure": "ashore", "value": 134, "verbatim": "143 of 193"}]
)


def test_a_pipe_is_warned_and_strict_doubts_are_refused(ferry: Cli) -> None:
    refused = ferry("record", "ferry", "--strict-doubts", stdin=json.dumps(WRONG))
    assert (refused.code, refused.error) == (1, "doubtful")
    recorded = ferry("record", "ferry", stdin=json.dumps(WRONG))
    assert recorded.code == 0 and "Doubt: f3: value-not-in-words" in recorded.err
    listed = ferry("show", "ferry", "doubts", "--columns", "fact,doubt").out.splitlines()[1:]
    assert listed == ["f3,value-not-in-words"]
    change = ("correct", "ferry", "f3", "--set", "quantities.0.value=135", "--reason", "Recount")
    assert ferry(*change, "--strict-doubts").error == "doubtful"
    assert ferry("review", "ferry", "f3", "checked", "--by", "the desk").code == 0
    assert ferry("show", "ferry", "doubts", "--columns", "fact").out.splitlines() == ["fact"]


def test_an_import_lists_a_few_doubts_and_counts_the_rest(ferry: Cli) -> None:
    lines = [json.dumps({**WRONG, "text": f"Ashore {n}"}) for n in range(100)]
    done = ferry("import", "-", "--story", "ferry", "--strict-doubts", stdin="\n".join(lines))
    assert done.error == "doubtful" and len(done.err.splitlines()) < 60
    done = ferry("import", "-", "--story", "ferry", stdin="\n".join(lines))
    assert done.code == 0 and len(done.err.splitlines()) < 20
    assert ferry("status").code == 0


@pytest.mark.parametrize("answer", [True, False])
def test_a_terminal_is_asked(ferry: Cli, monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    monkeypatch.setattr(doubting, "_on_terminal", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda *words, **how: answer)
    done = ferry("record", "ferry", stdin=json.dumps(WRONG))
    assert "Doubt: f3" in done.err
    assert done.error == (None if answer else "doubtful")
