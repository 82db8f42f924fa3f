"""`record` on a terminal: it asks for the fields that the fact requires, and for nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from dateline import Archive, Plugins
from dateline.pytest_plugin import Cli, Result
from dateline.testing import samples

GIVEN = ("--source", samples.SOURCE.removeprefix("sha256:"), "--exact", "143 of 193")
Record = Callable[..., Result]


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def record(dateline_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    monkeypatch.setattr(
        "dateline.pytest_plugin._stream",
        lambda text="": Terminal(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    )
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):

        def call(kind: str, *options: str, typed: str = "") -> Result:
            keys.send_text(typed)
            return dateline_cli("record", "ferry", kind, *GIVEN, *options, stdin="n\n")

        yield call


@pytest.mark.parametrize(
    ("kind", "typed", "fields"),
    [
        ("occurrence", "sail\n2024\n", {"action": "sail"}),
        ("occurrence", "sail\n\n", {"action": "sail"}),
        ("assessment", "harm\n\n", {"effect": "harm"}),
        ("figure", "ashore\n143\n143\n\n\n", {}),
        ("statement", f"{samples.WIRE}\n\n\n\n", {"speakers": (samples.WIRE,)}),
    ],
)
def test_missing_fields_are_asked_for(
    record: Record, tmp_path: Path, kind: str, typed: str, fields: dict[str, object]
) -> None:
    result = record(kind, "--text", "Boats left.", typed=typed)
    assert result.code == 0, result.err
    with Archive.open(tmp_path / "dateline.db", Plugins()) as archive:
        fact = list(archive.events("ferry"))[-1].data
    assert {name: getattr(fact, name) for name in fields} == fields


def test_a_complete_command_line_asks_nothing(record: Record) -> None:
    result = record("occurrence", "--text", "Boats left.", "--set", "action=sail")
    assert (result.code, result.err.split(" at ")[0]) == (0, "Recorded f3")


def test_an_ambiguous_source_is_an_error_that_describes_the_candidates(
    record: Record, dateline_cli: Cli
) -> None:
    Path("second.txt").write_text("FICTION. Another.\n")
    captured = dateline_cli(
        *("capture", "second.txt", "--story", "ferry", "--published", "2024-03"),
        *("--publisher", samples.WIRE),
    )
    assert captured.code == 0, captured.err
    ambiguous = dateline_cli(
        "record",
        "ferry",
        "state",
        "--text",
        "x",
        "--exact",
        "x",
        "--set",
        "relation=r",
        "--set",
        f"subject={samples.WIRE}",
        "--set",
        f"object={samples.WIRE}",
    )
    assert (ambiguous.code, ambiguous.error) == (1, "source-ambiguous")
    assert "untitled, Ister Wire, 2024-03" in ambiguous.err


def test_a_quotation_in_similar_characters_takes_those_of_the_source() -> None:
    from dateline.cli.picker import Picker

    picker = Picker("He said:\u00a0\u201eNo\u201c, and left.")
    picker.type('said: "No", and')
    assert picker.spans() == [(3, 18)]
    assert "as in the source: characters 3-18" in picker._status()[0][1]
    picker.type("said: yes")
    assert picker.spans() == []
