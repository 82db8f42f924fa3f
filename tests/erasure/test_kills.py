"""An erasure killed with SIGKILL between any two steps is finished when the archive is next opened."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.erasure import scene

from dateline import Archive, Plugins
from dateline.erasure import steps, view_rows
from dateline.erasure.journal import Journal
from dateline.erasure.purge import purge
from dateline.events.envelope import RecordedBy
from dateline.log import engine as engines
from dateline.plugins.discovery import installed
from dateline.protect.keys import Keys
from dateline.protect.keys_file import KeysFile

PLUGINS = Plugins(strict=True)
for candidate in installed():
    if candidate.name in ("figures", "timeline", "people"):
        PLUGINS.add(candidate)


class Points:
    """Counts the steps in the child process, and kills it at the one with the given number."""

    def __init__(self, at: int, pipe: int) -> None:
        self._at, self._pipe, self._count = at, pipe, 0

    def reach(self, name: str) -> None:
        os.write(self._pipe, f"{name}\n".encode())
        if self._count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._count += 1


def wrapped(points: Points, plain: Callable[..., Any], name: str) -> Callable[..., Any]:
    def around(*args: Any, **options: Any) -> Any:
        points.reach(f"{name}:before")
        result = plain(*args, **options)
        points.reach(f"{name}:after")
        return result

    return around


def watch(points: Points) -> None:
    """Announce every step from outside, without hooks in production code. A missing name
    raises at once."""
    for owner, name in (
        (Journal, "order"), (Journal, "advance"), (Keys, "destroy"), (steps, "purge"),
        (steps, "empty_wal"), (view_rows, "purge"),
    ):  # fmt: skip
        label = f"{getattr(owner, '__name__', '').rpartition('.')[2]}.{name}"
        setattr(owner, name, wrapped(points, getattr(owner, name), label))
    plain_writing, plain_keys = engines.writing, KeysFile.transaction

    @contextmanager
    def writing(engine: Any, **options: Any) -> Iterator[Any]:
        with plain_writing(engine, **options) as connection:
            yield connection
            points.reach("archive:commit")
        points.reach("archive:committed")

    @contextmanager
    def transaction(self: KeysFile, *, write: bool = True) -> Iterator[Any]:
        with plain_keys(self, write=write) as connection:
            yield connection
            if write:
                points.reach("keys:commit")
        if write:
            points.reach("keys:committed")

    for module in (engines, steps):  # `engines`: for what it tries patiently
        module.writing = writing  # type: ignore[attr-defined]
    KeysFile.transaction = transaction  # type: ignore[method-assign,assignment]


def erase_in_child(
    db: Path | str, at: int, keys: Path | None = None, **target: Any
) -> tuple[list[str], bool]:
    """(points reached, whether it was killed)"""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            watch(Points(at, write))
            with Archive.open(db, PLUGINS, keys) as archive:
                archive.erase(**target, reason=scene.REASON, basis=scene.BASIS)
        except BaseException as error:
            os.write(write, f"raised {error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as heard:
        reached = heard.read().split("\n")[:-1]
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, reached
    return reached, os.WIFSIGNALED(status)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with views built, one retired generation, and an unfinished build."""
    folder = tmp_path_factory.mktemp("ground")
    with Archive.create(folder / "a.db", PLUGINS) as archive:
        scene.fill(archive)
        archive.catch_up()
        archive.search("passengers")
        archive.entities()
        archive.rebuild(["figures"])
    return folder


SUBJECT = {"subject": scene.WITNESS}
#: The witness's events one by one, and unprotected content, which only the purge erases.
POSITIONS = {"positions": (8, 9, 10, 11, 15, scene.PLAIN)}


@pytest.mark.parametrize("target", [SUBJECT, POSITIONS], ids=["subject", "positions"])
def test_an_erasure_killed_at_any_point_is_finished_on_opening(
    ground: Path, tmp_path: Path, target: dict[str, Any]
) -> None:
    points: list[str] = []
    for at in range(200):
        folder = tmp_path / str(at)
        shutil.copytree(ground, folder)
        db = folder / "a.db"
        reached, killed = erase_in_child(db, at, **target)
        if not killed:
            break
        points.append(reached[-1])
        ordered = "keys:committed" in reached  # the first transaction is the order
        with Archive.open(db, PLUGINS) as archive:
            done = (
                "keys:committed" in reached[:-1] and archive._journal.erasures()[0].step == "done"
            )
            assert bool(archive.resumed) or not ordered or done
            assert all(erasure.step == "done" for erasure in archive._journal.erasures())
            inspect(archive, folder, target, erased=ordered)
            if not ordered:
                archive.erase(**target, reason=scene.REASON, basis=scene.BASIS)
                inspect(archive, folder, target, erased=True)
        shutil.rmtree(folder)
    assert not killed and len(points) > 20
    for name in (
        "archive:commit",
        "archive:committed",
        "keys:commit",
        "steps.purge:after",
        "view_rows.purge:before",
    ):
        assert points.count(name) >= 1, points


def inspect(archive: Archive, folder: Path, target: dict[str, Any], *, erased: bool) -> None:
    told = [event for event in archive.events("ferry") if event.type == "content.erased"]
    assert len(told) == int(erased)
    facts = {"f3", "f4"} if target == SUBJECT else {"f3", "f4", "f5"}
    words = [scene.CANARY, scene.QUEUED, *([] if target == SUBJECT else [scene.CLEAR])]
    assert set(archive.state("ferry").erased) == (facts if erased else set())
    for name in PLUGINS.views:
        assert archive.verify_view(name) == []
        text = repr(archive.view(name, everything=True).rows)
        assert not erased or not any(word in text for word in words)
    if erased:
        assert archive.document(scene.LETTER_ID) is None
        assert [scene.found(folder, word) for word in words] == [[]] * len(words)


def test_the_purge_is_one_transaction(ground: Path, tmp_path: Path) -> None:
    """A reader never sees an erased body without its erasure event, or the event with the body."""
    shutil.copytree(ground, tmp_path / "x")
    with Archive.open(tmp_path / "x" / "a.db", PLUGINS) as archive:
        eraser = steps.Eraser(archive._pairing, lambda: PLUGINS.views)
        erasure = archive._journal.order(
            "r", "b", RecordedBy(), subject_key=archive.key_of(scene.WITNESS)
        )
        erasure = archive._journal.advance(erasure, "listed", listed=eraser._list(erasure))
        with pytest.raises(RuntimeError), steps.writing(archive._engine) as connection:
            purge(connection, archive._reader, archive._reader.vault, PLUGINS.views, erasure)  # type: ignore[arg-type]
            raise RuntimeError
        assert len(archive.state("ferry").facts) == 5
        assert [e for e in archive.events() if e.type == "content.erased"] == []
