"""Corrections: which values are different, and what is changed along with them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from typing import Any

import pytest

from dateline import Archive, Plugins, Refused
from dateline.testing.samples import corrected, figure, story

Fields = dict[str, Any]


@cache
def plugins() -> Plugins:
    return Plugins.load(strict=True)


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        yield archive


def bounded(**bounds: Any) -> list[Fields]:
    """The sample story; f3 counts "at least 143" passengers."""
    quantity = {"measure": "passengers", "lower": 143, "verbatim": "143 of 193"} | bounds
    return story(figure(quantities=[quantity], fact="f3"))


LOWER = "/quantities/0/lower_inclusive"


# --- values that are different


@pytest.mark.parametrize(("was", "now"), [*permutations([None, True, False], 2)])
@pytest.mark.parametrize("path", [LOWER, "/cumulative"])
def test_an_optional_boolean_has_three_values(
    archive: Archive, path: str, was: object, now: object
) -> None:
    given = {"cumulative": was} if path == "/cumulative" else {}
    archive.record(bounded(lower_inclusive=was if path == LOWER else None))
    if given and was is not None:
        archive.record([corrected("f3", path, None, was)], story="ferry")
    wrong = ({True, False, None} - {was}).pop()
    assert "correction-was" in broken(archive, corrected("f3", path, wrong, was))
    archive.record([corrected("f3", path, was, now)], story="ferry")
    row = last(archive, "figures")
    assert row[path.rpartition("/")[2]] is now
    change = last(archive, "changes")
    words = {None: None, True: "true", False: "false"}
    assert (change["was"], change["now"]) == (words[was], words[now])


def test_more_than_is_not_at_least(db: str) -> None:
    with Archive.create(db, plugins()) as archive:
        archive.record(bounded())
        archive.record([corrected("f3", LOWER, None, False)], story="ferry")
        assert last(archive, "figures")["words"].startswith("more than 143")


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        ("/quantities/0/approximate", None, True),
        ("/quantities/0/approximate", False, True),
        ("/quantities/0", {"measure": "passengers", "lower": 143, "verbatim": "143 of 193",
                           "approximate": False}, None),
        ("/derived_from", [], ["f1"]),
        ("/derived_from", None, ["f1"]),
        ("/times/said", None, {"edtf": "2024"}),
    ],
)  # fmt: skip
def test_a_field_that_is_left_out_has_its_default(
    archive: Archive, path: str, was: object, now: object
) -> None:
    archive.record(bounded())
    assert archive.record([corrected("f3", path, was, now)], story="ferry").new == 1


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        ("/quantities/0/approximate", None, False),
        ("/quantities/0/approximate", False, None),
        ("/derived_from", None, []),
        ("/quantities/0/lower", 143, 143.0),
    ],
)
def test_a_value_that_reads_the_same_changes_nothing(
    archive: Archive, path: str, was: object, now: object
) -> None:
    archive.record(bounded())
    assert broken(archive, corrected("f3", path, was, now)) == {"correction-empty"}


@pytest.mark.parametrize("was", [False, 0, "", [], {}])
def test_an_empty_value_is_not_taken_for_none(archive: Archive, was: object) -> None:
    archive.record(bounded())
    assert "correction-was" in broken(archive, corrected("f3", "/note", was, "A note"))


def test_what_an_earlier_release_took_in_can_be_imported(archive: Archive) -> None:
    """It took "none" for "false" in `was`; its export comes with the time of recording."""
    line = corrected("f3", LOWER, None, True, recorded_at="2024-05-08T09:00:00Z")
    lines = [*bounded(lower_inclusive=False), line]
    moment = {"recorded_at": "2024-05-07T09:00:00Z"}
    assert archive.record([moment | line for line in lines]).new == len(lines)


def test_a_difference_between_moments_shows_false_and_none(archive: Archive) -> None:
    from dateline.views.diff import compare

    archive.record(bounded())
    before = archive.state("ferry")
    archive.record([corrected("f3", LOWER, None, False)], story="ferry")
    found = {
        change.path: (change.was, change.now) for change in compare(before, archive.state("ferry"))
    }
    assert found[LOWER] == (None, "false")
    assert found["/quantities/0"][1] is not None


def broken(archive: Archive, line: Fields) -> set[str]:
    """The rules that refuse a line about the sample story."""
    with pytest.raises(Refused) as refused:
        archive.record([line], story="ferry")
    return {finding.rule for finding in refused.value.findings}


def last(archive: Archive, view: str) -> Fields:
    return list(archive.view(view, "ferry").dicts())[-1]
