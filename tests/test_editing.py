"""A notice made by a call is the notice that the command makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dateline import Archive, DatelineError, RecordedBy, UnknownName
from dateline.events.registry import to_fields
from dateline.pytest_plugin import Cli
from dateline.testing import samples

WORDS = "NORA"  # words of the sample source
CASES: dict[str, tuple[tuple[str, ...], Callable[[Archive], object]]] = {
    "correct": (
        ("ferry", "f2", "--set", "quantities.0.value=144", "--reason", "Recount", "--by", "Desk"),
        lambda a: a.correct(
            "ferry", "f2", {"quantities.0.value": 144}, reason="Recount", by="Desk"
        ),
    ),
    "retract": (
        ("ferry", "f2", "--reason", "Wrong", "--reported", "2024-05-09"),
        lambda a: a.retract("ferry", "f2", reason="Wrong", reported="2024-05-09"),
    ),
    "dispute": (
        ("ferry", "f1", "--ground", "Others differ", "--by", "Desk"),
        lambda a: a.dispute("ferry", "f1", ground="Others differ", by="Desk"),
    ),
    "review": (
        ("ferry", "f1", "rejected", "--reviewer", "Desk", "--reason", "One count"),
        lambda a: a.review("ferry", "f1", "rejected", reviewer="Desk", reason="One count"),
    ),
    "evidence": (
        ("ferry", "f1", "--exact", WORDS, "--note", "Named"),
        lambda a: a.add_evidence("ferry", "f1", WORDS, note="Named"),
    ),
    "link": (
        ("ferry", "f1", "explains", "f2", "--note", "Why"),
        lambda a: a.link("ferry", "f1", "explains", "f2", note="Why"),
    ),
    "withdraw": (("ferry", "--reason", "Gone"), lambda a: a.withdraw("ferry", reason="Gone")),
    "retitle": (("ferry", "Fictional: later"), lambda a: a.retitle("ferry", "Fictional: later")),
    "close": (("ferry", "--reason", "Over"), lambda a: a.close_story("ferry", reason="Over")),
    "open": (
        ("second", "--title", "Fictional: two", "--language", "en"),
        lambda a: a.open_story("second", "Fictional: two", languages=["en"]),
    ),
}


@pytest.fixture
def archive(dateline_cli: Cli) -> Iterator[Archive]:
    with Archive.create("dateline.db") as archive:
        archive.record(samples.story())
        yield archive


def newest(archive: Archive) -> tuple[str, dict[str, Any], int | None]:
    *_, event = archive.events()
    return event.type, to_fields(event.data), event.reported_us


@pytest.mark.parametrize("command", CASES)
def test_a_call_records_what_the_command_records(
    dateline_cli: Cli, archive: Archive, command: str
) -> None:
    arguments, call = CASES[command]
    with Archive.create("other.db") as other:
        other.record(samples.story())
        call(other)
        expected = newest(other)
    done = dateline_cli(command, *arguments)
    assert done.code == 0, done.err
    assert newest(archive) == expected


def test_a_correction_may_be_a_function_of_the_old_value(archive: Archive) -> None:
    [change] = archive.correct(
        "ferry", "f2", {"/quantities/0/value": lambda was: was + 1}, reason="One more"
    )
    assert (change.was, change.now) == (143, 144)


def test_a_notice_says_who_recorded_it(archive: Archive) -> None:
    archive.retract("ferry", "f2", reason="Wrong", recorded_by=RecordedBy("the desk"))
    *_, event = archive.events()
    assert event.recorded_by.agent == "the desk"


def test_a_notice_about_an_unknown_fact_writes_nothing(archive: Archive) -> None:
    before = archive.head()
    for call in (
        lambda: archive.retract("ferry", "f9", reason="Wrong"),
        lambda: archive.link("ferry", "f9", "explains", "f2"),
        lambda: archive.correct("ferry", "f9", {"text": "x"}, reason="Wrong"),
    ):
        with pytest.raises(UnknownName) as raised:
            call()
        assert raised.value.code == "fact-unknown"
    assert archive.head() == before


def test_two_past_moments_are_refused(archive: Archive) -> None:
    with pytest.raises(DatelineError) as raised:
        archive.view("timeline", "ferry", as_of="2024-05-07", as_recorded=3)
    assert raised.value.code == "two-moments"


def test_a_position_may_be_a_number(archive: Archive) -> None:
    text = archive.view("timeline", "ferry", as_recorded="@3")
    assert archive.view("timeline", "ferry", as_recorded=3).rows == text.rows
    assert archive.state("ferry", as_recorded=3).version == 3
