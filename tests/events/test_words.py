"""Numbers, quantities and chains in the words that an editor would print."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.events.parts import Quantity, Step
from dateline.events.words import chain_arrows, chain_words, number_words, quantity_words

NAMES = {
    "person:golubev": "Vasily Golubev",
    "org:tass": "TASS",
    "org:reuters": "Reuters",
    "org:interfax": "Interfax",
}
GOLUBEV = Step(agent="person:golubev", role="origin")
TASS = Step(agent="org:tass", role="relay")
INTERFAX = Step(agent="org:interfax", role="relay", inferred=True)
REUTERS = Step(agent="org:reuters", role="publisher")


def quantity(verbatim: str = "as given", **fields: Any) -> Quantity:
    return Quantity(measure="residents", verbatim=verbatim, **fields)


# --- numbers


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0, None, "0"),
        (4, "region", "4"),
        (1250, "person", "1,250"),
        (1250.0, "person", "1,250"),
        (-1250, None, "-1,250"),
        (1234567.5, None, "1,234,567.5"),
        (0.1, None, "0.1"),
        (1e-7, None, "0.0000001"),
        (-0.0, None, "0"),
        (2**53 - 1, None, "9,007,199,254,740,991"),
        (0.5, "fraction", "50%"),
        (1, "fraction", "100%"),
        (0, "fraction", "0%"),
        (0.57, "fraction", "57%"),  # 0.57 * 100 is 56.99999999999999
        (0.125, "fraction", "12.5%"),
        (1e-9, "fraction", "0.0000001%"),
        (12.5, "fraction", "1,250%"),
    ],
)
def test_a_number_is_written_in_full(value: float, unit: str | None, words: str) -> None:
    assert number_words(value, unit) == words


_numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-(2.0**53), 2.0**53, allow_nan=False, allow_infinity=False),
)


@given(_numbers)
def test_the_words_of_a_number_read_back_as_the_number(value: float) -> None:
    assert float(number_words(value).replace(",", "")) == value


@given(st.floats(0, 1))
def test_a_share_loses_no_digit(value: float) -> None:
    words = number_words(value, "fraction")
    assert words.endswith("%")
    assert Decimal(words[:-1].replace(",", "")) == Decimal(str(value)) * 100


# --- quantities


@pytest.mark.parametrize(
    ("given_as", "words"),
    [
        (quantity("143 of 193 countries", value=143, of=193), "143 of 193"),
        (quantity("four", value=4), "4"),
        (
            quantity("hundreds of thousands", lower=200000, upper=999999, approximate=True),
            "200,000 to 999,999, given as 'hundreds of thousands'",
        ),
        (
            quantity("half", value=0.5, unit="fraction", approximate=True),
            "about 50%, given as 'half'",
        ),
        (
            quantity("some of the four", lower=1, upper=3, of=4),
            "1 to 3 of 4, given as 'some of the four'",
        ),
        # a bound is inclusive unless it is marked as exclusive
        (
            quantity(
                "Most",
                unit="fraction",
                lower=0.5,
                upper=1,
                lower_inclusive=False,
                upper_inclusive=False,
            ),
            "more than 50% and less than 100%, given as 'Most'",
        ),
        (
            quantity("up to ten, some", lower=0, upper=10, lower_inclusive=False),
            "more than 0 and at most 10, given as 'up to ten, some'",
        ),
        (
            quantity("one, not ten", lower=1, upper=10, upper_inclusive=False),
            "at least 1 and less than 10, given as 'one, not ten'",
        ),
        (quantity("at least 50", lower=50), "at least 50, given as 'at least 50'"),
        (
            quantity("over 50", lower=50, lower_inclusive=False),
            "more than 50, given as 'over 50'",
        ),
        (quantity("up to 50", upper=50), "at most 50, given as 'up to 50'"),
        (
            quantity("under 50", upper=50, upper_inclusive=False),
            "less than 50, given as 'under 50'",
        ),
        # zero is a number
        (quantity("none", value=0), "0"),
        (quantity("not one to two", lower=0, upper=2), "0 to 2, given as 'not one to two'"),
        (quantity("no more", upper=0), "at most 0, given as 'no more'"),
        # places in an order
        (quantity("a first group", ordinal=1), "first, given as 'a first group'"),
        (quantity("the ninth", ordinal=9), "ninth, given as 'the ninth'"),
        (quantity("the 21st", ordinal=21), "number 21, given as 'the 21st'"),
        (quantity("minus one", ordinal=-1), "number -1, given as 'minus one'"),
        # no number at all
        (quantity("several"), "given as 'several'"),
    ],
)
def test_a_quantity_reads(given_as: Quantity, words: str) -> None:
    assert quantity_words(given_as) == words


@given(_numbers, _numbers)
def test_bounds_never_become_a_value(lower: float, upper: float) -> None:
    words = quantity_words(quantity("a few", lower=lower, upper=upper))
    assert words == f"{number_words(lower)} to {number_words(upper)}, given as 'a few'"


@given(_numbers)
def test_an_approximate_value_is_marked_and_quotes_the_source(value: float) -> None:
    words = quantity_words(quantity("some", value=value, approximate=True))
    assert words == f"about {number_words(value)}, given as 'some'"


# --- chains


@pytest.mark.parametrize(
    ("steps", "words", "arrows"),
    [
        ([], "", ""),
        ([REUTERS], "Reuters", "Reuters"),
        ([GOLUBEV, REUTERS], "Vasily Golubev, in Reuters", "Vasily Golubev › Reuters"),
        (
            [GOLUBEV, TASS, REUTERS],
            "Vasily Golubev, quoted by TASS, in Reuters",
            "Vasily Golubev › TASS › Reuters",
        ),
        (
            [GOLUBEV, INTERFAX, TASS, REUTERS],
            "Vasily Golubev, quoted by Interfax (inferred), quoted by TASS, in Reuters",
            "Vasily Golubev › Interfax › TASS › Reuters",
        ),
        (
            [Step(agent="org:tass", role="origin", inferred=True), REUTERS],
            "TASS (inferred), in Reuters",
            "TASS › Reuters",
        ),
    ],
)
def test_a_chain_runs_from_origin_to_publisher(steps: list[Step], words: str, arrows: str) -> None:
    assert chain_words(steps, NAMES.__getitem__) == words
    assert chain_arrows(steps, NAMES.__getitem__) == arrows


@given(st.lists(st.sampled_from([GOLUBEV, TASS, INTERFAX, REUTERS]), min_size=1))
def test_a_chain_names_every_step_in_order(steps: list[Step]) -> None:
    words = chain_words(steps, NAMES.__getitem__)
    at = 0
    for step in steps:
        at = words.index(NAMES[step.agent], at) + 1
    assert chain_arrows(steps, NAMES.__getitem__).split(" › ") == [NAMES[s.agent] for s in steps]
