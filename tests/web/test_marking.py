"""Texts with marks in them: nothing is lost, and every character has the marks that cover it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dateline_web.addresses import TEXT
from dateline_web.marked_text import pages_of, range_of
from dateline_web.marking import Mark, lines, marks, segments

LENGTH = 40
SPANS = st.lists(
    st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH), st.sampled_from(["f1", "f2", "f3"]))
    .filter(lambda span: span[0] < span[1])
    .map(lambda span: Mark(span[0], span[1], (span[2],))),
    max_size=8,
)
TEXTS = st.text(alphabet="ab \n\r\f", min_size=LENGTH, max_size=LENGTH)


@given(SPANS)
def test_segments_follow_one_another_and_have_the_marks_that_cover_them(spans: list[Mark]) -> None:
    given = marks(spans)
    found = list(segments(0, LENGTH, given))
    assert [at for one in found for at in range(one.start, one.end)] == list(range(LENGTH))
    for one in found:
        for at in range(one.start, one.end):
            assert set(one.marks) == {mark for mark in given if mark.start <= at < mark.end}


@given(SPANS)
def test_every_mark_begins_once_and_ends_once(spans: list[Mark]) -> None:
    given = marks(spans)
    found = list(segments(0, LENGTH, given))
    assert sorted(mark for one in found for mark in one.begins) == given
    assert sorted(mark for one in found for mark in one.ends) == given


@given(TEXTS, SPANS)
def test_lines_have_all_words_and_all_marks(text: str, spans: list[Mark]) -> None:
    given = marks(spans)
    found = list(lines(text, 0, len(text), given))
    pieces = [one for line in found for one in line.segments]
    shown = "".join(text[one.start : one.end] for one in pieces)
    assert shown == "".join(char for char in text if char not in "\r\n\f")
    assert sorted(mark for one in pieces for mark in one.begins) == given
    assert sorted(mark for one in pieces for mark in one.ends) == given


def test_facts_drawn_from_the_same_words_share_a_mark() -> None:
    spans = [Mark(5, 9, ("f2",), False), Mark(5, 9, ("f1",)), Mark(0, 3, ("f1",))]
    assert marks(spans) == [Mark(0, 3, ("f1",)), Mark(5, 9, ("f2", "f1"))]


def test_a_page_of_a_long_text_ends_between_words_and_after_its_marks() -> None:
    text = "word " * (3 * TEXT // 5)
    first, last = range_of(text, 2, [])
    assert text[first - 1] == " " and text[last] == " "
    mark = Mark(2 * TEXT - 10, 2 * TEXT + 500, ("f1",))
    assert range_of(text, 2, [mark])[1] == mark.end
    assert pages_of(text) == 3 and range_of(text, 3, [])[1] == len(text)
