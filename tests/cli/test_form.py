"""`record --edit`: a form in an editor, opened again with what was wrong, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from dateline import Archive, Plugins
from dateline.cli.form import form, read
from dateline.pytest_plugin import Cli, Result
from dateline.testing import samples


@pytest.fixture
def edit(dateline_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``edit(change, ...)`` runs ``record ferry occurrence --edit`` with an editor that makes these
    changes to the form, one each time it is opened; returns the result and the forms it was shown."""
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())

    def run(*changes: Any) -> tuple[Result, list[str]]:
        shown: list[str] = []

        def editor(text: str, **how: Any) -> str | None:
            shown.append(text)
            change = changes[len(shown) - 1]
            return change(text) if change else None

        monkeypatch.setattr(click, "edit", editor)
        return dateline_cli("record", "ferry", "occurrence", "--place", "nora", "--edit"), shown

    return run


def fill(**fields: str) -> Any:
    def change(text: str) -> str:
        for name, value in fields.items():
            start = text.index(f"\n{name} =") + 1
            text = text[:start] + f"{name} = {value}" + text[text.index("\n", start) :]
        return text

    return change


def events(tmp_path: Path) -> list[Any]:
    with Archive.open(tmp_path / "dateline.db", Plugins()) as archive:
        return list(archive.events("ferry"))


def test_a_form_is_opened_again_with_what_was_wrong(edit: Any, tmp_path: Path) -> None:
    first = fill(
        text='"Fine," = 100 %', exact="The ferry Alma", action="run aground", actor="Brandt"
    )
    result, shown = edit(first, fill(actor="Mara Voss:captain\n    nora"))
    assert result.code == 0, result.err
    assert "place = nora" in shown[0] and "# The source:\n#   FICTION. The ferry" in shown[0]
    assert "# Not recorded yet:" not in shown[0]
    assert "person:brandt=Brandt" in shown[1] and 'text = "Fine," = 100 %' in shown[1]
    fact = events(tmp_path)[-1].data
    assert fact.text == '"Fine," = 100 %'
    assert [(one.agent, one.role) for one in fact.actors] == [
        (samples.VOSS, "captain"),
        (samples.NORA, "agent"),
    ]


@pytest.mark.parametrize("change", [None, str, lambda text: "# nothing\n"])
def test_a_form_that_is_left_as_it_is_or_emptied_records_nothing(
    edit: Any, tmp_path: Path, change: Any
) -> None:
    result, shown = edit(change)
    assert len(shown) == 1
    assert (result.code, "Nothing was written." in result.err) == (1, True)
    assert len(events(tmp_path)) == 7


def test_giving_up_after_an_error_keeps_what_was_typed(edit: Any, tmp_path: Path) -> None:
    result, shown = edit(fill(text="Typed."), None)
    assert (result.code, len(shown), len(events(tmp_path))) == (2, 2, 7)
    assert "--text Typed. --place nora" in result.err


def test_a_form_that_cannot_be_read_is_opened_again_as_it_is(edit: Any) -> None:
    _, shown = edit(lambda text: text + "\nno field\n", lambda text: text + "\nspeaker = x\n", None)
    assert "the form cannot be read" in shown[1] and "\nno field\n" in shown[1]
    assert len(shown) == 3


def test_a_form_states_the_options_that_it_was_made_from() -> None:
    empty = read(form("role", {"quantities": (), "exact": ()} | _NONE, (), ""))[1]
    options: dict[str, Any] = empty | {
        "text": "x = y # z",
        "exact": ("time:noon@3", {"role": "content", "exact": "# a"}),
        "person": 'person:a="A"',
        "title": "mate",
        "places": ("nora:port",),
        "quantities": ("2 boats",),
    }
    shown = form("role", options, ["wrong\nfor two reasons"], "the\nsource\x1b[31m")
    assert read(shown) == ("role", options | {"exact": ("time:noon@3", "content:# a")})
    assert "\x1b" not in shown


_NONE = dict.fromkeys(
    ("measure", "value", "of", "lower", "upper", "unit", "verbatim", "approximate")
)
