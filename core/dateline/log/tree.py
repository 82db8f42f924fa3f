"""Roots and proofs of an RFC 6962 Merkle tree, from the hashes of its complete subtrees. Pure.

Positions count from 1; here, as in the RFC, leaves count from 0 and ranges are half open. A subtree
is named by its height (0 is a leaf) and its index among those of that height: it covers the leaves
``[index << height, (index + 1) << height)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dateline.log import hashing

#: Returns the hash of a complete subtree by height and index.
Subtrees = Callable[[int, int], bytes]


def root(size: int, subtrees: Subtrees) -> bytes:
    """The tree's root when it had `size` leaves (RFC 6962 §2.1, ``MTH``)."""
    return _root(0, size, subtrees)


def inclusion(leaf: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """Hashes that lead from a leaf to the root of the first `size` leaves, lowest first
    (RFC 6962 §2.1.1, ``PATH``). Raises ValueError for a leaf that is not among them."""
    if not 0 <= leaf < size:
        raise ValueError(f"leaf {leaf} is not in a tree of {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if leaf < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return [_root(*beside, subtrees) for beside in reversed(path)]


def consistency(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """Hashes that prove that the first `old` of `new` leaves are the same (RFC 6962 §2.1.2, ``PROOF``).

    Empty for equal sizes. Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(
            f"there is no proof of consistency between trees of {old} and {new} leaves"
        )
    path, start, end, whole = [], 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:  # the verifier knows the old root, but no subtree of it
        path.append((start, end))
    return [_root(*beside, subtrees) for beside in reversed(path)]


def _split(leaves: int) -> int:
    """The largest power of two smaller than `leaves`."""
    return 1 << (leaves - 1).bit_length() - 1


def _root(start: int, end: int, subtrees: Subtrees) -> bytes:
    """The root of a range that the RFC's recursion reaches."""
    peaks = [subtrees(height, index) for height, index in _complete(start, end)]
    return hashing.Frontier(end - start, peaks).root()


def _complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees that make up such a range, largest first."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height
