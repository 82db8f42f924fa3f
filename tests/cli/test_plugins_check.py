"""`plugins check`: what is not checked is said, and a file in a plugin's own format is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.pytest_plugin import Cli

NOTES = """
from dateline.plugin import Contained, Container, DatelineError, hookimpl

class Notes(Container):
    name, suffixes = "notes", (".notes",)

    def recognizes(self, beginning):
        return beginning.startswith(b"NOTES")

    def documents(self, file):
        if file.readline() != b"NOTES\\n":
            raise DatelineError("not notes", hint="export them again")
        for number, note in enumerate(file.read().split(b"--\\n"), 1):
            yield Contained({contained})

@hookimpl
def dateline_containers():
    return [Notes()]
"""
CHECK = ("--plugins-dir", "plugins", "plugins", "check", "notes", "--examples", "1")


def written(folder: Path, contained: str) -> None:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "notes.py").write_text(NOTES.replace("{contained}", contained))
    (folder / "a.notes").write_bytes(b"NOTES\nOne.\n--\nTwo.\n")


def results(out: str) -> dict[str, str]:
    return {row.split(",")[2]: row.split(",")[3] for row in out.splitlines()[1:]}


def test_a_file_of_its_own_is_read(dateline_cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, "f'{number}.txt', note")
    without = dateline_cli(*CHECK)
    assert results(without.out) == {"any-bytes": "ok", "deterministic": "not checked"}
    assert without.code == 0 and "--sample" in without.err
    own = dateline_cli(*CHECK, "--sample", "a.notes")
    assert results(own.out) == {"any-bytes": "ok", "deterministic": "ok", "own-files": "ok"}


@pytest.mark.parametrize(
    ("contained", "rule"),
    [
        ("f'{number}.txt', note, 'text/plain', nonsense=1", "any-bytes"),
        ("f'{number}.txt', note, published='6 May 2024'", "own-files"),
        ("f'{number}.txt', note, title=number", "any-bytes"),
        ("f'{number}.txt', note, byline='Nora'", "any-bytes"),
        ("f'{number}.txt', error=DatelineError('no')", "own-files"),
    ],
)
def test_what_a_file_of_its_own_shows(
    dateline_cli: Cli, tmp_path: Path, contained: str, rule: str
) -> None:
    written(tmp_path, contained)
    own = dateline_cli(*CHECK, "--sample", "a.notes")
    assert own.code == 3
    assert results(own.out)[rule] == "broken"


def test_a_sample_belongs_to_the_plugin(dateline_cli: Cli, tmp_path: Path) -> None:
    written(tmp_path, "f'{number}.txt', note")
    (tmp_path / "a.txt").write_text("Words.")
    assert dateline_cli(*CHECK, "--sample", "a.txt").code == 2
    assert dateline_cli("plugins", "check", "--sample", "a.notes").code == 2
