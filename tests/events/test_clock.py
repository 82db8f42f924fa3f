"""Instants: microseconds since 1970, and their only written form."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.events.clock import EPOCH, from_datetime, from_iso, now_us, to_datetime, to_iso

FIRST = from_datetime(datetime.min.replace(tzinfo=UTC))
LAST = from_datetime(datetime.max.replace(tzinfo=UTC))
FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")

_instants = st.one_of(st.integers(FIRST, LAST), st.sampled_from([FIRST, -1, 0, 1, LAST]))


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_665_619_200_000_000, "2022-10-13T00:00:00.000000Z"),
        (FIRST, "0001-01-01T00:00:00.000000Z"),
        (LAST, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_an_instant_has_one_form(us: int, text: str) -> None:
    assert to_iso(us) == text
    assert from_iso(text) == us


@given(_instants)
def test_what_is_written_reads_back_as_the_instant(us: int) -> None:
    assert FORM.fullmatch(to_iso(us))
    assert from_iso(to_iso(us)) == us
    assert from_datetime(to_datetime(us)) == us


@given(_instants, _instants)
def test_the_written_form_sorts_as_the_instants_do(left: int, right: int) -> None:
    assert (to_iso(left) < to_iso(right)) == (left < right)


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_a_stamp_in_any_zone_is_its_instant(moment: datetime, minutes: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    us = from_iso(local.isoformat())
    assert us == from_datetime(local)
    assert to_datetime(us) == local


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2022-10-13T08:00Z", "2022-10-13T08:00:00.000000Z"),
        ("2022-10-13T08:00:00Z", "2022-10-13T08:00:00.000000Z"),
        ("2022-10-13T08:00:00.5Z", "2022-10-13T08:00:00.500000Z"),
        ("2022-10-13T08:00:00.000001+03:00", "2022-10-13T05:00:00.000001Z"),
        ("2022-10-13T08:00:00-00:00", "2022-10-13T08:00:00.000000Z"),
    ],
)
def test_shorter_stamps_are_read(text: str, same: str) -> None:
    assert to_iso(from_iso(text)) == same


@pytest.mark.parametrize(
    "text",
    [
        "", "2022", "2022-10-13", "2022-10-13T08:00:00", "2022-10-13 08:00:00Z",
        "2022-10-13T08:00:00z", "2022-10-13t08:00:00Z", "20221013T080000Z", "2022-W41-4T08:00:00Z",
        "2022-10-13T08:00:00.Z", "2022-10-13T08:00:00.1234567Z", "2022-10-13T08:00:00,5Z",
        "2022-10-13T08Z", "2022-02-29T00:00:00Z", "2022-13-01T00:00:00Z", "0000-01-01T00:00:00Z",
        "2022-10-13T24:00:00Z", "2022-10-13T08:60:00Z", "2022-12-31T23:59:60Z",
        "2022-10-13T08:00:00+24:00", "2022-10-13T08:00:00+05:60", "2022-10-13T08:00:00+0300",
        "2022-10-13T08:00:00+03", "2022-10-13T08:00:00Z\n", " 2022-10-13T08:00:00Z",
        "٢٠٢٢-10-13T08:00:00Z", "-2022-10-13T08:00:00Z", "+12022-10-13T08:00:00Z",
        # in UTC these are outside the years that can be written
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
    ],
)  # fmt: skip
def test_a_stamp_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        from_iso(text)


@given(st.one_of(st.text(), st.text("0123456789-:.TZ+", max_size=32)))
def test_any_text_is_an_instant_that_can_be_written_or_refused(text: str) -> None:
    try:
        us = from_iso(text)
    except ValueError:
        return
    assert FORM.fullmatch(to_iso(us))


def test_now_is_now_in_microseconds() -> None:
    before = time.time_ns() // 1000
    assert before <= now_us() <= time.time_ns() // 1000
    assert to_datetime(0) == EPOCH
