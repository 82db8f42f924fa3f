"""Entities are found by the names that people type; what is meant is never guessed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline import Archive
from dateline.errors import UnknownName
from dateline.recording.naming import letters, matching, proposed_id, similar
from dateline.testing import samples

PENA, PENA_ACCENT = "person:pena", "person:pena-2"
LINES = [
    samples.opened(),
    samples.entity(samples.WIRE, "Ister Wire"),
    {**samples.entity(samples.NORA, "NORA (fictional)"), "names": ["NORA", "the agency"]},
    samples.entity("person:ida-brandt", "Ida Brandt"),
    samples.entity("person:lucja", "Łucja O’Hara"),
    samples.entity(PENA, "Ana Pena"),
    samples.entity(PENA_ACCENT, "Ana Peña"),
    samples.entity("person:saldo", "Володимир Сальдо"),
    samples.entity("place:ister", "Ister"),
    samples.entity("org:ister", "ISTER"),
]


def test_a_name_finds_the_entities_that_it_may_mean(dateline_archive: Archive) -> None:
    dateline_archive.record(LINES)
    state = dateline_archive.state("ferry")
    for name, kinds, expected in [
        ("ister wire", (), [samples.WIRE]),
        ("ISTER\u00a0 Wire", (), [samples.WIRE]),
        (samples.WIRE, (), [samples.WIRE]),
        ("nora", (), [samples.NORA]),
        ("The Agency", (), [samples.NORA]),
        ("ida-brandt", (), ["person:ida-brandt"]),
        ("Lucja OHara", (), ["person:lucja"]),
        ("володимир сальдо", (), ["person:saldo"]),
        ("ana peña", (), [PENA_ACCENT]),
        ("ana pena", (), [PENA]),
        ("Ister", ("place",), ["place:ister"]),
        ("Ister", ("organization", "person"), ["org:ister"]),
        ("Ister", ("person",), ["place:ister", "org:ister"]),
        ("Brandt", (), []),
        ("?", (), []),
    ]:
        found = [one.entity for one in matching(state, name, kinds)]
        assert found == expected, name
    assert [one.entity for one in similar(state, "Brandt")] == ["person:ida-brandt"]
    assert similar(state, "Ida Brant")[0].entity == "person:ida-brandt"
    state.merged = {PENA_ACCENT: PENA}  # type: ignore[attr-defined, unused-ignore]
    assert [one.entity for one in matching(state, "ana peña")] == [PENA]
    assert [one.entity for one in matching(state, PENA_ACCENT)] == [PENA]


def test_a_new_entity_gets_an_id_that_is_free_and_well_formed(dateline_archive: Archive) -> None:
    dateline_archive.record(LINES)
    state = dateline_archive.state("ferry")
    for name, kind, expected in [
        ("Vladimir  Saldo", "person", "person:vladimir-saldo"),
        ("Юлія Щербак", "person", "person:iuliia-shcherbak"),
        ("Ana Peña", "person", "person:ana-pena"),
        ("Ister", "organization", "org:ister-2"),
        ("O'Brien & Sons", "organization", "org:obrien-sons"),
        ("東京", "place", None),
    ]:
        assert proposed_id(state, name, kind) == expected, name


def test_python_finds_entities_by_name_too(dateline_archive: Archive) -> None:
    dateline_archive.record(LINES)
    assert dateline_archive.entity("ferry", "ida brandt").entity == "person:ida-brandt"
    for name, code in (("Ister", "name-ambiguous"), ("Brandt", "entity-unknown")):
        with pytest.raises(UnknownName) as raised:
            dateline_archive.entity("ferry", name)
        assert raised.value.code == code
        assert {"Ister": "org:ister", "Brandt": "person:ida-brandt"}[name] in str(raised.value.hint)


@given(st.text(max_size=20))
def test_names_that_look_the_same_have_the_same_letters(name: str) -> None:
    plain = letters(name)
    assert letters(unicodedata.normalize("NFD", name)) == plain
    assert letters(f" {name.replace(' ', '  ')}-") == plain
    assert letters(plain) == plain
