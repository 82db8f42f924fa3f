"""The reference pages are generated from the code and complete; cited tests exist."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from dateline import plugin
from dateline.cli.root import root
from dateline.events import registry, rules, strict
from dateline.recording import batch

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
HOW = "run `python docs/generate.py`"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dateline_docs", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = load()
PAGES: dict[str, str] = GENERATE.pages()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_is_up_to_date_with_the_code(page: str) -> None:
    assert (DOCS / page).read_text("utf-8") == PAGES[page], f"{page} is out of date: {HOW}"


def test_every_reference_page_is_generated() -> None:
    assert {f"reference/{path.name}" for path in (DOCS / "reference").iterdir()} == set(PAGES)


@pytest.mark.slow
def test_a_page_is_the_same_on_every_machine(tmp_path: Path) -> None:
    code = "import sys, runpy; m = runpy.run_path(sys.argv[1]); print(repr(m['pages']()))"
    command = [sys.executable, "-c", code, str(DOCS / "generate.py")]
    environment = {
        **os.environ, "COLUMNS": "47", "NO_COLOR": "1", "DATELINE_DB": "/some/where.db",
        "DATELINE_AGENT": "me", "HOME": str(tmp_path), "PYTHONHASHSEED": "7",
        "DATELINE_PLUGINS_DIR": "/some", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(done.stdout) == PAGES
    assert not [page for page, text in PAGES.items() if re.search(r"/(work|home|tmp|root)\b", text)]


def test_every_hook_is_listed_with_its_signature_and_docstring() -> None:
    hooks = GENERATE.hooks.hooks()
    for hook in hooks:
        assert f"## `{hook.__name__}() -> " in PAGES["reference/hooks.md"]
        assert hook.__doc__.strip() in PAGES["reference/hooks.md"]
    assert {hook.__name__ for hook in hooks} == set(GENERATE.hooks.HOOKS)


def test_every_public_name_is_described() -> None:
    page = PAGES["reference/plugin.md"]
    assert [
        name for name in plugin.__all__ if f"`{name}`" not in page and name not in headed(page)
    ] == []


def headed(page: str) -> set[str]:
    return set(re.findall(r"^### `(\w+)", page, re.MULTILINE))


def test_every_event_type_and_field_is_listed() -> None:
    page = PAGES["reference/events.md"]
    for event_type in registry.CORE:
        assert f"\n## {event_type.name}\n" in page
        for field in event_type.payload.__struct_encode_fields__:
            assert f"| `{field}` |" in page
        for version in event_type.upcasters:
            assert f"Upcast from version {version}: " in page


def test_exactly_the_existing_rules_are_listed() -> None:
    listed = re.findall(r"^\| `([\w-]+)` \| \S", PAGES["reference/rules.md"], re.MULTILINE)
    assert listed == [*strict.RULES, *batch.RULES, *rules.RULES]
    for table, names in (
        (GENERATE.rules.STRICT, strict.RULES),
        (GENERATE.rules.BATCH, batch.RULES),
        (GENERATE.rules.PAYLOAD, rules.RULES),
    ):
        assert set(table) == set(names)


def test_a_new_rule_or_name_without_documentation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, "brand-new", lambda payload, context: iter(()))
    with pytest.raises(KeyError, match="brand-new"):
        GENERATE.pages()
    monkeypatch.undo()
    monkeypatch.setattr(plugin, "__all__", [*plugin.__all__, "PROJECT"])
    with pytest.raises((AssertionError, AttributeError)):
        GENERATE.pages()


def test_every_command_is_listed() -> None:
    page = PAGES["reference/cli.md"]
    paths = list(walk(root, "dateline"))
    assert len(paths) > len(root.core)
    assert [path for path in paths if f"\n## {path}\n" not in page] == []


def walk(command: click.Command, path: str) -> list[str]:
    """The paths of Dateline's own commands, found independently of the page."""
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    names = command.core if command is root else command.list_commands(context)
    found = [path, f"{path} demo"] if command is root else [path]
    for name in names:
        below = command.get_command(context, name)
        assert below is not None
        found += [] if below.hidden else walk(below, f"{path} {name}")
    return found


def test_every_test_that_the_guarantees_cite_exists() -> None:
    page = (DOCS / "guarantees.md").read_text("utf-8")
    promises = re.findall(r"^\| (\d+) \|", page, re.MULTILINE)
    held = re.split(r"^\*\*(\d+)\.\*\*$", page, flags=re.MULTILINE)
    assert promises == held[1::2] == [str(number) for number in range(1, 13)]
    for text in held[2::2]:
        cited = re.findall(r"^- `(tests/[\w/]+\.py)::(test_\w+)`$", text, re.MULTILINE)
        assert len(cited) == len(text.strip().splitlines()) > 0
        for path, name in cited:
            assert f"def {name}(" in (PROJECT / path).read_text("utf-8"), f"{path}::{name}"


def test_every_test_that_the_security_rules_cite_exists() -> None:
    page = (DOCS / "security.md").read_text("utf-8")
    rows = re.findall(r"^\| S(\d+) \|.*\| (.+) \|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 18))
    for number, held in rows:
        cited = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", held)
        assert len(cited) == len(held.split()) > 0, number
        for path, name in cited:
            assert f"def {name}(" in (PROJECT / path).read_text("utf-8"), f"{path}::{name}"
