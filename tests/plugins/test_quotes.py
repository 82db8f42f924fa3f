"""What the bundled proposer finds in a text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.plugin import Known
from dateline_quotes import Quotes

KNOWN = Known(
    story="quay",
    source="sha256:0",
    publisher="org:courier",
    published="2022-10-13",
    language="en",
    names={"org:courier": ("Quay Courier",), "person:mara-roe": ("Mara Roe", "M. Roe")},
)


def facts(text: str, known: Known = KNOWN) -> list[dict[str, Any]]:
    return [dict(candidate.fields) for candidate in Quotes().propose(text, known)]


def statements(text: str) -> list[tuple[str, str, str]]:
    """Who said it, how, and what, of each statement."""
    return [
        (_names(fact["speakers"]), fact["mode"], _content(text, fact))
        for fact in facts(text)
        if fact["type"] == "statement.recorded"
    ]


def _names(entities: list[str]) -> str:
    return " and ".join(one.partition("=")[2] or one for one in entities)


def _content(text: str, fact: dict[str, Any]) -> str:
    items = [item for item in fact["evidence"] if item["role"] == "content"]
    return " ... ".join(text[item["start"] : item["end"]] for item in items)


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ('"The quay is open," Ida Brandt said.', "Ida Brandt", "The quay is open"),
        ("“The quay is open,” said Ida Brandt, a pilot.", "Ida Brandt", "The quay is open"),
        ("«The quay is open», Ida Brandt said.", "Ida Brandt", "The quay is open"),
        ("''The quay is open,'' Ida Brandt said.", "Ida Brandt", "The quay is open"),
        ("‘The quay is open,’ Ida Brandt said.", "Ida Brandt", "The quay is open"),
        ("“The quay is open,’’ Ida Brandt said.", "Ida Brandt", "The quay is open"),
        (
            "“It is open,” Ida Brandt, a clerk of the port, told the BBC.",
            "Ida Brandt",
            "It is open",
        ),
        ("“Is it open?” Ida Brandt asked.", "Ida Brandt", "Is it open?"),
        ("Ida Brandt, 52, of Quay, said: “It is open.”", "Ida Brandt", "It is open."),
        ("“It is ‘open,’” Ida Brandt said.", "Ida Brandt", "It is ‘open"),
        ("“It is open.” — Ida Brandt", "Ida Brandt", "It is open."),
        ("Ida Brandt spoke on Monday.\n“It is open,” she said.", "Ida Brandt", "It is open"),
        ("Ida Brandt (R-Quay) said:\n\n“It is open.”", "Ida Brandt", "It is open."),
        (
            "“It is open,” Ida Brandt said. “We sail today.”",
            "Ida Brandt",
            "It is open ... We sail today.",
        ),
        (
            "“It is open,” Ida Brandt said, “and we sail today.”",
            "Ida Brandt",
            "It is open ... and we sail today.",
        ),
    ],
)
def test_a_direct_quotation_has_its_speaker(text: str, speaker: str, words: str) -> None:
    assert statements(text) == [(speaker, "direct", words)]


def test_a_quotation_goes_on_in_the_next_paragraph() -> None:
    text = "“It is open,” Ida Brandt said. “We waited.\n\n“We sail today.”\n\nShe left."
    assert [(who, what) for who, _, what in statements(text)] == [
        ("Ida Brandt", "It is open ... We waited."),
        ("Ida Brandt", "We sail today."),
    ]


@pytest.mark.parametrize(
    ("text", "speaker", "words"),
    [
        ("Ida Brandt said that the quay was open.", "Ida Brandt", "the quay was open"),
        ("The quay was open, the mayor said.", "mayor", "The quay was open"),
        ("According to the mayor, the quay was open.", "mayor", "the quay was open"),
        ("Ida Brandt pointed out that it was open.", "Ida Brandt", "it was open"),
        ("Ida Brandt told the few who came that it was open.", "Ida Brandt", "it was open"),
        ("The quay was open, according to Ida Brandt.", "Ida Brandt", "The quay was open"),
        ("Port officials told reporters that it was open.", "Port officials", "it was open"),
        ("On Monday, Mara Roe vowed to open the quay.", "person:mara-roe", "to open the quay"),
        ("Mr. Roe denied the report.", "person:mara-roe", "the report"),
        ("The plan was condemned by Ida Brandt.", "Ida Brandt", "The plan"),
    ],
)
def test_an_indirect_quotation_has_its_speaker(text: str, speaker: str, words: str) -> None:
    assert statements(text) == [(speaker, "indirect", words)]


def test_the_statements_of_one_sentence_are_told_apart() -> None:
    text = "Ida Brandt said it was open, adding that ships “sail every day”, but Mr. Lund said it was shut."
    assert statements(text) == [
        ("Ida Brandt", "indirect", "it was open"),
        ("Ida Brandt", "mixed", "ships “sail every day”"),
        ("Lund", "indirect", "it was shut"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "TASS quoted the governor of Quay, Ida Brandt, as saying that it was open.",
        "Ida Brandt was quoted by TASS as saying that it was open.",
        "Ida Brandt, quoted by TASS, said it was open.",
        "Ida Brandt told the TASS news agency that it was open.",
        "TASS reported, citing Ida Brandt, that it was open.",
        "Ida Brandt said that it was open, TASS reported.",
        "Ida Brandt said that it was open, according to TASS.",
    ],
)
def test_an_agency_relays_what_a_speaker_said(text: str) -> None:
    [fact] = facts(text)
    assert _names(fact["speakers"]) == "Ida Brandt"
    assert fact["via"] == ["org:tass=TASS"]
    assert _content(text, fact) == "it was open"


def test_words_after_a_quotation_make_it_a_mixed_one() -> None:
    [fact] = facts("Ida Brandt said “it is open again” at last.")
    assert (fact["mode"], fact["quote"]) == ("mixed", "it is open again")


def test_a_statement_about_a_statement_is_another_one() -> None:
    assert statements("Ida Brandt denied that it was open, Mr. Lund said.") == [
        ("Ida Brandt", "indirect", "it was open"),
        ("Lund", "indirect", "Ida Brandt denied that it was open"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “open quay” was closed on Monday.",
        "The report was on the table. He left the room.",
        "The alleged thief fled.",
        "It is 5'10\" long.",
        "",
        "I say that you said it.",
        "The port added 40 ships.",
        "Ida Brandt found a seat.",
        "Ida Brandt did not say that it was open.",
        "Ida Brandt wouldn't say whether it was open.",
    ],
)
def test_other_words_are_no_statements(text: str) -> None:
    assert statements(text) == []


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Mayor Ida Brandt met Jan Lund. The mayor said it was open.", ["Ida Brandt"]),
        ("The mayor of Quay, Ida Brandt, left. The mayor said it was open.", ["Ida Brandt"]),
        ("Mr. Lund met Mrs. Brandt. She said it was open.", ["Brandt"]),
        ("Mr. Doe met Mr. Lund. He said it was open.", ["Doe"]),
        ("Ida Brandt said no word was true. Brandt said it was open.", ["Ida Brandt"] * 2),
        ("Kyiv and the West said that it was open.", ["Kyiv and West"]),
        ("The clerk of Ida Brandt said it was open.", ["clerk of Ida Brandt"]),
        ("Ida Brandt, clerk of the Port of Quay, said it was open.", ["Ida Brandt"]),
        ("Ida Brandt of Lund, Sweden, said it was open.", ["Ida Brandt"]),
        ("Ida Brandt, who was in Lund, Sweden, said it was open.", ["Ida Brandt"]),
        ("Ida Brandt, 52, a member of the Quay Board, said it was open.", ["Ida Brandt"]),
        ("The clerk, Ida Brandt, said it was open.", ["Ida Brandt"]),
        ("Ships sail again, said Ida Brandt, the clerk.", ["Ida Brandt"]),
        ("Even Ida Brandt said it was open.", ["Ida Brandt"]),
        ("Ida Brandt said Mr. Lund left. “It is open,” she said.", ["Ida Brandt"] * 2),
        ("Mr. Lund's aide, Tom Roe, left. He said it was open.", ["Tom Roe"]),
        ("Ida Brandt, a pilot, left Port Alder. She said it was open.", ["Ida Brandt"]),
        ("Ida Brandt, a pilot, left. Port Alder was full. She said it was open.", ["Ida Brandt"]),
        (
            "Mrs. Lund was late, Ida Brandt, a pilot, said. Port Alder was full. She said it was open.",
            ["Ida Brandt"] * 2,
        ),
        (
            "Despite rain, Ida Brandt, a pilot, met Mr. Lund. She said it was open.",
            ["Ida Brandt"],
        ),
        ("Jan Roe, a pilot, said it was open. Mr. Lund, he added, was late.", ["Jan Roe"] * 2),
        ("Ida Brandt of the Quay Board left. Brandt said it was open.", ["Ida Brandt"]),
    ],
)
def test_pronouns_offices_and_surnames_are_of_the_last_who_fits(
    text: str, speakers: list[str]
) -> None:
    assert [who for who, _, _ in statements(text)] == speakers


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("More than 40 ships sailed.", {"lower": 40, "lower_inclusive": False, "measure": "ships"}),
        ("At least twelve people fled.", {"lower": 12, "measure": "people"}),
        ("There 143 of 193 states voted.", {"value": 143, "of": 193, "measure": "states"}),
        ("Hundreds of thousands of people fled.", {"lower": 200_000, "measure": "people"}),
        ("Now half of the ships are lost.", {"value": 0.5, "measure": "ships"}),
        (
            "Most of the ships are lost.",
            {"lower": 0.5, "lower_inclusive": False, "measure": "ships"},
        ),
        ("About 15 percent of voters left.", {"value": 15, "approximate": True, "unit": "percent"}),
        ("It cost $1.5 million in aid.", {"value": 1_500_000, "unit": "dollars", "measure": "aid"}),
        ("Ida Brandt said it cost $10,000 to $20,000 a year.", {"lower": 10_000, "upper": 20_000}),
        ("Between 20 and 30 ships left.", {"lower": 20, "upper": 30}),
        ("Approximately 40 ships sailed.", {"value": 40, "approximate": True}),
        ("Two pilots left.", {"value": 2, "measure": "pilots"}),
        ("Nearly four dozen ships left.", {"value": 48, "measure": "ships"}),
        (
            "Half a million registered voters left.",
            {"value": 500_000, "measure": "registered voters"},
        ),
        ("It sold $70M bonds.", {"value": 70_000_000, "measure": "bonds"}),
        ("It was a $2.5 billion rescue package.", {"measure": "rescue package"}),
        ("It sank from $70 billion to nothing.", {"value": 70_000_000_000}),
        (
            "It cost between $5 million and $7 million in aid.",
            {"lower": 5_000_000, "upper": 7_000_000},
        ),
        ("Fees of more than $5 to $9 were paid.", {"lower": 5, "upper": 9}),
        ("Two men left between two ships.", {"value": 2, "measure": "men"}),
        ("In excess of 40 ships left.", {"lower": 40, "lower_inclusive": False}),
        ("The number climbs up to 6 ships.", {"value": 6}),
        ("The inflation rate rose to 4.1 percent.", {"measure": "inflation rate"}),
        ("Sixty-one percent of voters left.", {"value": 61, "unit": "percent"}),
        ("It had a retail price of $40 then.", {"value": 40, "measure": "retail price"}),
        ("Ship sales of the port are down 12.3 percent.", {"measure": "Ship sales"}),
        ("The clerk says it is 4 percent.", {"measure": "share"}),
        ("15 percent of Ebb's licensed drivers left.", {"measure": "Ebb's licensed drivers"}),
        ("About 40 ships moored there left.", {"measure": "ships"}),
        ("It came before the Oct. 9 referendum.", None),
        ("The Nebula 2 isn't the only one.", None),
        ("A Type 2 patient left.", None),
        ("Its 320 neo jet left.", None),
        ("From 2010 to 2013 ships sailed.", None),
        ("They led the first 10 ships.", None),
        ("It was one of the two kinds.", None),
        ("Ebb 3 ships 14 Lund 2 ships 9", None),
        ("About nine in 10 voters left.", {"of": 10, "measure": "voters"}),
        ("In 2014 ships sailed for two days.", None),
        ("The four ships left on 3 May.", None),
    ],
)
def test_a_figure_has_its_bounds_and_what_it_counts(
    text: str, fields: dict[str, Any] | None
) -> None:
    found = [one["quantities"][0] for one in facts(text) if one["type"] == "figure.recorded"]
    assert len(found) == (0 if fields is None else 1)
    for name, value in (fields or {}).items():
        assert found[0][name] == value


def test_a_figure_has_its_sentence_alone() -> None:
    text = "The quay was shut. About 40 ships left. It is open."
    [fact] = facts(text)
    assert _content(text, fact) == "About 40 ships left."


def test_a_figure_comes_from_who_says_it() -> None:
    found = facts("TASS quoted Ida Brandt as saying that 40 ships sailed.")[1]
    assert [(step["role"], step["agent"]) for step in found["attribution"]] == [
        ("origin", "person:ida-brandt=Ida Brandt"),
        ("relay", "org:tass=TASS"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "edtf"),
    [
        ("Ida Brandt said on Thursday that it was open.", "said", "2022-10-13"),
        ("Ida Brandt said on Wednesday that it was open.", "said", "2022-10-12"),
        ("Ida Brandt said ships will sail on Friday.", "valid", "2022-10-14"),
        ("Ida Brandt said it was shut last month.", "valid", "2022-09"),
        ("Ida Brandt said it was shut in 2014.", "valid", "2014"),
        ("Ida Brandt said it was shut on 3 May.", "valid", "2022-05-03"),
        ("Ida Brandt said it grew in the third quarter.", "valid", "2022-07/2022-09"),
        ("Ida Brandt said it was shut two years ago.", "valid", "2020"),
        ("Ida Brandt said on Friday that ships will sail.", "said", "2022-10-07"),
        (
            "Ida Brandt said it was announced on Monday and that it will open.",
            "valid",
            "2022-10-10",
        ),
        ("Ida Brandt said it was built for its 2014 congress.", "valid", "2014"),
        ("Ida Brandt said it was built in the early 1980s.", "valid", "198X"),
        ("QUAY, Oct. 12 (Courier) - Ida Brandt said on Tuesday it was open.", "said", "2022-10-11"),
    ],
)
def test_dates_count_from_the_day_of_the_source(text: str, name: str, edtf: str) -> None:
    [fact] = facts(text)
    assert fact["times"][name]["edtf"] == edtf


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ida Brandt, who retires on Friday, said it was open.", "said"),
        ("Ida Brandt said the quay, which was built in 2014, was open.", "valid"),
        ("Ida Brandt now says it is open to everybody.", "said"),
        ("Ida Brandt said it is now open to everybody.", "valid"),
        ("By next month, Ida Brandt said it was open.", "said"),
    ],
)
def test_a_date_beside_a_statement_is_not_its_own(text: str, name: str) -> None:
    [fact] = facts(text)
    assert name not in fact.get("times", {})


@pytest.mark.parametrize(
    "text",
    [
        "In all, 143 of 193 countries condemned the vote.",
        "On Thursday morning said they had left.",
        "Sixty percent said they had left.",
        "She was one of the women who said they had left.",
    ],
)
def test_a_number_a_day_or_half_a_clause_is_no_speaker(text: str) -> None:
    assert statements(text) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("The plan was sharply condemned by Ida Brandt.", "Ida Brandt sharply condemned the plan"),
        ("The quay was open, the mayor of Quay said.", "The mayor of Quay said: The quay was open"),
        (
            "Ida Brandt has often said that it was open.",
            "Ida Brandt has often said that it was open",
        ),
        ("The quay, Ida Brandt said, would be open.", "Ida Brandt said: The quay would be open"),
        ("Ida Brandt said, however, that it was open.", "Ida Brandt said: it was open"),
        (
            "The owners of Quay, however, say that it was open.",
            "The owners of Quay say that it was open",
        ),
        (
            "People who know Ida Brandt say it was open.",
            "People who know Ida Brandt say it was open",
        ),
        ("The quay, according to Ida Brandt, is open.", "Ida Brandt said: The quay is open"),
        ("The quay was open, according to early reports.", "Early reports said: The quay was open"),
        ("But according to Ida Brandt, it was open.", "Ida Brandt said: it was open"),
        ("Brandt was glad — “It is open,” Ida Brandt said.", 'Ida Brandt said: "It is open"'),
        (
            "UPDATE. QUAY, Sweden — The quay is open, Ida Brandt said.",
            "Ida Brandt said: The quay is open",
        ),
        ("Gov. Ida Brandt left the quay, saying it was open.", "Ida Brandt said it was open"),
        ("“It is open,” Ida Brandt told reporters.", 'Ida Brandt told reporters: "It is open"'),
        ("Ida Brandt left, adding that it was open.", "Ida Brandt added that it was open"),
        ("Ida Brandt said, it was open.", "Ida Brandt said: it was open"),
        ("“It is open,” Ida Brandt said.", 'Ida Brandt said: "It is open"'),
    ],
)
def test_a_statement_reads_as_a_sentence(text: str, sentence: str) -> None:
    assert [fact["text"] for fact in facts(text)] == [sentence]


def test_a_text_in_another_language_has_no_proposals() -> None:
    text = "„Der Kai ist offen“, sagte Ida Brandt am Montag, und 40 Schiffe fuhren ab."
    assert facts(text, Known(story="quay", source="s", publisher="org:courier")) == []


_WORDS = st.sampled_from(
    [
        '"',
        "“",
        "”",
        "''",
        "'",
        "‘",
        "’",
        "«",
        "»",
        ",",
        ".",
        "?",
        "!",
        ":",
        ";",
        "—",
        "(",
        ")",
        "\n",
        "said",
        "says",
        "that",
        "Roe",
        "Ida",
        "Mr.",
        "the",
        "governor",
        "he",
        "she",
        "told",
        "TASS",
        "quoted",
        "as",
        "saying",
        "by",
        "according",
        "to",
        "40",
        "of",
        "193",
        "more",
        "than",
        "half",
        "Monday",
        "last",
        "year",
        "2014",
        "and",
        "but",
        "a",
        "U.N.",
        "$5",
        "million",
        "%",
        "é",
        "😀",
        "\x00",
        "\u2028",
    ]
)


@given(st.lists(_WORDS, max_size=60).map(" ".join))
def test_every_fact_quotes_the_text(text: str) -> None:
    for fact in facts(text):
        assert fact["evidence"]
        for item in fact["evidence"]:
            assert 0 <= item["start"] < item["end"] <= len(text)
        assert fact.get("quote", "") in text
        assert all(one["verbatim"] in text for one in fact.get("quantities", ()))


def test_time_grows_with_the_text_even_for_marks_alone() -> None:
    def seconds(size: int) -> float:
        began = time.process_time()
        facts('"' * size)
        return time.process_time() - began

    assert seconds(1_000_000) < 20 * max(seconds(125_000), 0.05)
