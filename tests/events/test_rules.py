"""Every refusal rule: examples that it refuses, and proof that it is needed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from dateline import Archive, Plugins, Refused
from dateline.events import rules, strict
from dateline.recording import batch
from dateline.recording.line import Line
from dateline.testing import samples
from dateline.testing.samples import corrected, fact, figure, retracted, statement, story

Fields = dict[str, Any]


def changed(line: Fields, path: str, value: object) -> Fields:
    """A copy of `line` with one nested value set; paths like ``evidence.0.exact``."""
    copied = copy.deepcopy(line)
    here: Any = copied
    *way, last = path.split(".")
    for step in way:
        here = here[int(step)] if step.isdecimal() else here.setdefault(step, {})
    here[int(last) if last.isdecimal() else last] = value
    return copied


def in_story(*lines: Fields) -> list[Fields]:
    return story(*lines)


def offsets(start: int, exact: str) -> Fields:
    return {"role": "content", "start": start, "end": start + len(exact), "exact": exact}


UNKNOWN = "sha256:" + "0" * 64
LATER = "2999-01-01T00:00:00Z"
EARLIER = "1999-01-01T00:00:00Z"
VOSS = samples.VOSS
QUANTITY = figure()["quantities"][0]
LINK = {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "explains"}
MERGE = {"type": "entity.merged", "entity": samples.NORA, "into": samples.WIRE, "reason": "One"}
ACT = "0c0ffee0-0000-4000-8000-000000000003"
PLACE = samples.entity("place:ister", "Ister")
#: The recorded context of the words of f1.
WIDER = {"prefix": samples.TEXT[: samples.TEXT.index("Everyone")][-24:]}

#: rule -> batches that must be refused by it.
CASES: dict[str, list[list[Fields]]] = {
    "shape": [
        in_story(statement(colour="red")),
        in_story(changed(statement(), "evidence.0.role", "rumour")),
        in_story({k: v for k, v in statement().items() if k != "text"}),
        [{"slug": "x", "title": "No type"}],
        in_story(statement(event_id="not-a-uuid")),
        in_story(statement(schema_version=0)),
        in_story(LINK | {"content": "an instruction where none belongs"}),
        in_story(figure(quantities=[QUANTITY | {"value": "143"}])),
    ],
    "type-unknown": [in_story(statement() | {"type": "statment.recorded"})],
    "version-unknown": [in_story(statement(schema_version=9))],
    "story-unknown": [[statement()], [samples.opened(), statement(story="00000000-0000-7000-8000-000000000000")]],
    "slug-form": [[samples.opened("Not A Slug")], [samples.opened("con")], [samples.opened("a" * 81)]],
    "slug-taken": [[samples.opened(), samples.opened(title="Again")]],
    "story-closed": [
        in_story({"type": "story.closed"}, {"type": "story.closed", "reason": "twice"})
    ],
    "entity-form": [
        in_story(samples.entity("org:x", "X") | {"entity": "Org X"}),
        in_story(samples.entity("org:x", "X") | {"kind": "person"}),
    ],
    "entity-taken": [in_story(samples.entity(VOSS, "Somebody else"))],
    "entity-unknown": [
        in_story(statement(speakers=["person:nobody"])),
        in_story(statement(addressees=["group:nobody"])),
        in_story(fact("occurrence", "ran aground", actors=[{"agent": "org:no", "role": "agent"}])),
        in_story(fact("state", "ran aground", subject="place:nowhere")),
        in_story(fact("role", "the harbour master", organization="org:none")),
        in_story(fact("occurrence", "ran aground", places=[{"place": "place:no", "role": "location"}])),
        in_story(fact("occurrence", "ran aground", factuality=[{"by": "org:no", "value": "CT+"}])),
        in_story(samples.captured("Other text", publisher="org:unknown")),
        in_story(PLACE | {"part_of": "place:nowhere"}),
        in_story(PLACE | {"identifiers": {"part_of": "place:nowhere"}}),
        in_story(retracted("f1") | {"by": "org:unknown"}),
        in_story({"type": "fact.reviewed", "fact": "f1", "verdict": "accepted", "reviewer": "person:no"}),
    ],
    "fact-form": [in_story(statement(fact="fact-9"))],
    "fact-taken": [in_story(statement(fact="f9", text="One"), statement(fact="f9", text="Other"))],
    "reference-self": [
        in_story(figure(fact="f9", about="f9", text="Another")),
        in_story(figure(fact="f9", derived_from=["f9"], text="Another")),
        in_story(PLACE | {"part_of": "place:ister"}),
        in_story(samples.captured("Derived", derived_from=samples.digest("Derived"))),
    ],
    "speaker-missing": [in_story(statement(speakers=[])), in_story(statement(mode="direct"))],
    "reserved": [
        in_story(statement(subject_key="Jane Doe")),
        in_story({"type": "content.erased", "reason": "x", "basis": "y", "positions": [99]}),
    ],
    "fact-unknown": [
        in_story(LINK | {"to": "f9"}),
        in_story(retracted("f9")),
        in_story(figure(about="f9", text="Another")),
        in_story(figure(derived_from=["f9"], text="Another")),
        in_story(figure(times={"valid": {"edtf": "2024", "relative_to": "f9"}}, text="Another")),
        in_story(figure(times={"valid": {"edtf": "2024", "anchor": "f9"}}, text="Another")),
        in_story(retracted("f3"), statement(fact="f3", text="It comes too late")),
    ],
    "source-form": [in_story(samples.captured("Other") | {"source": "sha256:xyz", "content": None})],
    "source-taken": [in_story(samples.captured(title="Another title"))],
    "source-unknown": [
        in_story(statement(source=UNKNOWN)),
        in_story({"type": "source.withdrawn", "source": UNKNOWN, "reason": "Wrong"}),
    ],
    "source-missing": [
        in_story(samples.captured("")),
        in_story({k: v for k, v in samples.captured("Not given").items() if k != "content"})
    ],
    "source-bytes": [in_story(samples.captured("One text", content="Another text"))],
    "source-chars": [in_story(samples.captured("Twelve chars", chars=13))],
    "document": [
        in_story(samples.captured("x", charset="no-such-charset")),
        in_story(samples.captured("x", charset="undefined")),
        in_story({**samples.captured("x"), "content": None, "file": "../outside.txt"}),
        in_story({**samples.captured("x"), "content": None, "content_base64": "!!"}),
    ],
    "evidence-empty": [in_story(statement(evidence=[])), in_story({"type": "evidence.added", "fact": "f1", "evidence": []})],
    "evidence-missing": [in_story(statement("Everybody is safe"))],
    "evidence-ambiguous": [in_story(statement("The ferry"))],
    "evidence-text": [
        in_story(statement(evidence=[offsets(3, "Everyone is safe")])),
        in_story(statement(evidence=[offsets(10**6, "Everyone is safe")])),
    ],
    "evidence-context": [
        in_story(statement(evidence=[offsets(samples.TEXT.index("143"), "143") | {"prefix": "They said "}])),
        in_story(statement(evidence=[offsets(samples.TEXT.index("143"), "143") | {"suffix": " nobody"}])),
    ],
    "quote-evidence": [in_story(statement(quote="Everyone is saved"))],
    "verbatim": [in_story(figure(quantities=[QUANTITY | {"verbatim": "144 of 193"}]))],
    "chain-publisher": [
        in_story(statement(attribution=[])),
        in_story(statement(attribution=[{"agent": samples.NORA, "role": "publisher"}])),
        # The rule holds even if the source comes later in the batch.
        [
            *story()[:4],
            statement(attribution=[{"agent": samples.NORA, "role": "publisher"}]),
            samples.captured(),
        ],
    ],
    "chain-order": [
        in_story(
            statement(
                attribution=[
                    {"agent": samples.NORA, "role": "relay"},
                    {"agent": VOSS, "role": "origin"},
                    {"agent": samples.WIRE, "role": "publisher"},
                ]
            )
        )
    ],
    "edtf": [
        in_story(figure(times={"valid": {"edtf": "2024-02-30"}})),
        in_story(figure(as_of="soon")),
        in_story(samples.captured("Dated badly", published="13 October")),
    ],
    "quantity-bounds": [
        in_story(figure(quantities=[QUANTITY | {"value": None, "lower": 9, "upper": 1}])),
        in_story(figure(quantities=[QUANTITY | {"lower": 150}])),
        in_story(figure(quantities=[QUANTITY | {"upper": 140}])),
        in_story(figure(quantities=[QUANTITY | {"value": 500}])),
        in_story(figure(quantities=[QUANTITY | {"ordinal": -4}])),
    ],
    "identifier-form": [
        in_story(PLACE | {"schema_version": 2, "identifiers": {"part_of": "place:ister"}}),
        in_story(PLACE | {"identifiers": {"wikidata": "42"}}),
        in_story(PLACE | {"identifiers": {"geonames": "706448"}}),
        in_story(PLACE | {"lat": 91.0, "lon": 0.0}),
        in_story(PLACE | {"lat": 9.0}),
        in_story(PLACE | {"lat": 9.0, "lon": 181.0}),
    ],
    "blank": [
        in_story(statement(text=" ")),
        [samples.opened(title="")],
        in_story(retracted("f1", reason="")),
        in_story(PLACE | {"label": "\t"}),
        in_story(fact("occurrence", "ran aground", action="")),
        in_story({"type": "fact.reviewed", "fact": "f1", "verdict": "accepted", "reviewer": " "}),
        in_story({"type": "fact.disputed", "fact": "f1", "ground": ""}),
        in_story(figure(quantities=[QUANTITY | {"measure": ""}])),
    ],
    "independence": [in_story(LINK | {"relation": "corroborates"})],
    "link-self": [in_story(LINK | {"to": "f1"})],
    "fact-elsewhere": [
        in_story(LINK | {"to": to}) for to in ("tides/f1", "ferry/f2", "a b/f1", "tides/x", "/f1")
    ],
    "already-retracted": [
        in_story(retracted("f1"), retracted("f1", "Again")),
        in_story(retracted("f1"), corrected("f1", "/note", None, "Late")),
    ],
    "already-withdrawn": [
        in_story(
            {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Wrong"},
            {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Wrong again"},
        )
    ],
    "amendment-empty": [
        in_story(samples.amended(samples.SOURCE, "/title", "Ferry aground", "Ferry aground")),
        in_story(samples.amended(samples.VOSS, "/label", "a", "b") | {"changes": []}),
    ],
    "amendment-was": [
        in_story(samples.amended(samples.SOURCE, "/published", None, "2024-05-07")),
        in_story(samples.amended(samples.VOSS, "/label", "Mara", "Mara Voss-Lind")),
    ],
    "amendment-result": [
        in_story(samples.amended(samples.SOURCE, "/published", samples.PUBLISHED, "soon")),
        in_story(samples.amended(samples.SOURCE, "/publisher", samples.WIRE, "org:nobody")),
        in_story(samples.amended(samples.SOURCE, "/publisher", samples.WIRE, None)),
        in_story(samples.amended(samples.SOURCE, "/source", samples.SOURCE, UNKNOWN)),
        in_story(samples.amended(samples.SOURCE, "/chars", len(samples.TEXT), 7)),
        in_story(samples.amended(samples.VOSS, "/label", "Mara Voss", " ")),
        in_story(samples.amended(samples.VOSS, "/lat", None, 12.5)),
        in_story(samples.amended(samples.VOSS, "/kind", "person", "group")),
        in_story(samples.amended(samples.VOSS, "/part_of", None, "org:nobody")),
    ],
    "merge": [
        in_story(MERGE | {"into": samples.NORA}),
        in_story(MERGE | {"into": VOSS}),
        in_story(MERGE, MERGE | {"reason": "Again"}),
        in_story(MERGE, {**MERGE, "entity": samples.WIRE, "into": samples.NORA}),
    ],
    "revocation": [
        in_story(samples.revoked(ACT)),
        in_story(figure(event_id=ACT, text="A second count"), samples.revoked(ACT)),
        in_story(samples.entity("org:x", "X") | {"event_id": ACT}, samples.revoked(ACT)),
        in_story({"type": "story.retitled", "title": "T", "event_id": ACT}, samples.revoked(ACT)),
        in_story(retracted("f2") | {"event_id": ACT}, samples.revoked(ACT), samples.revoked(ACT, by="x")),
        in_story(
            retracted("f2") | {"event_id": ACT},
            samples.revoked(ACT, act="fact.retracted", about=["f1"]),
        ),
        in_story(
            corrected("f2", "/quantities/0/value", 143, 150) | {"event_id": ACT},
            corrected("f2", "/quantities/0/value", 150, 151),
            samples.revoked(ACT),
        ),
        in_story(
            {"type": "evidence.added", "fact": "f1", "event_id": ACT,
             "evidence": [{"role": "quote", "exact": "said 143"}]},
            corrected("f1", "/quote", None, "said 143"),
            samples.revoked(ACT),
        ),
        [*story()[:4], samples.captured(event_id=ACT), *story()[5:], samples.revoked(ACT)],
    ],
    "correction-empty": [
        in_story({"type": "fact.corrected", "fact": "f2", "changes": [], "reason": "None"}),
        in_story(corrected("f2", "/quantities/0/value", 143, 143)),
    ],
    "correction-was": [
        in_story(corrected("f2", "/quantities/0/value", 142, 150)),
        in_story(corrected("f2", "/quantities/7/value", None, 150)),
        in_story(corrected("f2", "/quantities/0/approximate", 1, True)),
    ],
    "correction-result": [
        in_story(corrected("f2", "/quantities/0/verbatim", "143 of 193", "144 of 193")),
        in_story(corrected("f2", "/quantities/0/value", 143, "many")),
        in_story(corrected("f2", "/fact", "f2", "f5")),
        in_story(corrected("f1", "/evidence/0/prefix", WIDER["prefix"], "said: ")),
        in_story(corrected("f1", "/evidence/1", None, offsets(3, "told"))),
        in_story(corrected("f2", "/colour", None, "red")),
    ],
    "event-id-taken": [],
    "event-erased": [],
    "line-repeated": [in_story(LINK, LINK)],
    "recorded-at": [in_story(statement("Mara Voss", recorded_at=EARLIER)), in_story(LINK | {"recorded_at": EARLIER})],
    "reported-at": [in_story(statement("Mara Voss", reported_at="2024-05-05T00:00:00Z"))],
    "perhaps-erased": [],
    "protection": [],
    "duplicate-key": [],
    "json": [],
    "size": [],
    "depth": [in_story(LINK | {"type": "acme.x.y", "deep": json.loads("[" * 70 + "]" * 70)})],
    "nul": [in_story(statement(note="a\x00b"))],
    "surrogate": [in_story(statement(note="\ud800"))],
    "finite": [in_story(figure(quantities=[QUANTITY | {"value": float("nan"), "of": None}]))],
    "number-range": [in_story(figure(quantities=[QUANTITY | {"value": 2**53, "of": None}]))],
}  # fmt: skip


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", Plugins()) as archive:
        yield archive


def rules_broken(archive: Archive, lines: list[Fields]) -> set[str]:
    """Names of the rules that refuse `lines`; empty if they are accepted."""
    try:
        archive.record([Line(line, number) for number, line in enumerate(lines, 1)], dry_run=True)
    except Refused as refusal:
        assert all(finding.line for finding in refusal.findings)
        return {finding.rule for finding in refusal.findings}
    return set()


def check(archive: Archive, rule: str) -> None:
    for lines in CASES[rule]:
        assert rule in rules_broken(archive, lines), lines[-1]


def event_id_taken(archive: Archive) -> None:
    """The same id with different content is refused."""
    fixed = "01890000-0000-7000-8000-000000000001"
    archive.record(story(LINK | {"event_id": fixed}))
    again = [LINK | {"event_id": fixed}]
    assert archive.record(again, story="ferry").new == 0
    with pytest.raises(Refused) as refused:
        archive.record([LINK | {"event_id": fixed, "note": "other"}], story="ferry")
    assert [finding.rule for finding in refused.value.findings] == ["event-id-taken"]


def event_erased(archive: Archive) -> None:
    """An event that another archive erased is not imported from a line that still has it."""
    fixed = "01890000-0000-7000-8000-000000000001"
    erasure = {"type": "content.erased", "schema_version": 2, "reason": "x", "basis": "y"}
    erasure |= {"events": [{"event_id": fixed, "type": "facts.linked"}]}
    erasure |= {"event_id": fixed[:-1] + "2"}
    lines = [*story(), erasure, LINK | {"event_id": fixed}]
    lines = [line | {"recorded_at": "2024-05-07T00:00:00.000000Z"} for line in lines]
    assert rules_broken(archive, lines) == {"event-erased"}


def perhaps_erased(archive: Archive) -> None:
    """A line that may be erased protected content is not recorded again unprotected."""
    with TemporaryDirectory() as folder:
        keyed = Archive.create(":memory:", archive.plugins, keys=f"{folder}/keys")
        line = samples.entity("person:jane", "Jane")
        with keyed:
            keyed.record(story())
            keyed.record([line], story="ferry", protect="Jane")
            keyed.erase("Jane", reason="x", basis="y")
            with pytest.raises(Refused) as refused:
                keyed.record([line], story="ferry")
        assert {finding.rule for finding in refused.value.findings} == {"perhaps-erased"}


def protection(archive: Archive) -> None:
    """A story's opening is never protected: recording one with `protect` is refused."""
    with TemporaryDirectory() as folder:
        keyed = Archive.create(":memory:", archive.plugins, keys=f"{folder}/keys")
        with keyed, pytest.raises(Refused) as refused:
            keyed.record(story(), protect="Jane")
        assert "protection" in {finding.rule for finding in refused.value.findings}


