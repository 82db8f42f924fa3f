"""Views of past moments, on each of the two clocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive, DatelineError, Plugins
from dateline.documents.folder import Folder
from dateline.events.clock import to_iso
from dateline.events.edtf import earliest_instant, latest_instant
from dateline.recording import times
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import captured, corrected, figure, retracted, story
from dateline.views import asof
from dateline.views.table import Table

VIEWS = (
    "timeline", "statements", "figures", "people", "places", "sources", "disputes", "changes",
    "series", "support",
)  # fmt: skip


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(story())
        yield archive


def value(archive: Archive, day: str) -> list[tuple[Any, str]]:
    rows = archive.view("figures", "ferry", at=asof.public(day), everything=True).dicts()
    return [(row["value"], row["status"]) for row in rows]


@pytest.mark.parametrize("clock", ["recorded_us", "public_us"])
def test_a_moment_reaches_what_happened_at_that_very_microsecond(clock: str) -> None:
    moment = asof.Moment("", **{clock: 5})

    assert [moment.reaches(at, 1) for at in (4, 5, 6)] == [True, True, False]


def test_a_backfilled_correction_counts_from_its_notice(archive: Archive) -> None:
    """The source of 6 May is corrected by a notice of 10 May, recorded much later."""
    fix = corrected("f2", "/quantities/0/value", 143, 150, reported_at="2024-05-10T09:00:00Z")
    archive.record([fix], story="ferry")
    assert value(archive, "2024-05-05") == []
    assert value(archive, "2024-05-06") == [(143, "recorded")]
    assert value(archive, "2024-05-09") == [(143, "recorded")]
    assert value(archive, "2024-05-10T08:59:59Z") == [(143, "recorded")]
    assert value(archive, "2024-05-10") == [(150, "corrected")]
    # By the other clock this archive had neither value before it recorded them.
    before = archive.view("figures", "ferry", at=asof.recorded("@7"))
    assert [row["value"] for row in before.dicts()] == [143]
    assert len(archive.view("figures", "ferry", at=asof.recorded("2024-05-10"))) == 0


def test_the_correction_of_a_typo_counts_from_the_fact(archive: Archive) -> None:
    archive.record(
        [corrected("f2", "/text", figure()["text"], "Fixed", kind="typo")], story="ferry"
    )
    rows = archive.view("timeline", "ferry", at=asof.public("2024-05-06")).dicts()
    assert "Fixed" in {row["text"] for row in rows}


DAY = "2024-05-{:02}T09:00:00Z"
VALUE = "/quantities/0/value"


def notice(
    day: int, path: str, was: Any, now: Any, kind: str = "correction", fact: str = "f2"
) -> Any:
    """A correction whose notice was published on that day of May."""
    return corrected(fact, path, was, now, kind=kind, reported_at=DAY.format(day))


def added(day: int, exact: str = "Everyone is safe", role: str = "quote") -> Any:
    item = {"role": role, "exact": exact}
    return {
        "type": "evidence.added", "fact": "f1", "evidence": [item], "reported_at": DAY.format(day),
    }  # fmt: skip


def history(archive: Archive, days: range = range(6, 13)) -> dict[int, Any]:
    """The value of f2 on the public record, by day of May."""
    return {day: value(archive, f"2024-05-{day:02}")[0][0] for day in days}


def roles(archive: Archive, day: int) -> list[str]:
    facts = archive.state("ferry", asof.public(f"2024-05-{day:02}")).facts
    return [item.role for item in facts["f1"].data.evidence]


def test_a_typo_of_a_correction_counts_from_that_correction(archive: Archive) -> None:
    """The typo was published with the notice of 8 May. Earlier days keep the earlier value."""
    lines = [notice(8, VALUE, 143, 150), notice(10, VALUE, 150, 151, "typo")]
    archive.record(lines, story="ferry")
    assert history(archive) == {6: 143, 7: 143, 8: 151, 9: 151, 10: 151, 11: 151, 12: 151}


def test_a_typo_of_a_typo_counts_when_the_first_one_does(archive: Archive) -> None:
    lines = [
        notice(8, VALUE, 143, 150),
        notice(10, VALUE, 150, 151, "typo"),
        notice(12, VALUE, 151, 152, "typo"),
        notice(9, "/text", figure()["text"], "One", "typo"),
        notice(11, "/text", "One", "Two", "typo"),
    ]
    archive.record(lines, story="ferry")
    assert history(archive, range(7, 10)) == {7: 143, 8: 152, 9: 152}
    rows = archive.view("timeline", "ferry", at=asof.public("2024-05-06")).dicts()
    assert "Two" in {row["text"] for row in rows}


def test_a_typo_of_values_of_different_age_counts_from_the_latest(archive: Archive) -> None:
    both = notice(12, VALUE, 150, 151, "typo")
    both["changes"].append({"path": "/text", "was": figure()["text"], "now": "Fixed"})
    archive.record([notice(8, VALUE, 143, 150), both], story="ferry")
    for day, text in ((7, figure()["text"]), (8, "Fixed")):
        rows = archive.view("timeline", "ferry", at=asof.public(f"2024-05-0{day}")).dicts()
        assert text in {row["text"] for row in rows}
    assert history(archive, range(7, 9)) == {7: 143, 8: 151}


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_typo_of_a_part_or_of_the_whole_counts_from_either(
    archive: Archive, whole_first: bool
) -> None:
    quantity = figure()["quantities"][0]
    whole = ("/quantities/0", quantity, quantity | {"value": 150})
    if whole_first:
        lines = [notice(8, *whole), notice(10, VALUE, 150, 151, "typo")]
    else:
        then = quantity | {"value": 150}
        lines = [
            notice(8, VALUE, 143, 150),
            notice(10, "/quantities/0", then, then | {"value": 151}, "typo"),
        ]
    archive.record(lines, story="ferry")
    assert history(archive, range(7, 9)) == {7: 143, 8: 151}


def test_a_typo_of_another_value_still_counts_from_the_fact(archive: Archive) -> None:
    lines = [
        notice(8, VALUE, 143, 150),
        notice(10, "/quantities/0/measure", "passengers ashore", "people ashore", "typo"),
    ]
    archive.record(lines, story="ferry")
    rows = archive.view("figures", "ferry", at=asof.public("2024-05-06")).dicts()
    assert [(row["measure"], row["value"]) for row in rows] == [("people ashore", 143)]


def test_a_typo_that_restores_a_removed_value_counts_from_the_removal(archive: Archive) -> None:
    lines = [
        notice(6, "/note", None, "Counted twice"),
        notice(8, "/note", "Counted twice", None),
        notice(10, "/note", None, "Counted three times", "typo"),
    ]
    archive.record(lines, story="ferry")
    seen = [
        archive.state("ferry", asof.public(f"2024-05-{day:02}")).facts["f2"].data.note
        for day in (6, 7, 8)
    ]
    assert seen == ["Counted twice", "Counted twice", "Counted three times"]


def test_a_typo_in_evidence_that_was_added_counts_from_the_addition(archive: Archive) -> None:
    lines = [added(8), notice(10, "/evidence/1/role", "quote", "cue", "typo", "f1")]
    archive.record(lines, story="ferry")
    assert [roles(archive, day) for day in (7, 8)] == [["content"], ["content", "cue"]]


def test_a_typo_finds_its_evidence_when_an_item_before_it_is_removed(archive: Archive) -> None:
    removed = {"role": "content", "exact": "Everyone is safe"}
    placed = archive.state("ferry").facts["f1"].data.evidence[0]
    removed |= {name: getattr(placed, name) for name in ("start", "end", "prefix", "suffix")}
    lines = [
        added(7),
        added(8, "Mara Voss", "name"),
        notice(9, "/evidence/0", removed, None, fact="f1"),
        notice(11, "/evidence/1/role", "name", "mention", "typo", "f1"),
    ]
    archive.record(lines, story="ferry")
    assert [roles(archive, day) for day in (7, 8, 9, 10)] == [
        ["content", "quote"],
        ["content", "quote", "name"],
        ["quote", "mention"],
        ["quote", "mention"],
    ]


@pytest.mark.parametrize("kind", ["correction", "typo"])
def test_a_correction_never_counts_before_the_evidence_it_corrects(
    archive: Archive, kind: str
) -> None:
    """The notice of the evidence is later than the notice of its correction."""
    lines = [added(9), notice(8, "/evidence/1/role", "quote", "cue", kind, "f1")]
    archive.record(lines, story="ferry")
    assert [roles(archive, day) for day in (8, 9)] == [["content"], ["content", "cue"]]


def test_a_typo_does_not_move_the_retraction_of_its_fact(archive: Archive) -> None:
    lines = [
        notice(8, VALUE, 143, 150),
        notice(10, VALUE, 150, 151, "typo"),
        retracted("f2") | {"reported_at": DAY.format(11)},
    ]
    archive.record(lines, story="ferry")
    assert value(archive, "2024-05-10") == [(151, "corrected")]
    assert value(archive, "2024-05-11") == [(151, "retracted")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_history_can_be_folded_as_of_any_day(data: st.DataObject) -> None:
    """Notices in any order: evidence is added, removed and corrected, with typos."""
    with Archive.create(":memory:", Plugins()) as archive:
        archive.record(story())
        for _ in range(data.draw(st.integers(2, 6))):
            evidence = archive.state("ferry").facts["f1"].data.evidence
            day = data.draw(st.integers(5, 12))
            kind = data.draw(st.sampled_from(["correction", "typo"]))
            at = data.draw(st.integers(0, len(evidence) - 1))
            step = data.draw(st.sampled_from(["add", "role", "whole", "remove"]))
            item = to_fields_of(evidence[at])
            other = "cue" if item["role"] != "cue" else "mention"
            if step == "add" or (step == "remove" and len(evidence) == 1):
                line = added(day, data.draw(st.sampled_from(["Everyone", "is safe", "Mara Voss"])))
            elif step == "remove":
                line = notice(day, f"/evidence/{at}", item, None, kind, "f1")
            elif step == "whole":
                line = notice(day, f"/evidence/{at}", item, item | {"role": other}, kind, "f1")
            else:
                line = notice(day, f"/evidence/{at}/role", item["role"], other, kind, "f1")
            archive.record([line], story="ferry")
        for day in range(6, 13):
            archive.state("ferry", asof.public(f"2024-05-{day:02}"))
        whole = archive.state("ferry", asof.public("2999")).facts["f1"].data
        assert whole == archive.state("ferry").facts["f1"].data


def to_fields_of(item: Any) -> dict[str, Any]:
    return dict(msgspec.to_builtins(item))


def test_a_notice_without_a_time_counts_from_its_recording(archive: Archive) -> None:
    archive.record([retracted("f2")], story="ferry")
    assert value(archive, "2024-05-06") == [(143, "recorded")]
    assert value(archive, "2999-01-01") == [(143, "retracted")]


def test_a_notice_never_counts_before_its_fact(archive: Archive) -> None:
    early = retracted("f2") | {"reported_at": "2020-01-01T00:00:00Z"}
    archive.record([early], story="ferry")
    assert value(archive, "2020-06-01") == []
    assert value(archive, "2024-05-06") == [(143, "retracted")]


def test_a_link_counts_as_soon_as_both_its_facts_do(archive: Archive) -> None:
    later = samples.captured("FICTION. Later, 144 were counted.", published="2024-05-08")
    other = samples.fact("figure", "144 were counted", source=later["source"], fact="f3")
    link = {"type": "facts.linked", "from": "f3", "to": "f2", "relation": "disputes"}
    archive.record([later, other, link], story="ferry")
    assert value(archive, "2024-05-07") == [(143, "recorded")]
    assert value(archive, "2024-05-08")[0] == (143, "disputed")
    assert len(archive.view("disputes", "ferry", at=asof.public("2024-05-07"))) == 0


OPEN = (
    "../2024-05-06",
    "/2024-05-06",
    "[..2024-05-06]",
    "{..2024-05-06}",
    "[..2024-05-01,2024-05-06]",
)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("published", OPEN)
def test_a_source_published_on_or_before_a_day_is_public_at_its_end(
    published: str, old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if the log has no such instant, because an older Dateline recorded none."""
    if old:
        monkeypatch.setattr(times, "public_from", lambda text, known: earliest_instant(text))
    with Archive.create(":memory:", plugins()) as archive:
        archive.record([*story()[:4], captured(published=published), figure()])
        instants = [event.reported_us for event in archive.events()][-2:]
        assert instants == ([None] * 2 if old else [latest_instant(published)] * 2)
        monkeypatch.undo()
        assert value(archive, "2024-05-05") == []
        assert value(archive, "2024-05-06") == [(143, "recorded")]
        # An export can be imported into this archive and into another.
        with archive.material(at=asof.public("2024-05-06")) as material:
            exported = "".join(archive.plugins.exporter("ndjson").export(material)).encode()
        lines = list(archive.plugins.importer("ndjson").read([exported]))
        assert archive.record(lines).new == 0
        with Archive.create(":memory:", plugins()) as other:
            assert other.record(lines).new == archive.head().position
            assert value(other, "2024-05-06") == [(143, "recorded")]


