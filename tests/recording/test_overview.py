"""The list of stories: all of them, or those that changed last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dateline import Archive, Plugins, UnknownName
from dateline.pytest_plugin import Cli
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


def test_the_stories_that_changed_last_come_first(db: str) -> None:
    with Archive.create(db, PLUGINS) as archive:
        for slug in ("a", "b", "c"):
            archive.record(samples.story(slug=slug))
        archive.record([samples.statement(text="More")], story="b")

        every = {one.story.slug: one for one in archive.overview()}
        assert list(every) == ["a", "b", "c"]
        assert archive.overview(latest=2) == [every["b"], every["c"]]
        assert archive.overview(latest=2, skip=2) == [every["a"]]
        assert archive.overview(latest=0) == []
        assert archive.overview("c", "a") == [every["a"], every["c"]]
        with pytest.raises(UnknownName) as raised:
            archive.overview("a", "gone")
        assert raised.value.code == "story-unknown"
        assert archive.story_count() == 3


def test_the_command_shows_so_many(dateline_cli: Cli, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "dateline.db", PLUGINS) as archive:
        for slug in ("a", "b"):
            archive.record(samples.story(slug=slug))

    shown = json.loads(dateline_cli("stories", "--limit", "1", "-f", "json").out)
    assert [one["story"] for one in shown] == ["b"]
    assert len(json.loads(dateline_cli("stories", "-f", "json").out)) == 2
