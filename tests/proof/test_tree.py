"""The Merkle tree: proofs against the definition of RFC 6962 and the public vectors."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.effort import examples

from dateline import Archive
from dateline.errors import DatelineError
from dateline.log import hashing, tree
from dateline.log.engine import open_engine, reading
from dateline.log.hashing import Frontier
from dateline.log.stored_tree import StoredTree
from dateline.proof.verifier import Wrong, check_consistency, check_inclusion

#: Roots of 12 bytes in the corpus: a hash of another length is refused here first.
SHORT_ROOTS = {"sizes are equal (one) and proof is empty"}


def leaves_of(size: int) -> list[bytes]:
    return [hashing.leaf(b"%d" % number) for number in range(size)]


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1, literally."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashing.node(mth(leaves[:k]), mth(leaves[k:]))


class Plain:
    """Complete subtrees, computed from the leaves."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves

    def __call__(self, height: int, index: int) -> bytes:
        found = self.leaves[index << height : (index + 1) << height]
        assert len(found) == 1 << height
        return mth(found)


@given(st.integers(1, 300), st.data())
def test_an_inclusion_proof_leads_from_any_leaf_to_any_root(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    at = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(at, size, Plain(leaves))
    check_inclusion(at, size, leaves[at], path, mth(leaves))
    for wrong_at in {at ^ 1, at + 1} - {at}:
        with pytest.raises(Wrong):
            check_inclusion(wrong_at, size, leaves[at], path, mth(leaves))
    with pytest.raises(Wrong):
        check_inclusion(at, size, hashing.leaf(b"other"), path, mth(leaves))


@given(st.integers(1, 300), st.data())
def test_a_consistency_proof_leads_from_any_root_to_any_later_one(
    new: int, data: st.DataObject
) -> None:
    leaves = leaves_of(new)
    old = data.draw(st.integers(1, new))
    path = tree.consistency(old, new, Plain(leaves))
    check_consistency(old, new, path, mth(leaves[:old]), mth(leaves))
    forged = [*leaves[: old - 1], hashing.leaf(b"other"), *leaves[old:]]
    with pytest.raises(Wrong):
        check_consistency(old, new, path, mth(leaves[:old]), mth(forged))
    with pytest.raises(Wrong):
        check_consistency(old, new, [*path, leaves[0]], mth(leaves[:old]), mth(leaves))


@given(st.integers(0, 600))
def test_the_root_from_subtrees_is_that_of_the_definition(size: int) -> None:
    leaves = leaves_of(size)
    assert tree.root(size, Plain(leaves)) == mth(leaves)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (-1, 1)])
def test_sizes_without_a_proof_are_refused(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no proof of consistency"):
        tree.consistency(old, new, Plain(leaves_of(3)))
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion(new, new, Plain(leaves_of(3)))


def test_a_frontier_gives_every_node_to_store_once_and_rightly() -> None:
    leaves = leaves_of(256 * 256 + 700)
    tree_ = Frontier()
    tree_.extend(leaves)
    complete = tree_.take_complete()
    assert [(level, number) for level, number, _ in sorted(complete)] == [
        *((1, number) for number in range(258)),
        (2, 0),
    ]
    by = {(level, number): hash_ for level, number, hash_ in complete}
    assert by[2, 0] == mth(leaves[: 256 * 256])
    for number in (0, 1, 100, 257):
        assert by[1, number] == mth(leaves[number * 256 : (number + 1) * 256])
    assert tree_.take_complete() == []


def test_the_stored_tree_gives_every_root_and_proof(archive: Archive, path: Path) -> None:
    engine = open_engine(path)
    with reading(engine) as connection:
        leaves = [
            bytes(leaf)
            for leaf in connection.execute(
                text("SELECT leaf FROM events ORDER BY position")
            ).scalars()
        ]
        stored = StoredTree(connection)
        for size in (1, 2, 255, 256, 257, 511, 512, 513, 600):
            root = mth(leaves[:size])
            assert tree.root(size, stored) == root
            for at in {0, size // 2, size - 1}:
                check_inclusion(at, size, leaves[at], tree.inclusion(at, size, stored), root)
            proof = tree.consistency(size, 600, stored)
            check_consistency(size, 600, proof, root, mth(leaves))
        with pytest.raises(DatelineError, match="no node of level 0 at 600"):
            tree.root(601, stored)
    engine.dispose()
    assert archive.head().root == mth(leaves)


@settings(max_examples=examples(10), deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_any_way_to_cut_an_append_stores_the_same_nodes(cuts: list[int]) -> None:
    with Archive.create(":memory:") as archive:
        archive.record([{"type": "story.opened", "slug": "s", "title": "T"}])
        for number, cut in enumerate(cuts):
            lines = [{"type": "story.retitled", "title": f"{number}.{at}"} for at in range(cut)]
            archive.record(lines, story="s")
        head = archive.head()
        with reading(archive._engine) as connection:
            rows = connection.execute(text("SELECT level, number FROM merkle_nodes")).all()
            assert len(rows) == (1 + sum(cuts)) // 256
            assert tree.root(head.position, StoredTree(connection)) == head.root


# -- the public vectors (transparency-dev/merkle) -----------------------------------------------


def cases(shared: Path, kind: str) -> list[tuple[str, dict[str, object]]]:
    folder = shared / "data" / "corpora" / "rfc6962-proofs" / "testdata" / kind
    return [
        (str(file.relative_to(folder)), json.loads(file.read_bytes()))
        for file in sorted(folder.rglob("*.json"))
    ]


def holds(case: dict[str, object], kind: str) -> bool:
    def raw(name: str) -> bytes:
        return base64.b64decode(str(case[name]))

    proof = [base64.b64decode(step) for step in case["proof"] or []]  # type: ignore[attr-defined]
    try:
        if kind == "inclusion":
            at, size = int(str(case["leafIdx"])), int(str(case["treeSize"]))
            check_inclusion(at, size, raw("leafHash"), proof, raw("root"))
        else:
            old, new = int(str(case["size1"])), int(str(case["size2"]))
            check_consistency(old, new, proof, raw("root1"), raw("root2"))
    except Wrong:
        return False
    return True


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_every_public_vector_is_judged_as_it_says(shared: Path, kind: str) -> None:
    found = cases(shared, kind)
    assert len(found) == 98
    verdicts = dict.fromkeys((True, False), 0)
    for name, case in found:
        wanted = not case["wantErr"]
        if case["desc"] in SHORT_ROOTS:
            assert len(base64.b64decode(str(case["root1"]))) != 32
            wanted = False
        assert holds(case, kind) is wanted, name
        verdicts[wanted] += 1
    assert min(verdicts.values()) >= 5, verdicts
