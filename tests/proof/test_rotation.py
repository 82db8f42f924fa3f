"""Proofs after a change of keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.proof.bundles import Bundle

from dateline import Archive
from dateline.events.identity import uuid7
from dateline.proof import keys, verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, Wrong, check, read_checkpoint


@pytest.fixture
def rotated(
    archive: Archive, key: SigningKey, outside: Checkpoint, tmp_path: Path
) -> tuple[Bundle, SigningKey]:
    """A proof signed by another key, which continues the checkpoint of the first key."""
    newer = keys.create(tmp_path / "new.key", archive.id)
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    signed = read_checkpoint(archive.checkpoint(newer).note)
    return archive.prove("ferry", "f2", signed, earlier=outside, with_documents=True), newer


def test_after_a_change_of_keys_both_check_all(
    rotated: tuple[Bundle, SigningKey], key: SigningKey, outside: Checkpoint
) -> None:
    bundle, newer = rotated
    for both in ([key.vkey, newer.vkey], [newer.vkey, key.vkey]):
        for held in (None, outside, read_checkpoint(bundle["checkpoint"])):
            assert check(bundle, both, held).open == []


def test_a_checkpoint_of_a_key_that_is_not_given_is_not_called_false(
    rotated: tuple[Bundle, SigningKey], key: SigningKey, outside: Checkpoint
) -> None:
    bundle, newer = rotated
    [said] = check(bundle, [newer.vkey]).open
    assert "None of the given keys signed the earlier checkpoint, of 600 events" in said
    [said] = check(bundle, [newer.vkey], outside).open  # the same checkpoint is reported once
    del bundle["earlier"]
    said, other = check(bundle, [newer.vkey], outside).open
    assert "None of the given keys signed the checkpoint you hold, of 600 events" in said
    assert "does not continue the checkpoint you hold" in other
    said, _ = check(bundle, [key.vkey], outside).open
    assert "not proven that anything here is from the archive" in said


def test_a_false_signature_of_a_key_that_is_given_is_false_wherever_it_is(
    rotated: tuple[Bundle, SigningKey], key: SigningKey, outside: Checkpoint
) -> None:
    bundle, newer = rotated
    name, id_, _ = outside.signatures[0]
    false = outside._replace(signatures=((name, id_, newer.sign(outside.text)),))
    both = [newer.vkey, key.vkey]
    with pytest.raises(Wrong, match="consistency: "):
        check(bundle, both, outside._replace(origin=f"{verifier.ORIGIN}{uuid7()}"))
    with pytest.raises(Wrong, match="signature: "):
        check({**bundle, "earlier": {**bundle["earlier"], "checkpoint": false.note}}, both)
    # A false one that the reader holds says nothing about the proof.
    held = check(bundle, both, false)
    assert held.held is None
    assert any("The checkpoint you hold has a false signature" in line for line in held.open)
