"""The public API is typed: mypy --strict finds mistakes in a plugin before it runs."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dateline

VIEW = '''
"""A typed plugin."""

from collections.abc import Iterable, Iterator

from typing_extensions import override

from dateline.plugin import Exporter, Fact, FactRow, FactView, Material, View, hookimpl


class Tally(FactView):
    name, version = "tally", 1

    class Row(FactRow, frozen=True):
        words: int

    @override
    def rows(self, fact: Fact) -> Iterable[FactRow]:
        yield self.Row(words=len(fact.data.text.split()))


class Digest(Exporter):
    name, suffix = "digest", ".txt"

    @override
    def export(self, material: Material) -> Iterator[str]:
        yield f"{len(material.slugs)}\\n"

    @override
    def sidecar(self, material: Material) -> str | None:
        return None


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Tally()]


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [Digest()]
'''


#: Each form of views: what its method is given, and a use of it that is typed.
FORMS = {
    "FactView": ("rows(self, fact: Fact) -> Iterable[ViewRow]", "fact.kind"),
    "EntityView": ("rows(self, entity: Entity) -> Iterable[ViewRow]", "entity.label"),
    "SourceView": ("rows(self, source: Source) -> Iterable[ViewRow]", "source.id"),
    "DocumentView": ("rows(self, document: CapturedDocument) -> Iterable[ViewRow]", "document.id"),
    "EventView": ("rows(self, event: FoldedEvent) -> Iterable[ViewRow]", "event.type"),
    "StoryView": ("rows(self, story: StoryState) -> Iterable[ViewRow]", "story.title"),
    "View": ("fold(self, event: FoldedEvent, rows: Rows) -> None", "event.type"),
}


def form(base: str, method: str, use: str) -> str:
    """A view of a form, with one column."""
    row = f"self.Row(words={use})"
    body = f'rows.put("1", {row})' if base == "View" else f"yield {row}"
    return f"""
from collections.abc import Iterable

from typing_extensions import override

from dateline.plugin import (
    CapturedDocument, DocumentView, Entity, EntityView, EventView, Fact, FactView, FoldedEvent, Rows, Source, SourceView, StoryState,
    StoryView, View, ViewRow, hookimpl
)


class Tally({base}):
    name, version = "tally", 1

    class Row(ViewRow, frozen=True):
        words: str

    @override
    def {method}:
        {body}


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Tally()]
"""


pytestmark = pytest.mark.slow  # one run of mypy


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The errors of mypy --strict for each file, from a single run."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy, of the extra dev, is not installed")
    folder = tmp_path_factory.mktemp("typing")
    sources = {
        "correct": VIEW,
        "wrong_rows": VIEW.replace("def rows(self, fact: Fact) -> Iterable[FactRow]:\n        yield self.Row(words=len(fact.data.text.split()))", "def rows(self, fact: Fact) -> int:\n        return 1"),
        "wrong_export": VIEW.replace("-> Iterator[str]:\n        yield", "-> bytes:\n        return b'' #"),
        "misspelt_rows": VIEW.replace("def rows(self, fact: Fact)", "def row(self, fact: Fact)"),
        "misspelt_sidecar": VIEW.replace("def sidecar(", "def side_car("),
        "wrong_hook": VIEW.replace("return [Tally()]", "return [Digest()]"),
    }  # fmt: skip
    for name, source in sources.items():
        assert name == "correct" or source != VIEW
    for base, (method, use) in FORMS.items():
        sources[base] = form(base, method, use)
        sources[f"{base}_given"] = form(
            base, re.sub(r": \w+", ": Link", method, count=1), '"x"'
        ).replace("EventView, Fact,", "EventView, Fact, Link,")
        sources[f"{base}_used"] = form(base, method, f"{use}.nothing")
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, "utf-8")
    home = Path(dateline.__file__).parents[1]
    environment = {**os.environ} if "site-packages" in home.parts else {
        **os.environ, "MYPYPATH": str(home)
    }  # fmt: skip
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"),
            *(f"--cache-dir={folder / 'cache'}", "--hide-error-context", "--no-pretty"),
            *(f"{name}.py" for name in sources),
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, list[str]] = {name: [] for name in sources}
    for line in done.stdout.splitlines():
        file, _, message = line.partition(": ")
        if "error:" in message:
            found[file.partition(".py:")[0]].append(message)
    return found


def test_a_correct_plugin_has_no_error(errors: dict[str, list[str]]) -> None:
    assert errors["correct"] == []


@pytest.mark.parametrize(
    ("file", "method", "base"),
    [("wrong_rows", "rows", "FactView"), ("wrong_export", "export", "Exporter")],
)
def test_a_wrong_return_type_is_named(
    file: str, method: str, base: str, errors: dict[str, list[str]]
) -> None:
    [error] = errors[file]
    assert f'of "{method}" incompatible with return type' in error
    assert 'in supertype "dateline.' in error and f'.{base}"' in error


@pytest.mark.parametrize(
    ("file", "method"), [("misspelt_rows", "row"), ("misspelt_sidecar", "side_car")]
)
def test_a_misspelt_override_is_named(file: str, method: str, errors: dict[str, list[str]]) -> None:
    assert any(
        f'Method "{method}" is marked as an override, but no base method was found' in error
        for error in errors[file]
    )


def test_a_hook_that_returns_the_wrong_kind_is_named(errors: dict[str, list[str]]) -> None:
    [error] = errors["wrong_hook"]
    assert '"Digest"; expected "View"' in error


@pytest.mark.parametrize("base", FORMS)
def test_each_form_of_views_types_what_its_method_is_given(
    base: str, errors: dict[str, list[str]]
) -> None:
    assert errors[base] == []
    assert any("incompatible with supertype" in error for error in errors[f"{base}_given"])
    [error] = errors[f"{base}_used"]
    assert 'has no attribute "nothing"' in error
