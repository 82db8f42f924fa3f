"""`dateline follow` in a process of its own, as a script runs it and stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.testing import samples
from dateline.testing.postgres import UNSAFE, VARIABLE, Cluster, Unavailable

PATIENCE = 60.0
RECORD = """
import sys
from dateline import Archive, Plugins
from dateline.testing import samples
db, slug, count = sys.argv[1:]
with Archive.open(db, Plugins()) as archive:
    for number in range(int(count)):
        archive.record([samples.figure(text=f"{slug} {number}")], story=slug)
"""


def environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("DATELINE_")}


class Following:
    """A follower's process, and the lines it printed so far."""

    def __init__(self, db: str, *words: str, stdout: int = subprocess.PIPE) -> None:
        code = "from dateline.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "--db", db, "follow", *words],
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        self.lines: list[str] = []
        self.said: list[str] = []
        self._threads = [
            threading.Thread(target=self._hear, args=(stream, lines), daemon=True)
            for stream, lines in (
                (self.process.stdout, self.lines),
                (self.process.stderr, self.said),
            )
            if stream is not None
        ]
        for thread in self._threads:
            thread.start()

    def _hear(self, stream: Iterator[bytes], lines: list[str]) -> None:
        lines.extend(line.decode() for line in stream)

    def wait_for(self, count: int) -> None:
        self._until(lambda: len(self.lines) >= count)

    def wait_to_hear(self, words: str) -> None:
        self._until(lambda: any(words in line for line in self.said))

    def _until(self, met: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < end, (self.lines[-3:], self.said)
            time.sleep(0.01)

    def end(self, how: signal.Signals | None = None) -> int:
        """The exit code, after signal `how` or when it ends by itself."""
        if how is not None:
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code

    @property
    def positions(self) -> list[int]:
        return [json.loads(line)["position"] for line in self.lines]


@contextmanager
def following(db: str, *words: str) -> Iterator[Following]:
    follower = Following(db, *words)
    try:
        yield follower
    finally:
        follower.process.kill()
        follower.process.wait()


@pytest.fixture
def three_stories(db: str) -> str:
    """An archive with three stories."""
    with Archive.create(db, Plugins()) as archive:
        for slug in ("ferry", "alma", "bora"):
            archive.record(samples.story(slug=slug))
    return db


def head(db: str) -> int:
    with Archive.open(db, Plugins()) as archive:
        return archive.head().position


def log(db: str, *words: str) -> str:
    code = "from dateline.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "--db", db, "log", *words],
        capture_output=True, text=True, check=True, env=environment(),
    ).stdout  # fmt: skip


def add(db: str, *texts: str, story: str = "ferry") -> None:
    with Archive.open(db, Plugins()) as archive:
        for text in texts:
            archive.record([samples.figure(text=text)], story=story)


def test_two_followers_see_each_event_of_three_writers_once_and_in_order(
    three_stories: str,
) -> None:
    first = head(three_stories)
    each = 25
    until = first + 3 * each
    with following(three_stories, "-f", "ndjson", "--from", "0", "-n", str(until)) as steady:
        writers = [
            subprocess.Popen([sys.executable, "-c", RECORD, three_stories, slug, str(each)])
            for slug in ("ferry", "alma", "bora")
        ]
        seen: list[str] = []
        stops = (signal.SIGTERM, signal.SIGINT)
        for restart in range(4):
            words = ["-f", "ndjson", "--from", str(len(seen))]
            with following(three_stories, *words) as restless:
                restless.wait_for(min(12, until - len(seen)))
                restless.end(stops[restart % 2])
            seen += restless.lines
        with following(three_stories, "-f", "ndjson", "--from", str(len(seen)),
                       "-n", str(until - len(seen))) as last:  # fmt: skip
            assert last.end() == 0
        seen += last.lines
        for writer in writers:
            assert writer.wait(PATIENCE) == 0
        assert steady.end() == 0
    assert steady.positions == list(range(1, until + 1))
    assert steady.lines == seen
    assert "".join(seen) == log(three_stories, "-f", "ndjson")


def test_one_story_can_be_followed_from_a_position(three_stories: str) -> None:
    add(three_stories, "one", "two", story="alma")
    end = head(three_stories)
    with following(three_stories, "alma", "--from", str(end - 1), "-f", "ndjson") as follower:
        follower.wait_for(1)
        add(three_stories, "of another", story="ferry")
        add(three_stories, "three", story="alma")
        follower.wait_for(2)
        assert follower.end(signal.SIGTERM) == 0
    assert follower.positions == [end, end + 2]


def test_without_a_position_only_new_events_are_shown(three_stories: str) -> None:
    before = head(three_stories)
    with following(
        three_stories, "--type", "figure.recorded", "-n", "1", "-f", "ndjson"
    ) as follower:
        end = time.monotonic() + PATIENCE
        while follower.process.poll() is None and time.monotonic() < end:
            add(three_stories, f"at {time.monotonic()}")  # until the follower listens
            time.sleep(0.3)
        assert follower.end() == 0
    assert follower.positions[0] > before and len(follower.lines) == 1