@pytest.mark.parametrize(
    "published", ["2024-05-06/..", "2024-05-06/", "[2024-05-06..]", "2024-05-06?"]
)
def test_a_source_published_on_or_after_a_day_is_public_from_that_day(published: str) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record([*story()[:4], captured(published=published), figure()])
        assert value(archive, "2024-05-05") == []
        assert value(archive, "2024-05-06") == [(143, "recorded")]


def test_a_source_published_before_a_future_day_counts_from_its_recording() -> None:
    """A source captured before that day was public when it was captured."""
    with Archive.create(":memory:", plugins()) as archive:
        archive.record([*story()[:4], captured(published="../9000"), figure()])
        event = list(archive.events())[-1]
        assert event.reported_us is None
        assert value(archive, "2024-05-06") == []
        assert value(archive, to_iso(event.recorded_us)[:10]) == [(143, "recorded")]


def test_a_moment_that_is_not_a_date_or_has_no_end_is_refused() -> None:
    for text, code in (("soon", "not-a-date"), ("2024-05-06/..", "date-without-end")):
        with pytest.raises(DatelineError) as caught:
            asof.public(text)
        assert caught.value.code == code
    with pytest.raises(DatelineError) as caught:
        asof.recorded("soon")
    assert caught.value.code == "not-a-date"
    assert asof.recorded("12").position == 12
    assert asof.recorded("2024").position is None
    assert asof.recorded("@2024").position == 2024


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(histories(), st.data())
def test_as_recorded_is_the_fold_of_the_first_events(lines: list[Any], data: st.DataObject) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines)
        head = archive.head().position
        cut = data.draw(st.integers(0, head))
        with Archive.create(":memory:", plugins()) as shorter:
            events = list(lines)[:cut]
            if events:
                shorter.record(events)
            for name in VIEWS:
                now = archive.view(name, everything=True, at=asof.recorded(f"@{head}"))
                assert now == archive.view(name, everything=True)
                then = archive.view(name, everything=True, at=asof.recorded(f"@{cut}"))
                if name != "changes":  # it shows ids and clocks of its own archive
                    first = shorter.view(name, everything=True)
                    assert _timeless(then) == _timeless(first)


