"""The first rows of a view are those with which all of its rows begin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from tests.bundled import plugins
from tests.effort import examples

from dateline import Archive
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import Fields


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, plugins()) as archive:
        for slug in ("ferry", "bridge"):
            archive.record(samples.story(slug=slug))
            lines = [
                samples.figure(text="Later", times={"valid": {"edtf": "2024-05-05"}}),
                samples.figure(text="Undated", times={}),
                samples.figure(text="Größe"),
                samples.statement(text="ähnlich"),
            ]
            archive.record(lines, story=slug)
            archive.retract(slug, "f2", reason="It was not said")
        yield archive


@pytest.mark.parametrize("view", sorted(plugins().views))
@pytest.mark.parametrize("stories", [("ferry",), ()])
@pytest.mark.sampled(6)
def test_a_limit_cuts_the_rows_of_every_view(
    archive: Archive, view: str, stories: tuple[str, ...]
) -> None:
    for everything in (False, True):
        whole = archive.view(view, *stories, everything=everything)
        for limit in (0, 1, 3, 100):
            some = archive.view(view, *stories, everything=everything, limit=limit)
            assert some.rows == whole.rows[:limit]
            assert some.further == max(0, len(whole) - limit)
            assert some.hidden == whole.hidden


def test_a_limit_holds_at_a_past_moment_too(archive: Archive) -> None:
    whole = archive.view("timeline", "ferry", as_of="2024-05-07")
    some = archive.view("timeline", "ferry", as_of="2024-05-07", limit=2)

    assert (some.rows, some.further) == (whole.rows[:2], len(whole) - 2)


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(histories())
def test_a_limit_cuts_any_history(lines: list[Fields]) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(lines)
        for view in archive.plugins.views:
            whole = archive.view(view)
            assert archive.view(view, limit=2).rows == whole.rows[:2], view
