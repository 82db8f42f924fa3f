"""The help is fast: it imports neither SQLAlchemy nor a plugin, and takes little CPU time."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "alembic", "asyncio", "rich", "msgspec", "pluggy", "hypothesis")


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules, sep='\\n', file=sys.__stdout__)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {line.partition(".")[0] for line in done.stdout.splitlines()}


HELP = """
sys.argv = ["dateline", "--help"]
from dateline.cli import main
try:
    main()
except SystemExit:
    pass
"""
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
