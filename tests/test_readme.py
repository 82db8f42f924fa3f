"""The README tells the truth: its session is typed and its plugin loaded, as printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dateline.cli.errors import run
from dateline.cli.root import root

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def session() -> list[tuple[list[str], str]]:
    """(words of a command, what it prints) of each step."""
    [text] = blocks("console")
    steps = re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]
    return [(shlex.split(step.split("\n", 1)[0]), step.split("\n", 1)[1].strip()) for step in steps]


def alike(printed: str, expected: str) -> bool:
    """Equal but for what differs each time: ids and hashes."""
    blank = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|sha256:[0-9a-f.]+")
    return blank.sub("*", printed.strip()) == blank.sub("*", expected.strip())


def test_the_session_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATELINE_DB", raising=False)
    for words, expected in session():
        if words == [".", ".venv/bin/activate"]:
            assert "python3 -m venv .venv " in blocks("sh")[0]
            continue
        if words[0] == "cat":
            assert f"`{words[1]}`" in README.partition("```console")[0], "nobody says to save it"
            Path(words[1]).write_text(expected + "\n", "utf-8")
            continue
        assert words[0] == "dateline"
        assert run(root, words[1:]) == 0
        captured = capfd.readouterr()
        assert alike(captured.err + captured.out, expected), captured


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
    assert printed.out.startswith("story,fact,item,status,source,position,measure,value\n")
    assert len(printed.out.splitlines()) > 3


def test_ci_runs_exactly_the_readme_s_commands() -> None:
    ci = (PROJECT / ".ci" / "run").read_text("utf-8").replace("&&\n    ", "&& ")
    first, second = (block.strip() for block in blocks("sh"))
    assert second in ci
    assert first in ci
