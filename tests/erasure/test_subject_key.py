"""Every event that names protected content gets its key or is refused: every type, every field.

The fields are read from the types, so that fields added later are covered too.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest
from tests.erasure import scene
from tests.erasure.scene import WITNESS

from dateline import Archive, Plugins, Refused
from dateline.erasure.subject_key import foreseen, subject_key
from dateline.erasure.survey import Going, mentions
from dateline.events.editorial import ContentErased, EventRevoked
from dateline.events.entity import EntityAmended, EntityIntroduced
from dateline.events.envelope import Event, RecordedBy
from dateline.events.payload import FactNotice, Payload, Raw
from dateline.events.registry import CORE, Registry
from dateline.events.source import SourceAmended, SourceWithdrawn
from dateline.events.story import StoryOpened
from dateline.testing import samples

REGISTRY = Registry()
PERSON, KEY, OTHER = "person:w1", "key-1", "key-2"
#: Never protected: an opening is refused with --protect, and an erasure names no subject.
NEVER = (StoryOpened, ContentErased)


def filled(hint: Any) -> Any:
    """A JSON value of a type, with all its fields."""
    origin, given = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return {field.encode_name: filled(field.type) for field in msgspec.structs.fields(hint)}
    if origin is Literal:
        return given[0]
    if origin in (typing.Union, types.UnionType):
        return filled(given[0])
    if origin is tuple:
        return [filled(given[0])]
    if origin is dict:
        return {"key": filled(given[1])}
    plain = {str: "x", int: 1, float: 1.0, bool: True, UUID: str(UUID(int=1)), Any: "x"}
    return plain[hint]


def places(hint: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """All places of text in a value of that type."""
    origin, given = typing.get_origin(hint), typing.get_args(hint)
    if hint in (str, Any):
        yield way
    if hint is Any:
        yield (*way, "agent")
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        for field in msgspec.structs.fields(hint):
            yield from places(field.type, (*way, field.encode_name))
    elif origin in (typing.Union, types.UnionType):
        for option in given:
            yield from places(option, way)
    elif origin is tuple:
        yield from places(given[0], (*way, 0))
    elif origin is dict:
        yield from places(given[1], (*way, "key"))


def put(fields: Any, way: tuple[str | int, ...], text: str) -> None:
    for step, after in pairwise(way):
        if not isinstance(fields[step], dict | list):
            fields[step] = {after: None}
        fields = fields[step]
    fields[way[-1]] = text


OF_ONE = (FactNotice, SourceWithdrawn, SourceAmended, EntityAmended, EventRevoked)
#: Where a notice names what it is about.
OWN = (("fact",), ("source",), ("entity",), ("about", 0))
KINDS = [event_type.payload for event_type in CORE]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)


def naming(kind: type[Payload], way: tuple[str | int, ...], name: str = PERSON) -> Payload:
    fields = filled(kind)
    put(fields, way, name)
    payload = REGISTRY.convert(kind.type, kind.schema_version, fields)
    assert isinstance(payload, kind)
    return payload


def test_every_type_and_every_important_field_is_covered() -> None:
    asked = {"/".join(map(str, (kind.type, *way))) for kind in KINDS for way in places(kind)}
    assert {name.partition("/")[0] for name in asked} == {kind.type for kind in KINDS}
    assert asked >= {
        "statement.recorded/speakers/0", "statement.recorded/attribution/0/agent", "state.recorded/places/0/place",
        "figure.recorded/about", "figure.recorded/times/valid/anchor", "figure.recorded/derived_from/0",
        "occurrence.recorded/actors/0/agent", "role.recorded/appointed_by", "source.captured/byline/0",
        "source.captured/credits/0/agent", "source.captured/derived_from", "entity.introduced/part_of",
        "entity.introduced/identifiers/key", "facts.linked/from", "fact.disputed/by", "fact.reviewed/reviewer",
        "fact.corrected/changes/0/was", "fact.corrected/changes/0/now", "fact.corrected/changes/0/now/agent",
        "source.withdrawn/reason", "story.retitled/title",
    }  # fmt: skip


@each_kind
def test_an_event_that_names_protected_content_gets_its_key_or_is_refused(
    kind: type[Payload],
) -> None:
    for way in places(kind):
        payload = naming(kind, way)
        key, findings = subject_key(payload, {PERSON: KEY}, None)
        if issubclass(kind, NEVER):
            assert (key, findings) == (None, [])
        elif issubclass(kind, OF_ONE) and way not in OWN:
            # If it were erased with the key, its fact would be as it was before it.
            assert [finding.field for finding in findings] == ["/" + "/".join(map(str, way))]
        else:
            assert (key, findings) == (KEY, []), way
            assert subject_key(payload, {PERSON: KEY}, OTHER)[1], way
        assert subject_key(payload, {"person:w2": KEY}, None) == (None, []), way


@each_kind
def test_events_that_still_name_erased_content_are_listed(kind: type[Payload]) -> None:
    person = EntityIntroduced(entity=PERSON, kind="person", label="Vogel")
    going = [Going(position=1, event_id=UUID(int=1), story=UUID(int=9), slug="s", type=person.type)]
    for way in places(kind):
        found = list(mentions([event(1, person), event(2, naming(kind, way))], going))
        expected = [] if kind is ContentErased else [(2, "names the entity")]
        assert [(mention.position, mention.how) for mention in found] == expected, way


def event(position: int, data: Payload | Raw) -> Event:
    return Event(
        position=position, event_key=UUID(int=position).bytes, story=UUID(int=9), slug="s", version=position,
        type=getattr(data, "type", "acme.x.y"), schema_version=1, recorded_us=0, reported_us=None,
        subject_key=None, data=data, recorded_by=RecordedBy(),
    )  # fmt: skip


# -- types that are unknown here ---------------------------------------------------------------

FACT = {"fact": "f9", "text": "x", "source": samples.SOURCE, "evidence": []}


@pytest.mark.parametrize(
    "fields",
    [
        FACT | {"defendant": PERSON},
        FACT | {"votes": {PERSON: "aye"}},
        {"deep": [{"who": PERSON}]},
    ],
)
def test_an_event_of_an_unknown_type_gets_the_key_of_what_it_names(
    fields: dict[str, object],
) -> None:
    assert subject_key(Raw(fields), {PERSON: KEY}, None) == (KEY, [])


def test_a_notice_of_an_unknown_type_gets_the_key_of_its_fact() -> None:
    notice = Raw({"fact": "f1", "judge": PERSON})
    assert subject_key(notice, {"f1": KEY, PERSON: KEY}, None) == (KEY, [])
    assert [f.field for f in subject_key(notice, {PERSON: KEY}, None)[1]] == ["/judge"]
    assert [f.field for f in subject_key(notice, {}, KEY)[1]] == ["/fact"]


def test_a_notice_about_a_protected_fact_of_an_unknown_type_is_protected(
    archive: Archive,
) -> None:
    line = samples.figure(fact="f9") | {"type": "acme.vote.recorded", "event_id": str(UUID(int=7))}
    archive.record([line | {"voter": scene.PERSON}], story="ferry")
    archive.record([samples.retracted("f9")], story="ferry")
    *_, fact, notice = archive.events("ferry")
    assert notice.subject_key == fact.subject_key is not None


def test_keys_and_values_of_an_object_are_both_checked() -> None:
    raw = Raw(FACT | {"answers": {PERSON: "person:w2"}})
    key, findings = subject_key(raw, {PERSON: KEY, "person:w2": OTHER}, None)
    assert key is None and [finding.rule for finding in findings] == ["protection"]
    _, findings = subject_key(raw, {PERSON: KEY, "person:w2": OTHER}, OTHER)
    assert [finding.field for finding in findings] == [f"/answers/{PERSON}"]


def test_a_refusal_names_the_subject_if_the_key_is_known() -> None:
    raw = Raw(FACT | {"who": PERSON})
    [known] = subject_key(raw, {PERSON: KEY}, OTHER, {KEY: "Witness 7"}.get)[1]
    assert known.reason == f'{PERSON} is protected under "Witness 7": use --protect "Witness 7"'
    [unknown] = subject_key(raw, {PERSON: KEY}, OTHER)[1]
    assert unknown.reason == (
        f"{PERSON} is protected under another subject: use that subject's --protect"
    )


# -- a batch -----------------------------------------------------------------------------------


def test_what_a_later_line_brings_protects_an_earlier_one(archive: Archive) -> None:
    """References may point forward, so later lines count for protection too."""
    group = samples.entity("group:crew", "Crew") | {"part_of": scene.PERSON}
    batch = [
        samples.figure(text="Follows from it", derived_from=["f20"]),
        samples.statement(speakers=["group:crew"], text="They say", fact="f20"),
        group,
    ]
    archive.record(batch, story="ferry")
    keys = [event.subject_key for event in archive.events("ferry")]
    assert keys[-3:] == [keys[7]] * 3 and keys[7] is not None


def test_a_fact_that_gets_its_number_in_the_batch_protects_what_follows(archive: Archive) -> None:
    fact = samples.figure(text="Follows from it", derived_from=["f3"])
    archive.record([fact, samples.retracted("f6")], story="ferry")
    *_, recorded, notice = archive.events("ferry")
    assert notice.subject_key == recorded.subject_key is not None


def test_content_that_is_already_recorded_is_not_foreseen_as_protected() -> None:
    person = EntityIntroduced(entity=PERSON, kind="person", label="Vogel")
    assert foreseen([(person, KEY)], {}, ()) == {PERSON: KEY}
    assert foreseen([(person, KEY)], {}, (PERSON,)) == {}
    assert foreseen([(person, None)], {}, ()) == {}


# -- notices about unprotected facts -----------------------------------------------------------

NOTICES = [
    {"type": "fact.disputed", "fact": "f1", "by": scene.PERSON, "ground": "She says no"},
    {"type": "fact.retracted", "fact": "f2", "by": scene.PERSON, "reason": "Hers"},
    {"type": "fact.reviewed", "fact": "f2", "reviewer": scene.PERSON, "verdict": "rejected"},
    samples.corrected("f1", "/speakers/0", samples.VOSS, scene.PERSON),
    samples.corrected(
        "f1", "/attribution/0", {"agent": samples.VOSS, "role": "origin", "act": "say"},
        {"agent": scene.PERSON, "role": "origin"},
    ),
    samples.corrected("f2", "/derived_from", None, ["f3"]),
    samples.corrected("f1", "/source", samples.SOURCE, scene.LETTER_ID),
]  # fmt: skip


@pytest.mark.parametrize("notice", NOTICES, ids=lambda line: f"{line['type']}")
def test_a_notice_that_would_name_the_subject_for_ever_is_refused(
    archive: Archive, notice: dict[str, Any]
) -> None:
    head = archive.head()
    for protect in (None, WITNESS):
        with pytest.raises(Refused) as refused:
            archive.record([notice], story="ferry", protect=protect)
        assert "protection" in {finding.rule for finding in refused.value.findings}
    assert archive.head() == head


def test_a_notice_about_a_subject_s_fact_may_name_only_that_subject(archive: Archive) -> None:
    archive.record([samples.entity("person:w2", "Amsel")], story="ferry", protect="Herr Amsel")
    line = {"type": "fact.disputed", "fact": "f3", "ground": "No", "by": scene.PERSON}
    archive.record([line], story="ferry")
    with pytest.raises(Refused) as refused:
        archive.record([line | {"by": "person:w2"}], story="ferry")
    assert [(found.rule, found.field) for found in refused.value.findings] == [
        ("protection", "/by")
    ]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "a.db", Plugins.load(strict=True)) as archive:
        scene.fill(archive)
        yield archive
