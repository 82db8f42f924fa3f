"""Dates as people write them: what each expression means, and that none is misread."""

from __future__ import annotations

import re
import string
import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dateline.events import edtf
from dateline.language.dates import LONGEST, NotADate, Tense, UnclearDate, Understood, understand
from dateline.language.dates.around import OPERATIONS, SPANS
from dateline.language.dates.finding import dates_in
from dateline.language.dates.forms import DateWords, shapes
from dateline.language.dates.meaning import READINGS, Context
from dateline.language.dates.tokens import Time
from dateline.language.dates.words import LANGUAGES, words_of
from dateline.language.reporting import dates_of_saying
from dateline.language.tense import reports_the_past

EXPRESSIONS = Path(__file__).with_name("expressions.txt")
PAGE = Path(__file__).parents[2] / "docs/dates.md"
FRIDAY = "2024-05-17"
PIECES = """since until from to and the of on in 3 12. 31 may märz mai травня monday lundi last
letzten минулого week тижня 2024 14:30 utc 03/04/2025 12.05. - / , ago vor тому about 1990s 1st"""
WORDS = st.text(max_size=30) | st.lists(st.sampled_from(PIECES.split()), max_size=9).map(" ".join)


def expressions() -> Iterator[tuple[list[str], str | None, str, str]]:
    """(languages, the source's date, the expression, what it means) of each line of the table."""
    for line in EXPRESSIONS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            languages, published, text, means = (part.strip() for part in line.split(" | "))
            day = {"none": None, "=": FRIDAY}.get(published, published)
            yield [] if languages == "none" else languages.split(","), day, text, means


def meaning(text: str, languages: list[str], published: str | None, tense: Tense = "") -> str:
    """What is understood, in the form of the table."""
    try:
        return understand(text, languages=languages, published=published, tense=tense).edtf
    except UnclearDate as unclear:
        return "? " + " ; ".join(choice for choice, _ in unclear.choices)
    except NotADate:
        return "-"


def test_every_expression_of_the_table_means_what_it_says() -> None:
    rows = list(expressions())
    assert len(rows) > 350 and {row[0][0] for row in rows if row[0]} >= set(LANGUAGES)
    wrong = [
        (text, means, found)
        for languages, published, text, means in rows
        if (found := meaning(text, languages, published)) != means
    ]
    assert wrong == []


def test_the_page_of_accepted_forms_says_what_they_mean() -> None:
    rows = re.findall(r"^\| (\S+) \| (`.*`) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 80
    for language, texts, means in rows:
        expected = "-" if means == "refused" else means.replace(", ", " ; ")
        for text in re.findall(r"`([^`]+)`", texts):
            assert meaning(text, [language], FRIDAY) == expected, text


def test_what_was_understood_says_where_it_comes_from() -> None:
    found = understand(" last month ", published=FRIDAY)
    assert found == Understood("2024-04", "last month", True) and found.words == "April 2024"
    assert understand("10 April 2020") == Understood("2020-04-10", "10 April 2020", False)
    with pytest.raises(UnclearDate) as unclear:
        understand("03/04/2025")
    assert unclear.value.choices == (("2025-04-03", "3 April 2025"), ("2025-03-04", "4 March 2025"))
    assert not unclear.value.relative


def test_what_had_happened_or_was_planned_is_on_one_side_of_the_source_s_day() -> None:
    for text, past, future in [
        ("Thursday", "2024-05-16", "2024-05-23"),
        ("on Monday morning", "2024-05-13", "2024-05-20"),
        ("Friday", "2024-05-17", "? 2024-05-17 ; 2024-05-24"),
        ("last Thursday", "? 2024-05-16 ; 2024-05-09", "? 2024-05-16 ; 2024-05-09"),
        ("since Friday", "? 2024-05-17/.. ; 2024-05-10/..", "? 2024-05-17/.. ; 2024-05-10/.."),
        ("12 May", "2024-05-12", "2024-05-12"),
        ("until Thursday", "? ../2024-05-16 ; ../2024-05-23", "../2024-05-23"),
    ]:
        assert meaning(text, ["en"], FRIDAY, "past") == past, text
        assert meaning(text, ["en"], FRIDAY, "future") == future, text
    # At 23:30 UTC it may be Saturday where it was published: then a week lies between the readings.
    assert meaning("Friday", ["en"], "2024-05-17T23:30:00Z", "past") == "2024-05-17"
    assert meaning("Saturday", ["en"], "2024-05-17T23:30:00Z", "past").startswith("?")


def test_the_dates_of_a_text_are_found() -> None:
    for text, found in [
        ("The board may have to pay, she said on Thursday, 16 May 2024.", ["on Thursday, 16 May 2024"]),
        ("In March 2104 people came; yesterday, 40 did.", ["In March 2104", "yesterday"]),
        ("from 03.04.2024. 1.500 came", ["from 03.04.2024"]),
        ("2104 people will march on and may sit in the sun", []),
        ("It was on Monday. It rained on Monday", ["on Monday"]),
    ]:  # fmt: skip
        read = partial(understand, languages=["en"], published=FRIDAY)
        assert dates_in(text, read) == found, text


@given(st.sampled_from([row[3] for row in expressions() if row[3][0] not in "?-"]), st.booleans())
@example("2021-22", True)
def test_edtf_is_returned_unchanged(text: str, dated: bool) -> None:
    assert understand(text, published=FRIDAY if dated else None) == Understood(text)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.data())
