"""Every snippet of the pages works: plugins load, sessions print what they say."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import Plugins
from dateline.cli.errors import run
from dateline.cli.root import root

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = "reference"  # those pages are written by a program: test_reference.py
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if path.parent.name not in (WRITTEN, "decisions") and "```" in path.read_text("utf-8")
)
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: A plugin file's first line says where it goes, and whether it is there to fail.
FILE = re.compile(r"# (plugins/\w+\.py)( fails)?\n")


def blocks(page: str) -> list[tuple[str, str]]:
    return FENCE.findall((DOCS / page).read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_works_as_printed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DATELINE_DB", "DATELINE_PLUGINS_DIR", "DATELINE_PLUGINS", "DATELINE_WITHOUT"):
        monkeypatch.delenv(name, raising=False)
    for material in (DOCS / page).parent.glob("*.ndjson"):
        (tmp_path / material.name).write_bytes(material.read_bytes())
    page_text = (DOCS / page).read_text("utf-8")
    for language, text in blocks(page):
        if language == "python":
            save_plugin(text, tmp_path)
        elif language == "console":
            for command, expected in steps(text):
                type_in(command, expected, page_text.partition(text)[0], capfd)
        elif language == "toml":
            tomllib.loads(text)
        elif language == "sh":
            assert text == "sphinx-build -W docs site\n"  # test_site.py runs it
        else:
            assert language == "{toctree}", f"nothing runs blocks of {language!r}"


def save_plugin(text: str, folder: Path) -> None:
    head = FILE.match(text)
    assert head is not None, f"a Python block starts with its file: {text[:60]!r}"
    path = folder / head[1]
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    failed = [record.name for record in Plugins.load(folders=[path.parent]).failures]
    assert failed == ([path.stem] if head[2] else [])


def steps(text: str) -> Iterator[tuple[str, str]]:
    """(command as typed, what it prints) of each step."""
    for step in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, printed = step.partition("\n")
        yield command, printed.strip()


def type_in(command: str, expected: str, above: str, capfd: pytest.CaptureFixture[str]) -> None:
    """`above` is the page up to the session."""
    words = shlex.split(command)
    if words[0] == "cat":
        assert f"`{words[1]}`" in above, f"nobody says to save {words[1]}"
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
    """Equal but for what differs each time, ids and hashes; a line ``...`` is any lines."""
    changing = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?:sha256:|root )[0-9a-f.]+")
    pattern = re.escape(changing.sub("*", expected.strip()) + "\n")
    pattern = pattern.replace(re.escape("\n...\n"), r"\n(?:.*\n)*")
    return re.fullmatch(pattern, changing.sub("*", printed.strip()) + "\n") is not None


def test_the_first_view_has_fifteen_lines() -> None:
    [source] = [text for language, text in blocks("tutorial.md") if language == "python"]
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) <= 15
