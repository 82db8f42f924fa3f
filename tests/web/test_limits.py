"""What one request may cost: the past of a long archive is folded for one story only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.web.conftest import Open

from dateline import Archive
from dateline.testing import samples
from dateline_web import site


def test_the_past_of_a_long_archive_is_shown_for_one_story(
    recording: Callable[..., Archive], reading: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording(*samples.story())
    monkeypatch.setattr(site, "PAST", 5)
    reader = reading()

    for path in ("/views/figures", "/views/figures.json", f"/entities/{samples.VOSS}"):
        assert reader.ask(path).status_code == 200
        assert reader.ask(path, as_of="2024-05-06").status_code == 400
    assert reader.json("/views/figures.json")
    assert reader.ask("/views/figures.json", as_of="2024-05-06").json()["code"] == "past-too-long"
    assert reader.page("/stories/ferry/views/figures", as_of="2024-05-06")


def test_a_page_changes_when_the_index_of_words_catches_up(
    recording: Callable[..., Archive], reading: Open
) -> None:
    archive = recording(*samples.story())
    archive.catch_up_indexes()
    reader = reading()
    archive.record([samples.statement(text="Lifeboats came")], story="ferry")
    early = reader.ask("/search.json", q="lifeboats")
    assert early.json() == []

    archive.catch_up_indexes()
    again = reader.ask("/search.json", q="lifeboats")
    while again.headers["etag"] == early.headers["etag"]:
        again = reader.ask("/search.json", q="lifeboats")
    assert [hit["id"] for hit in again.json()] == ["f3"]
