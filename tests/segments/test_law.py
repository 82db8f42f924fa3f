"""Whatever is recorded, erased, exported and killed: an export that ends gives the events of the log."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from pathlib import Path
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
from tests.erasure import scene
from tests.segments import ground
from tests.segments.ground import erase, files, held, log, more, small

from dateline import Archive, Plugins
from dateline.errors import DatelineError
from dateline.events.payload import Erased
from dateline.segments import export, read
from dateline.segments.folder import open_folder
from dateline.testing import samples
from dateline.testing.postgres import Server

SLUGS = st.sampled_from(("alma", "bora", "cato", "dora"))


class Machine(RuleBasedStateMachine):
    """``exported`` is the position of the last export that ended, -1 before it; ``pending`` whether a
    killed one may have ended too."""

    @initialize(remote=st.booleans(), full=st.sampled_from((5, 12, 100)), block=st.integers(1, 12))
    def create(self, remote: bool, full: int, block: int) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(small(full, 4, block))
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.folder = f"memory://{os.urandom(8).hex()}" if remote else f"{folder}/segments"
        keys = Path(folder) / "keys"
        self.archive = self.stack.enter_context(Archive.create(self.place(), Plugins(), keys))
        self.exported = -1
        self.pending = False

    def place(self) -> str:
        return ":memory:"

    def teardown(self) -> None:
        self.stack.close()

    @rule(slug=SLUGS, number=st.integers(1, 3), protect=st.booleans())
    def record(self, slug: str, number: int, protect: bool) -> None:
        if slug not in {story.slug for story in self.archive.stories()}:
            self.archive.record(samples.story(slug=slug))
        more(self.archive, slug, number, protect=scene.WITNESS if protect else None)

    @precondition(lambda self: self.archive.head().position)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        facts = [e for e in log(self.archive) if e.type.startswith("figure.")]
        live = [e.position for e in facts if not isinstance(e.data, Erased)]
        if live:
            erase(self.archive, data.draw(st.sampled_from(live)))

    @precondition(lambda self: scene.WITNESS in self.archive.subjects())
    @rule()
    def erase_the_witness(self) -> None:
        scene.erase(self.archive)

    @rule()
    def export(self) -> None:
        done = self.archive.export_segments(self.folder)
        assert done.position == self.archive.head().position
        self.exported, self.pending = done.position, False
        assert held(self.archive, self.folder) == log(self.archive)
        self.nothing_else_is_left()

    @rule(at=st.integers(1, 8), before=st.booleans())
    def export_killed(self, at: int, before: bool) -> None:
        if ground.killed_export(self.archive, self.folder, at, before=before):
            self.pending = True
        else:
            self.exported, self.pending = self.archive.head().position, False

    @rule()
    def export_without_anything_new(self) -> None:
        if self.exported == self.archive.head().position and not self.pending:
            again = self.archive.export_segments(self.folder)
            assert (again.events, again.files, again.replaced) == (0, 0, 0)

    def nothing_else_is_left(self) -> None:
        found = read.manifest(self.folder)
        named = {segment.file for segment in found.segments()}
        assert {name for name in open_folder(self.folder).names() if "parquet" in name} == named

    @invariant()
    def the_last_export_is_readable(self) -> None:
        if self.exported < 0 and not self.pending:
            return
        try:
            found = read.manifest(self.folder)
        except DatelineError as error:
            assert error.code == "segments-not-found" and self.exported < 0
            return
        assert found.position >= self.exported
        theirs = held(self.archive, self.folder)
        now = {event.position: event for event in log(self.archive, found.position)}
        assert [event.position for event in theirs] == list(now)
        for event in theirs:  # erased since, or the same
            if event != now[event.position]:
                assert isinstance(now[event.position].data, Erased)


class PostgresMachine(Machine):
    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server, self.databases = server, ExitStack()

    def place(self) -> str:
        return self.databases.enter_context(self.server.database())

    def teardown(self) -> None:
        super().teardown()
        self.databases.close()


@pytest.mark.slow
def test_segments_of_an_archive_on_postgresql(dateline_postgres: Server) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: PostgresMachine(dateline_postgres),
        settings=settings(max_examples=examples(10), stateful_step_count=15, deadline=None),
    )


TestSegments = Machine.TestCase
TestSegments.settings = settings(max_examples=examples(50), stateful_step_count=20, deadline=None)


# -- with SIGKILL -----------------------------------------------------------------------------------


class Ending(ground.Dying):
    """The process itself is killed."""

    def _counted(self) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return ExitStack()


def export_in_child(db: Path, folder: Path, at: int) -> bool:
    """Whether it was killed, before its write number `at`."""
    child = os.fork()
    if child == 0:
        try:
            export.open_folder = lambda path: Ending(open_folder(path), at, before=True)
            with small(), Archive.open(db, Plugins()) as archive:
                archive.export_segments(folder)
        except BaseException:
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.slow
def test_an_export_killed_at_any_write_leaves_the_last_one_and_is_finished_by_the_next(
    tmp_path: Path,
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    slugs = [f"s{number}" for number in range(5)]
    with small(), ground.create(start / "a.db", *slugs) as archive:
        archive.export_segments(start / "segments")
        before = held(archive, start / "segments")
        for slug in slugs:
            more(archive, slug)
        erase(archive, 6, 13)
        erase(archive, 20)
    reached = 0
    for at in range(1, 100):
        here = tmp_path / str(at)
        shutil.copytree(start, here)
        killed = export_in_child(here / "a.db", here / "segments", at)
        with small(), Archive.open(here / "a.db", Plugins()) as archive:
            found = held(archive, here / "segments")
            assert found in (before, log(archive))
            archive.export_segments(here / "segments")
            assert held(archive, here / "segments") == log(archive)
        manifest = read.manifest(here / "segments")
        names = {segment.file for segment in manifest.segments()}
        assert {name for name in files(here / "segments") if "parquet" in name} == names
        if not killed:
            break
        reached = at
    assert reached > 8
