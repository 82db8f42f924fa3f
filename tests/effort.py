"""How much a run tries. The default run samples; a thorough one (``CI`` set) tries everything.

Two means: `examples` for Hypothesis, and the marker ``sampled(N)`` for large matrices, of which a
default run takes N cases, others each day, and leaves the rest to ``-m slow``.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

THOROUGH = bool(os.environ.get("CI"))
#: Which sample of the matrices this run takes: the day, unless given. All workers use the same.
SEED = os.environ.get("DATELINE_TEST_SEED") or datetime.now(UTC).strftime("%Y-%m-%d")


def examples(count: int) -> int:
    """`count` examples of a Hypothesis law in a thorough run, a fifth (at least 5) otherwise."""
    return count if THOROUGH else max(5, count // 5)


def leave_out(items: Iterable[pytest.Item]) -> None:
    """Mark the cases ``slow`` that the sample of a ``sampled`` test does not hold."""
    matrices: dict[str, tuple[int, list[pytest.Item]]] = {}
    for item in items:
        marker = item.get_closest_marker("sampled")
        if marker is not None:
            name = item.nodeid.partition("[")[0]
            matrices.setdefault(name, (marker.args[0], []))[1].append(item)
    for name, (count, cases) in matrices.items():
        cases.sort(key=lambda item: item.nodeid)
        taken = random.Random(f"{SEED} {name}").sample(range(len(cases)), min(count, len(cases)))
        for at, case in enumerate(cases):
            if at not in taken:
                case.add_marker(pytest.mark.slow)
