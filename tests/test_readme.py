"""The README is correct: its sessions run and its plugin loads as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.typed import steps, type_in

from dateline.cli.outcome import run
from dateline.cli.root import root

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_sessions_print_the_output_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATELINE_DB", raising=False)
    sessions = blocks("console")
    assert len(sessions) == 2
    for text in sessions:
        for command, expected in steps(text):
            type_in(command, expected, README.partition(text)[0], capfd)


def test_the_view_works_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    [source] = blocks("python")
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "measures.py").write_text(source, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(root, ["--db", "demo.db", "demo"]) == 0
    capfd.readouterr()
    show = ["--db", "demo.db", "--plugins-dir", "views", "show", "velm-flood", "measures"]
    assert run(root, show) == 0
    printed = capfd.readouterr()
    assert printed.out.startswith("story,fact,item,status,source,position,method,measure,value\n")
    assert len(printed.out.splitlines()) > 3


def test_ci_runs_exactly_the_commands_of_the_readme() -> None:
    ci = (PROJECT / ".ci" / "run").read_text("utf-8").replace("&&\n    ", "&& ")
    first, reader, second = (block.strip() for block in blocks("sh"))
    assert second in ci
    assert first in ci
    assert reader.removesuffix(" --browser") in ci
