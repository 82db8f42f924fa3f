"""Start-up is fast: the help imports neither SQLAlchemy nor a plugin, and a reading command nothing that
only other commands need."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from functools import cache

import pytest

from dateline import Archive
from dateline.plugins.points import PLUGINS, points
from dateline.testing import samples

OTHERS = (
    "alembic", "cryptography", "difflib", "prompt_toolkit", "rich",
    "dateline.capture", "dateline.proof", "dateline.testing",
)  # fmt: skip
HEAVY = ("sqlalchemy", "alembic", "asyncio", "rich", "msgspec", "pluggy", "hypothesis")


MARK = "== modules:"


@cache
def loaded(code: str) -> frozenset[str]:
    """The modules that are imported after `code` was run, and their packages."""
    script = f"import sys\n{code}\nprint({MARK!r}, *sys.modules, file=sys.__stderr__)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    lines = done.stderr.partition(MARK)[
        2
    ].split()  # stdout is for data, and closed to others by now
    return frozenset(".".join(line.split(".")[:depth]) for line in lines for depth in (1, 2))


RUN = """
sys.argv = ["dateline", *{arguments}]
from dateline.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code
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


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("startup") / "a.db")
    with Archive.create(path) as archive:
        archive.record(samples.story())
        archive.catch_up()
    return path


READING = {
    "status": ["status"],
    "view": ["show", "ferry", "timeline"],
    "fact": ["show", "ferry", "f1"],
    "stories": ["stories"],
}
RECORDING = {
    "record": ["record", "ferry", "figure", "--text", "Ashore.", "--exact", "143 of 193"],
    "retitle": ["retitle", "ferry", "The Alma"],
}
#: What they may import of the standard library and of others, besides what click and SQLAlchemy do.
ALLOWED = {"gc", "hmac", "sqlite3", "_sqlite3", "unicodedata", "msgspec", "pluggy", "dateline"}
BASE = "import click, sqlalchemy.dialects.sqlite"


@pytest.mark.sampled(4)
@pytest.mark.parametrize("command", {**READING, **RECORDING}.values(), ids={**READING, **RECORDING})
def test_a_daily_command_imports_nothing_that_only_others_need(db: str, command: list[str]) -> None:
    modules = loaded(RUN.format(arguments=["--db", db, *command]))
    assert "dateline.archive" in modules
    assert not modules & set(OTHERS)
    own = {name for name in modules if name.startswith("dateline_")}
    more = {name for name in modules - own - loaded(BASE) if "." not in name}
    assert more <= ALLOWED


@pytest.mark.sampled(3)
@pytest.mark.parametrize("command", READING.values(), ids=READING)
def test_a_reading_command_imports_no_plugin_without_a_view(db: str, command: list[str]) -> None:
    modules = loaded(RUN.format(arguments=["--db", db, *command]))
    views = {point.module for point in points(PLUGINS).values() if "views" in point.kinds}
    assert {name for name in modules if name.startswith("dateline_")} <= views


@pytest.mark.sampled(3)
@pytest.mark.parametrize("command", RECORDING.values(), ids=RECORDING)
def test_recording_imports_no_plugin(db: str, command: list[str]) -> None:
    modules = loaded(RUN.format(arguments=["--db", db, *command]))
    assert not {name for name in modules if name.startswith("dateline_")}


def test_the_plugin_authors_module_imports_no_database() -> None:
    assert not loaded("import dateline.plugin") & {"sqlalchemy", "alembic", "click", "rich"}


def test_the_garbage_collector_leaves_what_was_imported_alone() -> None:
    loaded(f"{HELP}\nimport gc\nassert gc.get_threshold()[0] >= 10_000 and gc.get_freeze_count()")


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
