"""Canaries: protected words and keys must not appear in errors, tracebacks or other files."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.pytest_plugin import Cli, PluginDir
from dateline.testing import samples

WORD, SUBJECT = "CANARY-WORDS", "CANARY-SUBJECT"
#: Commands for an archive whose protected content was tampered with, or whose keys are missing.
COMMANDS = [
    "show ferry", "show ferry f3", "show ferry timeline", "log", "verify", "verify --deep", "status -v",
    "rebuild --all", "rebuild --verify", "export ferry -f json", "prove ferry --key a.key", "diff ferry 2024 2025",
    "erase 9 --reason r --basis b --dry-run", "retitle ferry T", "prune", "checkpoint --key a.key",
]  # fmt: skip


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    protected = [
        samples.entity("person:w", WORD),
        samples.statement("Everyone is safe", text=WORD, speakers=["person:w"], note=WORD,
                          attribution=[{"agent": "person:w", "role": "origin"}, {"agent": samples.WIRE, "role": "publisher"}]),
    ]  # fmt: skip
    with Archive.create(tmp_path / "dateline.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        archive.record(protected, story="ferry", protect=SUBJECT)
    return dateline_cli


def secrets(folder: Path) -> list[str]:
    """The keys in the forms that text could hold."""
    database = sqlite3.connect(folder / "dateline.db.keys")
    [secret] = database.execute("SELECT secret FROM keys").fetchone()
    database.close()
    return [secret.hex(), repr(secret)[2:-1], repr(list(secret))[1:-1]]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("harm", ["moved", "cut", "keys missing", "view raises", "sqlite"])
@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["plain", "debug"])
def test_no_key_or_protected_word_is_in_an_error_or_traceback(
    ferry: Cli, tmp_path: Path, plugin_dir: PluginDir, harm: str, debug: list[str]
) -> None:
    canaries = [WORD, SUBJECT, *secrets(tmp_path)]
    database = sqlite3.connect(tmp_path / "dateline.db")
    for (name,) in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        database.execute(f"DROP TRIGGER {name}")
    if harm == "moved":
        database.execute(
            "UPDATE events SET body = (SELECT body FROM events WHERE position = 8) WHERE position = 9"
        )
    elif harm == "cut":
        database.execute("UPDATE events SET body = substr(body, 1, 20) WHERE position = 9")
    elif harm == "sqlite":
        database.execute(
            "CREATE TRIGGER t BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    database.commit()
    database.close()
    if harm == "keys missing":
        (tmp_path / "dateline.db.keys").rename(tmp_path / "elsewhere.keys")
    options = [*debug]
    if harm == "view raises":
        source = """
            from dateline.plugin import FactRow, FactView, hookimpl

            class Shout(FactView):
                name, version = "shout", 1

                class Row(FactRow):
                    word: str

                def rows(self, fact):
                    raise ValueError("no")

            @hookimpl
            def dateline_views():
                return [Shout()]
        """
        options += ["--plugins-dir", str(plugin_dir({"shout.py": source}))]
    called = [[*options, *command.split()] for command in COMMANDS]
    line = json.dumps(samples.fact("statement", "no such words", speakers=["person:w"], source="x"))
    failed = 0
    for arguments in called:
        result = ferry(*arguments)
        failed += result.code != 0
        assert not [word for word in canaries if word in result.err], arguments
    result = ferry(*options, "import", "-", "--story", "ferry", "--protect", SUBJECT, stdin=line)
    assert result.code == 1
    assert not [word for word in canaries if word in result.err]
    assert failed > 0


def test_commands_leave_no_temporary_files(ferry: Cli, tmp_path: Path) -> None:
    for command in COMMANDS:
        ferry(*command.split())
    ferry("export", "ferry", "-o", "out.md")
    ferry("export", "ferry", "-o", "no/such\x00name.md")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
