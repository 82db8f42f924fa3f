"""The archive as requests see it: what was read once is not read again, and not after it changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from dateline import Archive
from dateline.testing import samples
from dateline_web.site import Seen, Site


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The moments at which stories were read from the archive."""
    found: list[str | None] = []
    read = Site._read

    def counted(site: Site, slug: str, as_of: str | None) -> Seen:
        found.append(as_of)
        time.sleep(0.02)
        return read(site, slug, as_of)

    monkeypatch.setattr(Site, "_read", counted)
    return found


def test_a_story_is_read_once_for_all_who_ask_at_the_same_time(
    recording: Callable[..., Archive], readings: list[Any]
) -> None:
    site = Site(recording(*samples.story()))
    threads = [threading.Thread(target=site.seen, args=("ferry", None)) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert readings == [None]
    assert site._turns == {}


def test_a_story_that_changed_is_read_again_before_it_is_shown(
    recording: Callable[..., Archive], readings: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline_web.present._FRESH", -1.0)
    archive = recording(*samples.story())
    site = Site(archive)
    assert len(site.seen("ferry", None).story.facts) == 2
    archive.record([samples.fact("occurrence", "towed on Tuesday")], story="ferry")
    until = time.monotonic() + 5
    while len(site.seen("ferry", None).story.facts) == 2:
        assert time.monotonic() < until
    assert readings == [None, None]
    # The older one is forgotten the next time: what was erased is not kept.
    archive.record([samples.retracted("f3")], story="ferry")
    while site.seen("ferry", None).story.facts["f3"].status != "retracted":
        assert time.monotonic() < until
    assert len(site._seen) <= 2


def test_stories_are_forgotten_when_many_are_kept(
    recording: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline_web.site._FACTS", 150)
    site = Site(recording(*samples.story()))
    for day in range(1, 9):
        site.seen("ferry", f"2024-05-0{day}")
    assert [key[2] for key in site._seen] == ["2024-05-07", "2024-05-08"]


def test_what_was_erased_is_not_shown_while_the_next_state_is_made_ready(
    recording: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline_web.present._FRESH", -1.0)
    archive = recording(*samples.story())
    site = Site(archive)
    site.seen("ferry", None)
    monkeypatch.setattr(site, "_prepare", lambda: time.sleep(60))
    site.present._prepare = site._prepare
    [position] = [
        e.position for e in archive.events("ferry") if getattr(e.data, "fact", "") == "f1"
    ]

    archive.erase(positions=[position], reason="Asked for", basis="consent withdrawn")
    assert "f1" not in site.seen("ferry", None).story.facts
