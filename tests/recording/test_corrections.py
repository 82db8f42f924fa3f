"""Corrections: which values count as different, and which changes are added to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from tests.bundled import plugins

from dateline import Archive, Refused
from dateline.testing import samples
from dateline.testing.samples import corrected, figure, story

Fields = dict[str, Any]


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
def test_an_empty_value_does_not_count_as_no_value(archive: Archive, was: object) -> None:
    archive.record(bounded())
    assert "correction-was" in broken(archive, corrected("f3", "/note", was, "A note"))


def test_a_correction_that_an_earlier_release_accepted_can_be_imported(archive: Archive) -> None:
    """That release treated "none" in `was` as "false"; its export has times of recording."""
    line = corrected("f3", LOWER, None, True, recorded_at="2024-05-08T09:00:00Z")
    lines = [*bounded(lower_inclusive=False), line]
    moment = {"recorded_at": "2024-05-07T09:00:00Z"}
    assert archive.record([moment | line for line in lines]).new == len(lines)


def test_a_difference_between_moments_shows_false_and_none(archive: Archive) -> None:
    from dateline.views.story_changes import compare

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


# --- moving to another source, or to other words


NEXT = "FICTION. Later on Monday the agency counted 150 of 193 passengers ashore, she said."
LATER = samples.digest(NEXT)
CHANGES: list[Fields] = [
    {"path": "/source", "was": samples.SOURCE, "now": LATER},
    {"path": "/quantities/0/value", "was": 143, "now": 150},
    {"path": "/quantities/0/verbatim", "was": "143 of 193", "now": "150 of 193"},
    {"path": "/evidence/0/exact", "was": "143 of 193 passengers", "now": "150 of 193 passengers"},
]


def next_bulletin(text: str = NEXT) -> Fields:
    return samples.captured(text, published="2024-05-07", title="Later")


def correction(fact: str, *changes: Fields, **fields: Any) -> Fields:
    return {
        "type": "fact.corrected",
        "fact": fact,
        "changes": list(changes),
        "reason": "r",
    } | fields


def moved(**fields: Any) -> Fields:
    return correction("f2", *CHANGES, kind="update", **fields)


def evidence(archive: Archive, fact: str = "f2") -> list[Any]:
    return list(archive.state("ferry").facts[fact].data.evidence)


def assert_placed(archive: Archive, text: str, fact: str = "f2", at: int = 0) -> None:
    """The item is at its place in the text, with the 24 characters on either side as context."""
    item = evidence(archive, fact)[at]
    assert text[item.start : item.end] == item.exact
    assert item.prefix == text[max(0, item.start - 24) : item.start]
    assert item.suffix == text[item.end : item.end + 24]


def test_a_fact_moves_to_the_next_bulletin(db: str) -> None:
    """The event gets the new place and context, so that replaying it needs no text."""
    with Archive.create(db, plugins()) as archive:
        archive.record([*story(), next_bulletin(), moved()])
        assert_placed(archive, NEXT)
        event = archive.state("ferry").facts["f2"].history[-1]
        paths = [change.path for change in event.data.changes]
        assert paths[: len(CHANGES)] == [change["path"] for change in CHANGES]
        assert {"/evidence/0/start", "/evidence/0/prefix", "/evidence/0/suffix"} <= set(paths)
        assert [row["value"] for row in archive.view("figures", "ferry").dicts()] == [150]


def test_an_export_of_a_move_comes_back_byte_for_byte(archive: Archive) -> None:
    archive.record([*story(), next_bulletin(), moved()])
    again = exported(archive)
    with Archive.create(":memory:", plugins()) as other:
        done = other.record(plugins().importer("ndjson").read([again]))
        assert done.new == archive.head().position
        assert exported(other).splitlines()[1:] == again.splitlines()[1:]
    assert archive.record(plugins().importer("ndjson").read([again])).new == 0


def exported(archive: Archive) -> bytes:
    with archive.material("ferry") as material:
        return "".join(plugins().exporter("ndjson").export(material)).encode()


@pytest.mark.parametrize("event_id", [None, "01890000-0000-7000-8000-00000000000a"])
def test_a_completed_line_is_recognised_again(archive: Archive, event_id: str | None) -> None:
    line = moved(**({"event_id": event_id} if event_id else {}))
    archive.record([*story(), next_bulletin(), line])
    assert archive.record([line], story="ferry").new == 0
    if event_id:
        assert broken(archive, line | {"reason": "another"}) == {"event-id-taken"}


def test_a_second_move_in_the_same_batch_finds_its_place_too(archive: Archive) -> None:
    third = "FICTION. On Tuesday it was 160 of 193 passengers, all told, and the count was closed."
    after = correction(
        "f2",
        {"path": "/source", "was": LATER, "now": samples.digest(third)},
        {"path": "/quantities/0/value", "was": 150, "now": 160},
        {"path": "/quantities/0/verbatim", "was": "150 of 193", "now": "160 of 193"},
        {"path": "/evidence/0/exact", "was": CHANGES[-1]["now"], "now": "160 of 193 passengers"},
    )
    archive.record([*story(), next_bulletin(), next_bulletin(third), moved(), after])
    assert_placed(archive, third)


@pytest.mark.parametrize(
    "exact",
    ["Everyone is safe,", "is safe", "Everyone", "The ferry will be towed on Tuesday"],
)
def test_other_words_of_the_same_source_find_their_place(archive: Archive, exact: str) -> None:
    archive.record(story())
    archive.record([corrected("f1", "/evidence/0/exact", "Everyone is safe", exact)], story="ferry")
    assert_placed(archive, samples.TEXT, "f1")


def test_evidence_that_was_added_later_moves_along(archive: Archive) -> None:
    text = NEXT + " Everyone is safe by now."
    added = {
        "type": "evidence.added", "fact": "f2", "evidence": [{"role": "cue", "exact": "she said"}],
    }  # fmt: skip
    start = samples.TEXT.index("She said")
    added["evidence"] = [{"role": "cue", "exact": "She said", "start": start}]
    archive.record([*story(added), next_bulletin(text)])
    line = correction(
        "f2",
        {"path": "/source", "was": samples.SOURCE, "now": samples.digest(text)},
        *CHANGES[1:],
        {"path": "/evidence/1/exact", "was": "She said", "now": "she said"},
    )
    archive.record([line], story="ferry")
    assert_placed(archive, text)
    assert_placed(archive, text, at=1)


def test_an_item_that_a_correction_adds_is_located_like_any_other(archive: Archive) -> None:
    archive.record(story())
    line = corrected("f1", "/evidence/-", None, {"role": "name", "exact": "Mara Voss"})
    archive.record([line], story="ferry")
    assert_placed(archive, samples.TEXT, "f1", at=1)


def test_context_that_the_author_gave_is_checked_and_not_replaced(archive: Archive) -> None:
    item = {"role": "content", "exact": "143 of 193 passengers", "prefix": "said "}
    archive.record([*story(figure(fact="f3", evidence=[item])), next_bulletin()])
    assert broken(archive, correction("f3", *CHANGES)) == {"evidence-missing"}
    given = {"path": "/evidence/0/prefix", "was": "said ", "now": "counted "}
    archive.record([correction("f3", *CHANGES, given)], story="ferry")
    assert evidence(archive, "f3")[0].prefix == "counted "


@pytest.mark.parametrize(
    ("exact", "rule"),
    [("Nobody is safe", "evidence-missing"), ("ferry", "evidence-ambiguous")],
)
def test_words_that_do_not_occur_exactly_once_are_refused_with_one_error(
    archive: Archive, exact: str, rule: str
) -> None:
    archive.record(story())
    line = corrected("f1", "/evidence/0/exact", "Everyone is safe", exact)
    with pytest.raises(Refused) as refused:
        archive.record([line], story="ferry")
    assert [finding.rule for finding in refused.value.findings] == [rule]


def test_a_place_that_the_author_gave_is_kept(archive: Archive) -> None:
    archive.record(story())
    first, second = (samples.TEXT.index("ferry"), samples.TEXT.rindex("ferry"))
    old = evidence(archive, "f1")[0]
    line = correction(
        "f1",
        {"path": "/evidence/0/exact", "was": "Everyone is safe", "now": "ferry"},
        {"path": "/evidence/0/start", "was": old.start, "now": second},
    )
    archive.record([line], story="ferry")
    assert evidence(archive, "f1")[0].start == second != first
    assert_placed(archive, samples.TEXT, "f1")


def test_a_correction_from_another_archive_is_recorded_unchanged(archive: Archive) -> None:
    """An earlier release filled in no context; it is not added, since hashes would differ."""
    lines = [*story(), next_bulletin()]
    old = {"role": "content", "exact": "143 of 193 passengers", "prefix": "", "suffix": ""}
    start = NEXT.index("150")
    places = [
        {"path": "/evidence/0/start", "was": samples.TEXT.index("143"), "now": start},
        {"path": "/evidence/0/end", "was": samples.TEXT.index("143") + 21, "now": start + 21},
    ]
    lines[6] = figure(evidence=[old])
    then = correction("f2", *CHANGES, *places, event_id="01890000-0000-7000-8000-00000000000a")
    lines = [line | {"recorded_at": "2024-05-08T09:00:00Z"} for line in [*lines, then]]
    archive.record(lines)
    event = archive.state("ferry").facts["f2"].history[-1]
    assert len(event.data.changes) == len(CHANGES) + 2


def test_a_change_to_a_value_added_by_the_same_correction_is_recorded_as_given(
    archive: Archive,
) -> None:
    archive.record(story())
    name = {"role": "name", "exact": "Mara Voss"}
    line = correction(
        "f1",
        {"path": "/evidence/1", "was": None, "now": name},
        {"path": "/evidence/1/role", "was": "name", "now": "mention"},
    )
    archive.record([line], story="ferry")
    assert evidence(archive, "f1")[1].role == "mention"
    changes = archive.state("ferry").facts["f1"].history[-1].data.changes
    assert changes[0].now == name
