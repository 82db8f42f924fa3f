"""Start-up is fast: the help imports neither SQLAlchemy nor a plugin, and a reading command nothing that
only other commands need."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dateline import Archive

OTHERS = ("alembic", "cryptography", "prompt_toolkit", "dateline.capture", "dateline.proof")
HEAVY = ("sqlalchemy", "alembic", "asyncio", "rich", "msgspec", "pluggy", "hypothesis")


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules, sep='\\n', file=sys.__stderr__)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()  # stdout is for data, and closed to others by now
    return {".".join(line.split(".")[:depth]) for line in lines for depth in (1, 2)}


RUN = """
sys.argv = ["dateline", *{arguments}]
from dateline.cli import main
try:
    main()
except SystemExit:
    pass
"""
HELP = RUN.format(arguments=["--help"])
COMPLETE = """
import os
os.environ |= {"_DATELINE_COMPLETE": "bash_complete", "COMP_WORDS": "dateline sh", "COMP_CWORD": "1"}
from dateline.cli import main
try:
    main()
except SystemExit:
    pass
"""


@pytest.mark.parametrize("code", [HELP, COMPLETE], ids=["help", "completion"])
def test_help_and_completion_import_neither_sqlalchemy_nor_a_plugin(code: str) -> None:
    modules = loaded(code)
    assert "click" in modules
    assert not modules & set(HEAVY)
    assert not {name for name in modules if name.startswith("dateline_")}


@pytest.mark.parametrize("command", [["status"], ["show", "flood", "timeline"]], ids=lambda c: c[0])
def test_a_reading_command_imports_nothing_that_only_others_need(
    tmp_path: Path, command: list[str]
) -> None:
    db = str(tmp_path / "a.db")
    with Archive.create(db) as archive:
        archive.open_story("flood", "A flood")
        archive.catch_up()
    modules = loaded(RUN.format(arguments=["--db", db, *command]))
    assert "dateline.archive" in modules
    assert not modules & set(OTHERS)


def test_the_plugin_authors_module_imports_no_database() -> None:
    assert not loaded("import dateline.plugin") & {"sqlalchemy", "alembic", "click", "rich"}


def cpu_seconds(*arguments: str) -> float:
    """The least CPU time of several runs, since other load only makes a run slower."""
    best = 1e9
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=os.environ
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, used)
    return best


def test_help_takes_hardly_more_than_twice_the_cpu_of_importing_click() -> None:
    help_ = cpu_seconds("-c", f"import sys\n{HELP}")
    click = cpu_seconds("-c", "import click")
    assert help_ < 2.2 * click, f"{help_:.3f} s against {click:.3f} s"
