"""Series: figures in the order of what they are about, and what each superseded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.testing import samples

HERALD = "org:ister-herald"
OTHER = samples.TEXT + " It was printed twice."
DAYS = (
    "2024-05-03",
    "2024-05-04",
    "2024-05-05",
    "2024-05",
    "2024-05-04/2024-05-06",
    "2024-05-04T08:00:00Z",
    None,
)

HERALDS = [samples.entity(HERALD, "Ister Herald"), samples.captured(OTHER, publisher=HERALD)]


def count(value: float | None, day: str | None = "2024-05-03", **given: Any) -> dict[str, Any]:
    """A figure of "dead" as of a day."""
    by = given.pop("by", samples.WIRE)
    fields = {
        name: given.pop(name) for name in ("lower", "upper", "measure", "unit") if name in given
    }
    quantity = {"measure": "dead", "unit": "person", "verbatim": "143 of 193"} | fields
    quantity |= {} if value is None else {"value": value}
    line = samples.figure(
        quantities=[quantity], text=f"{value} {day} {sorted(fields.items())} {by}"
    )
    del line["times"]
    line["attribution"] = [{"agent": by, "role": "publisher"}]
    line["source"] = samples.SOURCE if by == samples.WIRE else samples.digest(OTHER)
    return line | ({"as_of": day} if day else {}) | given


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story()[:5])
        archive.record(HERALDS, story="ferry")
        yield archive


def rows(archive: Archive, *columns: str, **options: Any) -> list[tuple[Any, ...]]:
    found = archive.view("series", "ferry", **options).dicts()
    return [tuple(row[column] for column in columns) for row in found]


def test_rows_are_ordered_by_what_they_are_about_and_not_by_recording(archive: Archive) -> None:
    archive.record(
        [
            count(42, "2024-05-20"),
            count(28, "2024-05-01"),
            count(35, None),
            count(31, "2024-05-02"),
        ],
        story="ferry",
    )
    assert rows(archive, "when", "words", "before", "supersedes") == [
        ("1 May 2024", "28", None, None),
        ("2 May 2024", "31", "28", "f2"),
        ("20 May 2024", "42", "31", "f4"),
        ("undated", "35", None, None),
    ]


def test_measure_place_and_unit_make_a_series(archive: Archive) -> None:
    tarn = [{"place": "place:tarn", "role": "location"}]
    archive.record(
        [
            samples.entity("place:tarn", "Tarn"),
            count(1),
            count(2, "2024-05-04", measure="  DEAD "),
            count(3, "2024-05-05", unit="family"),
            count(4, "2024-05-06", places=tarn),
            count(5, "2024-05-07", cumulative=False),
        ],
        story="ferry",
    )
    assert rows(archive, "series", "words", "before") == [
        ("dead ·  · family", "3", None),
        ("dead ·  · person", "1", None),
        ("dead ·  · person", "2", "1"),
        ("dead ·  · person · each", "5", None),
        ("dead · place:tarn · person", "4", None),
    ]


def test_only_an_earlier_time_or_the_same_publisher_is_superseded(archive: Archive) -> None:
    archive.record(
        [
            count(28, "2024-05-03"),
            count(26, "2024-05-03", by=HERALD),
            count(30, "2024-05-03"),
            count(100, "2024-05"),
            count(None, "2024-05-04", lower=20, upper=30, by=HERALD),
        ],
        story="ferry",
    )
    found = {row[0]: row[1:] for row in rows(archive, "fact", "words", "supersedes")}
    assert found == {
        "f1": ("28", None),
        "f2": ("26", None),  # another publisher on the same day: they disagree
        "f3": ("30", "f1"),
        "f4": ("100", None),  # somewhere in that month: nothing is certainly earlier
        "f5": ("20 to 30, given as '143 of 193'", "f3"),
    }


def test_a_correction_shows_both_values_and_a_retraction_closes_the_gap(archive: Archive) -> None:
    archive.record([count(28), count(82, "2024-05-04"), count(42, "2024-05-05")], story="ferry")
    archive.record(
        [
            samples.corrected("f1", "/quantities/0/value", 28, 27),
            samples.corrected("f3", "/quantities/0/value", 42, 41, kind="typo"),
            samples.retracted("f2"),
        ],
        story="ferry",
    )
    assert rows(archive, "words", "before", "corrected", "corrected_value", "status") == [
        ("27", None, "28", 28, "corrected"),
        ("41", "27", None, None, "recorded"),
    ]
    assert ("82", None) in rows(archive, "words", "before", everything=True)


def test_an_updated_total_keeps_the_values_that_it_had(archive: Archive) -> None:
    archive.record([count(640, "2024-05-04"), count(9, "2024-05-01")], story="ferry")
    moved = [
        {"path": "/quantities/0/value", "was": 640, "now": 1875},
        {"path": "/as_of", "was": "2024-05-04", "now": "2024-05-06"},
    ]
    update = samples.corrected("f1", "", None, None, kind="update") | {"changes": moved}
    archive.record([update], story="ferry")
    archive.record([samples.corrected("f1", "/quantities/0/value", 1875, 1870)], story="ferry")
    assert rows(archive, "fact", "when", "words", "before", "corrected", "earlier") == [
        ("f2", "1 May 2024", "9", None, None, False),
        ("f1", "4 May 2024", "640", "9", None, True),
        ("f1", "6 May 2024", "1,870", "640", "1,875", False),
    ]


def test_what_has_no_number_is_listed_and_supersedes_nothing(archive: Archive) -> None:
    archive.record([count(28), count(None, "2024-05-04"), count(30, "2024-05-05")], story="ferry")
    assert rows(archive, "words", "before") == [
        ("28", None),
        ("given as '143 of 193'", None),
        ("30", "28"),
    ]


def oracle(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What each row supersedes, by comparing it with every other."""

    def end(row: dict[str, Any]) -> str:
        return row["latest"] if "T" in row["latest"] else row["latest"] + "T24"

    def order(row: dict[str, Any]) -> tuple[Any, ...]:
        return (
            row["earliest"],
            end(row),
            row["public_at"],
            row["position"],
            row["earlier"] is False,
            row["item"],
        )

    placed = [row for row in found if not row["undated"] and row["value"] is not None]
    result = []
    for row in found:
        own = [
            other
            for other in placed
            if other["series"] == row["series"]
            and row in placed
            and (other["earliest"], other["latest"], other["publisher"])
            == (row["earliest"], row["latest"], row["publisher"])
            and order(other) < order(row)
        ]
        past = [
            other
            for other in placed
            if other["series"] == row["series"] and row in placed and end(other) < row["earliest"]
        ]
        best = max(own, key=order, default=None) or max(
            past, key=lambda other: (end(other), order(other)), default=None
        )
        result.append((row["fact"], row["item"], best and best["fact"], best and best["words"]))
    return result


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 1 << 32))
def test_following_the_log_rebuilding_and_comparing_all_pairs_agree(seed: int) -> None:
    drawn = random.Random(seed)
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story()[:5])
        archive.record(HERALDS, story="ferry")
        facts: dict[str, tuple[int, str | None]] = {}
        for step in range(drawn.randrange(4, 14)):
            name = drawn.choice(sorted(facts)) if facts else None
            kind = drawn.choice(("add", "add", "value", "day", "retract", "page"))
            if kind == "add" or name is None:
                value, day = drawn.randrange(99), drawn.choice(DAYS)
                by = drawn.choice((samples.WIRE, HERALD))
                line = count(value, day, by=by, measure=drawn.choice("ab"), note=f"{step}")
                facts[f"f{step + 1}"] = value, day
                line["fact"] = f"f{step + 1}"
            elif kind == "retract":
                line = samples.retracted(name)
                del facts[name]
            elif kind == "day":
                value, day = facts[name]
                now = drawn.choice([other for other in DAYS if other != day])
                line = samples.corrected(name, "/as_of", day, now, reason=f"{step}")
                line["kind"] = drawn.choice(("correction", "update"))
                facts[name] = value, now
            elif kind == "value":
                value, day = facts[name]
                line = samples.corrected(
                    name, "/quantities/0/value", value, value + 1, reason=f"{step}"
                )
                line["kind"] = drawn.choice(("correction", "update", "typo"))
                facts[name] = value + 1, day
            else:
                archive.view("series")
                continue
            archive.record([line], story="ferry")
        live = archive.view("series", everything=True)
        archive.rebuild(["series"])
        assert live == archive.view("series", everything=True)
        found = list(archive.view("series").dicts())
        shown = [(row["fact"], row["item"], row["supersedes"], row["before"]) for row in found]
        assert shown == oracle(found)
