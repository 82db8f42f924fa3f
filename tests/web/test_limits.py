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
