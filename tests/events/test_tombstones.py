"""The highest number that a fact of the story has."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dateline.events.payload import FACT
from dateline.events.tombstones import Tombstones

names = st.one_of(
    st.integers(0, 10**10).map("f{}".format),
    st.integers(0, 12).map("f{}".format),
    st.text(max_size=4),
)


@given(st.lists(names))
@example(["f99999999", "f100000000"])
@example(["f0", "f01", "f1"])
def test_it_is_that_of_the_ids_with_fewer_than_nine_digits(facts: list[str]) -> None:
    found = Tombstones()

    for fact in facts:
        found.take(fact)

    numbers = [int(fact[1:]) for fact in facts if len(fact) < 10 and FACT.fullmatch(fact)]
    assert found.highest == max(numbers, default=0)
