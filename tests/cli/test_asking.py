"""`record` on a terminal: it asks for what is missing, asks again where an answer is wrong, and shows the
fact before it is recorded."""

from __future__ import annotations

import io
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from dateline import Archive, Plugins
from dateline.pytest_plugin import Cli, Result
from dateline.testing import samples

SOURCE = ("--source", samples.SOURCE.removeprefix("sha256:"))
GIVEN = (*SOURCE, "--exact", "143 of 193")
OCCURRENCE = ("occurrence", *GIVEN, "--text", "Boats left.", "--action", "sail")
STOP = "\x03"
Ask = Callable[..., Result]


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ferry") / "ferry.db"
    with Archive.create(path, Plugins()) as archive:
        archive.record(samples.story())
    return path


@pytest.fixture
def ask(dateline_cli: Cli, ferry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command on a terminal where `typed` is typed, and then ^C."""
    shutil.copy(ferry, tmp_path / "dateline.db")
    monkeypatch.setattr(
        "dateline.pytest_plugin._stream",
        lambda text="": Terminal(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    )

    def call(*arguments: str, typed: str = "", command: str = "record") -> Result:
        with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
            keys.send_text(typed + STOP)
            return dateline_cli(command, "ferry", *arguments)

    return call


def last(tmp_path: Path) -> Any:
    """The payload of the last event."""
    with Archive.open(tmp_path / "dateline.db", Plugins()) as archive:
        return list(archive.events("ferry"))[-1].data


@pytest.mark.parametrize(
    ("kind", "typed", "fields"),
    [
        ("occurrence", "sail\n\n2024\n\n", {"action": "sail"}),
        ("occurrence", "sail\n\n\ny\n", {"action": "sail"}),
        ("statement", f"{samples.WIRE}\n\n\n\n\n\n", {"speakers": (samples.WIRE,)}),
        ("role", "mara voss\nmayor\n\n\n\n", {"person": samples.VOSS, "title": "mayor"}),
        (
            "state",
            "nora\nserves\nister wire\n\n\n",
            {"subject": samples.NORA, "relation": "serves"},
        ),
    ],
)
@pytest.mark.sampled(2)
def test_missing_fields_are_asked_for(
    ask: Ask, tmp_path: Path, kind: str, typed: str, fields: dict[str, object]
) -> None:
    result = ask(kind, *GIVEN, "--text", "Boats left.", typed=typed)
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert {name: getattr(fact, name) for name in fields} == fields


def test_a_figure_is_typed_as_it_is_read(ask: Ask, tmp_path: Path) -> None:
    result = ask("figure", *GIVEN, "--text", "Ashore.", typed="143 of 193 people ashore\n\n\n\n")
    assert result.code == 0, result.err
    [quantity] = last(tmp_path).quantities
    assert (quantity.value, quantity.of, quantity.measure) == (143, 193, "people ashore")
    assert quantity.verbatim == "143 of 193"


def test_what_is_counted_is_enough_and_the_words_of_the_source_stand_for_the_fact(
    ask: Ask, tmp_path: Path
) -> None:
    """Enter for the sentence and the unit; the date is the one in the quotation."""
    quotation = "ran aground off Port Ister on Monday"
    result = ask("occurrence", *SOURCE, "-x", quotation, typed="run aground\n\n\n.\n\n")
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert (fact.text, fact.times.valid.edtf) == (quotation, "2024-05-06")
    result = ask("figure", *GIVEN, typed="people ashore\n\n\n\n\n")
    assert result.code == 0, result.err
    [quantity] = last(tmp_path).quantities
    assert (quantity.value, quantity.of, quantity.measure) == (143, 193, "people ashore")


def test_a_complete_command_line_asks_nothing(ask: Ask) -> None:
    result = ask(*OCCURRENCE)
    assert (result.code, result.err.split(" at ")[0]) == (0, "Recorded f3")


def test_the_kind_and_a_quotation_are_chosen(ask: Ask, tmp_path: Path) -> None:
    result = ask(typed="2\n143 of\n\nsail\n\nBoats left.\n\n\n")
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert (fact.type, fact.evidence[0].exact) == ("occurrence.recorded", "143 of")


def test_a_wrong_answer_is_asked_for_again_and_the_others_are_kept(
    ask: Ask, tmp_path: Path
) -> None:
    result = ask(
        *("role", *GIVEN, "--title", "mayor"),
        # A name that fits nobody: the near one is chosen from the list. The date is wrong once.
        typed="Mara Vos\n1\n\nShe is the mayor.\nthe 40th\n\x15" + "2024-05\n\n",
    )
    assert result.code == 0, result.err
    assert "date" in result.err and "person:mara-voss, Mara Voss" in result.err
    fact = last(tmp_path)
    assert (fact.person, fact.text) == (samples.VOSS, "She is the mayor.")
    assert fact.times.valid.edtf == "2024-05"


def test_a_new_entity_is_proposed_with_an_id(ask: Ask, tmp_path: Path) -> None:
    result = ask(
        *("role", *GIVEN, "--title", "mayor", "--text", "x"), typed="Łucja Nowak\n1\n1\n\n\n\n\n"
    )
    assert result.code == 0, result.err
    assert last(tmp_path).person == "person:lucja-nowak"


def test_the_fact_is_shown_and_one_answer_can_be_changed(ask: Ask, tmp_path: Path) -> None:
    typed = "sail\n\n\ne\nwhat happened\n\x15drift\ny\n"
    result = ask("occurrence", *GIVEN, "--text", "Boats left.", typed=typed)
    assert result.code == 0, result.err
    assert "action   sail" in result.err and "action   drift" in result.err
    assert last(tmp_path).action == "drift"


def test_what_the_archive_refuses_is_asked_for_again(ask: Ask, tmp_path: Path) -> None:
    """The words occur twice: the picker opens on them, and Tab moves to the second."""
    result = ask(
        *("occurrence", *SOURCE, "--exact", "The ferry", "--text", "It moves."),
        typed="move\n\n\n\t\n\n\n",
    )
    assert result.code == 0, result.err
    assert last(tmp_path).evidence[0].start == samples.TEXT.rindex("The ferry had")


@pytest.mark.parametrize(("typed", "code"), [("sail\n\n\nn\n", 1), ("sail\n", 130), ("", 130)])
def test_stopping_writes_nothing_and_prints_the_answers_as_a_command(
    ask: Ask, tmp_path: Path, typed: str, code: int
) -> None:
    result = ask("occurrence", *GIVEN, "--text", "Boats left.", typed=typed)
    assert result.code == code
    _, _, line = result.err.partition("Nothing was written.")
    assert "record ferry occurrence --text 'Boats left.' --exact '143 of 193'" in line
    assert ("--action sail" in line) == ("sail" in typed)
    assert last(tmp_path).type == "figure.recorded"


def test_another_quotation_asks_again_for_the_exact_words(ask: Ask, tmp_path: Path) -> None:
    """The first one, which occurs twice, was taken for the speaker's exact words."""
    given = ("--text", "x", "--speaker", "mara voss", "--via", "nora", "--said", "2024")
    typed = "The ferry\n\ny\ne\nquotation\n\x15by noon\n\nn\ny\n"
    result = ask("statement", *SOURCE, *given, typed=typed)
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert [(one.role, one.exact) for one in fact.evidence] == [("content", "by noon")]
    assert fact.quote is None


def test_exact_words_that_are_wrong_are_asked_for_and_not_the_quotation(
    ask: Ask, tmp_path: Path
) -> None:
    given = ("--text", "x", "--via", "nora", "--said", "2024-05")
    typed = "mara voss\n\ny\ny\n"
    result = ask("statement", *GIVEN, *given, "--quote", "The ferry", typed=typed)
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert ([one.exact for one in fact.evidence], fact.quote) == (["143 of 193"], "143 of 193")
    typed = "mara voss\n\n\x15Everyone is safe\n\ny\ny\n"
    result = ask("statement", *SOURCE, *given, "--quote", "Everyone was safe", typed=typed)
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert ([one.exact for one in fact.evidence], fact.quote) == (
        ["Everyone is safe"],
        "Everyone is safe",
    )


def test_an_answer_that_changes_nothing_does_not_ask_for_ever(ask: Ask) -> None:
    """The quotation that is refused is taken as it was: then any field can be changed."""
    given = ("--text", "x", "--actor", "nora", "--exact", "by noon", "--valid", "2024-05")
    refused = ("--set", "evidence.0.start=3")
    result = ask("occurrence", *SOURCE, *given, *refused, typed="sail\n\n\n\n\n")
    assert (result.code, "all of it, in an editor" in result.err) == (130, True), result.err


def test_what_was_wrong_is_shown_where_the_quotation_is_picked() -> None:
    from dateline.cli.picker import Picker

    picker = Picker("It could. It could.", wrong="give\x1b[2J start")
    picker.type("It could", 10)
    assert "match 2 of 2" in picker._status()[0][1]
    shown = "".join(
        str(window.content.text)
        for window in picker._layout().children
        if isinstance(getattr(window.content, "text", None), str)
    )
    assert "start" in shown and "\x1b" not in shown


def test_what_is_typed_is_in_the_command_from_the_moment_it_is_typed(
    ask: Ask, dateline_cli: Cli, tmp_path: Path
) -> None:
    for kind, given, typed, kept in [
        ("statement", SOURCE, "The ferry\n\t\n", "--exact 'The ferry@9'"),
        ("statement", GIVEN, "nora\nLea Nowak\n", "--speaker org:nora --speaker 'Lea Nowak'"),
        ("role", GIVEN, "Lea Nowak\n1\n1\n", "--person 'Lea Nowak'"),
        ("figure", GIVEN, "143 of 193 people\n", "--measure people --value 143 --of 193"),
        ("occurrence", GIVEN, "sail\n\n\nmonday\n", "--valid monday"),
    ]:
        result = ask(kind, *given, "--set", "note=x", typed=typed)
        line = result.err.partition("To go on from here:")[2]
        assert (result.code, kept in line) == (130, True), result.err
    result = ask(*shlex.split(line)[3:], typed="\nx\n")
    assert result.code == 0, result.err
    assert last(tmp_path).times.valid.expression == "monday"


def test_a_date_is_read_again_when_the_source_changes(
    ask: Ask, dateline_cli: Cli, tmp_path: Path
) -> None:
    Path("second.txt").write_text("FICTION. Another. 143 of 193\n")
    given = ("--published", "2024-03-06", "--title", "Another", "--publisher", samples.WIRE)
    captured = dateline_cli("capture", "second.txt", "--story", "ferry", *given, "--yes")
    assert captured.code == 0, captured.err
    result = ask("occurrence", *GIVEN, typed="sail\n\n\nMonday\ne\nsource\n.\ny\n")
    assert result.code == 0, result.err
    fact = last(tmp_path)
    assert (fact.times.valid.edtf, fact.times.valid.expression) == ("2024-03-04", "Monday")


def test_an_option_that_names_nobody_known_is_asked_about(ask: Ask, tmp_path: Path) -> None:
    result = ask(*OCCURRENCE, "--actor", "Mara Vos", typed="1\n")
    assert result.code == 0, result.err
    assert [actor.agent for actor in last(tmp_path).actors] == [samples.VOSS]


def test_a_correction_offers_the_sentence_with_the_new_number(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(click, "confirm", lambda *words, **how: True)  # its doubts
    result = ask("f2", "--value", "150", "--reason", "Recount", typed="y\n", command="correct")
    assert result.code == 0, result.err
    assert [change.path for change in last(tmp_path).changes] == ["/quantities/0/value", "/text"]
    assert last(tmp_path).changes[1].now == "It is said that 150 of 193 passengers"


def test_an_ambiguous_source_is_an_error_that_describes_the_candidates(
    ask: Ask, dateline_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("second.txt").write_text("FICTION. Another. 143 of 193\n")
    captured = dateline_cli(
        *("capture", "second.txt", "--story", "ferry", "--published", "2024-03"),
        *("--publisher", samples.WIRE),
    )
    assert captured.code == 0, captured.err
    state = ("--relation", "r", "--subject", "nora", "--object", "nora")
    ambiguous = ask("state", "--text", "x", "--exact", "143 of 193", *state)
    assert (ambiguous.code, ambiguous.error) == (1, "source-ambiguous")
    assert "untitled, Ister Wire, 2024-03" in ambiguous.err
    found = ask("state", "--text", "x", "--exact", "Another", *state)
    assert (found.code, "untitled, Ister Wire, 2024-03" in found.err) == (0, True)


def test_a_quotation_in_similar_characters_takes_those_of_the_source() -> None:
    from dateline.cli.picker import Picker

    picker = Picker("He said:\u00a0\u201eNo\u201c, and left.")
    picker.type('said: "No", and')
    assert picker.spans() == [(3, 18)]
    assert "as in the source: characters 3-18" in picker._status()[0][1]
    picker.type("said: yes")
    assert picker.spans() == []
