"""Every snippet of the pages works: plugins load, and sessions print the output shown."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tests.docs.typed import FENCE, steps, type_in

from dateline import Plugins

DOCS = Path(__file__).parents[2] / "docs"
GENERATED = "reference"  # test_reference.py tests these pages
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if path.parent.name not in (GENERATED, "decisions") and "```" in path.read_text("utf-8")
    if path.name != "outside.md"  # test_outside.py runs it
)
#: The first line of a plugin names its file, and states whether it fails to load.
FILE = re.compile(r"# (plugins/\w+\.py)( fails)?\n")


def blocks(page: str) -> list[tuple[str, str]]:
    return FENCE.findall((DOCS / page).read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.sampled(7)
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
        elif language == "pycon":
            assert page == "scale.md"  # test_scale.py runs it
        elif language == "toml":
            tomllib.loads(text)
        elif language == "sh":
            assert text == "sphinx-build -W docs site\n"  # test_site.py runs it
        else:
            assert language == "{toctree}", f"no test runs blocks of {language!r}"


def save_plugin(text: str, folder: Path) -> None:
    head = FILE.match(text)
    assert head is not None, f"a Python block must start with its file name: {text[:60]!r}"
    path = folder / head[1]
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    failed = [record.name for record in Plugins.load(folders=[path.parent]).failures]
    assert failed == ([path.stem] if head[2] else [])


def test_the_first_view_has_fifteen_lines() -> None:
    [source] = [text for language, text in blocks("tutorial.md") if language == "python"]
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) <= 15
