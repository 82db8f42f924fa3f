"""Every error has a code: wording may improve, codes stay."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import dateline.errors
from dateline.errors import DatelineError
from dateline.pytest_plugin import Cli

PROJECT = Path(__file__).parents[2]
FORM = re.compile(r"[a-z]+(-[a-z0-9]+)*")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """(place, call) of each DatelineError that is made in the code."""
    for folder in ("core", "plugins"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DatelineError":
                    yield f"{path.relative_to(PROJECT)}:{node.lineno}", node


def test_every_error_is_made_with_a_code() -> None:
    found = list(calls())
    assert len(found) > 100
    without = [
        place for place, call in found if "code" not in {keyword.arg for keyword in call.keywords}
    ]
    assert without == []


def test_every_class_of_error_has_a_code_of_its_own_form() -> None:
    kinds = [kind for kind in vars(dateline.errors).values() if isinstance(kind, type)]
    errors = [kind for kind in kinds if issubclass(kind, DatelineError)]
    assert all(FORM.fullmatch(kind.code) for kind in errors)
    assert [kind.__name__ for kind in errors if kind.code == "failed"] == ["DatelineError"]


def test_a_command_shows_the_code_with_debug(dateline_cli: Cli) -> None:
    assert dateline_cli("stories").error == "not-an-archive"
    assert "Error code: not-an-archive" in dateline_cli("--debug", "stories").err