def text_rule(raw: bytes, rule: str) -> Callable[[Archive], None]:
    def run(archive: Archive) -> None:
        with pytest.raises(Refused) as refused:
            strict.parse(raw)
        assert rule in {finding.rule for finding in refused.value.findings}

    return run


OTHERS: dict[str, Callable[[Archive], None]] = {
    "event-id-taken": event_id_taken,
    "event-erased": event_erased,
    "perhaps-erased": perhaps_erased,
    "protection": protection,
    "duplicate-key": text_rule(b'{"a": 1, "a": 2}', "duplicate-key"),
    "json": text_rule(b'{"a": 1', "json"),
    "size": text_rule(b'{"a": "' + b"x" * strict.MAX_BYTES + b'"}', "size"),
}
ALL = (*rules.RULES, *strict.RULES, *batch.RULES)


def test_every_rule_has_an_example() -> None:
    assert set(CASES) == set(ALL)
    assert all(CASES[rule] or rule in OTHERS for rule in ALL)


def test_the_sample_story_breaks_no_rule(archive: Archive) -> None:
    assert rules_broken(archive, story()) == set()


@pytest.mark.parametrize("rule", sorted(CASES))
def test_a_rule_refuses_its_examples(archive: Archive, rule: str) -> None:
    check(archive, rule)
    if rule in OTHERS:
        OTHERS[rule](archive)