def _timeless(table: Table) -> list[dict[str, Any]]:
    """Rows without the time at which a figure of an undated source was recorded."""
    return [{k: v for k, v in row.items() if k != "public_at"} for row in table.dicts()]


def test_an_export_of_a_past_moment_states_that_moment(archive: Archive) -> None:
    root = archive.head().root.hex()
    live = export(archive, None)
    archive.record([corrected("f2", "/quantities/0/value", 143, 150)], story="ferry")
    assert archive.head().root.hex() != root
    then = export(archive, asof.recorded("@7"))
    for name in ("csv", "markdown"):
        assert then[name].replace(", as of recorded 7", "") == live[name]
    assert f'"root":"{root}"' in then["json"]
    assert '"as_of":"recorded 7"' in then["json"]
    assert export(archive, asof.public("2024-05-01"))["ndjson"].count("figure.recorded") == 0


def export(archive: Archive, at: asof.Moment | None) -> dict[str, str]:
    written = {}
    for name in ("csv", "json", "ndjson", "markdown"):
        with archive.material("ferry", at=at) as material:
            written[name] = "".join(archive.plugins.exporter(name).export(material))
    return written


def test_kherson_was_unknown_the_day_before_it_was_published(shared: Path) -> None:
    folder = shared / "examples" / "kherson"
    raw = (folder / "kherson.ndjson").read_bytes()
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(archive.plugins.importer("ndjson").read([raw]), files=Folder(folder))
        facts = {
            day: len(archive.view("timeline", at=asof.public(day)))
            for day in ("2022-10-12", "2022-10-13", "2022-10-14")
        }
    assert facts == {"2022-10-12": 0, "2022-10-13": 45, "2022-10-14": 45}
