"""What a proposer may leave out is filled in, and what it must not say is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.proposals.lines import REPAIR, happened, quote

from dateline import Archive, Plugins
from dateline.errors import Refused
from dateline.events.state import StoryState
from dateline.proposals.line import Ready, ready
from dateline.testing import samples


@pytest.fixture(scope="module")
def state() -> StoryState:
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(
            samples.story(samples.entity("org:voss", "Voss"), samples.entity("place:voss", "Voss"))
        )
        return archive.state("ferry")


def made(state: StoryState, fields: dict[str, Any]) -> Ready:
    return ready(fields, samples.SOURCE, samples.TEXT, state)


def test_names_become_ids_and_the_chain_ends_with_the_publisher(state: StoryState) -> None:
    found = made(state, quote(REPAIR, via="NORA", act="complain"))
    steps = [(step.agent, step.role, step.act) for step in found.payload.attribution]
    assert steps == [
        (samples.VOSS, "origin", "complain"),
        (samples.NORA, "relay", None),
        (samples.WIRE, "publisher", None),
    ]
    assert (found.payload.text, found.fields["mode"], found.new) == (REPAIR, "direct", ())
    [item] = found.payload.evidence
    assert (item.role, samples.TEXT[item.start : item.end]) == ("quote", REPAIR)


def test_a_new_entity_is_known_wherever_the_candidate_names_it(state: StoryState) -> None:
    chain = [{"agent": "ida brandt", "role": "origin"}]
    found = made(state, quote(REPAIR, speakers=["person:ida=Ida Brandt"], attribution=chain))
    assert found.new == ("person:ida=Ida Brandt",)
    assert [step.agent for step in found.payload.attribution] == ["person:ida", samples.WIRE]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        (quote(REPAIR, speakers=["Nobody"]), "entity-unknown"),
        (quote(REPAIR, speakers=["Voss"]), "name-ambiguous"),
        (quote(REPAIR, speakers=["person:new="]), "entity-unknown"),
        (quote(REPAIR, speakers=[f"{samples.VOSS}=Another Person"]), "entity-taken"),
        (quote(REPAIR, speakers=["person:a=One", "person:a=Two"]), "entity-taken"),
        (quote(REPAIR, speakers="Mara Voss"), "shape"),
        (quote(REPAIR, via=5), "shape"),
        (quote(REPAIR, attribution=5), "shape"),
        (quote(REPAIR, unheard=5), "shape"),
        (quote(REPAIR, schema_version="x"), "shape"),
        (quote(REPAIR, fact="f9"), "reserved"),
        (quote(REPAIR, event_id="x"), "reserved"),
        (quote("The ferry"), "evidence-ambiguous"),
        (happened("", "tow", evidence=[]), "evidence-missing"),
        (happened("", "tow", evidence=[{"start": 3, "end": 9999}]), "evidence-missing"),
        (happened("", "tow", evidence=[7]), "shape"),
        ({"type": "entity.introduced", "entity": "org:x"}, "type-unknown"),
        ({"type": ["statement"]}, "type-unknown"),
        ({}, "type-unknown"),
    ],
)
def test_what_is_no_fact_is_refused_with_the_rule(
    state: StoryState, fields: dict[str, Any], rule: str
) -> None:
    with pytest.raises(Refused) as refused:
        made(state, fields)
    assert rule in [finding.rule for finding in refused.value.findings]