@pytest.mark.parametrize(
    ("how", "code", "format_"),
    [
        (signal.SIGTERM, 0, "json"),
        (signal.SIGTERM, 0, "table"),
        (signal.SIGINT, 130, "ndjson"),
        (signal.SIGINT, 130, "csv"),
    ],
    ids=lambda value: str(value),
)
def test_a_signal_ends_it_after_a_complete_line(
    three_stories: str, how: signal.Signals, code: int, format_: str
) -> None:
    count = head(three_stories)
    with following(three_stories, "--from", "0", "-f", format_) as follower:
        follower.wait_for(count)
        started = time.monotonic()
        assert follower.end(how) == code
        assert time.monotonic() - started < 5
    printed = "".join(follower.lines)
    assert printed.endswith("\n")
    assert f"--from {count}`" in "".join(follower.said)
    if format_ == "json":
        assert [row["position"] for row in json.loads(printed)] == list(range(1, count + 1))
    elif format_ != "table":
        assert printed == log(three_stories, "-f", format_)
    else:
        assert len(follower.lines) == count + 1


def test_it_ends_when_its_reader_exits_though_no_event_comes(three_stories: str) -> None:
    read_end, write_end = os.pipe()
    follower = Following(three_stories, "--from", "0", "-f", "ndjson", stdout=write_end)
    os.close(write_end)
    assert os.read(read_end, 10)
    os.close(read_end)
    assert follower.end() == 1
    assert not follower.said


def test_a_position_past_the_end_of_the_log_is_refused(three_stories: str) -> None:
    with following(three_stories, "--from", "1000") as follower:
        assert follower.end() == 1
    assert "1000" in follower.said[0]


def test_untrusted_text_is_escaped_on_one_line_per_event(three_stories: str) -> None:
    start = head(three_stories)
    add(three_stories, "evil \x1b[31m\u202e\nsecond line", "plain")
    for format_ in ("table", "csv", "json", "ndjson"):
        with following(three_stories, "--from", str(start), "-n", "2", "-f", format_) as follower:
            assert follower.end() == 0
        printed = "".join(follower.lines)
        assert "\x1b" not in printed and "\u202e" not in printed
        assert "evil" in printed and "plain" in printed
        if format_ in ("table", "ndjson"):
            assert len(follower.lines) == (3 if format_ == "table" else 2)


def test_a_new_event_is_shown_at_once(three_stories: str) -> None:
    """By NOTIFY, or by SQLite's data version: in well under a second."""
    start = head(three_stories)
    with following(three_stories, "--from", str(start - 1), "-f", "ndjson") as follower:
        follower.wait_for(1)
        waits = []
        with Archive.open(three_stories, Plugins()) as archive:
            for number in range(5):
                time.sleep(0.35)
                archive.record([samples.figure(text=f"No. {number}")], story="ferry")
                recorded = time.monotonic()
                follower.wait_for(number + 2)
                waits.append(time.monotonic() - recorded)
        assert follower.end(signal.SIGTERM) == 0
    assert sorted(waits)[2] < 0.6, waits


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if os.environ.get(VARIABLE):
        pytest.skip("a given server must not be restarted")
    with tempfile.TemporaryDirectory(prefix="dl-", ignore_cleanup_errors=True) as folder:
        try:
            with Cluster(Path(folder), UNSAFE) as cluster:
                yield cluster
        except Unavailable as error:
            pytest.skip(f"no PostgreSQL: {error}")


def restarted(cluster: Cluster, hard: bool) -> None:
    (cluster.kill if hard else cluster.stop)()
    time.sleep(1.0)
    cluster.start()


@pytest.mark.parametrize("words", [(), ("ferry",)], ids=["all", "a story"])
def test_after_a_restart_of_the_server_it_continues_where_it_was(
    cluster: Cluster, words: Sequence[str]
) -> None:
    db = cluster.url.set(database="postgres").render_as_string(hide_password=False)
    if not words:
        Archive.create(db, Plugins()).close()
        with Archive.open(db, Plugins()) as archive:
            archive.record(samples.story())
    start = head(db)
    with following(db, *words, "--from", str(start), "-f", "ndjson") as follower:
        add(db, f"before {words}")
        follower.wait_for(1)
        for number, hard in enumerate((False, True)):
            restarted(cluster, hard)
            add(db, f"after {words} {number}", f"and then {words} {number}")
            follower.wait_for(3 + 2 * number)
        follower.wait_to_hear("again")
        assert follower.end(signal.SIGTERM) == 0
    assert follower.positions == list(range(start + 1, start + 6))
    assert "trying again" in "".join(follower.said)
