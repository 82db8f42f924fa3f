"""Runs the console sessions of a page and compares the output with the page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.cli.outcome import run
from dateline.cli.root import root

FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(text: str) -> Iterator[tuple[str, str]]:
    """(command, expected output) of each step."""
    for step in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, printed = step.partition("\n")
        yield command, printed.strip()


def type_in(command: str, expected: str, above: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Run a command and check its output; `above` is the page up to the session."""
    words = shlex.split(command)
    if words[0] == "cat":
        assert f"`{words[1]}`" in above, f"the page does not tell the reader to create {words[1]}"
        Path(words[1]).write_text(expected + "\n", "utf-8")
        return
    assert words[0] == "dateline"
    code = run(root, words[1:])
    captured = capfd.readouterr()
    assert alike(captured.err + captured.out, expected) or alike(
        captured.out + captured.err, expected
    ), f"{command}\n{captured.err}{captured.out}"
    assert code == (1 if expected.startswith("Error: ") else 0)


def alike(printed: str, expected: str) -> bool:
    """Whether both are equal, apart from ids and hashes; a line ``...`` matches any lines."""
    changing = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?:sha256:|root )[0-9a-f.]+")
    pattern = re.escape(f"\n{changing.sub('*', expected.strip())}\n")
    any_lines = re.escape("\n...\n")
    while any_lines in pattern:
        pattern = pattern.replace(any_lines, r"\n(?:.*\n)*", 1)
    return re.fullmatch(pattern, "\n" + changing.sub("*", printed.strip()) + "\n") is not None
