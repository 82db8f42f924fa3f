"""Independent verifiers accept our checkpoints and proofs, and refuse altered ones.

tlog-scales and aics-tlog are C2SP tlog implementations by other people (both Apache-2.0); the
second needs Python 3.12. Either alone would do; each that is installed is asked.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Protocol

import pytest

from dateline import Archive
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, leaf_hash, read_checkpoint


class Other(Protocol):
    """What an independent verifier is asked."""

    def signed(self, note: str, vkey: str) -> bool: ...

    def included(self, leaf: bytes, at: int, size: int, path: list[bytes], root: bytes) -> bool: ...

    def consistent(
        self, old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]
    ) -> bool: ...


class TlogScales:
    def __init__(self) -> None:
        self.tlog = pytest.importorskip("tlog_scales.tlog")
        self.signing = pytest.importorskip("tlog_scales.signing")

    def signed(self, note: str, vkey: str) -> bool:
        from cryptography.exceptions import InvalidSignature

        try:
            self.tlog.Checkpoint.from_text(note).verify(self.signing.Vkey.from_string(vkey))
        except (InvalidSignature, RuntimeError):
            return False
        return True

    def included(self, leaf: bytes, at: int, size: int, path: list[bytes], root: bytes) -> bool:
        try:
            self.tlog.InclusionProof(at, size, path).check(leaf, root)
        except self.tlog.InclusionProofInvalid:
            return False
        return True

    def consistent(
        self, old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]
    ) -> bool:
        try:
            self.tlog.ConsistencyProof(old, new, path).check(old_root, new_root)
        except self.tlog.ConsistencyProofInvalid:
            return False
        return True


class AicsTlog:
    def __init__(self) -> None:
        self.tlog: Any = pytest.importorskip("aics_tlog", reason="aics-tlog needs Python 3.12")

    def signed(self, note: str, vkey: str) -> bool:
        key = self.tlog.parse_vkey(vkey)
        result = self.tlog.verify_checkpoint(
            self.tlog.parse_note(note), key, expected_origin=key.name
        )
        return bool(result.ok)

    def included(self, leaf: bytes, at: int, size: int, path: list[bytes], root: bytes) -> bool:
        return bool(self.tlog.verify_inclusion(leaf, at, size, path, root))

    def consistent(
        self, old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]
    ) -> bool:
        return bool(self.tlog.verify_consistency(old, new, old_root, new_root, path))


@pytest.fixture(params=[TlogScales, AicsTlog])
def other(request: pytest.FixtureRequest) -> Other:
    made: Other = request.param()
    return made


def raw(path: list[str]) -> list[bytes]:
    return [base64.b64decode(step) for step in path]


def test_a_checkpoint_of_ours_is_accepted_and_a_changed_one_is_not(
    other: Other, outside: Checkpoint, key: SigningKey
) -> None:
    vkey = str(key.vkey)
    assert other.signed(outside.note, vkey)
    assert not other.signed(outside.note.replace("\n600\n", "\n599\n"), vkey)


def test_every_inclusion_proof_of_a_bundle_is_accepted(
    other: Other, archive: Archive, outside: Checkpoint
) -> None:
    bundle = json.loads(json.dumps(archive.prove("ferry", "f2", outside)))
    proven = [item for item in bundle["entries"] if "inclusion" in item]
    assert len(proven) > 5
    for item in proven:
        leaf, at = leaf_hash(item["entry"].encode()), item["position"] - 1
        path = raw(item["inclusion"])
        assert other.included(leaf, at, outside.size, path, outside.root)
        assert not other.included(leaf, at + 1, outside.size, path, outside.root)
        assert not other.included(leaf_hash(b"other"), at, outside.size, path, outside.root)


def test_consistency_proofs_of_bundles_are_accepted(
    other: Other, archive: Archive, key: SigningKey
) -> None:
    olds = [read_checkpoint(archive.checkpoint(key).note)]
    for count in (1, 7, 300):
        titles = [
            {"type": "story.retitled", "title": f"Fictional: {count}.{at}"} for at in range(count)
        ]
        archive.record(titles, story="storm")
        olds.append(read_checkpoint(archive.checkpoint(key).note))
    *olds, new = olds
    for old in olds:
        bundle = archive.prove("ferry", "f2", new, earlier=old)
        path = raw(bundle["earlier"]["consistency"])
        assert other.consistent(old.size, new.size, old.root, new.root, path)
        assert not other.consistent(old.size, new.size, bytes(32), new.root, path)
        assert not other.consistent(old.size, new.size, old.root, new.root, path[1:])
