"""A quotation written with other characters is found in its source."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline import Archive, Plugins, Refused
from dateline.events import near as module
from dateline.events.near import near, offer
from dateline.recording.line import Line
from dateline.testing import samples


@pytest.mark.parametrize(
    ("text", "typed", "there"),
    [
        ("The ferry\nran  aground\u00a0today.", "ferry ran aground today", None),
        ("Die Unter\u00adnehmens\u00adgruppe schlie\u00dft.", "Unternehmensgruppe schlie\u00dft", None),
        ("Le de\u0301pute\u0301 a dit oui.", "d\u00e9put\u00e9 a dit", None),
        ("Le d\u00e9put\u00e9 a dit oui.", "de\u0301pute\u0301 a dit", None),
        ("a\u0323\u0307 b", "a\u0307\u0323 b", "a\u0323\u0307 b"),  # the order of accents
        ("The of\ufb01cial report.", "official report", None),
        ("No evi-\ndence of fraud.", "No evidence of", None),
        ("No evi\u00ad\ndence of fraud.", "No evidence of", None),
        ("A well-\nknown man.", "well-known man", None),
        ("The min\u200bister re\u2060signed\ufeff.", "minister resigned", None),
        ("Er sagte: \u201eNein\u201c, und ging.", 'sagte: "Nein", und', None),
        ("Er sagte: \u201aNein\u2018, und ging.", '"Nein"', "\u201aNein\u2018"),
        ("Il dit \u00abnon\u00bb hier.", 'dit "non" hier', None),
        ("Il dit \u00ab\u202fnon\u00a0\u00bb hier.", 'dit "non" hier', None),
        ("The Covid\u201119 rules.", "Covid-19 rules", None),
        ("It fell to \u221212 degrees.", "to -12 degrees", None),
        ("The port \u2014 shut \u2014 is quiet.", "port \u2013 shut - is", None),
        ("He said: no\u2026 never.", "said: no... never", None),
        ("He said: no... never.", "said: no\u2026 never", None),
        ("\uff11\uff12\u4eba\u304c\u6551\u52a9\u3055\u308c\u305f", "12\u4eba\u304c", "\uff11\uff12\u4eba\u304c"),
        ("Some 16\u202f700 people.", "16 700 people", None),
        ("The GOVERNOR said", "the governor", "The GOVERNOR"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
        ("The set \u2102 of numbers.", "the set c of", None),
        ("1 \u2764\ufe0f 2", "\u2764", "\u2764"),
    ],
)  # fmt: skip
def test_the_source_s_own_words_are_found(text: str, typed: str, there: str | None) -> None:
    found = near(typed, text)
    assert found is not None
    words = text[slice(*found)]
    if there is not None:
        assert words.rstrip("\ufe0f") == there
    assert near(words, text) == found
    assert f"{words!r}, at {found[0]}-{found[1]}" in offer(typed, text)


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "ferries", "(.*)", "ran the ferry"])
def test_other_words_are_not_found(typed: str) -> None:
    assert near(typed, "The ferry ran aground - today.") is None
    assert offer(typed, "The ferry ran aground - today.") == ""


def test_whole_words_are_preferred_to_parts_of_words() -> None:
    text = "Hermano saw a\u00a0man."
    found = near("a man", text)
    assert found is not None
    assert text[slice(*found)] == "a\u00a0man"


@pytest.mark.parametrize(
    ("text", "typed", "there"),
    [
        ("BB\u0301BB", "BB", (3, 5)),
        ("A caf\u00e9, a cafe.", "a\u00a0cafe", (8, 14)),
        ("A \u0301B, a B.", "a\u00a0B", (6, 9)),
        ("of\ufb01ce, off", "OFF", (7, 10)),
        ("\ufb01ve i", "I", (4, 5)),
        ("evidenc\u00e9 evi-\ndence", "evidence", (9, 19)),
        ("-\u0301", "-", (0, 2)),
    ],
)
def test_the_same_letters_are_preferred_to_letters_with_more_accents_and_to_parts_of_ligatures(
    text: str, typed: str, there: tuple[int, int]
) -> None:
    assert near(typed, text) == there


@pytest.mark.parametrize(
    ("text", "typed", "there"),
    [
        ("BB\u0301B", "\u0301b", (1, 4)),
        ("caf\u00e9", "\u0301", (3, 4)),
        ("The caf\u00e9", "the cafe", (0, 8)),
        ("of\ufb01ce", "\ufb00", (1, 3)),
        ("of\ufb01ce", "of f", (0, 3)),
    ],
)
def test_a_span_has_the_whole_letter_where_a_quotation_starts_or_ends_inside_one(
    text: str, typed: str, there: tuple[int, int]
) -> None:
    assert near(typed, text) == there


@pytest.mark.parametrize(
    ("text", "typed", "there"),
    [
        ("cafe\u0301s. Cafe\u0301!", "CAF\u00c9", (8, 13)),
        ("re\u0301ad. Ad!", "AD", (7, 9)),
        ("min\u200bister. Min!", "MIN", (11, 14)),
        ("re\u2060sign. Sign!", "SIGN", (9, 13)),
        ("\u0915\u093e\u0915 \u0915\u093e", "\u0915\u093e\u200b", (4, 6)),
    ],
)
def test_accents_and_invisible_characters_are_not_ends_of_words(
    text: str, typed: str, there: tuple[int, int]
) -> None:
    assert near(typed, text) == there


_letters = st.sampled_from(
    [
        *"aBefis.1\u00e9\u00df\ufb01 \n-\u00ad\u2011\u201c\u00ab'\u200b\u2026\u0301\uff11\ud55c\U0001f642"
    ]
)


@given(st.text(_letters, max_size=30), st.data())
def test_words_of_the_source_are_found_in_any_normal_form(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    while start < end and unicodedata.combining(text[start]):
        start += 1
    form = data.draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
    typed = unicodedata.normalize(form, text[start:end])
    found = near(typed, text)
    visible = module._fold(typed, True)[0]
    assert (found is not None) == bool(visible)
    if found is not None:
        assert module._fold(text[slice(*found)], False)[0] == module._fold(typed, False)[0]


@given(st.text(_letters, max_size=30), st.data())
def test_a_span_never_has_less_than_the_words(text: str, data: st.DataObject) -> None:
    """Also where a quotation starts or ends between a letter and its accent."""
    start = data.draw(st.integers(0, len(text)))
    typed = text[start : data.draw(st.integers(start, len(text)))]
    found = near(typed, text)
    assert (found is not None) == bool(module._fold(typed, True)[0])
    if found is not None:
        start, end = found
        assert module._fold(typed, False)[0] in module._fold(text[start:end], False)[0]
        assert not unicodedata.combining(text[end : end + 1] or " ")


@given(st.text(max_size=60), st.text(max_size=10))
def test_what_is_found_is_a_place_in_the_source(text: str, typed: str) -> None:
    found = near(typed, text)
    if found is not None:
        assert 0 <= found[0] < found[1] <= len(text)


@pytest.mark.parametrize(
    ("unit", "typed"),
    [("a", "a" * 50 + "b"), ("\u0301", "e\u0301b"), ("- \n", "-b"), ("\u200b", "b")],
)
def test_each_letter_of_the_source_is_read_once(
    unit: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    letter = module._letter
    monkeypatch.setattr(
        module, "_letter", lambda cluster: looked.append(len(cluster)) or letter(cluster)
    )
    for size in (1000, 2000):
        looked.clear()
        assert near(typed, "e" + unit * size) is None
        assert sum(looked) <= 2 * (size * len(unit) + 1 + len(typed))
        assert (
            max(looked, default=0) <= 64
        )  # sorting accents takes time that grows with the square of their number


def test_every_kind_of_line_suggests_the_source_s_own_words() -> None:
    """Corrections and the words of figures do so too; findings name the line."""
    words = samples.TEXT[:8]
    typed = words.capitalize()
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(samples.story())
        fact = next(iter(archive.state("ferry").facts.values())).data
        change = {"path": "/evidence/0/exact", "was": fact.evidence[0].exact, "now": typed}
        lines = [
            samples.figure(evidence=[{"role": "content", "exact": typed}]),
            {"type": "evidence.added", "fact": fact.fact, "evidence": [{"role": "content", "exact": typed}]},
            {"type": "fact.corrected", "fact": fact.fact, "changes": [change], "reason": "Copied"},
        ]  # fmt: skip
        for line in lines:
            with pytest.raises(Refused) as refusal:
                archive.record([Line(line, 7)], story="ferry")
            assert f"{words!r}, at 0-8" in str(refusal.value)
            assert {finding.line for finding in refusal.value.findings} == {7}
        [quantity, *_] = samples.figure()["quantities"]
        figure = samples.figure(quantities=[quantity | {"verbatim": "143 OF 193"}])
        with pytest.raises(Refused) as refusal:
            archive.record([figure], story="ferry")
        [finding] = refusal.value.findings
        assert finding.rule == "verbatim"
        assert "'143 of 193', at " in finding.reason


def test_a_letter_or_two_may_be_wrong() -> None:
    text = "FICTION. Twelve homes were cleared. Dr Emil Sand was named; the port had been shut."
    for exact, there in [
        ("Twelve homos were cleared", "Twelve homes were cleared"),
        ("Twelve hom were cleared", "Twelve homes were cleared"),
        ("had ben shut", "had been shut"),
        ("Dr. Emil Sand was named", "Dr Emil Sand was named"),
        ("Dr Amil Send was named", "Dr Emil Sand was named"),
        ("homos", None),
        ("Thirteen homes were cleared", None),
        ("Dr Amel Send was named", None),
    ]:
        found = near(exact, text)
        assert (found and text[slice(*found)]) == there, exact
