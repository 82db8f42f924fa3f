"""Doubts about facts: when they arise, and when they go away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.bundled import plugins

from dateline import Archive, Plugins, Refused, refuse_doubts
from dateline.doubts.finding import KINDS
from dateline.doubts.weighing import Doubted
from dateline.events.state import Fact
from dateline.plugin import Doubt, Doubter
from dateline.plugins.discovery import Candidate
from dateline.plugins.hookspecs import hookimpl
from dateline.testing import samples
from dateline.testing.samples import corrected, fact, figure, retracted, story


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        yield archive


def doubts(archive: Archive, *columns: str, **when: Any) -> list[tuple[Any, ...]]:
    columns = columns or ("fact", "doubt")
    table = archive.view("doubts", "ferry", **when)
    return [tuple(row[column] for column in columns) for row in table.dicts()]


def checked(name: str = "f3") -> dict[str, str]:
    return {"type": "fact.reviewed", "fact": name, "verdict": "checked", "reviewer": "the desk"}


def quantity(value: float, verbatim: str = "143 of 193", **more: Any) -> list[dict[str, Any]]:
    return [{"measure": "passengers", "value": value, "verbatim": verbatim, **more}]


def test_each_kind_of_doubt_arises_with_its_place_and_words(archive: Archive) -> None:
    undated = samples.captured("Nobody dated this.", title="A leaflet", published=None)
    undated.pop("published")
    leaflet = {"source": undated["source"]}
    archive.record(
        story(
            undated,
            figure(quantities=quantity(1430), text="Some were ashore"),
            figure(quantities=quantity(143), text="It says 1,430 were ashore"),
            figure(quantities=[], text="Many were ashore"),
            samples.statement("Everyone is safe", times={"said": {"edtf": "2999-01-01"}}),
            fact("occurrence", "Nobody dated this", **leaflet),
            samples.statement("The ferry will be towed", text="Towed, she says"),
            samples.statement("The ferry will be towed", text="Towed,  SHE says"),
            {"type": "facts.linked", "from": "f8", "to": "f1", "relation": "corroborates"}
            | {"independence": "independent"},
        )
    )
    assert doubts(archive, "fact", "doubt", "path", "words") == [
        ("f3", "value-not-in-words", "/quantities/0/value", "143 of 193"),
        ("f4", "value-not-in-sentence", "/quantities/0/value", "1,430"),
        ("f5", "figure-without-quantity", "/quantities", ""),
        ("f6", "future-date", "/times/said/edtf", "2999-01-01"),
        ("f7", "undated-source", "/source", "A leaflet"),
        ("f8", "one-origin", "", "f8 corroborates f1"),
        ("f9", "equal-facts", "", "Towed,  SHE says"),
    ]
    assert archive.verify_view("doubts") == []


def test_words_that_say_about_at_least_or_none_of_are_no_exact_value(archive: Archive) -> None:
    text = (
        "At least 34 burned, more than 50 fled, about 400 left. None of the 40 ships was damaged."
    )
    cases: list[tuple[str, dict[str, object], bool]] = [
        ("At least 34", {"lower": 34}, False),
        ("At least 34", {"value": 34}, True),
        ("34", {"lower": 35}, True),
        ("50", {"lower": 51}, False),
        ("about 400", {"value": 400}, True),
        ("about 400", {"value": 400, "approximate": True}, False),
        ("None of the 40", {"value": 40}, True),
        ("None of the 40", {"value": 0, "of": 40}, False),
        ("34 burned", {"value": 34}, True),
        ("400 left", {"value": 400, "approximate": True}, False),
    ]
    captured = samples.captured(text)
    figures = [
        fact(
            "figure",
            words if words[-1].isalpha() else text[:80],
            source=captured["source"],
            text=f"Case {number}.",
        )
        | {"quantities": [{"measure": "x", "verbatim": words, **fields}]}
        for number, (words, fields, _) in enumerate(cases)
    ]
    late = samples.statement("Everyone is safe", times={"said": {"edtf": "2024-06-01"}})
    archive.record(story(captured, late, *figures))
    found = doubts(archive, "fact", "doubt")
    assert ("f3", "said-after-source") in found
    doubted = {name for name, kind in found if kind == "value-not-in-words"}
    assert doubted == {f"f{n}" for n, (_, _, wrong) in enumerate(cases, 4) if wrong}


def test_every_kind_of_doubt_is_documented() -> None:
    page = Path(__file__).parents[2] / "docs" / "doubts.md"
    rows = page.read_text("utf-8").partition("| --- | --- |\n")[2].partition("\n\n")[0]
    assert [row.split("`")[1] for row in rows.splitlines()] == list(KINDS)


def test_a_doubt_goes_away_when_it_is_corrected_checked_retracted_or_rejected(
    archive: Archive,
) -> None:
    rejected = {**checked("f6"), "verdict": "rejected"}
    archive.record(story(*(figure(quantities=quantity(n), text="Ashore") for n in (1, 2, 3, 4))))
    assert [name for name, _ in doubts(archive)] == ["f3", "f4", "f5", "f6"]
    value = "/quantities/0/value"
    archive.record([corrected("f3", value, 1, 143), checked("f4")], story="ferry")
    archive.record([retracted("f5"), rejected], story="ferry")
    assert doubts(archive) == []
    archive.record([checked("f6")], story="ferry")
    assert archive.fact("ferry", "f6").status == "rejected"
    assert archive.verify_view("doubts") == []


def test_a_checked_doubt_stays_silent_until_a_change_brings_another(archive: Archive) -> None:
    archive.record(story(figure(quantities=quantity(1430), text="Ashore")))
    archive.record([checked(), corrected("f3", "/note", None, "By phone")], story="ferry")
    assert doubts(archive) == []
    archive.record([corrected("f3", "/quantities/0/value", 1430, 1340)], story="ferry")
    assert doubts(archive) == [("f3", "value-not-in-words")]
    assert doubts(archive, as_recorded=9) == []
    assert doubts(archive, as_recorded=8) == [("f3", "value-not-in-words")]
    archive.review("ferry", "f3", "checked", reviewer="the desk")
    assert doubts(archive) == []
    changes = [row["what"] for row in archive.view("changes", "ferry").dicts()]
    assert changes == ["checked", "correction", "correction", "checked"]


def test_equal_facts_are_doubted_one_by_one_however_the_view_catches_up(archive: Archive) -> None:
    archive.record(story())
    archive.catch_up(["doubts"])
    for number in range(3):  # equal to f2, whatever their sentences say
        archive.record([figure(text=f"Ashore by noon ({number})")], story="ferry")
        archive.catch_up(["doubts"])
    assert doubts(archive, "fact", "why") == [
        (f"f{n}", f"f{n - 1} from the same source says the same") for n in (3, 4, 5)
    ]
    change = corrected("f4", "/quantities/0/of", 193, 190)
    archive.record([retracted("f3"), change], story="ferry")
    assert doubts(archive, "fact", "why") == [
        ("f4", "the words say 143 and 193, the total is 190"),
        ("f5", "f2 from the same source says the same"),
    ]
    archive.record([retracted("f2")], story="ferry")
    assert [name for name, _ in doubts(archive)] == ["f4"]
    assert archive.verify_view("doubts") == []


def test_corroboration_from_one_origin_is_doubted_while_both_facts_stand(archive: Archive) -> None:
    link = {"type": "facts.linked", "from": "f2", "to": "f1", "relation": "corroborates"}
    archive.record(story(link | {"independence": "independent"}))
    assert doubts(archive, "fact", "doubt", "why") == [
        ("f2", "one-origin", "both facts come from the same source")
    ]
    archive.record([retracted("f1")], story="ferry")
    assert doubts(archive) == [] and archive.verify_view("doubts") == []


def test_numbers_that_stand_for_the_value_in_another_way_raise_no_doubt(archive: Archive) -> None:
    share = {"unit": "fraction"}
    right = [
        quantity(0.741, **share), quantity(74.1, unit="percent"),
        [{"measure": "ashore", "lower": 143, "upper": 193, "verbatim": "143 of 193"}],
        [{"measure": "crowd", "lower": 200, "verbatim": "hundreds of people"}],
        [{"measure": "share", "unit": "fraction", "value": 143 / 193, "verbatim": "143 of 193"}],
    ]  # fmt: skip
    archive.record(story(*(figure(quantities=each, text="So many") for each in right)))
    assert doubts(archive) == []


def test_numbers_and_times_at_their_limits_stop_nothing(archive: Archive) -> None:
    large = figure(text="All were ashore", quantities=quantity(2**53 - 1))
    archive.record(story({**large, "recorded_at": "9999-12-31T23:59:59Z"}))
    assert doubts(archive) == [("f3", "value-not-in-words")]


def test_doubts_are_considered_before_anything_is_written(archive: Archive) -> None:
    archive.record(story())
    seen: list[Doubted] = []
    wrong = figure(quantities=quantity(134), text="Ashore")
    archive.record([wrong], story="ferry", doubts=seen.extend)
    assert [(one.story, one.fact, one.doubt.kind) for one in seen] == [
        ("ferry", "f3", "value-not-in-words")
    ]
    head = archive.head().position
    with pytest.raises(Refused) as caught:
        archive.record([{**wrong, "text": "Again"}], story="ferry", doubts=refuse_doubts)
    assert caught.value.code == "doubtful" and archive.head().position == head
    with pytest.raises(Refused):
        archive.correct("ferry", "f2", {"text": "134 of 193"}, reason="x", doubts=refuse_doubts)
    archive.correct("ferry", "f3", {"note": "x"}, reason="old doubts", doubts=refuse_doubts)


class Rules:
    """A plugin whose doubts are those of `find`."""

    def __init__(self, find: Any, version: int = 1) -> None:
        self._doubter = Doubter("acme-short", find, version)

    @hookimpl
    def dateline_doubts(self) -> list[Doubter]:
        return [self._doubter]


def short(fact: Fact) -> Iterator[Doubt]:
    if len(fact.data.text) < 10:
        yield Doubt("short", "/text", fact.data.text, "it has fewer than ten characters")


def raising(fact: Fact) -> Iterator[Doubt]:
    raise SystemExit("no")


def with_rules(rules: Rules) -> Plugins:
    found = Plugins.load(strict=True)
    found.add(Candidate("acme", "this test", lambda: rules))
    return found


def test_rules_of_plugins_add_doubts_and_build_the_view_again(tmp_path: Any) -> None:
    db = tmp_path / "a.db"
    with Archive.create(db, plugins()) as archive:
        archive.record(story(fact("occurrence", "The ferry will be towed", text="Towed")))
        assert doubts(archive) == []
    with Archive.open(db, with_rules(Rules(short))) as archive:
        assert doubts(archive) == [("f3", "short")]
        archive.record([checked()], story="ferry")
        assert doubts(archive) == [] and archive.verify_view("doubts") == []
    with Archive.open(db, with_rules(Rules(raising, version=2))) as archive:
        rows = doubts(archive, "fact", "doubt", "why")
        assert [row[:2] for row in rows] == [("f1", "doubter-failed"), ("f2", "doubter-failed")]
        assert "acme-short raised SystemExit: no" in rows[0][2]
    with Archive.open(db, plugins()) as archive:
        assert doubts(archive) == []
