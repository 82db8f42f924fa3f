"""Erasing content that can no longer be read, and keys named by imported records."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, REASON

from dateline import Archive, Plugins, Refused
from dateline.events.clock import now_us, to_iso
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


def erase(archive: Archive, subject: str | None, *positions: int, keys_lost: bool = False) -> None:
    archive.erase(subject, positions, reason=REASON, basis=BASIS, keys_lost=keys_lost)


@pytest.fixture
def lost(tmp_path: Path) -> Archive:
    """f3 and f5 were protected under two keys that are lost, f4 is in the clear; f6 was erased."""
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        for text, subject in (("3", "One"), ("4", None), ("5", "Two"), ("6", "Three")):
            archive.record([samples.figure(text=text)], story="ferry", protect=subject)
        erase(archive, "Three")
    (tmp_path / "a.db.keys").unlink()
    archive = Archive.open(tmp_path / "a.db", PLUGINS)
    erase(archive, None, 9, keys_lost=True)
    return archive


def test_numbers_of_unreadable_facts_are_not_given_again(lost: Archive) -> None:
    for key in lost.lost_keys():
        erase(lost, key)
    state = lost.state("ferry")
    assert set(state.facts) | set(state.erased) == {"f1", "f2", "f4", "f6"}
    given = [
        *lost.record([samples.figure(text="New")], story="ferry", anew=True).facts,
        *lost.record([samples.figure(text="Newer")], story="ferry", anew=True).facts,
    ]
    # f6 is the highest known number, and two facts are unreadable: theirs may have been f7 and f8.
    assert given == ["f9", "f10"]
    scene.verify(lost)


def test_keys_that_no_longer_protect_anything_are_not_called_lost(lost: Archive) -> None:
    assert len(lost.lost_keys()) == 2
    for key in lost.lost_keys():
        erase(lost, key)
    assert lost.lost_keys() == []


def test_where_nothing_is_left_under_lost_keys_the_new_ones_are_the_archive_s_own(
    tmp_path: Path,
) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive.record([samples.figure(text="Hers")], story="ferry", protect="One")
        erase(archive, "One")
    (tmp_path / "a.db.keys").unlink()
    with Archive.open(tmp_path / "a.db", PLUGINS) as archive:
        erase(archive, None, 7, keys_lost=True)
        assert archive.lost_keys() == []
        archive.record([samples.figure(text="His")], story="ferry", protect="Two")


# -- recorded elsewhere ------------------------------------------------------------------------


def told_of(key: str) -> dict[str, object]:
    return {
        "type": "content.erased", "event_id": str(uuid4()), "recorded_at": to_iso(now_us()),
        "reason": REASON, "basis": BASIS, "subject_key": key, "events": [],
    }  # fmt: skip


@pytest.mark.parametrize("keys", [True, False], ids=["keys here", "keys away"])
def test_a_key_that_protects_content_here_is_not_recorded_as_erased(
    archive: Archive, tmp_path: Path, keys: bool
) -> None:
    key = archive.key_of(scene.WITNESS)
    assert key is not None
    if not keys:
        (tmp_path / "a.db.keys").rename(tmp_path / "away")
    with Archive.open(tmp_path / "a.db", PLUGINS) as opened:
        with pytest.raises(Refused, match="/subject_key: reserved"):
            opened.record([told_of(key)], story="other")
        opened.record([told_of(str(uuid4()))], story="other")
    if keys:
        scene.verify(archive)


def test_the_key_of_the_same_batch_is_not_recorded_as_erased(archive: Archive) -> None:
    key = archive._keys.propose("Another")
    with pytest.raises(Refused, match="reserved"), pytest.MonkeyPatch.context() as patched:
        patched.setattr(archive._keys, "propose", lambda subject: key)
        archive.record(
            [told_of(key.id), samples.figure(text="His")], story="ferry", protect="Another"
        )
