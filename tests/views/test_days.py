"""The days on which a story changed, as steps of its public record."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.events.clock import now_us, to_iso
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.views.asof import public, upto

_NOTICED = ("fact.", "evidence.", "source.withdrawn", "source.amended", "event.revoked", "story.re")
_DAYS = st.sampled_from(("2022-10-11", "2022-10-13", "2022-10-20", "2023-01-01", None))


def at(archive: Archive, day: str, story: str = "made-up") -> Any:
    """All that a story is at the end of a day."""
    state = archive.state(story, as_of=day)
    facts = {
        name: (fact.data, fact.status, [event.position for event in fact.history], fact.chain_words)
        for name, fact in state.facts.items()
    }
    links = [(link.event.position, link.data) for link in state.links]
    return (
        facts,
        links,
        state.erased,
        state.title,
        dict(state.sources),
        dict(state.entities),
        state.withdrawn,
    )


def before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(1)).isoformat()


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(histories(), st.data())
def test_between_two_of_them_nothing_changes(lines: list[Any], data: st.DataObject) -> None:
    for line in lines:
        day = data.draw(_DAYS) if line["type"].startswith(_NOTICED) else None
        if day is not None:
            line["reported_at"] = f"{day}T23:59:59.999999Z"
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines)
        days, events = archive.days("made-up"), list(archive.events("made-up"))
        steps = [one.day for one in days]
        assert steps == sorted({*steps})
        assert at(archive, before(steps[0]))[0] == {}
        for earlier, later in zip(steps, [*steps[1:], "2999-01-01"], strict=True):
            assert at(archive, before(later)) == at(archive, earlier)
        always = len(list(upto(events, public(before(steps[0])))))
        for number, step in enumerate(days, 1):
            counted = sum(one.events for one in days[:number])
            assert always + counted == len(list(upto(events, public(step.day))))


def test_they_tell_what_happened_and_what_was_erased(tmp_path: Path) -> None:
    with Archive.create(":memory:", plugins(), tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        archive.correct(
            "ferry", "f2", {"quantities.0.value": 151}, reason="Later", kind="update",
            reported="2024-05-07",
        )  # fmt: skip
        archive.dispute("ferry", "f1", ground="She denies it", reported="2024-05-07T12:00:00Z")
        archive.retract("ferry", "f1", reason="False", reported="2024-05-09")
        archive.record([samples.captured("Undated.", published=None)], story="ferry")
        today = to_iso(now_us())[:10]
        steps = [(one.day, one.changes) for one in archive.days("ferry")]
        assert steps == [
            ("2024-05-06", {"captured": 1, "recorded": 2}),
            ("2024-05-07", {"disputed": 1, "updated": 1}),
            ("2024-05-09", {"retracted": 1}),
            (today, {"captured": 1}),
        ]
        archive.erase(positions=[6], reason="Asked", basis="GDPR 17")
        erased = {one.day: one.changes for one in archive.days("ferry")}
        assert erased["2024-05-06"] == {"captured": 1, "erased": 1, "recorded": 1}
        assert list(erased) == [day for day, _ in steps]
        for earlier, later in pairwise(erased):
            assert at(archive, before(later), "ferry") == at(archive, earlier, "ferry")
        assert at(archive, "2024-05-08", "ferry")[2].keys() == {"f1"}


def test_a_document_and_its_text_are_counted_apart_and_shown_as_one() -> None:
    from dateline_web.days import _changes

    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story())
        page = samples.captured("A page.", media_type="text/html")
        text = samples.captured("Its text.", derived_from=page["source"], extracted_by="tool 1")
        archive.record([page, text], story="ferry")
        [day] = archive.days("ferry")
    assert (day.changes["captured"], day.changes["read"]) == (2, 1)
    assert _changes(day.changes) == "2 captured, 2 recorded"
    assert _changes({"read": 1}) == "1 read"
