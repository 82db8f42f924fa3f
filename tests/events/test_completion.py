"""Completing what an author leaves out: the place of a quotation, and a fact's id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.errors import Finding
from dateline.events.completion import CONTEXT, complete, locate
from dateline.events.editorial import EvidenceAdded
from dateline.events.fact import AssessmentRecorded
from dateline.events.parts import Evidence
from dateline.events.payload import Payload
from dateline.events.quoting import find, same
from dateline.events.story import StoryRetitled

TEXT = (
    "KYIV, Oct 13 (Reuters) - “We’re helping people leave”, the governor said.\r\n"
    "The governor said on Telegram 🙂 that the first group would arrive on Oct 14 – or later.\r\n"
)


def evidence(exact: str, **given_: object) -> Evidence:
    return Evidence(role="content", exact=exact, **given_)  # type: ignore[arg-type]


def fact(*items: Evidence, number: str = "") -> AssessmentRecorded:
    return AssessmentRecorded(
        fact=number, text="A sentence.", source="sha256:00", evidence=items, effect="leaves"
    )


def done(payload: Payload, text: str | None = TEXT) -> tuple[Evidence, ...]:
    completed, findings = complete(payload, text, "f7")
    assert findings == []
    assert isinstance(completed, AssessmentRecorded | EvidenceAdded)
    return completed.evidence


def finding(item: Evidence, text: str = TEXT) -> Finding:
    payload = fact(item)
    completed, (found,) = complete(payload, text, "f7")
    assert isinstance(completed, AssessmentRecorded)
    assert completed.evidence == payload.evidence
    return found


# --- meaning, by example


def test_a_quotation_alone_gets_its_place_and_context() -> None:
    (item,) = done(fact(evidence("first group")))
    assert item == evidence(
        "first group",
        start=TEXT.index("first group"),
        end=TEXT.index("first group") + len("first group"),
        prefix=" on Telegram 🙂 that the ",
        suffix=" would arrive on Oct 14 ",
    )
    assert len(item.prefix or "") == len(item.suffix or "") == CONTEXT


def test_at_the_edges_the_context_is_shorter() -> None:
    (item,) = done(fact(evidence(TEXT)))
    assert (item.start, item.end, item.prefix, item.suffix) == (0, len(TEXT), "", "")


def test_a_fact_without_an_id_gets_the_next_one_and_a_given_id_is_kept() -> None:
    for given_, number in (("", "f7"), ("f3", "f3")):
        completed, _ = complete(fact(number=given_), TEXT, "f7")
        assert isinstance(completed, AssessmentRecorded)
        assert completed.fact == number


def test_evidence_added_later_is_completed_too() -> None:
    (item,) = done(EvidenceAdded(fact="f1", evidence=(evidence("Oct 14"),)))
    assert (item.start, item.end) == (TEXT.index("Oct 14"), TEXT.index("Oct 14") + 6)


def test_without_a_source_or_evidence_nothing_is_completed() -> None:
    payload = fact(evidence("Oct 13"), number="f1")
    assert complete(payload, None, "f7") == (payload, [])
    title = StoryRetitled(title="Oct 13")
    assert complete(title, TEXT, "f7") == (title, [])


def test_several_places_are_an_error_that_lists_them() -> None:
    found = finding(evidence("overnor said"))
    assert (found.rule, found.field) == ("evidence-ambiguous", "/evidence/0/exact")
    assert "occurs 2 times" in found.reason
    first, second = TEXT.index("overnor said"), TEXT.rindex("overnor said")
    assert f"{first}-{first + 12} (…" in found.reason
    assert f"{second}-{second + 12} (…" in found.reason
    assert "people leave”, the g[overnor said].\r\nThe governor said on …" in found.reason


def test_overlapping_places_are_counted_separately() -> None:
    assert "at 0-2 (…[aa]a…); 1-3 (…a[aa]…)" in finding(evidence("aa"), "aaa").reason


def test_only_the_first_of_very_many_places_are_listed() -> None:
    reason = finding(evidence("ab"), "ab" * 500).reason
    assert "occurs 500 times" in reason
    assert "and 492 more" in reason
    assert len(reason) < 1000


@pytest.mark.parametrize(
    ("given_", "which"),
    [
        ({"prefix": "“We’re helping people leave”, the g"}, "first"),
        ({"suffix": ".\r\n"}, "first"),
        ({"prefix": "\nThe g"}, "second"),
        ({"suffix": " on Telegram"}, "second"),
        ({"prefix": "he g", "suffix": " on"}, "second"),
    ],
)
def test_a_prefix_or_suffix_selects_one_of_several_places(
    given_: dict[str, object], which: str
) -> None:
    (item,) = done(fact(evidence("overnor said", **given_)))
    start = TEXT.index("overnor said") if which == "first" else TEXT.rindex("overnor said")
    assert (item.start, item.end) == (start, start + 12)
    for key, value in given_.items():
        assert getattr(item, key) == value


def test_a_quotation_with_the_wrong_context_is_not_reported_as_absent() -> None:
    found = finding(evidence("Oct 13", prefix="on "))
    assert found.rule == "evidence-missing"
    assert found.reason == "'Oct 13' is in the source, but not between the prefix and suffix given"


@pytest.mark.parametrize(
    ("exact", "there"),
    [
        ("said. The Governor", "said.\r\nThe governor"),  # case
        ("the ﬁrst Group", "the first group"),
    ],
)
def test_similar_words_in_the_source_are_suggested(exact: str, there: str) -> None:
    found = finding(evidence(exact))
    start = TEXT.index(there)
    assert (found.rule, found.field) == ("evidence-missing", "/evidence/0/exact")
    assert found.reason == (
        f"{exact!r} is not in the source; the source has {there!r}, at {start}-{start + len(there)}"
    )


@pytest.mark.parametrize("exact", ["Oct 15", "", " \n", "(.*)", "Oct. 31 Router"])
def test_a_quotation_that_is_not_there_is_missing(exact: str) -> None:
    found = finding(evidence(exact))
    assert found.rule == "evidence-missing"
    assert found.reason == f"{exact!r} is not in the source"


def test_every_item_that_cannot_be_located_is_named() -> None:
    payload = fact(evidence("Oct"), evidence("Oct 13"), evidence("Nov"))
    completed, findings = complete(payload, TEXT, "f7")
    assert isinstance(completed, AssessmentRecorded)
    assert completed.evidence == payload.evidence
    assert [(found.rule, found.field) for found in findings] == [
        ("evidence-ambiguous", "/evidence/0/exact"),
        ("evidence-missing", "/evidence/2/exact"),
    ]


# --- laws

_texts = st.lists(
    st.one_of(
        st.sampled_from(
            ["🙂", "👩\u200d🚒", "🇺🇦", "\r\n", "\n", "é", "e\u0301", "Kherson", " ", "“", "a"]
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=40,
).map("".join)


@st.composite
def _quoted(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(_texts)
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def _count(exact: str, text: str) -> int:
    return sum(text.startswith(exact, at) for at in range(len(text)))


@given(_quoted())
def test_a_quotation_is_located_or_reported_as_ambiguous(quoted: tuple[str, int, int]) -> None:
    text, start, end = quoted
    exact = text[start:end]
    found = locate(evidence(exact), text, "/e")
    if _count(exact, text) > 1:
        assert isinstance(found, Finding)
        assert found.rule == "evidence-ambiguous"
        assert f"occurs {_count(exact, text)} times" in found.reason
    else:
        assert isinstance(found, Evidence)
        assert (found.start, found.end) == (start, end)
        assert text[found.start : found.end] == exact
        assert text[: found.start].endswith(found.prefix or "")
        assert text[found.end :].startswith(found.suffix or "")
        assert len(found.prefix or "") == min(CONTEXT, start)
        assert len(found.suffix or "") == min(CONTEXT, len(text) - end)


@given(_quoted(), st.sampled_from(["start", "end", "both"]))
def test_a_given_place_is_kept_even_if_there_are_others(
    quoted: tuple[str, int, int], which: str
) -> None:
    text, start, end = quoted
    item = evidence(
        text[start:end],
        start=None if which == "end" else start,
        end=None if which == "start" else end,
    )
    found = locate(item, text, "/e")
    assert isinstance(found, Evidence)
    assert (found.start, found.end) == (start, end)
    assert locate(found, text, "/e") == found


@given(_quoted())
def test_the_full_context_leaves_one_place(quoted: tuple[str, int, int]) -> None:
    text, start, end = quoted
    item = evidence(text[start:end], prefix=text[:start], suffix=text[end:])
    found = locate(item, text, "/e")
    assert isinstance(found, Evidence)
    assert (found.start, found.end) == (start, end)


@given(_texts, _texts)
def test_a_quotation_that_is_not_in_the_source_is_never_placed(text: str, exact: str) -> None:
    """One that is a copy of other words has these words recorded."""
    found = locate(evidence(exact), text, "/e")
    there = _count(exact, text) or len(find(exact, text))
    assert isinstance(found, Evidence) == (there == 1)
    if isinstance(found, Evidence):
        assert text[found.start : found.end] == found.exact
        assert found.exact == exact or same(exact, found.exact)
