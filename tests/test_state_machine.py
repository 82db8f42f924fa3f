"""Random operations on one archive, compared with a model of plain dicts."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.effort import examples

from dateline import Archive, Plugins, Refused, VersionConflict
from dateline.plugins.discovery import installed
from dateline.testing import samples
from dateline.testing.postgres import Server

SLUGS = st.sampled_from(("alma", "bora", "cato"))


def plugins() -> Plugins:
    wanted = Plugins(strict=True)
    for candidate in installed():
        if candidate.name in ("figures", "timeline"):
            wanted.add(candidate)
    return wanted


PLUGINS = plugins()


class ArchiveMachine(RuleBasedStateMachine):
    """The model is slug -> {version, facts: id -> (value, status)}; `sent` has all recorded lines."""

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, dict[str, Any]] = {}
        self.position = 0
        self.sent: list[tuple[str, list[dict[str, Any]]]] = []
        self.count = 0

    @initialize()
    def create(self) -> None:
        self.archive = Archive.create(self.place(), PLUGINS)

    def place(self) -> str:
        return ":memory:"

    def teardown(self) -> None:
        self.archive.close()

    def send(self, slug: str, lines: list[dict[str, Any]], **options: Any) -> None:
        self.archive.record(lines, story=None if slug not in self.model else slug, **options)
        self.position += len(lines)
        self.sent.append((slug, lines))
        self.model.setdefault(slug, {"version": 0, "facts": {}})["version"] += len(lines)

    @rule(slug=SLUGS)
    def open(self, slug: str) -> None:
        lines = samples.story(slug=slug)[:5]
        if slug in self.model:
            with pytest.raises(Refused, match="slug-taken"):
                self.archive.record([samples.opened(slug, f"Again {self.count}")])
        else:
            self.send(slug, lines, expected="new")

    @precondition(lambda self: self.model)
    @rule(data=st.data(), value=st.integers(0, 193))
    def record(self, data: st.DataObject, value: int) -> None:
        slug = data.draw(st.sampled_from(sorted(self.model)))
        self.count += 1
        quantity = {"measure": "m", "value": value, "of": 193, "verbatim": "143 of 193"}
        line = samples.figure(quantities=[quantity], text=f"Figure {self.count}")
        self.send(slug, [line], expected=self.model[slug]["version"])
        facts = self.model[slug]["facts"]
        facts[f"f{len(facts) + 1}"] = (value, "recorded")

    @precondition(lambda self: any(story["facts"] for story in self.model.values()))
    @rule(data=st.data(), now=st.integers(0, 193))
    def correct(self, data: st.DataObject, now: int) -> None:
        slug = data.draw(st.sampled_from(sorted(s for s in self.model if self.model[s]["facts"])))
        facts = self.model[slug]["facts"]
        name = data.draw(st.sampled_from(sorted(facts)))
        was, status = facts[name]
        self.count += 1
        line = samples.corrected(
            name, "/quantities/0/value", was, now, reason=f"Recount {self.count}"
        )
        if was == now or status == "retracted":
            with pytest.raises(Refused):
                self.archive.record([line], story=slug)
        else:
            self.send(slug, [line])
            facts[name] = (now, "corrected")

    @precondition(lambda self: any(story["facts"] for story in self.model.values()))
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        slug = data.draw(st.sampled_from(sorted(s for s in self.model if self.model[s]["facts"])))
        facts = self.model[slug]["facts"]
        name = data.draw(st.sampled_from(sorted(facts)))
        self.count += 1
        line = samples.retracted(name, f"Wrong {self.count}")
        if facts[name][1] == "retracted":
            with pytest.raises(Refused, match="already-retracted"):
                self.archive.record([line], story=slug)
        else:
            self.send(slug, [line])
            facts[name] = (facts[name][0], "retracted")

    @precondition(lambda self: self.model)
    @rule(data=st.data(), off=st.integers(1, 3))
    def append_with_a_stale_version(self, data: st.DataObject, off: int) -> None:
        slug = data.draw(st.sampled_from(sorted(self.model)))
        stale = self.model[slug]["version"] - off
        self.count += 1
        line = samples.figure(text=f"Stale {self.count}")
        with pytest.raises(VersionConflict):
            self.archive.record([line], story=slug, expected=stale)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def retry_with_the_same_ids(self, data: st.DataObject) -> None:
        slug, lines = data.draw(st.sampled_from(self.sent))
        again = self.archive.record(lines, story=slug, expected=0)
        assert (again.new, again.already) == (0, len(lines))

    @invariant()
    def the_log_is_as_long_as_what_was_accepted(self) -> None:
        assert self.archive.head().position == self.position
        versions = {story.slug: story.version for story in self.archive.stories()}
        assert versions == {slug: story["version"] for slug, story in self.model.items()}

    @invariant()
    def the_view_is_the_model(self) -> None:
        table = self.archive.view("figures", everything=True)
        rows = {(row["story"], row["fact"]): (row["value"], row["status"]) for row in table.dicts()}
        assert rows == {
            (slug, name): fact
            for slug, story in self.model.items()
            for name, fact in story["facts"].items()
        }


class PostgresMachine(ArchiveMachine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server, self.databases = server, ExitStack()

    def place(self) -> str:
        return self.databases.enter_context(self.server.database())

    def teardown(self) -> None:
        super().teardown()
        self.databases.close()


@pytest.mark.slow
def test_an_archive_on_postgresql(dateline_postgres: Server) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: PostgresMachine(dateline_postgres),
        settings=settings(max_examples=examples(8), stateful_step_count=15, deadline=None),
    )


TestArchive = ArchiveMachine.TestCase
TestArchive.settings = settings(max_examples=examples(40), stateful_step_count=20, deadline=None)
