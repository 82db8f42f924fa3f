"""The hashes: the canonical entry, a permanent test vector, and the Merkle tree."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dateline.events.clock import from_iso, to_iso
from dateline.log.hashing import (
    DOMAIN,
    EMPTY_ROOT,
    SALT_BYTES,
    Frontier,
    commitment,
    entry,
    leaf,
    node,
)

# --- the entry

_hashes = st.binary(min_size=32, max_size=32)
_text = st.text(st.characters(exclude_categories=["Cs"]))
_times = st.integers(from_iso("0001-01-01T00:00:00Z"), from_iso("9999-12-31T23:59:59Z")).map(to_iso)
_envelopes = st.fixed_dictionaries(
    {
        "archive": st.uuids(),
        "story": st.uuids(),
        "version": st.integers(1, 2**53 - 1),
        "event_id": st.uuids(),
        "type": st.one_of(st.just("figure.recorded"), _text),
        "schema_version": st.integers(1, 2**53 - 1),
        "recorded_at": _times,
        "reported_at": st.none() | _times,
        "subject_key": st.none() | _text,
        "prev": st.just(b"") | _hashes,
        "commitment": _hashes,
    }
)


@given(_envelopes)
def test_an_entry_is_the_canonical_json_of_rfc_8785(envelope: dict[str, Any]) -> None:
    fields = {
        key: value.hex()
        if isinstance(value, bytes)
        else str(value)
        if isinstance(value, UUID)
        else value
        for key, value in envelope.items()
        if value is not None
    }
    assert entry(**envelope) == rfc8785.dumps({**fields, "domain": DOMAIN})


@given(_envelopes, _envelopes, st.data())
def test_every_field_is_in_the_entry(
    envelope: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(envelope)))
    changed = {**envelope, key: other[key]}
    assert (entry(**changed) == entry(**envelope)) == (other[key] == envelope[key])


# --- the permanent test vector of format v1

SALT = bytes(range(SALT_BYTES))
BODY = '{"data":{"slug":"kherson","title":"Херсон"},"recorded_by":{"method":"manual"}}'.encode()
FIRST: dict[str, Any] = {
    "archive": UUID("0192d0a0-0000-7000-8000-000000000001"),
    "story": UUID("0192d0a0-0000-7000-8000-000000000002"),
    "version": 1,
    "event_id": UUID("0192d0a0-0000-7000-8000-000000000003"),
    "type": "story.opened",
    "schema_version": 1,
    "recorded_at": "2022-10-14T09:30:00.000001Z",
    "reported_at": None,
    "subject_key": None,
    "prev": b"",
}
SECOND: dict[str, Any] = {
    **FIRST,
    "version": 2,
    "event_id": UUID("0192d0a0-0000-7000-8000-000000000004"),
    "type": "source.captured",
    "recorded_at": "2022-10-14T09:30:00.000002Z",
    "reported_at": "2022-10-13T00:00:00.000000Z",
    "subject_key": "person:é",
}


def test_the_test_vector_of_format_v1_is_unchanged() -> None:
    promise = commitment(SALT, BODY)
    assert promise.hex() == "a39cf1ab292a425a9cd0ba3419f8ea922361fbd4283fcbf36b6b3233b2913e72"
    first = entry(**FIRST, commitment=promise)
    assert first == (
        b'{"archive":"0192d0a0-0000-7000-8000-000000000001",'
        b'"commitment":"a39cf1ab292a425a9cd0ba3419f8ea922361fbd4283fcbf36b6b3233b2913e72",'
        b'"domain":"dateline/event/v1","event_id":"0192d0a0-0000-7000-8000-000000000003","prev":"",'
        b'"recorded_at":"2022-10-14T09:30:00.000001Z","schema_version":1,'
        b'"story":"0192d0a0-0000-7000-8000-000000000002","type":"story.opened","version":1}'
    )
    one = leaf(first)
    assert one.hex() == "1412f74678067df6cc6fb1f7428ec0b5826dc3d3a3585400d5d3c438ac2fd3be"
    second = entry(**{**SECOND, "prev": one}, commitment=promise)
    assert second == (
        b'{"archive":"0192d0a0-0000-7000-8000-000000000001",'
        b'"commitment":"a39cf1ab292a425a9cd0ba3419f8ea922361fbd4283fcbf36b6b3233b2913e72",'
        b'"domain":"dateline/event/v1","event_id":"0192d0a0-0000-7000-8000-000000000004",'
        b'"prev":"1412f74678067df6cc6fb1f7428ec0b5826dc3d3a3585400d5d3c438ac2fd3be",'
        b'"recorded_at":"2022-10-14T09:30:00.000002Z",'
        b'"reported_at":"2022-10-13T00:00:00.000000Z","schema_version":1,'
        b'"story":"0192d0a0-0000-7000-8000-000000000002","subject_key":"person:\xc3\xa9",'
        b'"type":"source.captured","version":2}'
    )
    two = leaf(second)
    assert two.hex() == "0cd37d1a0d7ed043c18eef4786409ac90b709b96bc810e6943a6c3bbea9c2bb6"
    tree = Frontier()
    tree.extend([one, two])
    assert tree.root().hex() == "cf218fba440766843b5114863c5086e45510bb3cbf8f9de0290d686821fb7556"


@given(st.binary(min_size=32, max_size=32), st.binary())
def test_a_commitment_is_the_hash_of_salt_and_body(salt: bytes, body: bytes) -> None:
    assert commitment(salt, body) == hashlib.sha256(salt + body).digest()


@given(st.binary())
def test_a_leaf_is_never_an_inner_node(data: bytes) -> None:
    assert leaf(data) == hashlib.sha256(b"\x00" + data).digest()
    assert leaf(data) != hashlib.sha256(b"\x01" + data).digest()


# --- the tree

#: The reference tree of Certificate Transparency (github.com/google/certificate-transparency,
#: merkle_tree_test): eight entries, and the root over the first one, two, three ... of them.
ENTRIES = [
    bytes.fromhex(item)
    for item in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def mth(leaves: list[bytes]) -> bytes:
    """The Merkle Tree Hash as RFC 6962 §2.1 defines it, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [leaf(str(number).encode()) for number in range(size)]


