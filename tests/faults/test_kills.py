"""Views survive SIGKILL at any moment: a sample of the kills in `run_kills.py`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from tests.faults.ground import Ground
from tests.faults.killing import (
    AFTER,
    BEFORE,
    BETWEEN,
    SWAP,
    Child,
    Hit,
    Kind,
    Reader,
    Shot,
    fire,
    inspect,
    live,
    plan,
    rehearse,
    scene,
)
from tests.faults.observed import NAMES, plugins

from dateline import Archive
from dateline.testing import samples


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("faults"), 20, step=200, page=100)


@pytest.fixture(scope="module")
def reader(ground: Ground) -> Iterator[Reader]:
    with Reader(ground) as reader:
        yield reader


def killed(
    ground: Ground, reader: Reader, kind: Kind, count: int, *, swap: int, ends: int
) -> tuple[list[Hit], Counter[str]]:
    timeline = rehearse(ground, kind)
    shots = plan(timeline, count, random.Random(7), swap=swap, ends=ends)
    hits = [fire(ground, reader, timeline, shot) for shot in shots]
    assert all(hit.reads for hit in hits)
    return hits, Counter(hit.phase for hit in hits)


def test_a_killed_rebuild_does_no_harm_and_continues(ground: Ground, reader: Reader) -> None:
    hits, phases = killed(ground, reader, "rebuild", 10, swap=4, ends=2)
    assert phases[SWAP] >= 2 and phases[BETWEEN] >= 3 and phases[BEFORE] and phases[AFTER]
    for hit in hits:
        if hit.phase == BETWEEN and not hit.shot.abandon:
            assert hit.folded < hit.of


def test_a_killed_catch_up_does_no_harm_and_continues(ground: Ground, reader: Reader) -> None:
    hits, phases = killed(ground, reader, "catch-up", 7, swap=0, ends=2)
    assert phases[BETWEEN] >= 4 and phases[BEFORE] and phases[AFTER]
    assert all(hit.folded < hit.of for hit in hits if hit.phase == BETWEEN)


def test_a_killed_first_catch_up_does_no_harm_and_continues(ground: Ground, reader: Reader) -> None:
    _, phases = killed(ground, reader, "first", 3, swap=2, ends=0)
    assert phases[SWAP] >= 1


@pytest.mark.parametrize("point", ["tail:committed", "index:committed", "swap:commit"])
def test_a_rebuild_killed_with_a_long_tail_continues(
    ground: Ground, reader: Reader, point: str
) -> None:
    """Events arrived during the rebuild: those already replayed are not replayed again."""
    timeline = rehearse(ground, "append")
    fire(ground, reader, timeline, Shot("append", timeline.points.index(point)))


@pytest.mark.parametrize("kind", ["catch-up", "first"])
def test_an_overtaken_catch_up_starts_again(ground: Ground, kind: Kind) -> None:
    points = rehearse(ground, kind).points
    with scene(ground, kind) as db, Archive.open(db, plugins()[0]) as archive:
        point = points.index("page:folded" if kind == "catch-up" else "bulk:folded")
        child = Child(ground, db, kind, [point])
        assert child.wait_for(point)
        archive.catch_up(NAMES)
        child.go_on()
        said = child.end(good=(0, 1))
        assert not said or "another process is rebuilding the same view" in said
        inspect(ground, archive)
        assert [build.position for build in live(archive)] == [ground.head] * len(NAMES)


def test_a_rebuild_whose_build_was_pruned_fails(ground: Ground) -> None:
    points = rehearse(ground, "rebuild").points
    with scene(ground, "rebuild") as db, Archive.open(db, plugins()[0]) as archive:
        point = points.index("bulk:folded")
        child = Child(ground, db, "rebuild", [point])
        assert child.wait_for(point)
        archive.prune()
        child.go_on()
        assert "another process is rebuilding the same view" in child.end(good=(1,))
        inspect(ground, archive)
        assert len(archive.builds()) == len(NAMES)


def test_views_first_built_from_an_empty_log_replace_their_rows() -> None:
    """A build whose target is position 0 has nothing to fold, but it still needs its index."""
    with Archive.create(":memory:", plugins()[0]) as archive:
        archive.catch_up()
        archive.record(samples.story())
        archive.catch_up()
        archive.record([samples.figure(text="One more")], story="ferry")
        archive.catch_up()
        assert [archive.verify_view(name) for name in NAMES] == [[], [], []]
