"""Series: figures in the order of what they are about, and what each superseded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.events.fold import StoryFold
from dateline.testing import samples
from dateline.views.asof import states
from dateline.views.projection import schema_of
from dateline.views.rows import Rows
from dateline.views.table import arrange

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
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, plugins()) as archive:
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


def drawn_history(drawn: random.Random) -> list[dict[str, Any]]:
    """Figures of a few series and times, corrected, updated and retracted."""
    lines, facts = list[dict[str, Any]](), dict[str, tuple[int, str | None]]()
    for step in range(drawn.randrange(4, 16)):
        name = drawn.choice(sorted(facts)) if facts else None
        kind = drawn.choice(("add", "add", "add", "value", "day", "retract"))
        reason = f"step {step}"
        if kind == "add" or name is None:
            name, facts[f"f{step + 1}"] = f"f{step + 1}", (step, drawn.choice(DAYS))
            by, measure = drawn.choice((samples.WIRE, HERALD)), drawn.choice("aab")
            lines.append(count(*facts[name], by=by, measure=measure, note=reason, fact=name))
            continue
        value, day = facts[name]
        if kind == "retract":
            lines.append(samples.retracted(name))
            del facts[name]
        elif kind == "day":
            facts[name] = value, drawn.choice([other for other in DAYS if other != day])
            lines.append(samples.corrected(name, "/as_of", day, facts[name][1], reason=reason))
            lines[-1]["kind"] = drawn.choice(("correction", "update"))
        else:
            facts[name] = value + 100, day
            lines.append(
                samples.corrected(name, "/quantities/0/value", value, value + 100, reason=reason)
            )
            lines[-1]["kind"] = drawn.choice(("correction", "update", "typo"))
    return lines


@settings(max_examples=examples(50), deadline=None)
@given(st.integers(0, 1 << 32))
def test_following_the_log_from_anywhere_and_comparing_all_pairs_agree(seed: int) -> None:
    drawn = random.Random(seed)
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story()[:5])
        archive.record(HERALDS, story="ferry")
        archive.record(drawn_history(drawn), story="ferry")
        with archive.material("ferry") as material:
            events, registry = list(material.events()), archive.plugins.registry()
    view: Any = plugins().view("series")
    schema, since = schema_of(view), drawn.randrange(8, len(events))
    state, rows = StoryFold(registry), Rows(schema_of(view))
    rows.story = "ferry"
    for event in events[:since]:
        state.take(event)
    view.evaluate(state.read_only, rows, list(state.facts))
    state._kept.clear()  # another process goes on
    for at, event in enumerate(events[since:], since + 1):
        view.fold(state.apply(event), rows)
        late = arrange(schema, states(events[:at], registry, [view])[1]["series"])
        assert arrange(schema, rows.stored()) == late
    found = list(late.dicts())
    shown = [(row["fact"], row["item"], row["supersedes"], row["before"]) for row in found]
    assert shown == oracle(found)


def test_diff_tells_the_figure_that_was_superseded(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db = str(tmp_path / "d.db")
    with Archive.create(db, plugins()) as archive:
        archive.record(samples.story()[:5])
        archive.record(
            [count(28, "2024-05-03"), count(9, "2024-05-02", measure="hurt")], story="ferry"
        )
        archive.record([samples.corrected("f1", "/quantities/0/value", 28, 27)], story="ferry")
        later = [count(35, "2024-05-04"), count(42, "2024-05-05"), count(20, "2024-05-01")]
        archive.record(later, story="ferry")
        found = archive.diff("ferry", "@7", "@11", by_record=True)
        moved = [(c.fact, c.text, c.was, c.now, c.why) for c in found if c.kind == "figure"]
        assert moved == [
            ("f1", "dead", "28", "27", None),
            ("f4", "dead", "28", "42", "supersedes f1"),
        ]
        archive.record([samples.retracted("f4")], story="ferry")
        found = archive.diff("ferry", "@7", "@12", by_record=True)
        assert ("28", "35") in [(change.was, change.now) for change in found]
    assert (
        run(root, ["--db", db, "diff", "ferry", "@7", "@11", "--recorded", "-f", "markdown"]) == 0
    )
    assert "- f4 (dead): 28 → 42. supersedes f1" in capfd.readouterr().out
    assert run(root, ["--db", db, "diff", "ferry", "@7", "@11", "--recorded", "-f", "table"]) == 0
    assert "28 → 42" in capfd.readouterr().out
