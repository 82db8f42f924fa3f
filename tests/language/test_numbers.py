"""The numbers that a text says, in digits and words of six languages."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from dateline.doubts.values import contradicts
from dateline.language.number_words import LANGUAGES, words
from dateline.language.numbers import numbers, says_plainly


def table() -> ModuleType:
    path = Path(__file__).with_name("number_pairs.py")
    spec = importlib.util.spec_from_file_location("number_pairs", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_words_contradict_other_numbers_and_no_right_one() -> None:
    false_alarms, missed = [], []
    for language, text, right, wrong in table().PAIRS:
        known = [language] if language else []
        false_alarms += [(text, value) for value in right if contradicts(text, value, known)]
        missed += [(text, value) for value in wrong if not contradicts(text, value, known)]
        if not right:
            false_alarms += [
                (text, value) for value in (1, 7, 300) if contradicts(text, value, known)
            ]
    assert (false_alarms, missed) == ([], [])


def test_a_language_that_is_not_known_raises_fewer_doubts_and_no_others() -> None:
    pairs = table().PAIRS
    assert {language for language, *_ in pairs} >= set(LANGUAGES)
    false_alarms = [
        (text, value) for _, text, right, _ in pairs for value in right if contradicts(text, value)
    ]
    assert false_alarms == []
    assert contradicts("siebenundzwanzig", 72) and contradicts("двадцять сім", 72)
    assert not contradicts("once again", 143), "eleven in Spanish"


def test_each_number_has_its_place_its_values_and_its_kind() -> None:
    text = "On 4 March several of the 27 houses, 45 per cent, and the third dam: a half"
    found = [(text[n.start : n.end], n.values, n.kind) for n in numbers(text, ["en"])]
    assert found == [
        ("4", (4,), "date"), ("several", (), "unknown"), ("27", (27,), "cardinal"),
        ("45", (45, 0.45), "percent"), ("third", (3,), "ordinal"), ("a half", (0.5, 50), "fraction"),
    ]  # fmt: skip


@given(st.integers(0, 10**9), st.sampled_from(LANGUAGES))
def test_digits_say_their_number_in_every_language(value: int, language: str) -> None:
    for text in (f"{value}", f"{value:,}".replace(",", "\u202f"), f"some {value} or so"):
        assert any(value in number.values for number in numbers(text, [language])), text


@given(
    st.lists(st.sampled_from(sorted({w for code in LANGUAGES for w in words(code)})), max_size=8)
)
def test_number_words_in_any_order_are_read_without_an_error(some: list[str]) -> None:
    for language in ("", *LANGUAGES):
        found = numbers(" ".join(some), [language])
        assert all(math.isfinite(value) for number in found for value in number.values)
        assert [n.start for n in found] == sorted({n.start for n in found})


def test_absurdly_large_numbers_are_read_without_an_error() -> None:
    for text in ("trillion " * 40, "5 " + "trillion " * 40, "mil millones " * 30, "9" * 400):
        assert all(value <= 10**24 for number in numbers(text) for value in number.values)


@given(st.text(max_size=40), st.integers(-5, 10**6))
def test_any_text_is_read_without_an_error(text: str, value: int) -> None:
    numbers(text)
    if says_plainly(text, value):
        assert not contradicts(text, value)