@pytest.mark.parametrize("rule", sorted(rules.RULES))
def test_without_a_rule_its_test_fails(
    archive: Archive, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applying = rules.applying
    others = [name for name in rules.RULES if name != rule]
    monkeypatch.setattr(
        rules, "applying", lambda kind: [one for one in applying(kind) if one[0] in others]
    )
    with pytest.raises((Exception, pytest.fail.Exception)):
        check(archive, rule)


@pytest.mark.parametrize(
    "rule", [rule for rule in sorted({*strict.RULES, *batch.RULES}) if CASES[rule]]
)
def test_a_rule_of_the_batch_alone_refuses_one_of_its_examples(archive: Archive, rule: str) -> None:
    """So without it that example would be accepted."""
    assert {rule} in [rules_broken(archive, lines) for lines in CASES[rule]]


def test_a_refusal_writes_nothing_and_lists_everything(archive: Archive) -> None:
    lines = story(statement("nowhere to be found"), figure(as_of="soon"), LINK | {"to": "f1"})
    with pytest.raises(Refused) as refused:
        archive.record([Line(line, number) for number, line in enumerate(lines, 1)])
    assert [(finding.line, finding.rule) for finding in refused.value.findings] == [
        (8, "evidence-missing"),
        (9, "edtf"),
        (10, "link-self"),
    ]
    assert archive.head().position == 0
    assert archive.stories() == []
