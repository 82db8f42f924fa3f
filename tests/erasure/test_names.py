"""Names of subjects: each has one spelling, and none is in texts that are kept for ever."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.erasure import scene
from tests.erasure.scene import BASIS, WITNESS, raises

from dateline import Archive, DatelineError
from dateline.protect.subjects import LONGEST, require_unnamed, subject_name
from dateline.testing import samples


@pytest.mark.parametrize("name", ["Anna Berg ", " Anna  Berg", "Anna\u00a0Berg"])
def test_white_space_does_not_make_another_name(name: str) -> None:
    assert subject_name(name) == "Anna Berg"


def test_composed_and_decomposed_spellings_are_one_subject(archive: Archive) -> None:
    line = samples.figure(text="His")
    archive.record([line], story="ferry", protect="Ren\u00e9")
    again = archive.record([line], story="ferry", protect="Rene\u0301 ")
    assert (again.new, again.already) == (0, 1)
    assert archive.subjects() == [WITNESS, "Ren\u00e9"]
    archive.erase(" Rene\u0301", reason="x", basis=BASIS)
    assert archive.subjects() == [WITNESS]


@pytest.mark.parametrize(
    "name",
    ["Anna\nBerg", "Anna\x1b[31m", "A" * (LONGEST + 1), "A" * 5000, "\u0663", " "],
)
def test_what_is_not_a_name_is_refused(archive: Archive, name: str) -> None:
    with raises("not-a-subject-name") as refused:
        archive.record([samples.figure(text="x")], story="ferry", protect=name)
    assert refused.value.hint
    with raises("subject-unknown"):
        archive.erase(name, reason="x", basis=BASIS)
    assert archive.subjects() == [WITNESS]


@given(st.text(max_size=30))
def test_a_canonical_name_stays_as_it_is(text: str) -> None:
    try:
        name = subject_name(text)
    except DatelineError:
        return
    assert subject_name(name) == name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "words",
    ["Ren\u00e9 asked", "by RENE\u0301", "of rene\u0301.", "(Rene\u0301)"],
)
def test_a_name_is_found_however_it_is_written(words: str) -> None:
    for name in ("Ren\u00e9", "Rene\u0301"):
        with raises("subject-named"):
            require_unnamed({"reason": words, "basis": "x"}, [name])
    require_unnamed({"reason": words, "basis": "x"}, ["Re", "Irene"])


def test_a_name_is_found_across_white_space() -> None:
    with raises("subject-named"):
        require_unnamed({"reason": "x", "basis": "for anna\n  berg"}, ["Anna Berg"])


def test_no_subject_is_named_in_an_erasure_by_position(archive: Archive) -> None:
    """Neither its own subject nor any other subject of the archive."""
    archive.record([samples.entity("person:w2", "A")], story="ferry", protect="Herr Amsel")
    head = archive.head()
    for position in (10, 6):
        for name in (WITNESS, "herr  amsel"):
            with raises("subject-named"):
                archive.erase(positions=[position], reason=f"{name} asked", basis=BASIS)
    assert archive.head() == head
    scene.erase(archive, 10)


def test_reason_and_basis_must_not_hold_names_of_erased_persons(archive: Archive) -> None:
    """The subject may be a pseudonym; the person that was introduced under it is not."""
    person = {**samples.entity("person:vint", "Kalle Vint"), "names": ["K. Vint"]}
    archive.record([person], story="other", protect="case 12")
    for words in ("Kalle Vint asked", "letter of K. Vint", "about person:vint"):
        with raises("subject-named"):
            archive.erase("case 12", reason=words, basis="x")
    assert archive.erase("case 12", reason="Asked for", basis="law").gone.events == 1
