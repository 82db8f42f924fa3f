"""Nothing that is proposed is a fact; what a named person accepts is recorded like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.proposals.lines import ALL, DOUBLE, GOOD, REPAIR, TOWED, quote

from dateline import Archive, DatelineError, Plugins, RecordedBy, Refused
from dateline.archive import copy_archive
from dateline.events.registry import to_fields
from dateline.log.read import Reader
from dateline.plugin import Candidate, Known, Proposer, hookimpl
from dateline.proposals import filling, queue
from dateline.proposals.given import Given
from dateline.testing import samples
from dateline.testing.isolated import isolated

PLUGINS = Plugins.load(strict=True)
FORMATS = ("csv", "json", "ndjson", "markdown", "html")


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, PLUGINS) as archive:
        archive.record(samples.story())
        yield archive


@pytest.fixture
def ferry(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(":memory:", Plugins(), tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        yield archive


def seen(archive: Archive, key: Path, checkpoint: Any = None) -> list[Any]:
    """All that readers can see of an archive, apart from the queue."""
    views = list(archive.plugins.views)
    signed = checkpoint if checkpoint is not None else archive.checkpoint_to_prove("ferry", key=key)
    return [
        signed,
        archive.head(),
        list(archive.events()),
        [archive.view(name, everything=True) for name in views],
        [archive.view(name, everything=True, as_recorded="@6").rows for name in views],
        [archive.view(name, everything=True, as_of="2024-05-06").rows for name in views],
        [archive.export(format=name) for name in FORMATS],
        archive.prove("ferry", None, signed, with_documents=True),
        archive.verify().findings,
        [hit.text for hit in archive.search("ferry").hits],
        archive.overview(),
        [entity.entity for entity in archive.entities()],
    ]


def test_a_queue_changes_nothing_that_readers_see(archive: Archive, tmp_path: Path) -> None:
    key = tmp_path / "a.key"
    archive.new_key(key)
    before = seen(archive, key)
    assert len(archive.propose("ferry", lines=ALL).queued) == len(GOOD)
    archive.reject("p1", by="Ida Brandt", reason="A joke")
    archive.put_off("p2")
    assert seen(archive, key, before[0]) == before
    archive.accept("p3", by="Ida Brandt")
    assert archive.head().position == before[1].position + 1
    assert (
        archive.view("timeline", "ferry").rows
        != before[3][list(archive.plugins.views).index("timeline")].rows
    )


def test_an_accepted_fact_names_who_accepted_it_and_what_proposed_it(archive: Archive) -> None:
    archive.propose("ferry", lines=GOOD, tool="made-up 1.2")
    [role] = [one.name for one in archive.proposals("ferry") if one.fields["type"][:4] == "role"]
    recorded = archive.accept(role, by="Ida Brandt")
    fact = archive.fact("ferry", recorded.facts[0])
    assert fact.recorded_by == RecordedBy("Ida Brandt", "made-up 1.2", "extracted")
    introduced = list(archive.events("ferry"))[-2]
    assert introduced.data.label == "The harbour master"  # type: ignore[union-attr]
    assert introduced.recorded_by == fact.recorded_by
    row = next(row for row in archive.view("timeline", "ferry").dicts() if row["fact"] == fact.id)
    assert row["method"] == "extracted"
    left = archive.proposal(role)
    assert (left.state, left.by, left.fields, left.event_id) == (
        "accepted", "Ida Brandt", {}, fact.event_id,
    )  # fmt: skip
    for format_ in FORMATS:
        assert "extracted" in archive.export("ferry", format=format_), format_


def test_what_was_decided_is_not_decided_or_queued_again(archive: Archive) -> None:
    archive.propose("ferry", lines=GOOD)
    archive.accept("p1", by="Ida Brandt")
    archive.reject("p2", by="Ida Brandt")
    for decide in (archive.accept, archive.reject):
        for name in ("p1", "p2"):
            with pytest.raises(DatelineError) as decided:
                decide(name, by="Somebody Else")
            assert decided.value.code == "proposal-decided"
    again = archive.propose("ferry", lines=GOOD)
    assert (again.queued, {one.rule for one in again.left_out}) == ((), {"duplicate"})
    assert "rejected" in again.left_out[1].reason
    assert archive.state("ferry").version == 8


@pytest.mark.parametrize("by", ["", " ", "two\nlines"])
def test_nobody_accepts_or_rejects_without_a_name(ferry: Archive, by: str) -> None:
    ferry.propose("ferry", lines=GOOD[:1])
    for decide in (ferry.accept, ferry.reject):
        with pytest.raises(DatelineError) as unnamed:
            decide("p1", by=by)
        assert unnamed.value.code == "proposal-unnamed"
    assert [one.state for one in ferry.proposals()] == ["queued"]


def test_an_acceptance_that_fails_leaves_the_fact_and_the_queue_as_they_were(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.propose("ferry", lines=GOOD[:1])
    plain = queue.decide

    def fails(*arguments: Any, **more: Any) -> None:
        plain(*arguments, **more)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(queue, "decide", fails)
        with pytest.raises(RuntimeError):
            archive.accept("p1", by="Ida Brandt")
    assert set(archive.state("ferry").facts) == {"f1", "f2"}
    assert [one.state for one in archive.proposals()] == ["queued"]
    assert archive.accept("p1", by="Ida Brandt").facts == ("f3",)


def test_an_edited_proposal_is_judged_again(ferry: Archive) -> None:
    ferry.propose("ferry", lines=GOOD[:2])
    for words, rule in (
        ("Everyone is save", "evidence-missing"),
        ("Everyone is safe", "duplicate"),
    ):
        with pytest.raises(Refused) as refused:
            ferry.accept("p1", by="Ida Brandt", fields=quote(words))
        assert refused.value.findings[0].rule == rule
    fields = quote(TOWED, speakers=["person:x"], text="It will be towed.")
    recorded = ferry.accept("p1", by="Ida Brandt", fields=fields, new=["person:x=A Stranger"])
    fact = ferry.fact("ferry", recorded.facts[0])
    assert (fact.data.text, fact.chain) == ("It will be towed.", "A Stranger › Ister Wire")


def test_an_id_that_somebody_else_got_meanwhile_is_not_taken_for_the_new_entity(
    ferry: Archive,
) -> None:
    names = ("person:smith=John Smith", "person:smith=Jane Smith")
    lines = [
        quote(words, speakers=[name]) for words, name in zip((REPAIR, TOWED), names, strict=True)
    ]
    assert len(ferry.propose("ferry", lines=lines).queued) == 2
    ferry.accept("p1", by="Ida Brandt")
    with pytest.raises(Refused) as refused:
        ferry.accept("p2", by="Ida Brandt")
    assert refused.value.findings[0].rule == "entity-taken"


def test_what_was_erased_while_a_proposer_read_is_not_queued(ferry: Archive) -> None:
    row = ferry.story("ferry")
    one = Given(quote(REPAIR), "slow", "1", samples.SOURCE)
    ferry.erase(positions=[6], reason="Asked for", basis="consent withdrawn")
    with pytest.raises(DatelineError) as erased:
        filling.fill(ferry, row, [one])
    assert erased.value.code == "erased-meanwhile"
    assert ferry.proposals() == []


def test_nothing_protected_is_queued(ferry: Archive) -> None:
    letter = "FICTION. A letter that only one person may read."
    lines = [
        samples.entity("person:w", "W"),
        samples.captured(letter, title="Letter"),
    ]
    ferry.record(lines, story="ferry", protect="Frau Vogel")
    tries = [
        quote(TOWED, speakers=["person:w"], source=samples.SOURCE),
        quote("only one person", source=samples.digest(letter)),
    ]
    result = ferry.propose("ferry", lines=tries)
    assert (result.queued, [one.rule for one in result.left_out]) == ((), ["protected"] * 2)


class Finds(Proposer):
    name, version = "finds", "7"

    def propose(self, text: str, known: Known) -> Iterator[Candidate]:
        assert known.names[samples.VOSS] == ("Mara Voss",) and known.published == samples.PUBLISHED
        yield Candidate(quote(REPAIR), 0.5)


class Raises(Finds):
    name = "raises"

    def propose(self, text: str, known: Known) -> Iterator[Candidate]:
        yield Candidate(quote(TOWED))
        raise SystemExit("at once")


class Wrong(Finds):
    name = "wrong"

    def propose(self, text: str, known: Known) -> Iterator[Any]:
        yield quote(TOWED)


class Mine:
    @hookimpl
    def dateline_proposers(self) -> list[Proposer]:
        return [Raises(), Wrong(), Finds()]


def test_a_proposer_that_raises_is_named_and_the_others_go_on() -> None:
    with Archive.create(":memory:", isolated(Mine())) as archive:
        archive.record(samples.story())
        result = archive.propose("ferry")
        assert [(one.tool, one.confidence) for one in result.queued] == [("finds 7", 0.5)]
        assert [sentence.split()[1] for sentence in result.failed] == ["raises", "wrong"]
        assert archive.propose("ferry", proposers=["finds"]).left_out[0].rule == "duplicate"


def test_a_copy_and_a_backup_have_the_queue_as_it_is(tmp_path: Path) -> None:
    there, copy = tmp_path / "a.db", tmp_path / "b.db"
    with Archive.create(there, Plugins()) as archive:
        archive.record(samples.story())
        archive.propose("ferry", lines=GOOD)
        copy_archive(there, copy, plugins=Plugins())
        archive.accept("p1", by="Ida Brandt")
        archive.reject("p2", by="Ida Brandt")
        archive.put_off("p3")
        archive.propose("ferry", lines=DOUBLE)
        archive.backup(tmp_path / "c.db")
        copy_archive(there, copy, plugins=Plugins())
        queue_there = archive.proposals(everything=True)
    for path in (copy, tmp_path / "c.db"):
        with Archive.open(path, Plugins(), read_only=True) as other:
            assert other.proposals(everything=True) == queue_there


@example([("propose", 2), ("accept", 0)])  # a quotation that is not direct
@example(
    [("propose", 8), ("propose", 9), ("accept", 1), ("accept", 0)]
)  # both introduce one entity
@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(st.sampled_from(["propose", "accept", "reject", "later"]), st.integers(0, 10)),
        max_size=14,
    )
)
def test_the_log_is_what_recording_the_accepted_facts_by_hand_makes(
    steps: list[tuple[str, int]],
) -> None:
    """But for the method, the tool, the person, and the ids and times of events."""
    with (
        Archive.create(":memory:", Plugins()) as proposed,
        Archive.create(":memory:", Plugins()) as by_hand,
    ):
        for one in (proposed, by_hand):
            one.record(samples.story())
        for verb, at in steps:
            waiting = [one.name for one in proposed.proposals("ferry")]
            if verb == "propose":
                proposed.propose("ferry", lines=[GOOD[at]])
            elif waiting:
                name = waiting[at % len(waiting)]
                if verb == "accept":
                    fields, new = proposed.proposal(name).fields, proposed.proposal(name).new
                    proposed.accept(name, by="Ida Brandt")
                    known = by_hand.state("ferry").entities
                    lines = [
                        samples.entity(*entity.split("=", 1))
                        for entity in new
                        if entity.split("=")[0] not in known
                    ]
                    by_hand.record([*lines, fields], story="ferry")
                elif verb == "reject":
                    proposed.reject(name, by="Ida Brandt")
                else:
                    proposed.put_off(name)
        assert logged(proposed) == logged(by_hand)


def logged(archive: Archive) -> list[object]:
    return [
        (event.type, event.schema_version, event.reported_us, to_fields(event.data))  # type: ignore[arg-type]
        for event in archive.events("ferry")
    ]


def test_a_candidate_costs_the_same_however_many_sources_the_story_has(
    ferry: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"FICTION. Note {number}. The gate held all night." for number in range(300)]
    ferry.record([samples.captured(text, title=text) for text in texts], story="ferry")
    events = []
    plain = Reader._event

    def counted(self: Reader, *given: Any) -> Any:
        events.append(given)
        return plain(self, *given)

    lines = [quote("The gate held all night", source=samples.digest(text)) for text in texts[:30]]
    ferry.propose("ferry", lines=lines[:1])
    monkeypatch.setattr(Reader, "_event", counted)
    assert len(ferry.propose("ferry", lines=lines).queued) == 29
    assert len(events) < 3 * 300 + 30 * 30


def test_proposals_are_queued_while_others_are_still_read(
    ferry: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_TOGETHER", 2)

    def lines() -> Iterator[Any]:
        yield from GOOD[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ferry.propose("ferry", lines=lines())
    assert len(ferry.proposals("ferry")) == 4
    result = ferry.propose("ferry", lines=GOOD)
    assert (len(result.queued), len(result.left_out)) == (len(GOOD) - 4, 4)


def test_what_is_left_out_is_recognized_by_few_words(ferry: Archive) -> None:
    book = "word " * 100_000
    lines = [
        quote(book),
        {"type": "figure.recorded", "evidence": [{"start": 9, "end": 18}], "quantities": 3},
    ]
    long, short = ferry.propose("ferry", lines=lines).left_out
    assert len(long.words) <= 80 and len(long.reason) < 1000
    assert short.words == samples.TEXT[9:18]
    [unknown] = ferry.propose("ferry", lines=[quote(TOWED, source="beef")]).left_out
    assert unknown.rule == "source-unknown" and "--source" not in unknown.reason


def test_an_error_names_who_decided(ferry: Archive) -> None:
    ferry.propose("ferry", lines=GOOD[:1])
    with pytest.raises(DatelineError) as raised:
        ferry.accept("P1", by="Ida\x1b[31m Brandt")
    assert raised.value.code == "proposal-unnamed"
    ferry.accept("P1", by="Ida Brandt")
    with pytest.raises(DatelineError) as raised:
        ferry.accept("p1", by="Eve")
    assert (raised.value.code, "accepted it as f3" in str(raised.value)) == (
        "proposal-decided",
        True,
    )
