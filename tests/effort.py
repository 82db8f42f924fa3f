"""How much a run tries. The default run samples; a thorough one (``CI`` set) tries everything.

Three means. `examples` for Hypothesis. The marker ``sampled(N)`` for large matrices, of which a default
run takes N cases, others each day, and leaves the rest to ``-m slow``. And of the tests that run on
both databases a default run takes the PostgreSQL half of one in three; the conformance suite, which
pins what every database must do, always runs whole.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

THOROUGH = bool(os.environ.get("CI"))
#: How many of the tests on both databases run on PostgreSQL too.
ON_POSTGRESQL = 1 / 3
#: Which sample of the matrices this run takes: the day, unless given. All workers use the same.
SEED = os.environ.get("DATELINE_TEST_SEED") or datetime.now(UTC).strftime("%Y-%m-%d")


def examples(count: int) -> int:
    """`count` examples of a Hypothesis law in a thorough run, a fifth (at least 5) otherwise."""
    return count if THOROUGH else max(5, count // 5)


def leave_out(items: Iterable[pytest.Item]) -> None:
    """Mark the cases ``slow`` that today's sample does not hold."""
    items = list(items)
    _sample_matrices(items)
    for item in items:
        if _is_twin(item) and random.Random(f"{SEED} {item.nodeid}").random() > ON_POSTGRESQL:
            item.add_marker(pytest.mark.slow)


def _is_twin(item: pytest.Item) -> bool:
    """Whether it is the PostgreSQL half of a test that also runs on SQLite."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and "postgresql" in callspec.params.values()


def _sample_matrices(items: list[pytest.Item]) -> None:
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