def test_a_day_with_the_name_of_its_month_reads_back(day: date, data: st.DataObject) -> None:
    words = words_of(data.draw(st.sampled_from(LANGUAGES)))
    month = data.draw(st.sampled_from(words.months[day.month - 1].split()))
    ending = data.draw(st.sampled_from(["", *words.number_endings.split()]))
    written = f"{day.day}{ending} {month} {day.year}"
    for text in (written, written.title(), written.upper()):
        assert understand(text, languages=[words.code]).edtf == day.isoformat()
    weekday = words.weekdays[(day.weekday() + 1) % 7].split()[0]
    assert meaning(f"{weekday}, {written}", [words.code], None) == "-"


@given(WORDS, st.sampled_from([(), ("en",), ("de",), ("uk", "fr")]), st.sampled_from([None, FRIDAY, "2024", "0001-01-01", "9999-12-31", "2024-05-17T23:00:00Z", "x"]))  # fmt: skip
def test_no_text_is_anything_but_read_or_refused(
    text: str, languages: tuple[str, ...], published: str | None
) -> None:
    try:
        found = understand(text, languages=languages, published=published)
    except UnclearDate as unclear:
        assert len({choice for choice, _ in unclear.choices}) > 1
        assert all(edtf.parse(choice).words == words for choice, words in unclear.choices)
    except NotADate as refused:
        assert str(refused)
    else:
        assert edtf.parse(found.edtf).text == found.edtf


@given(st.lists(st.text(string.ascii_lowercase, min_size=3, max_size=9), min_size=1, max_size=4))
def test_words_that_are_not_in_a_table_are_not_understood(words: list[str]) -> None:
    known = {word for code in LANGUAGES for word in vocabulary(words_of(code))}
    if not known & set(words):
        with pytest.raises(NotADate):
            understand(" ".join(words), published=FRIDAY)


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from([row[2] for row in expressions() if row[1]]))  # fmt: skip
def test_a_relative_date_never_moves_back(day: date, text: str) -> None:
    """So the first and the last day that a source can have decide whether a date is clear."""
    texts = [meaning(text, ["en"], one.isoformat()) for one in (day, day + timedelta(1))]
    if not any(found.startswith(("?", "-", "[", "{")) for found in texts):
        first, last = (edtf.parse(found) for found in texts)
        assert (first.earliest or "") <= (last.earliest or "")
        assert (first.latest or "~") <= (last.latest or "~")


def test_reading_has_a_bound() -> None:
    for text in ("monday to " * 10, "- " * 50, "from to since until " * 5, "1-" * 50, "'" * 99):
        started = time.process_time()
        with pytest.raises(NotADate):
            understand(text[:LONGEST], published=FRIDAY)
        assert time.process_time() - started < 1
    with pytest.raises(NotADate, match="longer"):
        understand("may " * 100_000)


