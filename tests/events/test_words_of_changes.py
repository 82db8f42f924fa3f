"""Changed fields and acts in words."""

from __future__ import annotations

from dateline.events.acts import REVOCABLE
from dateline.events.parts import Change
from dateline.events.payload import FactNotice
from dateline.events.words import act_words, changed_fields, field_words


def test_a_field_is_named_as_an_editor_would() -> None:
    for path, words in {
        "/times/valid/edtf": "held or happened",
        "/times/said/expression": "said, as written",
        "/quantities/0/lower_inclusive": "lower inclusive",
        "/quantities/1/value": "figure 2, value",
        "/quantities/0": "figure",
        "/evidence/0/exact": "quotation",
        "/evidence/2/role": "quotation 3, role",
        "/identifiers/wikidata": "identifiers, wikidata",
        "/part_of": "part of",
        "/quantities/" + "9" * 5000 + "/value": "figure, " + "9" * 5000 + ", value",
        "no pointer": "no pointer",
    }.items():
        assert field_words(path) == words, path[:80]


def test_what_dateline_worked_out_is_listed_only_where_nothing_else_is() -> None:
    valid = [
        Change(path=f"/times/valid/{one}") for one in ("edtf", "expression", "resolution", "anchor")
    ]
    assert [words for words, _ in changed_fields(valid)] == [
        "held or happened",
        "held or happened, as written",
    ]
    assert [words for words, _ in changed_fields(valid[2:3])] == ["held or happened, resolution"]
    moved = [Change(path="/evidence/0/start"), *valid[:1]]
    assert [words for words, _ in changed_fields(moved)] == ["quotation, start", "held or happened"]


def test_every_act_that_can_be_taken_back_has_words() -> None:
    types = [one.type for base in REVOCABLE for one in (base, *base.__subclasses__()) if one.type]
    assert len(types) > 10 and FactNotice in REVOCABLE
    assert [one for one in types if act_words(one) == one and one.split(".")[0] in _OWN] == []
    assert act_words("weather.noted") == "weather.noted"


_OWN = ("fact", "facts", "evidence", "source", "entity", "story", "event")