def test_the_roots_equal_those_of_certificate_transparency() -> None:
    tree = Frontier()
    for data, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append(leaf(data))
        assert tree.root().hex() == root


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == mth([])
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_every_root_of_up_to_seventy_leaves_is_that_of_rfc_6962() -> None:
    tree, leaves = Frontier(), leaves_of(70)
    for size, item in enumerate(leaves, 1):
        tree.append(item)
        assert tree.size == size
        assert tree.root() == mth(leaves[:size]), size


@given(st.integers(0, 1500))
def test_the_root_of_any_size_is_that_of_rfc_6962(size: int) -> None:
    leaves, tree = leaves_of(size), Frontier()
    tree.extend(leaves)
    assert tree.root() == mth(leaves)
    assert len(tree.peaks) == size.bit_count()


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_stored_and_restored_frontier_grows_the_same_tree(before: int, after: int) -> None:
    leaves, tree = leaves_of(before + after), Frontier()
    tree.extend(leaves[:before])
    resumed = Frontier.from_bytes(tree.size, tree.to_bytes())
    assert (resumed.size, resumed.peaks, resumed.to_bytes()) == (
        tree.size,
        tree.peaks,
        tree.to_bytes(),
    )
    assert resumed.root() == tree.root()
    resumed.extend(leaves[before:])
    assert resumed.root() == mth(leaves)


@given(st.integers(1, 64), st.data())
def test_a_changed_swapped_or_lost_leaf_changes_the_root(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    at = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda place: place != at or size == 1))
    swapped = list(leaves)
    swapped[at], swapped[other] = swapped[other], swapped[at]
    altered = [*leaves[:at], leaf(b"other"), *leaves[at + 1 :]]
    lost = leaves[:at] + leaves[at + 1 :]
    roots = []
    for items in (leaves, altered, lost, *([swapped] if size > 1 else [])):
        tree = Frontier()
        tree.extend(items)
        roots.append(tree.root())
    assert len(set(roots)) == len(roots)


@pytest.mark.parametrize(
    ("size", "raw"),
    [(0, b"\x00" * 32), (1, b""), (3, b"\x00" * 32), (4, b"\x00" * 64), (1, b"\x00" * 31)],
)
def test_peaks_that_do_not_fit_the_size_are_refused(size: int, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"peaks|hashes"):
        Frontier.from_bytes(size, raw)


# --- the proofs of transparency-dev, over the same reference tree


def test_the_roots_equal_those_of_the_proof_corpus(shared: Path) -> None:
    folder = shared / "data" / "corpora" / "rfc6962-proofs" / "testdata"
    known = set()
    for path in sorted(folder.glob("*/*/happy-path.json")):
        case = json.loads(path.read_bytes())
        if path.parts[-3] == "inclusion":
            known.add((case["treeSize"], case["root"]))
        elif path.parts[-3] == "consistency":
            known |= {(case["size1"], case["root1"]), (case["size2"], case["root2"])}
    assert len(known) >= 5
    for size, root in known:
        tree = Frontier()
        tree.extend(map(leaf, ENTRIES[:size]))
        assert (tree.size, tree.root()) == (size, base64.b64decode(root))


def test_every_inclusion_proof_of_the_corpus_leads_to_our_root(shared: Path) -> None:
    folder = shared / "data" / "corpora" / "rfc6962-proofs" / "testdata" / "inclusion"
    seen = 0
    for path in sorted(folder.glob("*/happy-path.json")):
        case = json.loads(path.read_bytes())
        here, index, last = (
            base64.b64decode(case["leafHash"]),
            case["leafIdx"],
            case["treeSize"] - 1,
        )
        for step in map(base64.b64decode, case["proof"] or []):  # RFC 9162 §2.1.3.2
            if index & 1 or index == last:
                here = node(step, here)
                while index and not index & 1:
                    index, last = index >> 1, last >> 1
            else:
                here = node(here, step)
            index, last = index >> 1, last >> 1
        tree = Frontier()
        tree.extend(map(leaf, ENTRIES[: case["treeSize"]]))
        assert here == tree.root(), path
        seen += 1
    assert seen >= 5