def vocabulary(words: DateWords) -> set[str]:
    """Every word that stands in the table of a language."""
    forms = [*words.forms.values(), *words.prefixes.values(), *words.suffixes.values()]
    spans = [part for opening, between, _ in words.spans for part in (opening, between)]
    listed = [*words.months, *words.weekdays, *words.short_weekdays, *words.weekday_parts]
    listed += [
        *words.seasons,
        *words.relatives,
        *words.units,
        *words.plurals,
        *words.numbers,
        *words.ordinals,
    ]
    shown = [word for group in (*forms, spans) for shape in shapes(group) for word in shape]
    return {*shown, *" ".join(listed).split(), *words.first_day.split()}


SAMPLE: dict[str, Any] = {
    "N": 3, "C": 2, "W": 3, "WD": 3, "WP": 3, "M": 5, "Y": 2024, "Y2": 2025, "S": 24, "U": "year", "Q": 2,
    "P": "day", "NUM": (3, 4, 2025), "MY": (4, 2025), "DM": (3, 4), "YMD": (2025, 4, 3), "DEC": 1990,
    "ISO": "2025-04-03", "R": -1, "N2": 4,
}  # fmt: skip


def test_every_form_has_what_its_reading_needs() -> None:
    for code in LANGUAGES:
        words = words_of(code)
        assert words.trie and set(words.forms) <= set(READINGS)
        assert {*words.prefixes, *words.suffixes} <= set(OPERATIONS)
        assert {operation for *_, operation in words.spans} <= set(SPANS)
        context = Context(words, ("dmy",), date(2024, 5, 17))
        for reading, forms in words.forms.items():
            for shape in set(shapes(forms)):
                marks = [mark for mark in shape if mark.isupper()]
                values = {
                    ("R" if mark in "LTX" else mark): SAMPLE["R" if mark in "LTX" else mark]
                    for mark in marks
                }
                if marks.count("Y") > 1:
                    values["Y2"] = SAMPLE["Y2"]
                try:
                    found = READINGS[reading](values, context)
                except NotADate:
                    continue
                assert found and all(edtf.parse(one) for one in found), (code, reading, shape)


def test_names_of_months_and_days_are_those_of_cldr() -> None:
    dates = pytest.importorskip("babel.dates")
    for code in LANGUAGES:
        words = words_of(code)
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in dates.get_month_names(width, context, code).items():
                    plain = re.sub(r"\.$", "", name.casefold())
                    assert plain in words.months[number - 1].split(), (code, name)
        for number, name in dates.get_day_names("wide", "format", code).items():
            plain = name.casefold().replace("’", "'").replace("ʼ", "'")
            assert plain in words.weekdays[number].split(), (code, name)


def test_a_time_needs_a_day() -> None:
    with pytest.raises(NotADate):
        OPERATIONS["within"]("2024-05")
    with pytest.raises(NotADate):
        understand("May 2024 at 14:30")
    assert Time("2", "30", "", "pm", "").half == "pm"


def test_the_past_is_told_by_small_words_and_what_is_to_come_goes_first() -> None:
    for text, past in [
        ("Four pupils were taken to hospital", True),
        ("They were to leave on Monday", False),
        ("The river was expected to rise", False),
        ("Zwölf wurden verletzt", True),
        ("Близько 65 дітей були в залі", True),
        ("640 beds", False),
    ]:
        assert reports_the_past(text) is past, text


def test_a_date_is_that_of_saying_only_beside_a_verb_of_saying() -> None:
    for text, when, is_it in [
        ("The mayor said the port would reopen on Wednesday", "on Wednesday", False),
        ("The port stays shut, Torvik said on Monday", "on Monday", True),
        ("Torvik told the agency NORA on Monday that it burns", "on Monday", True),
        ("On Monday, the mayor said that it burns", "On Monday", True),
        ("said Port Sule reopened on Monday", "on Monday", False),
        ("She said fires began on Sunday", "on Sunday", False),
        ("On Sunday fires stopped, Torvik said", "On Sunday", False),
        ("It burned on Sunday", "on Sunday", False),
        ("Das teilte die Stadt am Montag mit", "am Montag", True),
        ("заявив мер у понеділок", "у понеділок", True),
        ("a déclaré le maire lundi", "lundi", True),
    ]:
        assert (dates_of_saying(text, [when]) == [when]) is is_it, text
