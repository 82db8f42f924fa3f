"""The page of the Python API: its session works as printed, and it misses no call and no command."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.typed import FENCE

import dateline
from dateline import Archive
from dateline.cli.root import root

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text("utf-8")
SESSION = "\n".join(text for _, text in FENCE.findall(PAGE))
PUBLIC = {"dateline", "dateline.plugin", "dateline.testing"}


def test_the_session_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(SESSION, {}, "api.md", "api.md", 0)
    assert len(test.examples) > 40
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert result.failed == 0, "".join(said)


def test_the_session_needs_public_modules_alone() -> None:
    found = [
        node.module or ""
        for example in doctest.DocTestParser().get_examples(SESSION)
        for node in ast.walk(ast.parse(example.source))
        if isinstance(node, ast.ImportFrom)
    ]
    assert {name for name in found if name.startswith("dateline")} <= PUBLIC


def test_every_call_of_an_archive_is_listed() -> None:
    calls = {name for name, _ in inspect.getmembers_static(Archive) if not name.startswith("_")}
    listed = re.findall(r"^- `(\w+)", PAGE, re.MULTILINE)
    assert calls - set(listed) == set()
    assert set(dateline.__all__) - set(listed) == {"Archive"}


def test_every_command_has_its_call() -> None:
    rows = dict(re.findall(r"^\| `dateline (\w+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert set(rows) == set(root.core) - {"completion"}
    for calls in rows.values():
        for name in re.findall(r"`([\w.]+)`", calls):
            owner, _, call = name.rpartition(".")
            assert hasattr(getattr(dateline, owner) if owner else dateline, call), name


def test_every_public_name_is_found_where_it_is_said_to_be() -> None:
    for name in dateline.__all__:
        assert getattr(dateline, name) is not None


def test_importing_dateline_imports_nothing_else() -> None:
    code = "import dateline, sys; print(*[name for name in sys.modules if 'dateline.' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
